import { InvalidArgumentError } from "commander";

/**
 * A seed as written on the command line: a whole number that a double holds exactly.
 *
 * @throws InvalidArgumentError otherwise; commander prints it with the option's name
 */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError(
      `A seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
    );
  }
  return seed;
}

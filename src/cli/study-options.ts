import { InvalidArgumentError, type Command } from "commander";
import { availableParallelism } from "node:os";

import { parseDuration, parseShare } from "../base/units.js";

/** Adds an argument to those given before: for options that may be repeated. */
export function gathered(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}

/** A whole number from `least` on. */
export function parseWhole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} on, got "${text}".`);
  };
}

/** A share between 0 and 1, such as 5% or 0.05; `isOpen` refuses the ends. */
export function parseShareOption(isOpen: boolean): (text: string) => number {
  return (text) => {
    const parsed = parseShare(text.trim());
    const value = parsed.ok ? parsed.value : Number.NaN;
    if (isOpen ? value > 0 && value < 1 : value >= 0 && value <= 1) return value;
    throw new InvalidArgumentError(
      `must be a share ${isOpen ? "between 0 and 1" : "from 0 to 1"}, such as 5% or 0.05, got "${text}".`,
    );
  };
}

/** A time longer than 0, in seconds. */
export function parseTimeOption(text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value > 0) return parsed.value;
  throw new InvalidArgumentError(`must be a time such as 10m, got "${text}".`);
}

/** Adds `--threads` to a command that runs many simulations. */
export function withThreads(command: Command): Command {
  return command.option(
    "--threads <n>",
    "worker threads; all cores when absent, and no effect on any figure",
    parseWhole(1),
  );
}

/** Threads to use: as asked, else one per core. */
export function threadsOf({ threads }: { readonly threads?: number }): number {
  return threads ?? availableParallelism();
}

import { InputError } from "../../diagnostics/problem.js";

/** What is compared, and what its prices are in: undefined where it does not say. */
export interface PricedConfiguration {
  readonly name: string;
  readonly file: string;
  readonly currency: string | undefined;
}

/**
 * Sees that amounts may be set side by side: nothing is converted, so a difference of two currencies would be no amount.
 *
 * @throws InputError when two currencies are named
 */
export function checkOneCurrency(configurations: readonly PricedConfiguration[]): void {
  const [first, ...others] = configurations.filter(({ currency }) => currency !== undefined);
  const other = others.find(({ currency }) => currency !== first?.currency);
  if (first === undefined || other === undefined) return;
  throw new InputError([
    {
      file: other.file,
      rule: "two-currencies",
      message: `“${other.name}” has its prices in ${other.currency}, “${first.name}” in ${first.currency}: amounts are not converted and cannot be compared`,
      help: "write the prices of both in one currency",
    },
  ]);
}

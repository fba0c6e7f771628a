import type { Check } from "../check.js";

/** A rule of a project applied to the inputs of one of its own tests, beside what that test expects. */
export interface FactCase {
  readonly id: string;
  readonly what: string;
  readonly expected: string | number;
  readonly actual: string | number;
}

/** Rows that must be equal, from one source. */
export function factChecks(
  group: string,
  source: string,
  cases: readonly FactCase[],
): readonly Check[] {
  return cases.map(({ id, what, expected, actual }) => ({
    id: `fleet/${id}`,
    topic: "fleet",
    group,
    what,
    source,
    expected,
    actual,
    error: expected === actual ? 0 : 1,
    unit: "equal",
    bar: 0,
    pass: expected === actual,
  }));
}

/** One comparison of what Headroom computes with what someone else published or measured. */
export interface Check {
  /** Stable, `<topic>/...`. */
  readonly id: string;
  readonly topic: string;
  /** Heading that rows with the same one, which follow each other, are printed under. */
  readonly group?: string;
  /** What is compared, in one phrase. */
  readonly what: string;
  /** Where `expected` comes from. */
  readonly source: string;
  readonly expected: number | string;
  readonly actual: number | string;
  /** How far off, in `unit`; null where a distance makes no sense. */
  readonly error: number | null;
  readonly unit: string;
  /** Largest error that passes; null where the comparison is reported without a bar. */
  readonly bar: number | null;
  /** Null without a bar. */
  readonly pass: boolean | null;
  /** True for one of many rows that a summary row counts; tables leave it out unless it failed. */
  readonly detail?: boolean;
}

/** A check that passes when the error is at most the bar. */
export function boundedCheck(
  check: Omit<Check, "pass" | "bar" | "error"> & { readonly error: number; readonly bar: number },
): Check {
  // Not `error > bar`: NaN must fail.
  return { ...check, pass: check.error <= check.bar };
}

/** Reference data a topic needs and did not find. */
export interface MissingData {
  readonly topic: string;
  /** Path that is not there. */
  readonly path: string;
  /** True when other rows of the topic were checked without it. */
  readonly isPart?: true;
}

import { holmSteps } from "./holm-steps.js";
import {
  independentEstimate,
  intervalOf,
  pairedEstimate,
  pValueOf,
  type MeanEstimate,
} from "./mean-estimate.js";

/** How values of two configurations belong together. */
export type Pairing = "paired" | "independent" | "one-run";

/** One metric of two configurations, replication by replication; null where a run has no value. */
export interface ComparedSamples {
  readonly before: readonly (number | null)[];
  readonly after: readonly (number | null)[];
  /** A difference of at most this is as good as none, in the unit of the metric; ≥ 0. */
  readonly indifference: number;
}

/**
 * What was shown of a difference: a sign, that it is exactly 0 in every run, that it is too small to matter, or
 * nothing yet. `no value` when some run lacks the metric.
 */
export type DifferenceVerdict =
  "higher" | "lower" | "identical" | "as good as equal" | "not shown" | "no value";

/** A difference, second configuration minus first. */
export interface JudgedDifference {
  readonly verdict: DifferenceVerdict;
  /** Mean over replications; null without a value. */
  readonly mean: number | null;
  /** Null for one run, which has no spread, and without a value. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Confidence of the interval; it leaves out 0 exactly where the verdict names a sign. */
  readonly confidence: number | null;
  /** Two-sided p-value before it is held against the others; null as for the interval. */
  readonly pValue: number | null;
  /** Pearson's correlation over replications; null where there is none. */
  readonly correlation: number | null;
}

const NO_VALUE: JudgedDifference = {
  verdict: "no value",
  mean: null,
  interval: null,
  confidence: null,
  pValue: null,
  correlation: null,
};

/**
 * Judges a family of differences together: the chance that any sign is claimed where there is no difference is at
 * most alpha (Holm). That a difference is too small to matter is claimed by an interval at α / m, all of them
 * together again at most alpha wrong.
 */
export function judgeDifferences(
  family: readonly ComparedSamples[],
  options: { readonly alpha: number; readonly pairing: Pairing },
): readonly JudgedDifference[] {
  const { alpha, pairing } = options;
  if (pairing === "one-run") return family.map(exactDifference);
  const estimates = family.map((samples) => estimateOf(samples, pairing));
  const tested = estimates.flatMap((estimate) => (estimate === undefined ? [] : [estimate]));
  const steps = holmSteps(
    tested.map(({ estimate }) => pValueOf(estimate)),
    alpha,
  );
  let next = 0;
  return estimates.map((found, index): JudgedDifference => {
    if (found === undefined) return NO_VALUE;
    const { estimate, correlation } = found;
    const step = steps[next++]!;
    const { indifference } = family[index]!;
    const together = intervalOf(estimate, alpha / tested.length);
    const isSmall = Math.max(-together[0], together[1]) <= indifference;
    const verdict = verdictOf(estimate, step.rejected, isSmall);
    const level = verdict === "as good as equal" ? alpha / tested.length : step.alpha;
    return {
      verdict,
      mean: estimate.mean,
      interval: intervalOf(estimate, level),
      confidence: 1 - level,
      pValue: pValueOf(estimate),
      correlation,
    };
  });
}

function verdictOf(
  { mean, standardError }: MeanEstimate,
  rejected: boolean,
  isSmall: boolean,
): DifferenceVerdict {
  if (mean === 0 && standardError === 0) return "identical";
  // A sign that is shown and does not matter is told as what it means.
  if (isSmall) return "as good as equal";
  if (!rejected) return "not shown";
  return mean > 0 ? "higher" : "lower";
}

function estimateOf(
  { before, after }: ComparedSamples,
  pairing: "paired" | "independent",
): { readonly estimate: MeanEstimate; readonly correlation: number | null } | undefined {
  const [left, right] = [complete(before), complete(after)];
  if (left === undefined || right === undefined) return undefined;
  return pairing === "paired"
    ? { estimate: pairedEstimate(left, right), correlation: correlationOf(left, right) }
    : { estimate: independentEstimate(left, right), correlation: null };
}

function complete(values: readonly (number | null)[]): readonly number[] | undefined {
  return values.every((value) => value !== null) ? values : undefined;
}

/** Two runs of which nothing is drawn: the difference is what it is, for these jobs. */
function exactDifference({ before, after, indifference }: ComparedSamples): JudgedDifference {
  const [left, right] = [before[0] ?? null, after[0] ?? null];
  if (left === null || right === null) return NO_VALUE;
  const { mean } = pairedEstimate([left, left], [right, right]);
  const sign: DifferenceVerdict = mean > 0 ? "higher" : "lower";
  const verdict =
    mean === 0 ? "identical" : Math.abs(mean) <= indifference ? "as good as equal" : sign;
  return { ...NO_VALUE, verdict, mean };
}

/** Pearson's correlation; null when one side is constant. */
function correlationOf(left: readonly number[], right: readonly number[]): number | null {
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [leftMean, rightMean] = [meanOf(left), meanOf(right)];
  let [product, leftSquares, rightSquares] = [0, 0, 0];
  left.forEach((value, index) => {
    const [a, b] = [value - leftMean, right[index]! - rightMean];
    product += a * b;
    leftSquares += a * a;
    rightSquares += b * b;
  });
  if (leftSquares === 0 || rightSquares === 0) return null;
  return product / Math.sqrt(leftSquares * rightSquares);
}

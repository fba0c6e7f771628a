import { replicationInterval } from "../../stats/confidence-interval.js";
import type { PrecisionResult } from "../run/result-document.js";
import { negligibleOf } from "./negligible.js";
import { valuesOf, type ComputedResult } from "./replication-intervals.js";

/** Fewest replications before the first look. */
export const FIRST_LOOK = 10;

/** Each look waits for at least this share more runs: looking all the time would stop at lucky moments. */
const MORE_PER_LOOK = 0.1;

/** Replications after which the next look is taken. */
export function nextLook(replications: number): number {
  return Math.max(FIRST_LOOK, Math.ceil(replications * (1 + MORE_PER_LOOK)));
}

/**
 * Judges whether every metric is known precisely enough (Law, Simulation Modeling and Analysis, ch. 9):
 * half-width ≤ γ' |mean| with γ' = γ / (1 + γ), so that the error relative to the true mean is at most γ.
 *
 * @param configurations results by replication, of the base and of every variant
 * @param paths metrics that decide
 * @returns the metric that is least precise
 */
export function judgePrecision(
  configurations: readonly (readonly ComputedResult[])[],
  options: {
    readonly paths: readonly string[];
    readonly precision: number;
    readonly confidence: number;
  },
): PrecisionResult {
  const { paths, precision, confidence } = options;
  const bound = precision / (1 + precision);
  const judged = configurations.flatMap((results) =>
    paths.map((metric) => {
      const values = valuesOf(results, metric);
      if (values === undefined) return { metric, halfWidthShare: null, excess: Infinity };
      const { mean, halfWidth } = replicationInterval(values, confidence);
      // Relative precision means nothing near 0.
      const negligible = negligibleOf(metric);
      const allowed = Math.max(bound * Math.abs(mean), negligible);
      return {
        metric,
        halfWidthShare: Math.abs(mean) <= negligible ? null : halfWidth / Math.abs(mean),
        excess: halfWidth === 0 ? 0 : halfWidth / allowed,
      };
    }),
  );
  const widest = judged.reduce((worst, one) => (one.excess > worst.excess ? one : worst));
  return {
    asked: precision,
    reached: widest.excess <= 1,
    metric: widest.metric,
    halfWidthShare: widest.halfWidthShare,
  };
}

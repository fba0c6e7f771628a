import { log, exp } from "../../base/elementary.js";
import type { Goal } from "../../scenario/resolved.js";
import { momentsOf } from "../../stats/moments.js";
import { studentTCdf } from "../../stats/student-t.js";

/** What replications say of one goal so far. */
export type GoalState = "meets" | "fails" | "open";

/** How sure a verdict must be. */
export interface FeasibilityOptions {
  /** Share of wrong verdicts allowed for this goal of this plan, 0 < beta < 0.5. */
  readonly beta: number;
  /** Distance from the target at which either verdict will do, > 0, in the unit of the goal. */
  readonly epsilon: number;
  /** Replications before the first look; the variance comes from them. */
  readonly first: number;
}

/**
 * Constant of the procedure of Andradóttir and Kim (2010): η = ½ ((2β)^(−2/(n₀−1)) − 1).
 *
 * @param first n₀ ≥ 2
 */
export function feasibilityEta(beta: number, first: number): number {
  return 0.5 * (exp((-2 / (first - 1)) * log(2 * beta)) - 1);
}

/**
 * Decides whether the mean of a metric is on the good side of a target, one look per replication.
 *
 * With g the target and Y the metric (signs turned round for `atLeast`), the walk Σ(Y − g) is stopped when it
 * leaves ±R(r), R(r) = max(0, (h² S² / ε − ε r) / 2), h² = 2 η (n₀ − 1), S² the variance of the first n₀
 * replications. A mean that is at least ε on one side of the target is put on the other with probability at most β;
 * nearer ones may go either way. Replications must be independent and about normal: one number per run.
 *
 * @param values by replication, null where a run gave none: then the goal fails
 */
export function goalState(
  { comparison, target }: Pick<Goal, "comparison" | "target">,
  values: readonly (number | null)[],
  { beta, epsilon, first }: FeasibilityOptions,
): GoalState {
  const excess: number[] = [];
  for (const value of values) {
    // Nothing was shown to be good.
    if (value === null) return "fails";
    excess.push(comparison === "atMost" ? value - target : target - value);
  }
  if (values.length < first) return "open";
  const { variance } = momentsOf(excess.slice(0, first));
  const squareH = 2 * feasibilityEta(beta, first) * (first - 1);
  let sum = 0;
  for (const [index, one] of excess.entries()) {
    sum += one;
    const looks = index + 1;
    if (looks < first) continue;
    const edge = Math.max(0, ((squareH * variance) / epsilon - epsilon * looks) / 2);
    // Once the edges meet, the sign decides; the target itself is good.
    if (sum <= -edge) return "meets";
    if (sum >= edge) return "fails";
  }
  return "open";
}

/**
 * Probability, one-sided, that runs would look at least this good if the mean of the metric were on the bad side
 * of the target: Student's t over replications.
 *
 * @returns 1 when a run gave no value; 0 or 1 when all runs are equal
 */
export function pValueOfMeeting(
  { comparison, target }: Pick<Goal, "comparison" | "target">,
  values: readonly (number | null)[],
): number {
  if (values.length < 2 || values.some((value) => value === null)) return 1;
  const room = (values as readonly number[]).map((value) =>
    comparison === "atMost" ? target - value : value - target,
  );
  const { count, mean, variance } = momentsOf(room);
  if (variance === 0) return mean >= 0 ? 0 : 1;
  return studentTCdf(-mean / Math.sqrt(variance / count), count - 1);
}

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
  /** Numbers of replications at which the t test looks, rising; the first is `first`. */
  readonly looks: readonly number[];
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
 * Decides whether the mean of a metric is on the good side of a target, by two procedures that share β evenly.
 *
 * Far from the target a t test decides soon: at each of L agreed numbers of replications it asks one-sided for
 * β / (2 L), so that all its looks together err at most with β / 2 (union bound).
 *
 * Near the target the procedure of Andradóttir and Kim decides, one look per replication. With g the target and Y the metric (signs turned round for `atLeast`), the walk Σ(Y − g) is stopped when it
 * leaves ±R(r), R(r) = max(0, (h² S² / ε − ε r) / 2), h² = 2 η (n₀ − 1), S² the variance of the first n₀
 * replications. A mean that is at least ε on one side of the target is put on the other with probability at most β;
 * nearer ones may go either way. Replications must be independent and about normal: one number per run.
 *
 * @param values by replication, null where a run gave none: then the goal fails
 */
export function goalState(
  { comparison, target }: Pick<Goal, "comparison" | "target">,
  values: readonly (number | null)[],
  options: FeasibilityOptions,
): GoalState {
  const { beta, epsilon, first } = options;
  const excess: number[] = [];
  for (const value of values) {
    // Nothing was shown to be good.
    if (value === null) return "fails";
    excess.push(comparison === "atMost" ? value - target : target - value);
  }
  if (values.length < first) return "open";
  const tested = looked(excess, options);
  if (tested !== "open") return tested;
  const { variance } = momentsOf(excess.slice(0, first));
  const squareH = 2 * feasibilityEta(beta / 2, first) * (first - 1);
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

/** The verdict of the first look of the t test that has one. */
function looked(excess: readonly number[], { beta, looks }: FeasibilityOptions): GoalState {
  for (const look of looks) {
    if (excess.length < look) break;
    const { mean, variance } = momentsOf(excess.slice(0, look));
    // Without any spread there is nothing to test: the edges of the other procedure meet at once.
    if (variance === 0) break;
    const chance = studentTCdf(-Math.abs(mean) / Math.sqrt(variance / look), look - 1);
    if (chance <= beta / (2 * looks.length)) return mean < 0 ? "meets" : "fails";
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

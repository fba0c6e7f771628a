import type { GoalTarget } from "../run/evaluate-goals.js";
import { holmSteps } from "./holm-steps.js";
import { intervalOf, meanEstimate, pValueOf } from "./mean-estimate.js";

/** A goal of one configuration, with its metric in every replication; null where a run has no value. */
export interface GoalSamples {
  readonly goal: GoalTarget;
  readonly values: readonly (number | null)[];
  /** The target give or take this is as good as the target, in its unit; ≥ 0. */
  readonly indifference: number;
}

/** What was shown of a goal; `too close` says that the figure cannot be told apart from the target, nor need be. */
export type GoalVerdict = "met" | "missed" | "too close" | "not shown";

/** A goal with what came out. */
export interface JudgedGoal extends GoalTarget {
  readonly verdict: GoalVerdict;
  /** Mean over replications; null when some run has no value, which misses the goal. */
  readonly actual: number | null;
  /** Null for one run and without a value. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly confidence: number | null;
  /** Replications whose own value is on the good side of the target. */
  readonly replicationsMet: number;
}

/**
 * Judges goals of all configurations together: the chance that any is said to be met or missed and is not is at
 * most alpha (Holm on the distance of the mean from its target).
 *
 * @param isOneRun true for runs in which nothing is drawn, whose value decides alone
 */
export function judgeGoals(
  goals: readonly GoalSamples[],
  options: { readonly alpha: number; readonly isOneRun: boolean },
): readonly JudgedGoal[] {
  const { alpha, isOneRun } = options;
  const estimates = goals.map(({ values }) => estimateOf(values));
  const tested = goals.flatMap(({ goal }, index) => {
    const estimate = estimates[index];
    return estimate === undefined ? [] : [pValueOf(estimate, goal.target)];
  });
  const steps = holmSteps(tested, alpha);
  let next = 0;
  return goals.map(({ goal, values, indifference }, index): JudgedGoal => {
    const replicationsMet = values.filter((value) => value !== null && isGood(goal, value)).length;
    const estimate = estimates[index];
    if (estimate === undefined) {
      const none = { actual: null, interval: null, confidence: null };
      return { ...goal, verdict: "missed", ...none, replicationsMet };
    }
    const step = steps[next++]!;
    const side = isGood(goal, estimate.mean) ? "met" : "missed";
    const actual = estimate.mean;
    if (isOneRun) {
      return { ...goal, verdict: side, actual, interval: null, confidence: null, replicationsMet };
    }
    const together = intervalOf(estimate, alpha / tested.length);
    const isClose =
      together[0] >= goal.target - indifference && together[1] <= goal.target + indifference;
    // Without a spread the value is exact, and its side is known however close it is.
    const isExact = estimate.standardError === 0;
    const verdict = step.rejected || isExact ? side : isClose ? "too close" : "not shown";
    const level = verdict === "too close" ? alpha / tested.length : step.alpha;
    return {
      ...goal,
      verdict,
      actual,
      interval: intervalOf(estimate, level),
      confidence: 1 - level,
      replicationsMet,
    };
  });
}

function estimateOf(
  values: readonly (number | null)[],
): ReturnType<typeof meanEstimate> | undefined {
  return values.every((value) => value !== null) ? meanEstimate(values) : undefined;
}

function isGood({ comparison, target }: GoalTarget, value: number): boolean {
  return comparison === "atMost" ? value <= target : value >= target;
}

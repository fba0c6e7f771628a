import { DEFAULT_TOLERANCE, type Tolerance } from "./replica-count.js";

/** One bound on how fast replicas may change: so many, or so many per cent, within a period. */
export interface ScalingPolicy {
  readonly type: "pods" | "percent";
  readonly value: number;
  /** Seconds, > 0. */
  readonly periodS: number;
}

/** How a workload may grow or shrink. */
export interface ScalingRules {
  /** Seconds over which the most careful recommendation holds, ≥ 0. */
  readonly windowS: number;
  readonly policies: readonly ScalingPolicy[];
  /** Which policy decides: the one that allows the most change, the least, or none at all. */
  readonly select: "max" | "min" | "disabled";
}

/** `behavior` and tolerance of a HorizontalPodAutoscaler. */
export interface ScalingBehavior {
  readonly up: ScalingRules;
  readonly down: ScalingRules;
  readonly tolerance: Tolerance;
}

/**
 * What a HorizontalPodAutoscaler does that says nothing: doubles or adds 4 within 15 s; shrinks to anything
 * after 5 minutes.
 */
export const DEFAULT_BEHAVIOR: ScalingBehavior = {
  up: {
    windowS: 0,
    select: "max",
    policies: [
      { type: "percent", value: 100, periodS: 15 },
      { type: "pods", value: 4, periodS: 15 },
    ],
  },
  down: { windowS: 300, select: "max", policies: [{ type: "percent", value: 100, periodS: 15 }] },
  tolerance: DEFAULT_TOLERANCE,
};

interface Timed {
  readonly timeS: number;
  readonly value: number;
}

/** Turns what metrics ask for into what is done, remembering what was asked and done before. */
export interface BehaviorState {
  /**
   * @param current replicas the workload is to have now
   * @param desired what metrics ask for
   * @returns replicas from now on; what it returns is taken to be done
   */
  apply(nowS: number, current: number, desired: number): number;
}

/**
 * Stabilisation windows, then rate policies, as HPA applies them.
 *
 * Growing takes the lowest recommendation of its window, shrinking the highest of its own. A policy counts
 * from the replicas at the start of its period: those of now without the changes made since.
 *
 * Source: kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go; website
 * horizontal-pod-autoscale.md. Where rules for growing select the least of several policies, the search
 * begins at "no bound".
 */
export function createBehavior(
  { up, down }: ScalingBehavior,
  bounds: { readonly min: number; readonly max: number },
): BehaviorState {
  let recommendations: Timed[] = [];
  let changes: Timed[] = [];
  const keepS = Math.max(up.windowS, down.windowS);
  const periodS = Math.max(
    0,
    ...[...up.policies, ...down.policies].map((policy) => policy.periodS),
  );
  const changeSince = (fromS: number): number =>
    changes.reduce((sum, { timeS, value }) => (timeS > fromS ? sum + value : sum), 0);
  return {
    apply(nowS, current, desired) {
      if (recommendations.length === 0) recommendations.push({ timeS: nowS, value: current });
      const stable = stabilise(recommendations, nowS, current, desired, up.windowS, down.windowS);
      recommendations = recommendations.filter(({ timeS }) => timeS > nowS - keepS);
      recommendations.push({ timeS: nowS, value: desired });
      const startOf = (policy: ScalingPolicy): number =>
        current - changeSince(nowS - policy.periodS);
      const limited =
        stable > current
          ? Math.min(stable, Math.max(current, highest(up, current, startOf)))
          : Math.max(stable, Math.min(current, lowest(down, current, startOf)));
      const next = Math.min(bounds.max, Math.max(bounds.min, limited));
      changes = changes.filter(({ timeS }) => timeS > nowS - periodS);
      if (next !== current) changes.push({ timeS: nowS, value: next - current });
      return next;
    },
  };
}

function stabilise(
  recommendations: readonly Timed[],
  nowS: number,
  current: number,
  desired: number,
  upWindowS: number,
  downWindowS: number,
): number {
  let growTo = desired;
  let shrinkTo = desired;
  for (const { timeS, value } of recommendations) {
    if (timeS > nowS - upWindowS) growTo = Math.min(growTo, value);
    if (timeS > nowS - downWindowS) shrinkTo = Math.max(shrinkTo, value);
  }
  return Math.min(Math.max(current, growTo), shrinkTo);
}

function highest(
  { policies, select }: ScalingRules,
  current: number,
  startOf: (policy: ScalingPolicy) => number,
): number {
  if (select === "disabled") return current;
  const proposals = policies.map((policy) =>
    policy.type === "pods"
      ? startOf(policy) + policy.value
      : Math.ceil(startOf(policy) * (1 + policy.value / 100)),
  );
  return select === "max" ? Math.max(...proposals) : Math.min(...proposals);
}

function lowest(
  { policies, select }: ScalingRules,
  current: number,
  startOf: (policy: ScalingPolicy) => number,
): number {
  if (select === "disabled") return current;
  const proposals = policies.map((policy) =>
    policy.type === "pods"
      ? startOf(policy) - policy.value
      : Math.trunc(startOf(policy) * (1 - policy.value / 100)),
  );
  return select === "max" ? Math.min(...proposals) : Math.max(...proposals);
}

/** How KEDA's ScaledJob decides how many jobs to start. */
export type ScaledJobStrategy =
  | { readonly kind: "default" | "accurate" | "eager" }
  | {
      readonly kind: "custom";
      /** `customScalingQueueLengthDeduction`. */
      readonly deduction: number;
      /** `customScalingRunningJobPercentage`, 0 to 1. */
      readonly runningShare: number;
    };

/** What is known when a ScaledJob decides. */
export interface ScaledJobState {
  /** Jobs that the queue asks for. */
  readonly queued: number;
  /** Jobs that run, less the smallest number wanted. */
  readonly running: number;
  /** Jobs that were started and do not run yet. */
  readonly pending: number;
  readonly max: number;
}

/**
 * Jobs to start now; never fewer than none.
 *
 * @see kedacore/keda pkg/scaling/executor/scale_jobs.go
 */
export function jobsToStart(strategy: ScaledJobStrategy, state: ScaledJobState): number {
  return Math.max(0, wanted(strategy, state));
}

function wanted(
  strategy: ScaledJobStrategy,
  { queued, running, pending, max }: ScaledJobState,
): number {
  switch (strategy.kind) {
    case "default":
      return queued - running;
    case "custom":
      return Math.min(
        queued - strategy.deduction - Math.trunc(running * strategy.runningShare),
        max,
      );
    case "accurate":
      return queued + running - pending > max ? max - running : queued - pending;
    case "eager":
      return Math.min(max - running - pending, queued);
  }
}

import type { ServiceLevels } from "../../policy/queue/types.js";
import type { DemandClasses } from "./demand-classes.js";
import type { PreemptingLauncher } from "./dispatcher.js";

const GPU_MILLI = 1000;

/** What a preemptive dispatcher sorts jobs by. */
export interface PreemptiveOrder {
  /** Key of a waiting job; fixed while it waits. */
  waitingKey(job: number): number;
  /** Key of a job that starts now; fixed while it runs, unless a timer changes it. */
  runningKey(job: number): number;
  /** Key that a running job must have, now, to come before a waiting key: running keys fall as time goes by. */
  runningKeyNow(runningKey: number): number;
  /** True when equal keys are decided by rank; false when a running job keeps its place against an equal. */
  readonly ranksDecide: boolean;
  /** Called when the job starts, after its running key was asked for. */
  started(job: number): void;
  /** Called when the job stops or ends. */
  ended(job: number): void;
  /** The end of a running job moved. */
  endMoved(job: number): void;
  /** The job's timer has come: true when its running key changed. */
  timer(job: number): boolean;
}

/** Fewest seconds left first; the key of a running job is the time of its end. */
export function remainingTimeOrder(launcher: PreemptingLauncher): PreemptiveOrder {
  return {
    waitingKey: (job) => launcher.occupancyS(job),
    runningKey: (job) => launcher.endOfRunningS(job),
    runningKeyNow: (runningKey) => runningKey - launcher.nowS,
    ranksDecide: false,
    started: () => undefined,
    ended: () => undefined,
    endMoved: () => undefined,
    timer: () => false,
  };
}

/** Highest priority first. */
export function priorityOrder(priority: Int32Array): PreemptiveOrder {
  const keyOf = (job: number): number => -priority[job]!;
  return {
    waitingKey: keyOf,
    runningKey: keyOf,
    runningKeyNow: (runningKey) => runningKey,
    ranksDecide: false,
    started: () => undefined,
    ended: () => undefined,
    endMoved: () => undefined,
    timer: () => false,
  };
}

/** Lowest key of the level of attained GPU-seconds first, then order of submission. */
export function serviceLevelOrder(options: {
  readonly launcher: PreemptingLauncher;
  readonly levels: ServiceLevels;
  readonly classes: DemandClasses;
}): PreemptiveOrder {
  const { launcher, levels, classes } = options;
  const levelOf = new Uint8Array(classes.classOf.length);
  const startTimer = (job: number): void => {
    const endGpuS = levels.endsGpuS[levelOf[job]!];
    const gpus = classes.gpuMilli[classes.classOf[job]!]! / GPU_MILLI;
    if (endGpuS === undefined || gpus === 0) return;
    const leftS = Math.max(0, endGpuS / gpus - launcher.occupiedS(job));
    if (launcher.nowS + leftS < launcher.endOfRunningS(job))
      launcher.setTimer(job, launcher.nowS + leftS);
  };
  const keyOf = (job: number): number => levels.keys[levelOf[job]!]!;
  return {
    waitingKey: keyOf,
    runningKey: keyOf,
    runningKeyNow: (runningKey) => runningKey,
    ranksDecide: true,
    started: startTimer,
    ended: (job) => {
      launcher.clearTimer(job);
    },
    endMoved: startTimer,
    timer(job) {
      levelOf[job]!++;
      startTimer(job);
      return true;
    },
  };
}

import type { ClusterControl, ClusterProcess } from "../batch/cluster-process.js";

/** Pods that are to stand in the cluster from the first second to the last: rows of the job table that follow each other. */
export interface StandingPodsSpec {
  /** Different from every other process of the run. */
  readonly name: string;
  readonly rows: { readonly first: number; readonly count: number };
}

/** What became of standing pods. */
export interface StandingPodsOutcome {
  /** Seconds without a place, over all pods. */
  readonly missingS: number;
  /** Pods that have a place at the end. */
  readonly placed: number;
  /** Why a pod can never run on this cluster; absent when all can. */
  readonly refusal?: string;
}

/** A process with what its pods had. */
export interface StandingPods extends ClusterProcess {
  /** What happened up to now. */
  outcome(endS: number): StandingPodsOutcome;
}

/**
 * Pods that queue, are placed and stopped like any other, and never end by themselves. They do not keep a run going:
 * whom they serve does.
 */
export function createStandingPods({ name, rows }: StandingPodsSpec): StandingPods {
  /** When each pod began to lack a place; NaN while it has one. */
  const lacksSinceS = new Float64Array(rows.count);
  let missingS = 0;
  let refusal: string | undefined;
  let control: ClusterControl;
  return {
    name,
    start(given) {
      control = given;
      for (let index = 0; index < rows.count; index++)
        refusal = control.submit(rows.first + index) ?? refusal;
    },
    happens() {
      // It schedules nothing.
    },
    jobStarted(row) {
      const index = row - rows.first;
      missingS += control.nowS - lacksSinceS[index]!;
      lacksSinceS[index] = Number.NaN;
    },
    jobStopped(row) {
      lacksSinceS[row - rows.first] = control.nowS;
    },
    outcome(endS) {
      const lacking = lacksSinceS.filter((sinceS) => !Number.isNaN(sinceS));
      return {
        missingS: lacking.reduce((sum, sinceS) => sum + (endS - sinceS), missingS),
        placed: rows.count - lacking.length,
        ...(refusal === undefined ? {} : { refusal }),
      };
    },
  };
}

import type { ClusterView } from "../../cluster/view.js";
import type { GangPlacer } from "../../policy/gang/types.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { DemandClasses } from "./demand-classes.js";
import { FutureNodes } from "./future-nodes.js";
import type { VictimChooser } from "./victim-chooser.js";

/** Finds out on paper whether stopping jobs would make room, before anything is touched. */
export interface StopTrial {
  /** Starts from what is free now. */
  begin(demand: number): void;
  /** Strikes out a running job; true when the demand would then fit. */
  without(job: number): boolean;
}

/** What a trial reads. */
export interface StopTrialOptions {
  readonly gang: GangPlacer;
  readonly classes: DemandClasses;
  readonly shapes: readonly PodRequest[];
  partsOf(job: number): GangPlacer["lastParts"];
}

/** A pool: GPUs are counted. */
function poolTrial({ gang, classes }: StopTrialOptions): StopTrial {
  let missingMilli = 0;
  return {
    begin(demand) {
      missingMilli = classes.gpuMilli[demand]! - gang.gpuMilliFree;
    },
    without(job) {
      missingMilli -= classes.gpuMilli[classes.classOf[job]!]!;
      return missingMilli <= 0;
    },
  };
}

/** Nodes: workers are counted, node by node; a placement that looks at the whole gang is asked besides. */
function nodeTrial(options: StopTrialOptions, cluster: ClusterView): StopTrial {
  const { gang, classes, shapes } = options;
  const future = new FutureNodes(cluster, shapes);
  const requestOf = (demand: number): PodRequest => shapes[classes.shape[demand]!]!;
  const { foresight } = gang;
  const hasPlace = (demand: number): boolean =>
    foresight === undefined ||
    foresight.placesOneByOne ||
    foresight.planIn(demand, future) !== undefined;
  let wanted: PodRequest | undefined;
  let wantedDemand = -1;
  let missingWorkers = 0;
  return {
    begin(demand) {
      future.startFromNow();
      wanted = requestOf(demand);
      wantedDemand = demand;
      missingWorkers = classes.workers[demand]! - gang.podsThatFit!(demand);
    },
    without(job) {
      missingWorkers -= future.withdraw(
        options.partsOf(job),
        requestOf(classes.classOf[job]!),
        wanted!,
      );
      return missingWorkers <= 0 && hasPlace(wantedDemand);
    },
  };
}

/** The trial that suits the placement; undefined where only trying tells. */
function createStopTrial(options: StopTrialOptions): StopTrial | undefined {
  const { cluster, podsThatFit } = options.gang;
  if (cluster === undefined) return poolTrial(options);
  return podsThatFit === undefined ? undefined : nodeTrial(options, cluster);
}

/**
 * Stops the last running jobs in the order, as few as make room.
 *
 * The walk is made on paper first: most waiting jobs would not fit even in place of all others, and taking
 * rooms away is costly. Where only trying tells, all jobs behind are offered and the caller stops early.
 */
export function createLastInOrderChooser(options: StopTrialOptions): VictimChooser {
  const trial = createStopTrial(options);
  return {
    choose(_job, demand, forEachCandidate) {
      const victims: number[] = [];
      let fits = trial === undefined;
      trial?.begin(demand);
      forEachCandidate((victim) => {
        victims.push(victim);
        if (trial === undefined) return false;
        fits = trial.without(victim);
        return fits;
      });
      return fits ? victims : undefined;
    },
  };
}

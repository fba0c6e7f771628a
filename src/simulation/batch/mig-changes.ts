import type { ClusterState } from "../../cluster/view.js";
import { nodeKindOf } from "../../cluster/partitions/gpu-acceptance.js";
import type { Engine, EventId, EventKind } from "../../engine/types.js";
import {
  createRepartitionPolicy,
  type RepartitionPolicy,
  type WaitingPods,
} from "../../policy/mig/repartition-policy.js";
import { wantedProfiles } from "../../policy/mig/wanted-profiles.js";
import type { JobTable } from "../../workload/job-table.js";
import type { Dispatcher } from "./dispatcher.js";
import type { Lanes } from "./lanes.js";
import type { Lane } from "./lane.js";

const SECONDS_PER_HOUR = 3600;

/** What changing MIG layouts needs of the simulation. */
export interface MigChangeSetting {
  readonly engine: Engine;
  readonly jobs: JobTable;
  readonly lanes: Lanes;
  readonly dispatcherOf: (lane: number) => Dispatcher;
  /** Capacity of a lane changed: a decision may be due. */
  readonly capacityChanged: (lane: number) => void;
}

/** MIG layouts that follow what waits, where nodes allow it. */
export interface MigChanges {
  /** GPUs whose layout was changed so far. */
  readonly repartitions: number;
  /** GPU-hours that the changes took, draining not counted. */
  readonly gpuHoursRepartitioning: number;
  /** To be called after every decision. */
  review(): void;
  /** No job is left: changes under way are dropped. */
  allDone(): void;
}

/** Nothing ever changes: the case that must cost nothing. */
const STATIC: MigChanges = {
  repartitions: 0,
  gpuHoursRepartitioning: 0,
  review: () => undefined,
  allDone: () => undefined,
};

interface DynamicLane {
  readonly lane: Lane;
  readonly index: number;
  readonly cluster: ClusterState;
  readonly policy: RepartitionPolicy;
  /** Shortest `drainAfterS` of its nodes; undefined when none drains. */
  readonly drainAfterS: number | undefined;
}

interface Change {
  readonly dynamic: DynamicLane;
  readonly node: number;
  readonly gpu: number;
  readonly event: EventId;
}

class ActiveMigChanges implements MigChanges {
  repartitions = 0;
  gpuHoursRepartitioning = 0;
  private readonly readyKind: EventKind;
  private readonly drainKind: EventKind;
  private readonly changes = new Map<number, Change>();
  private nextChange = 0;
  private drainEvent: EventId | undefined;
  private drainDueS = Infinity;

  constructor(
    private readonly setting: MigChangeSetting,
    private readonly dynamicLanes: readonly DynamicLane[],
  ) {
    const { engine } = setting;
    this.readyKind = engine.defineEvent("MIG layout is ready", "release", (id) => {
      const { dynamic, node, gpu } = this.changes.get(id)!;
      this.changes.delete(id);
      dynamic.cluster.finishRepartition(node, gpu);
      setting.capacityChanged(dynamic.index);
    });
    this.drainKind = engine.defineEvent("MIG draining is considered", "decide", () => {
      this.drainEvent = undefined;
      this.drainDueS = Infinity;
      this.review();
    });
  }

  review(): void {
    for (const dynamic of this.dynamicLanes) this.reviewLane(dynamic);
  }

  allDone(): void {
    const { engine } = this.setting;
    for (const { event } of this.changes.values()) engine.cancel(event);
    this.changes.clear();
    if (this.drainEvent !== undefined) engine.cancel(this.drainEvent);
  }

  private reviewLane(dynamic: DynamicLane): void {
    const { engine } = this.setting;
    const { cluster, index, policy } = dynamic;
    const waiting = this.waitingIn(dynamic);
    let hasMoreRoom = false;
    for (const step of policy.steps(waiting)) {
      const { node, gpu } = step;
      if (step.kind === "repartition") {
        cluster.beginRepartition(node, gpu, step.layout);
        const id = this.nextChange++;
        const event = engine.schedule(this.readyKind, engine.nowS + step.durationS, id);
        this.changes.set(id, { dynamic, node, gpu, event });
        this.repartitions += 1;
        this.gpuHoursRepartitioning += step.durationS / SECONDS_PER_HOUR;
      } else if (step.kind === "drain") cluster.drainGpu(node, gpu);
      else {
        cluster.undrainGpu(node, gpu);
        hasMoreRoom = true;
      }
    }
    if (hasMoreRoom) this.setting.capacityChanged(index);
    this.lookAgain(dynamic, waiting);
  }

  /** Draining begins after a time of waiting, at which nothing else may happen. */
  private lookAgain({ drainAfterS }: DynamicLane, waiting: readonly WaitingPods[]): void {
    if (drainAfterS === undefined) return;
    const { engine } = this.setting;
    for (const { waitedS } of waiting) {
      if (waitedS >= drainAfterS) continue;
      const dueS = engine.nowS + (drainAfterS - waitedS);
      if (dueS >= this.drainDueS) continue;
      if (this.drainEvent !== undefined) engine.cancel(this.drainEvent);
      this.drainDueS = dueS;
      this.drainEvent = engine.schedule(this.drainKind, dueS, 0);
    }
  }

  /** What found no room, by demand, those that wait longest first. */
  private waitingIn({ lane, index }: DynamicLane): readonly WaitingPods[] {
    const { jobs, lanes, engine, dispatcherOf } = this.setting;
    const { classes } = lanes;
    const byDemand = new Map<number, { pods: number; sinceS: number }>();
    dispatcherOf(index).forEachWaiting((job) => {
      const demand = classes.classOf[job]!;
      const sinceS = jobs.submitS[job]!;
      const known = byDemand.get(demand);
      if (known === undefined) byDemand.set(demand, { pods: jobs.workers[job]!, sinceS });
      else {
        known.pods += jobs.workers[job]!;
        known.sinceS = Math.min(known.sinceS, sinceS);
      }
    });
    return [...byDemand]
      .filter(([demand]) => !lane.gang.mayFit(demand))
      .sort(([a, left], [b, right]) => left.sinceS - right.sinceS || a - b)
      .map(([demand, { pods, sinceS }]) => ({
        request: jobs.shapes[classes.shape[demand]!]!,
        pods,
        waitedS: engine.nowS - sinceS,
      }));
  }
}

/** Changes of MIG layouts in the lanes whose nodes allow them. */
export function createMigChanges(setting: MigChangeSetting): MigChanges {
  const dynamicLanes = setting.lanes.lanes.flatMap((lane, index): DynamicLane[] => {
    const { cluster } = lane.gang;
    if (cluster?.partitions.isDynamic !== true) return [];
    const drains = cluster.spec.nodes.flatMap(({ partitioning }) =>
      partitioning?.mode === "mig" && partitioning.repartitioning?.drainAfterS !== undefined
        ? [partitioning.repartitioning.drainAfterS]
        : [],
    );
    const policy = createRepartitionPolicy(cluster, weightsIn(setting, cluster, index));
    const drainAfterS = drains.length === 0 ? undefined : Math.min(...drains);
    return [{ lane, index, cluster, policy, drainAfterS }];
  });
  return dynamicLanes.length === 0 ? STATIC : new ActiveMigChanges(setting, dynamicLanes);
}

/** Expected mix by node: what the jobs of the lane ask for. */
function weightsIn(
  { jobs, lanes: { classes } }: MigChangeSetting,
  { spec }: ClusterState,
  lane: number,
): (node: number) => readonly number[] {
  const byModel = new Map<string, readonly number[]>();
  return (node) => {
    const nodeSpec = spec.nodes[node]!;
    let weights = byModel.get(nodeSpec.gpuModel);
    if (weights === undefined) {
      const isOfLane = (job: number): boolean => classes.lane[classes.classOf[job]!] === lane;
      ({ weights } = wantedProfiles(nodeKindOf(nodeSpec), jobs, isOfLane));
      byModel.set(nodeSpec.gpuModel, weights);
    }
    return weights;
  };
}

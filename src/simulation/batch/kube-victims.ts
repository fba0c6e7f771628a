import type { ClusterView } from "../../cluster/view.js";
import type { GangPlacer } from "../../policy/gang/types.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { DemandClasses } from "./demand-classes.js";
import { FutureNodes } from "./future-nodes.js";
import type { VictimChooser } from "./victim-chooser.js";

/** Kube adds this to every priority before it sums them, so that each further victim weighs more. */
const PRIORITY_OFFSET = 2_147_483_648;

/** What kube's rules look at. */
export interface KubeVictimOptions {
  readonly gang: GangPlacer;
  readonly classes: DemandClasses;
  readonly shapes: readonly PodRequest[];
  readonly priority: Int32Array;
  partsOf(job: number): GangPlacer["lastParts"];
  /** Start of the job's present run. Seconds. */
  startedS(job: number): number;
}

/** The victims that one node would cost, and what kube compares. */
export interface NodeCost {
  readonly node: number;
  readonly victims: readonly number[];
  readonly highestPriority: number;
  readonly prioritySum: number;
  /** Earliest start among the victims of highest priority. Seconds. */
  readonly earliestStartS: number;
}

/** Negative when kube prefers the left node: fewer disruption-budget violations are always equal here. */
export function compareNodeCosts(left: NodeCost, right: NodeCost): number {
  return (
    left.highestPriority - right.highestPriority ||
    left.prioritySum - right.prioritySum ||
    left.victims.length - right.victims.length ||
    right.earliestStartS - left.earliestStartS ||
    left.node - right.node
  );
}

/** More important first: higher priority, then earlier start, then file order. */
function compareImportance(options: KubeVictimOptions, left: number, right: number): number {
  return (
    options.priority[right]! - options.priority[left]! ||
    options.startedS(left) - options.startedS(right) ||
    left - right
  );
}

function costOf(options: KubeVictimOptions, node: number, victims: readonly number[]): NodeCost {
  const { priority } = options;
  const highestPriority = victims.reduce(
    (highest, job) => Math.max(highest, priority[job]!),
    -Infinity,
  );
  const highest = victims.filter((job) => priority[job] === highestPriority);
  return {
    node,
    victims,
    highestPriority,
    prioritySum: victims.reduce((sum, job) => sum + priority[job]! + PRIORITY_OFFSET, 0),
    earliestStartS: highest.reduce(
      (earliest, job) => Math.min(earliest, options.startedS(job)),
      Infinity,
    ),
  };
}

/**
 * Kube's default preemption, worker by worker.
 *
 * A worker takes the first node that has room. When none has, each node is tried without any of its pods
 * of lower priority; where the worker then fits, pods are reprieved one by one, the more important first,
 * as long as it still fits, and the rest are that node's victims. The node with the best `compareNodeCosts`
 * is taken. A job with a worker among the victims is stopped as a whole, and all its room counts as free
 * for the workers that follow. Pods of one job on one node are judged together.
 * Source: default_preemption.go and preemption.go of the kube scheduler.
 */
class KubeNodeVictims implements VictimChooser {
  private readonly future: FutureNodes;

  constructor(
    private readonly options: KubeVictimOptions,
    private readonly cluster: ClusterView,
  ) {
    this.future = new FutureNodes(cluster, options.shapes);
  }

  choose(
    _job: number,
    demand: number,
    forEachCandidate: (visit: (victim: number) => boolean) => void,
  ): readonly number[] | undefined {
    const { gang, classes } = this.options;
    const wanted = this.options.shapes[classes.shape[demand]!]!;
    const workers = classes.workers[demand]!;
    const candidates: number[] = [];
    this.future.startFromNow();
    let pods = gang.podsThatFit!(demand);
    forEachCandidate((victim) => {
      candidates.push(victim);
      pods += this.future.withdraw(this.options.partsOf(victim), this.requestOf(victim), wanted);
      return false;
    });
    if (pods < workers) return undefined;
    this.future.startFromNow();
    return this.victimsFor(wanted, workers, this.byNode(candidates));
  }

  private victimsFor(
    wanted: PodRequest,
    workers: number,
    candidatesOn: ReadonlyMap<number, readonly number[]>,
  ): readonly number[] | undefined {
    const victims: number[] = [];
    const gone = new Set<number>();
    for (let worker = 0; worker < workers; worker++) {
      let node = this.firstNodeWithRoom(wanted);
      if (node === undefined) {
        const cost = this.cheapestNode(wanted, candidatesOn, gone);
        if (cost === undefined) return undefined;
        for (const victim of cost.victims) {
          gone.add(victim);
          victims.push(victim);
          this.future.withdraw(this.options.partsOf(victim), this.requestOf(victim), wanted);
        }
        ({ node } = cost);
      }
      this.future.reserve(node, wanted);
    }
    return victims;
  }

  private byNode(candidates: readonly number[]): ReadonlyMap<number, readonly number[]> {
    const candidatesOn = new Map<number, number[]>();
    for (const job of candidates) {
      const { values, length } = this.options.partsOf(job);
      for (let index = 0; index < length; index += 2 + values[index + 1]!) {
        const jobs = candidatesOn.get(values[index]!) ?? [];
        candidatesOn.set(values[index]!, jobs);
        if (jobs[jobs.length - 1] !== job) jobs.push(job);
      }
    }
    return candidatesOn;
  }

  private firstNodeWithRoom(wanted: PodRequest): number | undefined {
    for (let node = 0; node < this.cluster.nodeCount; node++) {
      if (this.future.podsOn(node, wanted) > 0) return node;
    }
    return undefined;
  }

  private cheapestNode(
    wanted: PodRequest,
    candidatesOn: ReadonlyMap<number, readonly number[]>,
    gone: ReadonlySet<number>,
  ): NodeCost | undefined {
    let cheapest: NodeCost | undefined;
    for (const [node, jobs] of candidatesOn) {
      const victims = this.victimsOn(
        node,
        jobs.filter((job) => !gone.has(job)),
        wanted,
      );
      if (victims === undefined) continue;
      const cost = costOf(this.options, node, victims);
      if (cheapest === undefined || compareNodeCosts(cost, cheapest) < 0) cheapest = cost;
    }
    return cheapest;
  }

  /** Who must go from this node for one worker; undefined when all of them would not be enough. */
  private victimsOn(
    node: number,
    jobs: readonly number[],
    wanted: PodRequest,
  ): readonly number[] | undefined {
    const { future } = this;
    const add = (job: number): void => {
      future.changeOn(node, this.options.partsOf(job), this.requestOf(job), -1);
    };
    const remove = (job: number): void => {
      future.changeOn(node, this.options.partsOf(job), this.requestOf(job), 1);
    };
    jobs.forEach(remove);
    if (future.podsOn(node, wanted) === 0) {
      jobs.forEach(add);
      return undefined;
    }
    const victims: number[] = [];
    for (const job of [...jobs].sort((left, right) =>
      compareImportance(this.options, left, right),
    )) {
      add(job);
      if (future.podsOn(node, wanted) > 0) continue;
      remove(job);
      victims.push(job);
    }
    victims.forEach(add);
    return victims;
  }

  private requestOf(job: number): PodRequest {
    const { classes, shapes } = this.options;
    return shapes[classes.shape[classes.classOf[job]!]!]!;
  }
}

/** The same rules on a pool, which is one large node. */
function poolVictims(options: KubeVictimOptions): VictimChooser {
  const { gang, classes } = options;
  const gpuMilliOf = (job: number): number => classes.gpuMilli[classes.classOf[job]!]!;
  return {
    choose(_job, demand, forEachCandidate) {
      const candidates: number[] = [];
      let spareMilli = gang.gpuMilliFree - classes.gpuMilli[demand]!;
      forEachCandidate((victim) => {
        candidates.push(victim);
        spareMilli += gpuMilliOf(victim);
        return false;
      });
      if (spareMilli < 0) return undefined;
      candidates.sort((left, right) => compareImportance(options, left, right));
      return candidates.filter((job) => {
        const isReprieved = gpuMilliOf(job) <= spareMilli;
        if (isReprieved) spareMilli -= gpuMilliOf(job);
        return !isReprieved;
      });
    },
  };
}

/** Kube's rules for the placement; undefined where it does not place worker by worker. */
export function createKubeVictims(options: KubeVictimOptions): VictimChooser | undefined {
  const { cluster, foresight } = options.gang;
  if (cluster === undefined) return poolVictims(options);
  return foresight?.placesOneByOne === true ? new KubeNodeVictims(options, cluster) : undefined;
}

import { log } from "../../base/elementary.js";
import { SpecificationError } from "../../base/specification-error.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { RandomStream } from "../../engine/streams.js";
import type { ProvisioningPhase } from "../../performance/virtualization/hosting-profile.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { ClusterControl, ClusterProcess, ProcessContext } from "./cluster-process.js";
import { forEachPart, type RateFactor } from "./gang-rates.js";

const GPU_MILLI = 1000;

/** Nodes of one group that are started when jobs wait and given back when idle. */
export interface ElasticPoolSpec {
  /** Name of the group. */
  readonly name: string;
  /** Index of its first node in the cluster. */
  readonly firstNode: number;
  /** Most nodes: all of the group. */
  readonly nodeCount: number;
  /** Nodes that are always up. */
  readonly nodesMin: number;
  readonly idleTimeoutS: number;
  /** From the decision to a node that takes jobs, one phase after the other. */
  readonly provisioning: readonly ProvisioningPhase[];
  /** Nodes that may be in provisioning at one time; absent: any number. */
  readonly bootsAtOnceMax?: number;
  /** GPUs that may be up or in provisioning; absent: those of all nodes. */
  readonly gpuQuota?: number;
}

/** A time in which a node was up or being provisioned: it is paid for. */
export interface NodeUpTime {
  /** Index in the cluster. */
  readonly node: number;
  readonly fromS: number;
  /** NaN for a node that is still up. */
  readonly toS: number;
}

/** What an elastic pool did. */
export interface ElasticPoolOutcome {
  readonly name: string;
  readonly nodeCount: number;
  readonly nodesMin: number;
  /** In order of their beginning. */
  readonly upTimes: readonly NodeUpTime[];
  /** Nodes that were started, those that are always up not counted. */
  readonly boots: number;
  /** Seconds of provisioning over all of them, while nothing can run. */
  readonly provisioningS: number;
}

/** A cluster process with what it did. */
export interface ElasticPool extends ClusterProcess {
  /** What happened up to now. */
  outcome(): ElasticPoolOutcome;
}

interface PoolNode {
  state: "down" | "booting" | "up";
  /** Gangs with a part on it. */
  gangs: number;
  /** Since when no gang is on it; meaningless while one is. */
  idleSinceS: number;
}

/**
 * An elastic group of nodes, in the manner of the Kubernetes cluster autoscaler.
 *
 * Whenever jobs are left waiting, nodes are started until those that boot or are free could hold all
 * workers that wait, packed by resources alone. Whatever else jobs wait for (quota, their turn) is not
 * looked at. A node takes jobs after its provisioning time and is given back when it was idle for the
 * timeout and no waiting job could use it. It is paid for from the decision to start it.
 *
 * @throws SpecificationError at the start of a run whose placement is a pool, which has no places
 */
export function createElasticPool(spec: ElasticPoolSpec, context: ProcessContext): ElasticPool {
  return new Pool(spec, context);
}

class Pool implements ElasticPool {
  readonly name: string;
  readonly rates: RateFactor;
  private readonly nodes: readonly PoolNode[];
  private readonly upTimes: { node: number; fromS: number; toS: number }[] = [];
  private readonly nodesOfJob = new Map<number, readonly number[]>();
  private control!: ClusterControl;
  private stream!: RandomStream;
  private boots = 0;
  private provisioningS = 0;
  /** Nodes that the jobs left waiting could use, when last looked at. */
  private nodesWanted = 0;

  constructor(
    private readonly spec: ElasticPoolSpec,
    private readonly context: ProcessContext,
  ) {
    this.name = `elastic nodes ${spec.name}`;
    this.nodes = Array.from({ length: spec.nodeCount }, () => ({
      state: "down" as const,
      gangs: 0,
      idleSinceS: 0,
    }));
    this.rates = this.createObserver();
  }

  start(control: ClusterControl): void {
    if (!control.hasPlaces) {
      throw new SpecificationError(
        `elastic nodes ${this.spec.name}: a pool has no places; name a placement for nodes`,
      );
    }
    this.control = control;
    this.stream = control.stream("provisioning");
    this.nodes.forEach((node, index) => {
      if (index < this.spec.nodesMin) this.goUp(node, index, control.nowS);
      else control.take(this.spec.firstNode + index, "reserved");
    });
  }

  /** Codes are indexes in the group: of a node that is ready, or that may have been idle for long enough. */
  happens(index: number): void {
    const node = this.nodes[index]!;
    if (node.state === "booting") this.becomeReady(node, index);
    else if (node.state === "up" && node.gangs === 0) this.retire(node, index);
  }

  settled(forEachWaiting: (visit: (job: number) => void) => void): void {
    let units = 0;
    forEachWaiting((job) => {
      units += this.nodesFor(job);
    });
    // Sums of thirds and eighths: what is whole but for rounding is whole.
    this.nodesWanted = Math.ceil(units - 1e-9);
    if (this.nodesWanted === 0) return;
    let coming = 0;
    for (const { state, gangs } of this.nodes) {
      if (state === "booting" || (state === "up" && gangs === 0)) coming += 1;
    }
    let room = this.roomToBoot();
    for (
      let index = 0;
      room > 0 && index < this.nodes.length && coming < this.nodesWanted;
      index++
    ) {
      if (this.nodes[index]!.state !== "down") continue;
      this.boot(index);
      coming += 1;
      room -= 1;
    }
  }

  outcome(): ElasticPoolOutcome {
    const { name, nodeCount, nodesMin } = this.spec;
    const { boots, provisioningS } = this;
    return { name, nodeCount, nodesMin, upTimes: this.upTimes, boots, provisioningS };
  }

  /** Nodes that may be started now; the end of a boot and a node given back are looked at again. */
  private roomToBoot(): number {
    const { bootsAtOnceMax = Infinity, gpuQuota = Infinity, firstNode } = this.spec;
    const { gpuCount } = this.context.cluster.nodes[firstNode]!;
    let booting = 0;
    let here = 0;
    for (const { state } of this.nodes) {
      if (state === "booting") booting += 1;
      if (state !== "down") here += 1;
    }
    const byQuota = gpuCount === 0 ? Infinity : Math.floor(gpuQuota / gpuCount) - here;
    return Math.min(bootsAtOnceMax - booting, byQuota);
  }

  private boot(index: number): void {
    const { nowS } = this.control;
    const seconds = this.spec.provisioning.reduce((sum, phase) => sum + this.draw(phase), 0);
    const node = this.nodes[index]!;
    node.state = "booting";
    this.upTimes.push({ node: this.spec.firstNode + index, fromS: nowS, toS: Number.NaN });
    this.boots += 1;
    this.provisioningS += seconds;
    this.control.schedule(nowS + seconds, index);
  }

  private draw({ medianS, sigma }: ProvisioningPhase): number {
    if (medianS === 0) return 0;
    return sigma === 0 ? medianS : this.stream.logNormal({ mu: log(medianS), sigma });
  }

  private becomeReady(node: PoolNode, index: number): void {
    node.state = "up";
    node.idleSinceS = this.control.nowS;
    this.control.restore(this.spec.firstNode + index);
    this.scheduleRetirement(node, index);
  }

  private goUp(node: PoolNode, index: number, nowS: number): void {
    node.state = "up";
    node.idleSinceS = nowS;
    this.upTimes.push({ node: this.spec.firstNode + index, fromS: nowS, toS: Number.NaN });
  }

  /** Gives an idle node back, unless it is idle for too short a time, is one of the least, or may be needed. */
  private retire(node: PoolNode, index: number): void {
    const { nowS } = this.control;
    const { idleTimeoutS, nodesMin, firstNode } = this.spec;
    if (node.idleSinceS + idleTimeoutS > nowS) return;
    const up = this.nodes.reduce((sum, { state }) => sum + (state === "up" ? 1 : 0), 0);
    if (up <= nodesMin) return;
    if (this.nodesWanted > 0) {
      // Asked again after another timeout: gangs that wait for several nodes keep those that are there.
      node.idleSinceS = nowS;
      this.scheduleRetirement(node, index);
      return;
    }
    node.state = "down";
    const open = this.upTimes.find(
      ({ node: up, toS }) => up === firstNode + index && Number.isNaN(toS),
    );
    open!.toS = nowS;
    this.control.take(firstNode + index, "reserved");
  }

  private scheduleRetirement(node: PoolNode, index: number): void {
    this.control.schedule(node.idleSinceS + this.spec.idleTimeoutS, index);
  }

  /** Nodes of the group that the workers of a job would fill; 0 when none of them fits. */
  private nodesFor(job: number): number {
    const { cluster, jobs } = this.context;
    const node = cluster.nodes[this.spec.firstNode]!;
    const hasPartitions = cluster.nodes.some(({ partition = "" }) => partition !== "");
    if (hasPartitions && jobs.partitionNames[jobs.partition[job]!] !== (node.partition ?? "")) {
      return 0;
    }
    const perNode = workersPerNode(node, jobs.shapes[jobs.shape[job]!]!);
    return perNode === 0 ? 0 : jobs.workers[job]! / perNode;
  }

  /** Not a factor: it only sees where gangs are. */
  private createObserver(): RateFactor {
    const { firstNode, nodeCount } = this.spec;
    return {
      name: this.name,
      started: (job, lane, parts) => {
        const nodes = new Set<number>();
        forEachPart(lane, parts, (node) => {
          if (node >= firstNode && node < firstNode + nodeCount) nodes.add(node - firstNode);
        });
        for (const index of nodes) this.nodes[index]!.gangs += 1;
        if (nodes.size > 0) this.nodesOfJob.set(job, [...nodes]);
      },
      stopped: (job) => {
        for (const index of this.nodesOfJob.get(job) ?? []) {
          const node = this.nodes[index]!;
          node.gangs -= 1;
          if (node.gangs > 0) continue;
          node.idleSinceS = this.control.nowS;
          this.scheduleRetirement(node, index);
        }
        this.nodesOfJob.delete(job);
      },
      rateOf: () => 1,
      slowestIn: () => 1,
    };
  }
}

/** Workers of a shape that an empty node has room for. */
function workersPerNode(node: NodeSpec, shape: PodRequest): number {
  const { gpuModels, gpuCount, gpuMilli, cpuMilli, memoryBytes } = shape;
  if (gpuCount > 0 && gpuModels.length > 0 && !gpuModels.includes(node.gpuModel)) return 0;
  const byGpu =
    gpuCount === 0
      ? Infinity
      : gpuMilli < GPU_MILLI
        ? node.gpuCount * Math.floor(GPU_MILLI / gpuMilli)
        : Math.floor(node.gpuCount / gpuCount);
  const byCpu = cpuMilli === 0 ? Infinity : Math.floor(node.cpuMilli / cpuMilli);
  const byMemory = memoryBytes === 0 ? Infinity : Math.floor(node.memoryBytes / memoryBytes);
  return Math.min(byGpu, byCpu, byMemory, node.podsMax);
}

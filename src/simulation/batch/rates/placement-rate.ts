import { SpecificationError } from "../../../base/specification-error.js";
import type { CollectiveFabric, CollectiveNode } from "../../../performance/collectives/types.js";
import {
  tightestPlace,
  type GangPlace,
} from "../../../performance/placement-slowdown/communication-slowdown.js";
import {
  BARE_METAL,
  type HostingProfile,
} from "../../../performance/virtualization/hosting-profile.js";
import {
  relativeStepTime,
  type HostedNodes,
} from "../../../performance/virtualization/hosting-speed.js";
import type { SharedNetwork } from "../../../performance/collectives/network-shares.js";
import type { GangParts } from "../../../policy/gang/types.js";
import {
  forEachPart,
  type RateContext,
  type RateFactor,
  type RateFactorEntry,
} from "../gang-rates.js";
import type { Lane } from "../lane.js";
import { createNeighbours, type Neighbours } from "./neighbours.js";

/** A node's GPUs and the links between them. */
export type NodeLinks = Omit<CollectiveNode, "gpus">;

/** How the step of a job divides at its best placement, and what communication takes elsewhere. */
export interface JobStep {
  /** Share of the step at the best placement that goes through host memory, 0..1. */
  readonly hostShare: number;
  /** Share of the step at the best placement spent waiting for other workers' data, 0..1. */
  communicationShare(best: readonly GangPlace[]): number;
  /** Time of communication at a place over that at the best one; > 0. */
  communicationSlowdown(place: GangPlace, best: readonly GangPlace[]): number;
}

/** What placement and hosting do to the speed of jobs. */
export interface PlacementRateSpec {
  /** By node of the cluster; undefined runs as bare metal does. */
  readonly profiles: readonly (HostingProfile | undefined)[];
  /** Absent: where a gang lands does not matter. */
  readonly communication?: {
    /** By node of the cluster, as its guest sees them; undefined where links are not known or there is no GPU. */
    readonly links: readonly (NodeLinks | undefined)[];
    /** Kinds of nodes as on bare metal: what the best placement is looked for among. */
    readonly kinds: readonly NodeLinks[];
    readonly fabric?: CollectiveFabric;
    /** What gangs share; absent where the network has no bottleneck that two of them could meet at. */
    readonly shared?: SharedNetwork;
    /** By row of the job table; undefined for a job that does not communicate. */
    stepOf(job: number): JobStep | undefined;
  };
}

/** What is known of a running gang. */
interface RunningGang {
  readonly hosted: readonly HostedNodes[];
  readonly step: JobStep | undefined;
  /** Undefined when the links of one of its nodes are not known. */
  readonly place: GangPlace | undefined;
  readonly best: readonly GangPlace[];
  /** Nodes of the cluster, with the share of their GPUs that the gang has. */
  readonly nodes: readonly { readonly node: number; readonly gpuShare: number }[];
}

/**
 * Speed of a gang where it is, relative to its best placement on bare metal: the inverse of
 * `relativeStepTime`. GPUs decide; gangs without them run at their recorded speed.
 */
export function createPlacementRate(spec: PlacementRateSpec): RateFactorEntry {
  return (context) => new PlacementRate(spec, context);
}

class PlacementRate implements RateFactor {
  readonly name = "placement and hosting";
  private readonly rate: Float64Array;
  /** Best places by GPU and size of the gang. */
  private readonly bestByDemand = new Map<string, readonly GangPlace[]>();
  private readonly tcpFabric: CollectiveFabric;
  private readonly running = new Map<number, RunningGang>();
  private readonly neighbours: Neighbours | undefined;
  takeChanged?: (visit: (job: number) => void) => void;

  constructor(
    private readonly spec: PlacementRateSpec,
    private readonly context: RateContext,
  ) {
    if (context.placement.kind === "pool") {
      throw new SpecificationError(
        "hosting and communication: a pool has no places; name a placement for nodes",
      );
    }
    this.rate = new Float64Array(context.jobs.count);
    this.tcpFabric = { ...spec.communication?.fabric, transport: "tcp" };
    const shared = spec.communication?.shared;
    if (shared === undefined) return;
    const neighbours = createNeighbours(shared);
    this.neighbours = neighbours;
    this.takeChanged = (visit) => {
      neighbours.forEachChanged((job, networkShare) => {
        const gang = this.running.get(job);
        if (gang === undefined) return;
        this.rate[job] = rateOf(gang, networkShare);
        visit(job);
      });
    };
  }

  started(job: number, lane: Lane, parts: GangParts): void {
    const gang = this.describe(job, lane, parts);
    this.rate[job] = gang === undefined ? 1 : rateOf(gang, 1);
    if (gang?.step === undefined || gang.place === undefined || this.neighbours === undefined)
      return;
    this.running.set(job, gang);
    const communicationShare = gang.step.communicationShare(gang.best);
    this.neighbours.add(job, gang.nodes, communicationShare);
  }

  stopped(job: number): void {
    if (this.running.delete(job)) this.neighbours?.remove(job);
  }

  rateOf(job: number): number {
    return this.rate[job]!;
  }

  /** Hosting alone, for the largest gang the lane has nodes for: where a job will land is not known. */
  slowestIn({ nodeMap }: Lane): number {
    let slowest = 1;
    for (const node of nodeMap) {
      const profile = this.spec.profiles[node];
      if (profile === undefined || this.context.cluster.nodes[node]!.gpuCount === 0) continue;
      slowest = Math.min(slowest, 1 / relativeStepTime([{ profile, nodes: 1 }]));
    }
    return slowest;
  }

  /** Undefined for a gang without GPUs. */
  private describe(job: number, lane: Lane, parts: GangParts): RunningGang | undefined {
    const gpusOfNode = new Map<number, number[]>();
    forEachPart(lane, parts, (node, gpus) => {
      if (gpus.length === 0) return;
      const held = gpusOfNode.get(node) ?? [];
      gpusOfNode.set(node, held);
      for (const gpu of gpus) if (!held.includes(gpu)) held.push(gpu);
    });
    if (gpusOfNode.size === 0) return undefined;
    const hosted = new Map<HostingProfile, number>();
    for (const node of gpusOfNode.keys()) {
      const profile = this.spec.profiles[node] ?? BARE_METAL;
      hosted.set(profile, (hosted.get(profile) ?? 0) + 1);
    }
    const step = this.spec.communication?.stepOf(job);
    const place = step === undefined ? undefined : this.placeOf(gpusOfNode);
    return {
      hosted: [...hosted].map(([profile, nodes]) => ({ profile, nodes })),
      step,
      place,
      best: place === undefined ? [] : this.bestOf(job, place),
      nodes: [...gpusOfNode].map(([node, gpus]) => ({
        node,
        gpuShare: gpus.length / this.context.cluster.nodes[node]!.gpuCount,
      })),
    };
  }

  /**
   * Undefined when the links of a node are not known, GPUs differ (nobody measured mixed collectives), or a GPU is
   * handed out in parts, whose speed is a factor of its own.
   */
  private placeOf(gpusOfNode: ReadonlyMap<number, readonly number[]>): GangPlace | undefined {
    const { links, fabric } = this.spec.communication!;
    const nodes: CollectiveNode[] = [];
    let isTcp = false;
    for (const node of [...gpusOfNode.keys()].sort((left, right) => left - right)) {
      const known = links[node];
      const { partitioning } = this.context.cluster.nodes[node]!;
      if (partitioning !== undefined && partitioning.mode !== "whole") return undefined;
      if (known === undefined || known.gpu.name !== (nodes[0] ?? known).gpu.name) return undefined;
      isTcp ||= this.spec.profiles[node]?.network.value === "tcp";
      const gpus = [...gpusOfNode.get(node)!].sort((left, right) => left - right);
      nodes.push({ ...known, gpus });
    }
    const network = isTcp ? this.tcpFabric : fabric;
    return network === undefined ? { nodes } : { nodes, fabric: network };
  }

  /** Among nodes with the same GPUs, for as many as the gang has: that GPUs differ in speed is a factor of its own. */
  private bestOf(job: number, { nodes }: GangPlace): readonly GangPlace[] {
    const { jobs } = this.context;
    const { kinds, fabric } = this.spec.communication!;
    const gpuName = nodes[0]!.gpu.name;
    const gpus = nodes.reduce((sum, node) => sum + node.gpus.length, 0);
    const { gpuCount } = jobs.shapes[jobs.shape[job]!]!;
    // A gang that is counted in GPUs, or whose workers share some, may be cut anywhere.
    const isWhole = jobs.gangGpus === undefined && gpuCount > 0 && gpus % gpuCount === 0;
    const gpusPerWorker = isWhole ? gpuCount : 1;
    const workers = gpus / gpusPerWorker;
    const key = `${gpuName}:${workers}:${gpusPerWorker}`;
    let best = this.bestByDemand.get(key);
    if (best === undefined) {
      const alike = kinds.filter(({ gpu }) => gpu.name === gpuName);
      best = alike.flatMap((kind): readonly GangPlace[] => {
        const nodes = tightestPlace(kind, workers, gpusPerWorker);
        if (nodes === undefined) return [];
        return [fabric === undefined ? { nodes } : { nodes, fabric }];
      });
      this.bestByDemand.set(key, best);
    }
    return best;
  }
}

function rateOf({ hosted, step, place, best }: RunningGang, networkShare: number): number {
  if (step === undefined) return 1 / relativeStepTime(hosted);
  const { hostShare } = step;
  if (place === undefined || best.length === 0)
    return 1 / relativeStepTime(hosted, { communicationShare: 0, hostShare });
  const communicationShare = step.communicationShare(best);
  const here = networkShare === 1 ? place : { ...place, networkShare };
  // A place that beats the best one looked for is the best one.
  const slowdown = Math.max(1, step.communicationSlowdown(here, best));
  return 1 / relativeStepTime(hosted, { communicationShare, hostShare }, slowdown);
}

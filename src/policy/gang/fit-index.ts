import { selectedNodes } from "../../cluster/selected-nodes.js";
import type { ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import { cpuFilter } from "../placement/filters/cpu.js";
import { gpuModelFilter } from "../placement/filters/gpu-model.js";
import { gpuPartFilter } from "../placement/filters/gpu-part.js";
import { gpuShareFilter } from "../placement/filters/gpu-share.js";
import { nodeSelectorFilter } from "../placement/filters/node-selector.js";
import { memoryFilter } from "../placement/filters/memory.js";
import { podsFilter } from "../placement/filters/pods.js";
import type { DomainRooms } from "./topology/assign-domains.js";
import type { TopologyTree } from "./topology/topology-tree.js";

const GPU_MILLI = 1000;
/** What a node may lack for a pod, in the order in which the placement filters ask. */
const REASONS = [
  gpuModelFilter,
  gpuShareFilter,
  gpuPartFilter,
  cpuFilter,
  memoryFilter,
  podsFilter,
  nodeSelectorFilter,
].map(({ reason }) => reason);
const LACK = { gpuModel: 0, gpus: 1, gpuParts: 2, cpu: 3, memory: 4, pods: 5, labels: 6 } as const;
const LACK_NONE = REASONS.length;

/**
 * How many pods of each shape the cluster could take now, kept up to date node by node.
 *
 * Queues ask this before they ask a placer: a gang that cannot fit costs a few steps per changed node
 * instead of a scored pass over all of them. It knows the resources every placement must respect and
 * no others, so "yes" still has to be confirmed by the placer.
 */
export interface FitIndex {
  /** Pods of the shape that fit at once, over all nodes. */
  podsThatFit(shape: number): number;
  /** Pods of the shape that fit by domain, with the nodes as last level; valid until the cluster changes. */
  roomsFor(shape: number): DomainRooms;
  /** What most nodes lack for one pod of the shape, in the words of the placement filters; undefined when a node fits. */
  mainLack(shape: number): string | undefined;
}

/** Pods of the shape one node can take: all identical, so the order in which GPUs fill up does not matter. */
export function podsOnNode(
  cluster: ClusterView,
  node: number,
  request: PodRequest,
  models: Uint8Array | undefined,
): number {
  if (models !== undefined && models[cluster.nodeModel[node]! + 1] === 0) return 0;
  if (request.nodeSelector !== undefined && selectedNodes(cluster.spec, request)![node] === 0)
    return 0;
  let pods = cluster.podsFree[node]!;
  if (request.cpuMilli > 0)
    pods = Math.min(pods, Math.floor(cluster.cpuMilliFree[node]! / request.cpuMilli));
  if (request.memoryBytes > 0)
    pods = Math.min(pods, Math.floor(cluster.memoryBytesFree[node]! / request.memoryBytes));
  if (request.gpuCount === 0 || pods <= 0) return Math.max(0, pods);
  return Math.min(pods, podsOnGpus(cluster, node, request));
}

function podsOnGpus(cluster: ClusterView, node: number, request: PodRequest): number {
  if (cluster.partitions.isUsed || request.gpuPart !== undefined)
    return cluster.partitions.podsOn(node, request);
  if (request.gpuMilli === GPU_MILLI)
    return Math.floor(cluster.nodeGpusWhole[node]! / request.gpuCount);
  let shares = 0;
  for (let gpu = cluster.gpuOffset[node]!; gpu < cluster.gpuOffset[node + 1]!; gpu++) {
    shares += Math.floor(cluster.gpuMilliFree[gpu]! / request.gpuMilli);
  }
  return Math.floor(shares / request.gpuCount);
}

function lackOnNode(
  cluster: ClusterView,
  node: number,
  request: PodRequest,
  models: Uint8Array | undefined,
): number {
  if (models !== undefined && models[cluster.nodeModel[node]! + 1] === 0) return LACK.gpuModel;
  if (request.gpuCount > 0 && podsOnGpus(cluster, node, request) === 0)
    return cluster.partitions.hasParts(node) ? LACK.gpuParts : LACK.gpus;
  if (cluster.cpuMilliFree[node]! < request.cpuMilli) return LACK.cpu;
  if (cluster.memoryBytesFree[node]! < request.memoryBytes) return LACK.memory;
  return cluster.podsFree[node]! < 1 ? LACK.pods : LACK.labels;
}

/** One flag per model index + 1 (0 is "no GPU"); undefined when every model will do. */
export function acceptedModels(cluster: ClusterView, request: PodRequest): Uint8Array | undefined {
  if (request.gpuCount === 0 || request.gpuModels.length === 0) return undefined;
  const accepted = new Uint8Array(cluster.gpuModels.length + 1);
  cluster.gpuModels.forEach((model, index) => {
    if (request.gpuModels.includes(model)) accepted[index + 1] = 1;
  });
  return accepted;
}

/** What the index remembers of one shape. */
interface ShapeFit {
  readonly models: Uint8Array | undefined;
  /** By level of the tree and domain; the last level are the nodes. */
  readonly workersIn: readonly Int32Array[];
  readonly podsOn: Int32Array;
  readonly lackOn: Uint8Array;
  readonly nodesByLack: Int32Array;
  total: number;
  revision: number;
}

class IncrementalFitIndex implements FitIndex {
  private readonly fits: (ShapeFit | undefined)[];
  private readonly changed: Int32Array;

  constructor(
    private readonly cluster: ClusterView,
    private readonly shapes: readonly PodRequest[],
    /** Levels above the nodes for which sums are kept. */
    private readonly levels: TopologyTree["levels"],
  ) {
    this.fits = shapes.map(() => undefined);
    this.changed = new Int32Array(cluster.nodeCount);
  }

  podsThatFit(shape: number): number {
    return this.upToDate(shape).total;
  }

  roomsFor(shape: number): DomainRooms {
    return this.upToDate(shape);
  }

  mainLack(shape: number): string | undefined {
    const fit = this.upToDate(shape);
    if (fit.total > 0) return undefined;
    let worst = 0;
    for (let lack = 1; lack < REASONS.length; lack++) {
      if (fit.nodesByLack[lack]! > fit.nodesByLack[worst]!) worst = lack;
    }
    return REASONS[worst];
  }

  private upToDate(shape: number): ShapeFit {
    const fit = this.fits[shape] ?? this.create(shape);
    const { cluster } = this;
    if (fit.revision === cluster.revision) return fit;
    const count = fit.revision < 0 ? -1 : cluster.changedSince(fit.revision, this.changed);
    if (count < 0) {
      for (let node = 0; node < cluster.nodeCount; node++) this.refresh(fit, shape, node);
    } else {
      for (let index = 0; index < count; index++) this.refresh(fit, shape, this.changed[index]!);
    }
    fit.revision = cluster.revision;
    return fit;
  }

  private create(shape: number): ShapeFit {
    const { nodeCount } = this.cluster;
    const podsOn = new Int32Array(nodeCount);
    const above = this.levels.map(({ domainCount }) => new Int32Array(domainCount));
    const fit: ShapeFit = {
      models: acceptedModels(this.cluster, this.shapes[shape]!),
      workersIn: [...above, podsOn],
      podsOn,
      lackOn: new Uint8Array(nodeCount).fill(LACK_NONE),
      nodesByLack: new Int32Array(REASONS.length + 1),
      total: 0,
      revision: -1,
    };
    fit.nodesByLack[LACK_NONE] = nodeCount;
    this.fits[shape] = fit;
    return fit;
  }

  private refresh(fit: ShapeFit, shape: number, node: number): void {
    const request = this.shapes[shape]!;
    const pods = podsOnNode(this.cluster, node, request, fit.models);
    const lack = pods > 0 ? LACK_NONE : lackOnNode(this.cluster, node, request, fit.models);
    const change = pods - fit.podsOn[node]!;
    fit.total += change;
    fit.podsOn[node] = pods;
    if (change !== 0) {
      for (let level = 0; level < this.levels.length; level++)
        fit.workersIn[level]![this.levels[level]!.domainOf[node]!]! += change;
    }
    fit.nodesByLack[fit.lackOn[node]!]!--;
    fit.nodesByLack[lack]!++;
    fit.lackOn[node] = lack;
  }
}

/**
 * An index over the cluster; shapes cost memory only once they are asked about.
 *
 * @param tree levels for which `roomsFor` has sums; absent keeps none but the nodes
 */
export function createFitIndex(
  cluster: ClusterView,
  shapes: readonly PodRequest[],
  tree?: TopologyTree,
): FitIndex {
  return new IncrementalFitIndex(cluster, shapes, tree?.levels.slice(0, -1) ?? []);
}

import { InvariantError } from "../../base/assert.js";
import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import { createGpuSetChooser, type GpuSetChooser } from "../placement/devices/gpu-set.js";
import type { GangForesight, NodeRooms, PlannedPart } from "./foresight.js";
import { createGangBook, type GangBook } from "./gang-book.js";
import { demandsBesidesGpus } from "./pool-gang.js";
import { ignoredTopology } from "./ignored-topology.js";
import { takeBack } from "./take-back.js";
import type { GangDemands, GangParts, GangPlacer } from "./types.js";

const GPU_MILLI = 1000;

/**
 * Packs whole GPUs on as few nodes as possible.
 *
 * With N GPUs per node, a gang of g ≤ N goes to the node with the fewest free GPUs that still has g
 * free, lowest index on ties. A gang of g > N takes ⌊g/N⌋ wholly free nodes, lowest index first, and
 * then g mod N GPUs on the next node when nodes are sorted by free GPUs, most first, ties by index.
 * Rule of the consolidating placement in the simulator of HeliosArtifact (S-Lab, 2022).
 */
class ConsolidateGang implements GangPlacer, GangForesight {
  readonly name = "consolidate";
  readonly placesOneByOne = false;
  readonly gpuMilliTotal: number;
  readonly ignoredDemands: readonly string[];
  private readonly book: GangBook = createGangBook();
  private readonly nodeGpus: number;
  private readonly gpuNodes: readonly number[];
  /** Nodes by number of free GPUs: says in N steps whether a node with g free exists. */
  private readonly counted: Int32Array;
  /** Free GPUs of each node as counted; -1 for a node without GPUs. */
  private readonly countedFree: Int32Array;
  private readonly changed: Int32Array;
  private readonly requests: readonly PodRequest[];
  private readonly gpus: Int32Array;
  private readonly gpuSets: GpuSetChooser;
  private countedRevision = -1;

  constructor(
    readonly cluster: ClusterState,
    private readonly shapes: readonly PodRequest[],
    private readonly demands: GangDemands,
  ) {
    const counts = cluster.spec.nodes.map((node) => node.gpuCount);
    this.gpuNodes = counts.flatMap((count, node) => (count > 0 ? [node] : []));
    this.nodeGpus = counts[this.gpuNodes[0] ?? 0] ?? 0;
    const odd = this.gpuNodes.find((node) => counts[node] !== this.nodeGpus);
    if (odd !== undefined) {
      throw new RangeError(
        `consolidate: all GPU nodes of a partition must have the same number of GPUs, got ${this.nodeGpus} on ` +
          `${cluster.spec.nodes[this.gpuNodes[0]!]!.name} and ${counts[odd]} on ${cluster.spec.nodes[odd]!.name}`,
      );
    }
    this.gpuMilliTotal = cluster.gpuCount * GPU_MILLI;
    this.ignoredDemands = [...demandsBesidesGpus(shapes), ...ignoredTopology(demands)];
    this.counted = new Int32Array(this.nodeGpus + 1);
    this.counted[this.nodeGpus] = this.gpuNodes.length;
    this.countedFree = Int32Array.from(counts, (count) => (count > 0 ? count : -1));
    this.changed = new Int32Array(cluster.nodeCount);
    this.gpus = new Int32Array(this.nodeGpus);
    this.gpuSets = createGpuSetChooser(cluster);
    this.requests = Array.from({ length: this.nodeGpus + 1 }, (_, gpuCount) => ({
      cpuMilli: 0,
      memoryBytes: 0,
      gpuCount,
      gpuMilli: gpuCount === 0 ? 0 : GPU_MILLI,
      gpuModels: [],
    }));
  }

  get foresight(): GangForesight {
    return this;
  }

  get gpuMilliUsed(): number {
    return this.cluster.gpuMilliUsed;
  }

  get gpuMilliOut(): number {
    return this.cluster.gpuMilliOut;
  }

  get gpuMilliFree(): number {
    return this.gpuMilliTotal - this.cluster.gpuMilliUsed - this.cluster.gpuMilliOut;
  }

  get lastParts(): GangParts {
    return this.book.lastParts;
  }

  tryPlace(demand: number): number {
    if (!this.mayFit(demand)) return -1;
    const gangGpus = this.gangGpus(demand);
    const rest = gangGpus % this.nodeGpus;
    this.book.begin();
    if (gangGpus <= this.nodeGpus) {
      this.occupy(this.tightestNode(gangGpus), gangGpus);
      return this.book.finish();
    }
    const wholeNodes = (gangGpus - rest) / this.nodeGpus;
    // The next node in order of free GPUs is chosen before the whole nodes change that order.
    const restNode = rest === 0 ? -1 : this.nodeAfterWholeNodes(wholeNodes);
    let taken = 0;
    for (const node of this.gpuNodes) {
      if (taken === wholeNodes) break;
      if (this.cluster.nodeGpusWhole[node] !== this.nodeGpus) continue;
      this.occupy(node, this.nodeGpus);
      taken++;
    }
    if (rest > 0) this.occupy(restNode, rest);
    return this.book.finish();
  }

  planIn(demand: number, rooms: NodeRooms): readonly PlannedPart[] | undefined {
    const gangGpus = this.gangGpus(demand);
    const { nodeGpus, gpuNodes } = this;
    const free = gpuNodes.map((node) => rooms.podsOn(node, this.requests[1]!));
    const part = (place: number, gpuCount: number): PlannedPart => ({
      node: gpuNodes[place]!,
      request: this.requests[gpuCount]!,
      pods: 1,
    });
    const rest = gangGpus <= nodeGpus ? gangGpus : gangGpus % nodeGpus;
    const wholeNodes = (gangGpus - rest) / nodeGpus;
    const whole = free.flatMap((gpus, place) => (gpus === nodeGpus ? [place] : []));
    if (whole.length < wholeNodes) return undefined;
    const parts = whole.slice(0, wholeNodes).map((place) => part(place, nodeGpus));
    if (rest === 0) return parts;
    const place =
      wholeNodes === 0 ? tightest(free, rest) : (whole[wholeNodes] ?? fullest(free, nodeGpus));
    if (place < 0 || free[place]! < rest) return undefined;
    return [...parts, part(place, rest)];
  }

  partRequest(_demand: number, gpuCount: number): PodRequest {
    return this.requests[gpuCount]!;
  }

  placeAt(_demand: number, parts: GangParts): number {
    return takeBack({
      cluster: this.cluster,
      book: this.book,
      parts,
      requestOf: (gpuCount) => this.requests[gpuCount]!,
      occupy: (node, request, gpus) => {
        this.take(node, request, gpus);
      },
      release: this.releaseAllocation,
    });
  }

  release(gang: number): void {
    this.book.drain(gang, this.releaseAllocation);
  }

  mayFit(demand: number): boolean {
    const gangGpus = this.gangGpus(demand);
    if (gangGpus <= this.nodeGpus) return this.nodesWithAtLeast(gangGpus) > 0;
    const rest = gangGpus % this.nodeGpus;
    const wholeNodes = (gangGpus - rest) / this.nodeGpus;
    if (this.nodesByFree()[this.nodeGpus]! < wholeNodes) return false;
    return rest === 0 || this.nodesWithAtLeast(rest) > wholeNodes;
  }

  refusalReason(demand: number): string {
    return this.gangGpus(demand) <= this.nodeGpus
      ? "no node has as many free GPUs as the job needs"
      : "fewer wholly free nodes than the job needs";
  }

  neverFits(demand: number): string | undefined {
    const { gpuCount, gpuMilli } = this.shapes[this.demands.shape[demand]!]!;
    if (gpuCount === 0 || gpuMilli !== GPU_MILLI) {
      return "consolidate places whole GPUs only; the job asks for none or for a share of one";
    }
    const capacity = this.gpuNodes.length * this.nodeGpus;
    const gangGpus = this.gangGpus(demand);
    if (gangGpus <= capacity) return undefined;
    return `needs ${gangGpus} GPUs, its nodes have ${capacity}`;
  }

  close(node: number, gpus?: readonly number[]): void {
    if (gpus === undefined) this.cluster.closeNode(node);
    else this.cluster.closeGpus(node, gpus);
  }

  open(node: number, gpus?: readonly number[]): void {
    if (gpus === undefined) this.cluster.openNode(node);
    else this.cluster.openGpus(node, gpus);
  }

  checkInvariants(): void {
    this.cluster.checkInvariants();
    const counted = new Int32Array(this.nodeGpus + 1);
    for (const node of this.gpuNodes) counted[this.cluster.nodeGpusWhole[node]!]!++;
    counted.forEach((count, free) => {
      const known = this.nodesByFree()[free];
      if (count !== known) {
        throw new InvariantError(
          `consolidate: ${count} nodes have ${free} free GPUs, the book says ${known}`,
        );
      }
    });
  }

  /** Nodes by number of free GPUs, brought up to date: others than this placer change nodes too. */
  private nodesByFree(): Int32Array {
    const { cluster } = this;
    if (this.countedRevision !== cluster.revision) {
      const count = cluster.changedSince(this.countedRevision, this.changed);
      if (count < 0) for (const node of this.gpuNodes) this.recount(node);
      for (let index = 0; index < count; index++) this.recount(this.changed[index]!);
      this.countedRevision = cluster.revision;
    }
    return this.counted;
  }

  private recount(node: number): void {
    const before = this.countedFree[node]!;
    // Nodes without GPUs are not counted.
    if (before < 0) return;
    const free = this.cluster.nodeGpusWhole[node]!;
    this.counted[before]!--;
    this.counted[free]!++;
    this.countedFree[node] = free;
  }

  private gangGpus(demand: number): number {
    return this.demands.gpuMilli[demand]! / GPU_MILLI;
  }

  private nodesWithAtLeast(gpuCount: number): number {
    const nodesByFree = this.nodesByFree();
    let nodes = 0;
    for (let free = gpuCount; free <= this.nodeGpus; free++) nodes += nodesByFree[free]!;
    return nodes;
  }

  private tightestNode(gpuCount: number): number {
    let free = gpuCount;
    while (this.nodesByFree()[free] === 0) free++;
    return this.gpuNodes.find((node) => this.cluster.nodeGpusWhole[node] === free)!;
  }

  private nodeAfterWholeNodes(wholeNodes: number): number {
    let passed = 0;
    for (const node of this.gpuNodes) {
      if (this.cluster.nodeGpusWhole[node] === this.nodeGpus && passed++ === wholeNodes)
        return node;
    }
    let free = this.nodeGpus - 1;
    while (this.nodesByFree()[free] === 0) free--;
    return this.gpuNodes.find((node) => this.cluster.nodeGpusWhole[node] === free)!;
  }

  private occupy(node: number, gpuCount: number): void {
    this.gpuSets.choose(node, gpuCount, this.gpus);
    this.take(node, this.requests[gpuCount]!, this.gpus);
  }

  private take(node: number, request: PodRequest, gpus: Int32Array): void {
    const allocation = this.cluster.allocate(node, request, gpus);
    this.book.add(allocation, node, gpus, request.gpuCount);
  }

  private readonly releaseAllocation = (allocation: number): void => {
    this.cluster.release(allocation);
  };
}

/** Place of the least room that holds the GPUs, the first of equals; -1 when none does. */
function tightest(free: readonly number[], gpus: number): number {
  let best = -1;
  free.forEach((room, place) => {
    if (room >= gpus && (best < 0 || room < free[best]!)) best = place;
  });
  return best;
}

/** Place of the most room below a wholly free node, the first of equals; -1 where every node is free. */
function fullest(free: readonly number[], nodeGpus: number): number {
  let best = -1;
  free.forEach((room, place) => {
    if (room < nodeGpus && (best < 0 || room > free[best]!)) best = place;
  });
  return best;
}

/**
 * A consolidating placer for the nodes of one cluster (or of one virtual cluster).
 *
 * @throws RangeError when GPU nodes differ in their number of GPUs: the rule has no meaning then
 */
export function createConsolidateGang(
  cluster: ClusterState,
  shapes: readonly PodRequest[],
  demands: GangDemands,
): GangPlacer {
  return new ConsolidateGang(cluster, shapes, demands);
}

import { InvariantError } from "../../base/assert.js";
import { everPossible } from "../../cluster/ever-possible.js";
import type { HeldPart } from "../../cluster/partitions/partitioning.js";
import { whyNothingSelected } from "../../cluster/selected-nodes.js";
import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { Placer } from "../placement/types.js";
import type { FasterFirst } from "./faster-first.js";
import { acceptedModels, createFitIndex, podsOnNode, type FitIndex } from "./fit-index.js";
import { planInOrder, type GangForesight, type NodeRooms, type PlannedPart } from "./foresight.js";
import { createGangBook, type GangBook } from "./gang-book.js";
import { ignoredTopology } from "./ignored-topology.js";
import { takeBack } from "./take-back.js";
import type { GangDemands, GangParts, GangPlacer } from "./types.js";

const GPU_MILLI = 1000;

/**
 * Workers go one by one where a placement policy puts a single pod; when one finds no node, the ones
 * before it are taken back. Workers of a gang may share a node.
 */
class NodeGang implements GangPlacer, GangForesight {
  readonly name: string;
  readonly placesOneByOne = true;
  readonly gpuMilliTotal: number;
  readonly ignoredDemands: readonly string[];
  readonly startsByProfile = new Map<string, number>();
  private readonly book: GangBook = createGangBook();
  private readonly fit: FitIndex;
  /** Pods of each shape that the empty cluster takes. */
  private readonly podsWhenEmpty: readonly number[];
  private readonly releaseAllocation: (allocation: number) => void;

  constructor(
    readonly cluster: ClusterState,
    private readonly shapes: readonly PodRequest[],
    private readonly demands: GangDemands,
    private readonly placer: Placer,
    private readonly before: FasterFirst["before"],
  ) {
    this.name = placer.name;
    this.ignoredDemands = ignoredTopology(demands);
    this.gpuMilliTotal = cluster.gpuCount * GPU_MILLI;
    this.fit = createFitIndex(cluster, shapes);
    const empty = everPossible(cluster);
    this.podsWhenEmpty = shapes.map((request) => {
      const models = acceptedModels(empty, request);
      let pods = 0;
      for (let node = 0; node < empty.nodeCount; node++)
        pods += podsOnNode(empty, node, request, models);
      return pods;
    });
    this.releaseAllocation = (allocation) => {
      cluster.release(allocation);
    };
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
    for (const faster of this.before.get(demand) ?? []) {
      const gang = this.placeAs(faster);
      if (gang >= 0) return gang;
    }
    return this.placeAs(demand);
  }

  private placeAs(demand: number): number {
    const shape = this.demands.shape[demand]!;
    const workers = this.demands.workers[demand]!;
    // A single worker asks the placer at once; a gang is counted first, for its failure is costly.
    if (workers > 1 && this.fit.podsThatFit(shape) < workers) return -1;
    const request = this.shapes[shape]!;
    this.book.begin();
    for (let worker = 0; worker < workers; worker++) {
      const node = this.placer.choose(shape);
      if (node < 0) {
        this.book.rollBack(this.releaseAllocation);
        return -1;
      }
      const allocation = this.cluster.allocate(node, request, this.placer.gpus);
      this.book.add(allocation, node, this.placer.gpus, request.gpuCount);
    }
    const gang = this.book.finish();
    if (this.cluster.partitions.isUsed) this.countStarts();
    return gang;
  }

  private countStarts(): void {
    this.forEachHeldPart(({ profile }) => {
      if (profile === undefined) return;
      this.startsByProfile.set(profile, (this.startsByProfile.get(profile) ?? 0) + 1);
    });
  }

  forEachHeldPart(visit: (part: HeldPart) => void): void {
    this.book.forEachOfLast((allocation) => {
      this.cluster.forEachPart(allocation, visit);
    });
  }

  /** Scores need a present state, so a gang to come is given the first nodes in order that have room. */
  planIn(demand: number, rooms: NodeRooms): readonly PlannedPart[] | undefined {
    return planInOrder({
      nodeCount: this.cluster.nodeCount,
      request: this.partRequest(demand),
      workers: this.demands.workers[demand]!,
      rooms,
    });
  }

  partRequest(demand: number): PodRequest {
    return this.shapes[this.demands.shape[demand]!]!;
  }

  placeAt(demand: number, parts: GangParts): number {
    const request = this.partRequest(demand);
    return takeBack({
      cluster: this.cluster,
      book: this.book,
      parts,
      requestOf: () => request,
      occupy: (node, _request, gpus) => {
        this.book.add(this.cluster.allocate(node, request, gpus), node, gpus, request.gpuCount);
      },
      release: this.releaseAllocation,
    });
  }

  release(gang: number): void {
    this.book.drain(gang, this.releaseAllocation);
  }

  mayFit(demand: number): boolean {
    return this.fit.podsThatFit(this.demands.shape[demand]!) >= this.demands.workers[demand]!;
  }

  podsThatFit(demand: number): number {
    return this.fit.podsThatFit(this.demands.shape[demand]!);
  }

  refusalReason(demand: number): string {
    const shape = this.demands.shape[demand]!;
    const pods = this.fit.podsThatFit(shape);
    if (pods >= this.demands.workers[demand]!) return this.placer.explain(shape).reason;
    if (pods > 0) return "not enough room for all workers of the gang at once";
    return this.fit.mainLack(shape) ?? "no node belongs to the partition";
  }

  neverFits(demand: number): string | undefined {
    const shape = this.demands.shape[demand]!;
    const workers = this.demands.workers[demand]!;
    const pods = this.podsWhenEmpty[shape]!;
    const unlabelled = whyNothingSelected(this.cluster.spec, this.shapes[shape]!);
    if (unlabelled !== undefined) return unlabelled;
    if (pods === 0) return "no node is large enough for one worker, or has a GPU model it accepts";
    if (this.placer.neverFits(shape))
      return "no node of the empty cluster passes the placement's filters";
    if (pods >= workers) return undefined;
    return `${workers} workers at once, the empty cluster has room for ${pods}`;
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
    if (this.book.liveCount < 0)
      throw new InvariantError(`${this.name}: more gangs released than placed`);
  }
}

/**
 * A gang placer that puts every worker where `placer` puts a single pod of the shape.
 *
 * @param before demands to try before a demand; shapes and demands are those of a `FasterFirst` then
 */
export function createNodeGang(
  cluster: ClusterState,
  shapes: readonly PodRequest[],
  demands: GangDemands,
  placer: Placer,
  before: FasterFirst["before"] = new Map(),
): GangPlacer {
  return new NodeGang(cluster, shapes, demands, placer, before);
}

import { InvariantError } from "../../base/assert.js";
import type { HeldPart } from "../../cluster/partitions/partitioning.js";
import { whyNothingSelected } from "../../cluster/selected-nodes.js";
import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { FasterFirst } from "./faster-first.js";
import type { FitIndex } from "./fit-index.js";
import type { GangForesight } from "./foresight.js";
import { createGangBook, type GangBook } from "./gang-book.js";
import { takeBack } from "./take-back.js";
import type { GangDemands, GangParts, GangPlacer } from "./types.js";

const GPU_MILLI = 1000;

/** Gangs, and the nodes they go to. */
export interface GangsAndNodes {
  readonly cluster: ClusterState;
  readonly shapes: readonly PodRequest[];
  readonly demands: GangDemands;
}

/** Gives one worker of the gang that is being placed its room on a node. */
export type TakeRoom = (node: number, request: PodRequest, gpus: Int32Array) => void;

/** Which nodes the workers of a gang go to: what placements of equal workers on nodes differ in. */
export interface GangRule extends Pick<GangForesight, "placesOneByOne" | "planIn"> {
  readonly name: string;
  readonly ignoredDemands: readonly string[];
  readonly fit: FitIndex;
  /** Demands to try before a demand; absent for none. */
  readonly before?: FasterFirst["before"];
  /** Takes room for every worker. @returns false when there is none, whatever was taken before that showed */
  place(demand: number, take: TakeRoom): boolean;
  /** False when workers that all have room certainly cannot have it together. */
  mayHaveRoom(demand: number): boolean;
  /** Why a gang was refused whose workers all have room. */
  refusalReason(demand: number): string;
  /** Workers of the demand that the empty cluster takes. */
  podsWhenEmpty(demand: number): number;
  /** Why not even the empty cluster has room. @param tooMany says that it takes too few workers, when it does */
  neverFits(demand: number, tooMany: string | undefined): string | undefined;
  /** Checks the rule's own books. */
  checkInvariants?(): void;
}

/** Asks a rule where workers go, takes the room, and keeps the books of who has which. */
class GangOnNodes implements GangPlacer {
  readonly name: string;
  readonly gpuMilliTotal: number;
  readonly ignoredDemands: readonly string[];
  readonly cluster: ClusterState;
  readonly foresight: GangForesight;
  readonly startsByProfile = new Map<string, number>();
  private readonly shapes: readonly PodRequest[];
  private readonly demands: GangDemands;
  private readonly fit: FitIndex;
  private readonly before: FasterFirst["before"] | undefined;
  private readonly book: GangBook = createGangBook();

  constructor(
    { cluster, shapes, demands }: GangsAndNodes,
    private readonly rule: GangRule,
  ) {
    this.cluster = cluster;
    this.shapes = shapes;
    this.demands = demands;
    this.name = rule.name;
    this.fit = rule.fit;
    this.before = rule.before;
    this.ignoredDemands = rule.ignoredDemands;
    this.gpuMilliTotal = cluster.gpuCount * GPU_MILLI;
    this.foresight = {
      placesOneByOne: rule.placesOneByOne,
      planIn: (demand, rooms) => rule.planIn(demand, rooms),
      partRequest: (demand) => this.requestOf(demand),
    };
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
    for (const faster of this.before?.get(demand) ?? []) {
      const gang = this.placeAs(faster);
      if (gang >= 0) return gang;
    }
    return this.placeAs(demand);
  }

  private placeAs(demand: number): number {
    this.book.begin();
    if (!this.rule.place(demand, this.take)) {
      this.book.rollBack(this.releaseAllocation);
      return -1;
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

  placeAt(demand: number, parts: GangParts): number {
    const request = this.requestOf(demand);
    return takeBack({
      cluster: this.cluster,
      book: this.book,
      parts,
      requestOf: () => request,
      occupy: this.take,
      release: this.releaseAllocation,
    });
  }

  release(gang: number): void {
    this.book.drain(gang, this.releaseAllocation);
  }

  mayFit(demand: number): boolean {
    return (
      this.podsThatFit(demand) >= this.demands.workers[demand]! && this.rule.mayHaveRoom(demand)
    );
  }

  podsThatFit(demand: number): number {
    return this.fit.podsThatFit(this.demands.shape[demand]!);
  }

  refusalReason(demand: number): string {
    const pods = this.podsThatFit(demand);
    if (pods >= this.demands.workers[demand]!) return this.rule.refusalReason(demand);
    if (pods > 0) return "not enough room for all workers of the gang at once";
    return this.fit.mainLack(this.demands.shape[demand]!) ?? "no node belongs to the partition";
  }

  neverFits(demand: number): string | undefined {
    const unlabelled = whyNothingSelected(this.cluster.spec, this.requestOf(demand));
    if (unlabelled !== undefined) return unlabelled;
    const workers = this.demands.workers[demand]!;
    const pods = this.rule.podsWhenEmpty(demand);
    if (pods === 0) return "no node is large enough for one worker, or has a GPU model it accepts";
    const tooMany =
      pods < workers
        ? `${workers} workers at once, the empty cluster has room for ${pods}`
        : undefined;
    return this.rule.neverFits(demand, tooMany);
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
    this.rule.checkInvariants?.();
  }

  private requestOf(demand: number): PodRequest {
    return this.shapes[this.demands.shape[demand]!]!;
  }

  private readonly take: TakeRoom = (node, request, gpus) => {
    this.book.add(this.cluster.allocate(node, request, gpus), node, gpus, request.gpuCount);
  };

  private readonly releaseAllocation = (allocation: number): void => {
    this.cluster.release(allocation);
  };
}

/** A gang placer whose workers go where `rule` says. */
export function createGangOnNodes(parts: GangsAndNodes, rule: GangRule): GangPlacer {
  return new GangOnNodes(parts, rule);
}

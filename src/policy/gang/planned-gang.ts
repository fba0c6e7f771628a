import { InvariantError } from "../../base/assert.js";
import { everPossible } from "../../cluster/ever-possible.js";
import type { HeldPart } from "../../cluster/partitions/partitioning.js";
import { whyNothingSelected } from "../../cluster/selected-nodes.js";
import type { ClusterState } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import { tightestGpuSelector } from "../placement/devices/tightest-gpu.js";
import { acceptedModels, createFitIndex, podsOnNode, type FitIndex } from "./fit-index.js";
import type { GangForesight, NodeRooms, PlannedPart } from "./foresight.js";
import { createGangBook, type GangBook } from "./gang-book.js";
import type { GangPlanner } from "./planners/gang-planner.js";
import { ignoredTopology } from "./ignored-topology.js";
import { takeBack } from "./take-back.js";
import type { DomainRooms, NodeShares } from "./topology/assign-domains.js";
import type { GangDemands, GangParts, GangPlacer } from "./types.js";

const GPU_MILLI = 1000;

/**
 * A gang is planned as a whole and then placed; nothing is taken when there is no plan.
 *
 * Inside a node whole GPUs are taken as `createGpuSetChooser` says, parts of a GPU from the GPU with the least
 * free.
 */
class PlannedGang implements GangPlacer, GangForesight {
  readonly name: string;
  readonly placesOneByOne = false;
  readonly gpuMilliTotal: number;
  readonly ignoredDemands: readonly string[];
  readonly startsByProfile = new Map<string, number>();
  private readonly book: GangBook = createGangBook();
  private readonly fit: FitIndex;
  private readonly gpus: Int32Array;
  private readonly selectDevices: (node: number, shape: number, out: Int32Array) => void;
  private readonly roomsWhenEmpty: (DomainRooms | undefined)[];

  constructor(
    readonly cluster: ClusterState,
    private readonly shapes: readonly PodRequest[],
    private readonly demands: GangDemands,
    private readonly planner: GangPlanner,
  ) {
    this.name = planner.name;
    this.gpuMilliTotal = cluster.gpuCount * GPU_MILLI;
    this.ignoredDemands = planner.looksAtTopology ? [] : ignoredTopology(demands);
    this.fit = createFitIndex(cluster, shapes, planner.tree);
    this.gpus = new Int32Array(shapes.reduce((most, { gpuCount }) => Math.max(most, gpuCount), 1));
    this.selectDevices = tightestGpuSelector.prepare({
      view: cluster,
      shapes,
      random: { integerBelow: () => unexpected("draws") },
      fragmentation: () => unexpected("looks at fragmentation"),
    });
    const empty = everPossible(cluster);
    this.roomsWhenEmpty = shapes.map((request) => {
      const models = acceptedModels(empty, request);
      return this.roomsOf((node) => podsOnNode(empty, node, request, models));
    });
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
    const shape = this.demands.shape[demand]!;
    const workers = this.demands.workers[demand]!;
    if (this.fit.podsThatFit(shape) < workers) return -1;
    const shares = this.planner.plan(demand, this.fit.roomsFor(shape));
    if (shares === undefined) return -1;
    this.book.begin();
    const request = this.shapes[shape]!;
    forEachShare(shares, (node, pods) => {
      for (let pod = 0; pod < pods; pod += 1) {
        this.selectDevices(node, shape, this.gpus);
        const allocation = this.cluster.allocate(node, request, this.gpus);
        this.book.add(allocation, node, this.gpus, request.gpuCount);
      }
    });
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
    const shape = this.demands.shape[demand]!;
    return (
      this.fit.podsThatFit(shape) >= this.demands.workers[demand]! &&
      this.planner.hasRoom(demand, this.fit.roomsFor(shape))
    );
  }

  podsThatFit(demand: number): number {
    return this.fit.podsThatFit(this.demands.shape[demand]!);
  }

  refusalReason(demand: number): string {
    const shape = this.demands.shape[demand]!;
    const pods = this.fit.podsThatFit(shape);
    if (pods >= this.demands.workers[demand]!)
      return `enough room, but not for the whole gang ${this.planner.whereText(demand)}`;
    if (pods > 0) return "not enough room for all workers of the gang at once";
    return this.fit.mainLack(shape) ?? "no node belongs to the partition";
  }

  neverFits(demand: number): string | undefined {
    const shape = this.demands.shape[demand]!;
    const rooms = this.roomsWhenEmpty[shape]!;
    const workers = this.demands.workers[demand]!;
    const pods = sumOf(rooms.workersIn[rooms.workersIn.length - 1]!);
    const unlabelled = whyNothingSelected(this.cluster.spec, this.shapes[shape]!);
    if (unlabelled !== undefined) return unlabelled;
    if (pods === 0) return "no node is large enough for one worker, or has a GPU model it accepts";
    if (pods < workers) return `${workers} workers at once, the empty cluster has room for ${pods}`;
    if (this.planner.hasRoom(demand, rooms)) return undefined;
    return `${workers} workers ${this.planner.whereText(demand)}: not even the empty cluster has room for them there`;
  }

  planIn(demand: number, rooms: NodeRooms): readonly PlannedPart[] | undefined {
    const request = this.requestOf(demand);
    const shares = this.planner.plan(
      demand,
      this.roomsOf((node) => rooms.podsOn(node, request)),
    );
    if (shares === undefined) return undefined;
    const parts: PlannedPart[] = [];
    forEachShare(shares, (node, pods) => parts.push({ node, request, pods }));
    return parts;
  }

  partRequest(demand: number): PodRequest {
    return this.requestOf(demand);
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
    this.shapes.forEach((request, shape) => {
      const models = acceptedModels(this.cluster, request);
      const want = this.roomsOf((node) => podsOnNode(this.cluster, node, request, models));
      this.fit.roomsFor(shape).workersIn.forEach((column, level) => {
        for (let domain = 0; domain < column.length; domain += 1) {
          if (column[domain] === want.workersIn[level]![domain]) continue;
          throw new InvariantError(
            `${this.name}: ${want.workersIn[level]![domain]} workers fit in domain ${domain} of level ` +
              `${this.planner.tree.levels[level]!.name}, the index says ${column[domain]}`,
          );
        }
      });
    });
  }

  private requestOf(demand: number): PodRequest {
    return this.shapes[this.demands.shape[demand]!]!;
  }

  private roomsOf(podsOn: (node: number) => number): DomainRooms {
    const { levels } = this.planner.tree;
    const workersIn = levels.map(({ domainCount }) => new Int32Array(domainCount));
    for (let node = 0; node < this.cluster.nodeCount; node += 1) {
      const pods = podsOn(node);
      if (pods === 0) continue;
      levels.forEach(({ domainOf }, level) => {
        workersIn[level]![domainOf[node]!]! += pods;
      });
    }
    return { workersIn };
  }

  private readonly releaseAllocation = (allocation: number): void => {
    this.cluster.release(allocation);
  };
}

function forEachShare(shares: NodeShares, visit: (node: number, pods: number) => void): void {
  for (let index = 0; index < shares.length; index += 2) visit(shares[index]!, shares[index + 1]!);
}

function sumOf(column: { readonly length: number; readonly [index: number]: number }): number {
  let sum = 0;
  for (let index = 0; index < column.length; index += 1) sum += column[index]!;
  return sum;
}

function unexpected(what: string): never {
  throw new InvariantError(`planned gang: a device selector ${what}, and this one must not`);
}

/** A gang placer that puts gangs where `planner` says. */
export function createPlannedGang(
  cluster: ClusterState,
  shapes: readonly PodRequest[],
  demands: GangDemands,
  planner: GangPlanner,
): GangPlacer {
  return new PlannedGang(cluster, shapes, demands, planner);
}

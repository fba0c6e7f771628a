import type { PodRequest } from "../workload/job-table.js";
import { FragmentMemo } from "./fragment-memo.js";
import { GpuStates } from "./gpu-states.js";
import { IDLE_CLASSES, type TypicalPod } from "./idle-classes.js";
import type { ClusterView, ReadonlyNumbers } from "./view.js";

/**
 * Idle GPU capacity by class, for a cluster and the typical pods of a workload.
 *
 * For a node and one typical pod all idle GPU capacity of the node falls into classes
 * (`IDLE_CLASSES`); the node's amounts are the average over the typical pods by weight. The fragment
 * is every class but `q3_satisfied`. Source: FGD (USENIX ATC 2023), artifact pkg/utils/frag.go.
 *
 * Figures hold as of the last `refresh()`, which costs time only for nodes changed since the one
 * before. Cluster totals are kept as whole numbers (weight by pod count), so they never drift.
 */
export interface Fragmentation {
  readonly typicalPods: readonly TypicalPod[];
  /** Takes in what changed in the cluster. Cheap when nothing did. */
  refresh(): void;
  /** Fragment of the cluster in thousandths of a GPU. */
  readonly amountMilli: number;
  /** Idle capacity of the cluster by class, in `IDLE_CLASSES` order, in thousandths of a GPU; sums to all that is idle. */
  readonly byClassMilli: Readonly<Float64Array>;
  /** Fragment of one node in thousandths of a GPU, summed in the published order to the last bit. */
  nodeAmount(node: number): number;
  /** Handle of a pod shape for the two "after" questions; equal shapes may share one. */
  demand(request: PodRequest): number;
  /**
   * Least fragment the node can have after taking a pod, over the GPUs that a partial demand could
   * use; whole GPUs are the fitting ones with the least free. NaN when no GPU can serve it.
   */
  amountAfter(node: number, demand: number): number;
  /** Fragment of the node after taking a partial-GPU pod on GPU `gpu` (index within the node); NaN when it cannot. */
  amountAfterOnGpu(node: number, demand: number, gpu: number): number;
}

/** Options of `createFragmentation`. */
export interface FragmentationOptions {
  /** GPU states remembered before starting over, which bounds the memory of long runs; 200,000 when absent. */
  readonly statesMax?: number;
}

/**
 * Watches the fragmentation of a cluster.
 *
 * @throws RangeError when there is no typical pod
 */
export function createFragmentation(
  view: ClusterView,
  typicalPods: readonly TypicalPod[],
  { statesMax = STATES_MAX }: FragmentationOptions = {},
): Fragmentation {
  if (typicalPods.length === 0)
    throw new RangeError("fragmentation: at least one typical pod is needed");
  return new ClusterFragmentation(view, typicalPods, statesMax);
}

const CLASS_COUNT = IDLE_CLASSES.length;
const SATISFIED = IDLE_CLASSES.indexOf("q3_satisfied");
const STATES_MAX = 200_000;

class ClusterFragmentation implements Fragmentation {
  readonly typicalPods: readonly TypicalPod[];
  readonly byClassMilli = new Float64Array(CLASS_COUNT);
  amountMilli = 0;
  readonly #view: ClusterView;
  readonly #statesMax: number;
  readonly #states: GpuStates;
  readonly #memo: FragmentMemo;
  /** Access class of each node: which typical pods accept its GPU model. */
  readonly #nodeAccess: Int32Array;
  readonly #nodeState: Int32Array;
  readonly #nodeRank: Int32Array;
  /** Per node and class: idle thousandths times pods, a whole number. */
  readonly #nodeClasses: Float64Array;
  readonly #totals = new Float64Array(CLASS_COUNT);
  readonly #countTotal: number;
  readonly #changed: Int32Array;
  #revision = -1;
  readonly #demandGpus: number[] = [];
  readonly #demandCpuMilli: number[] = [];

  constructor(view: ClusterView, typicalPods: readonly TypicalPod[], statesMax: number) {
    this.#view = view;
    this.#statesMax = statesMax;
    this.typicalPods = typicalPods;
    this.#states = new GpuStates(view.gpuKindStride - 1);
    this.#memo = new FragmentMemo(this.#states, typicalPods, view.gpuModels);
    this.#nodeAccess = Int32Array.from(view.nodeModel as ArrayLike<number>, (model) =>
      this.#memo.accessOf(model),
    );
    this.#nodeState = new Int32Array(view.nodeCount);
    this.#nodeRank = new Int32Array(view.nodeCount);
    this.#nodeClasses = new Float64Array(view.nodeCount * CLASS_COUNT);
    this.#countTotal = typicalPods.reduce((sum, { count }) => sum + count, 0);
    this.#changed = new Int32Array(view.nodeCount);
    this.refresh();
  }

  refresh(): void {
    const view = this.#view;
    if (this.#revision === view.revision) return;
    const mustStartOver =
      this.#revision < 0 || this.#states.count > this.#statesMax || this.#memo.isLarge;
    if (mustStartOver) this.#startOver();
    const changed = this.#changed;
    const count = mustStartOver ? -1 : view.changedSince(this.#revision, changed);
    if (count < 0) for (let node = 0; node < view.nodeCount; node += 1) this.#refreshNode(node);
    else for (let i = 0; i < count; i += 1) this.#refreshNode(changed[i]!);
    this.#revision = view.revision;
    this.#publish();
  }

  nodeAmount(node: number): number {
    return this.#memo.amount(
      this.#nodeState[node]!,
      this.#nodeAccess[node]!,
      this.#nodeRank[node]!,
    );
  }

  demand(request: PodRequest): number {
    this.#demandGpus.push(this.#states.demand(request));
    this.#demandCpuMilli.push(request.cpuMilli);
    return this.#demandGpus.length - 1;
  }

  amountAfter(node: number, demand: number): number {
    const states = this.#states;
    const at = states.successorsAt(this.#nodeState[node]!, this.#demandGpus[demand]!);
    const count = states.successors[at]!;
    const access = this.#nodeAccess[node]!;
    const rank = this.#memo.rankOf(this.#view.cpuMilliFree[node]! - this.#demandCpuMilli[demand]!);
    let least = Number.NaN;
    for (let i = 0; i < count; i += 1) {
      const amount = this.#memo.amount(states.successors[at + 2 + 2 * i]!, access, rank);
      if (i === 0 || amount < least) least = amount;
    }
    return least;
  }

  amountAfterOnGpu(node: number, demand: number, gpu: number): number {
    const states = this.#states;
    const free = this.#view.gpuMilliFree[this.#view.gpuOffset[node]! + gpu]!;
    const at = states.successorsAt(this.#nodeState[node]!, this.#demandGpus[demand]!);
    const count = states.successors[at]!;
    for (let i = 0; i < count; i += 1) {
      if (states.successors[at + 1 + 2 * i] !== free) continue;
      const rank = this.#memo.rankOf(
        this.#view.cpuMilliFree[node]! - this.#demandCpuMilli[demand]!,
      );
      return this.#memo.amount(states.successors[at + 2 + 2 * i]!, this.#nodeAccess[node]!, rank);
    }
    return Number.NaN;
  }

  #startOver(): void {
    this.#states.clear();
    this.#memo.clear();
  }

  #refreshNode(node: number): void {
    const view = this.#view;
    const from = view.gpuOffset[node]!;
    const to = view.gpuOffset[node + 1]!;
    this.#nodeState[node] = this.#states.stateOf(view.gpuMilliFree, from, to);
    this.#nodeRank[node] = this.#memo.rankOf(view.cpuMilliFree[node]!);
    const counted = this.#memo.classCounts(
      this.#nodeState[node]!,
      this.#nodeAccess[node]!,
      this.#nodeRank[node]!,
    );
    for (let kind = 0; kind < CLASS_COUNT; kind += 1) {
      const at = node * CLASS_COUNT + kind;
      this.#totals[kind]! += counted[kind]! - this.#nodeClasses[at]!;
      this.#nodeClasses[at] = counted[kind]!;
    }
  }

  #publish(): void {
    let fragment = 0;
    for (let kind = 0; kind < CLASS_COUNT; kind += 1) {
      this.byClassMilli[kind] = this.#totals[kind]! / this.#countTotal;
      if (kind !== SATISFIED) fragment += this.#totals[kind]!;
    }
    this.amountMilli = fragment / this.#countTotal;
  }
}

/** The per-class column of one node or cluster, by name. */
export function idleByClass(
  byClassMilli: ReadonlyNumbers,
): Record<(typeof IDLE_CLASSES)[number], number> {
  return Object.fromEntries(
    IDLE_CLASSES.map((name, kind) => [name, byClassMilli[kind]!]),
  ) as Record<(typeof IDLE_CLASSES)[number], number>;
}

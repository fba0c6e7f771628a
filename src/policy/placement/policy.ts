import type { Fragmentation } from "../../cluster/fragmentation.js";
import type { ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";

/** Scores lie in 0..SCORE_MAX; higher is better. */
export const SCORE_MAX = 100;

/** The random draws that placement needs; a stream of the run's seed has them. */
export interface PlacementRandom {
  /** A whole number in 0..bound-1, each equally likely. */
  integerBelow(bound: number): number;
}

/** What filters, scorers and device selectors are prepared with, once per run. */
export interface PlacementContext {
  readonly view: ClusterView;
  /** The pod shapes of the workload; a shape is named by its index here. */
  readonly shapes: readonly PodRequest[];
  readonly random: PlacementRandom;
  /**
   * Fragmentation of the cluster by the workload's typical pods, one for the whole policy.
   *
   * @throws RangeError when the placer was made without typical pods
   */
  fragmentation(): Fragmentation;
}

/**
 * Removes nodes that cannot take a pod.
 *
 * The prepared test must be pure in (columns of that node, shape): its answers are kept until the node
 * changes.
 */
export interface PlacementFilter {
  readonly name: string;
  /** Why a node was refused, in a few words for reports, such as "not enough free GPUs". */
  readonly reason: string;
  /** Returns the test: true when the node can take a pod of the shape. */
  prepare(context: PlacementContext): (node: number, shape: number) => boolean;
}

/** A scorer prepared for one run. */
export interface PreparedScorer {
  /** Called before every pod that is scored, first of all. */
  beforePod?(): void;
  /**
   * Called for a scorer that is not cacheable, with the nodes that passed every filter, in node order.
   *
   * May return the index of the first of them with the highest score, when it is known already: a policy
   * of this scorer alone then asks for no scores.
   */
  seeFeasible?(nodes: Int32Array, count: number): number | undefined;
  /**
   * Score of a node that passed every filter, 0..SCORE_MAX (before `normalize`); higher is better.
   *
   * A cacheable scorer is pure in (columns of that node, shape): it reads no other node, no clock, no
   * random number, and keeps no state that changes its answers. Its scores are kept until the node changes.
   */
  score(node: number, shape: number): number;
}

/** Ranks the nodes that passed every filter. */
export interface PlacementScorer {
  readonly name: string;
  /** False makes the placer ask again for every node and pod; absent means true. */
  readonly cacheable?: boolean;
  /**
   * `min-max` stretches the scores of the feasible nodes to 0..SCORE_MAX before weighting,
   * (score - lowest) * 100 / (highest - lowest) in whole numbers, all 0 when they are equal.
   */
  readonly normalize?: "min-max";
  prepare(context: PlacementContext): PreparedScorer;
}

/** Chooses GPUs inside the chosen node. */
export interface DeviceSelector {
  readonly name: string;
  /** Returns the choice: writes `gpuCount` GPU indexes within the node into `out`. */
  prepare(context: PlacementContext): (node: number, shape: number, out: Int32Array) => void;
}

/** A scorer with its weight in the sum; weights are > 0. */
export interface WeightedScorer {
  readonly weight: number;
  readonly scorer: PlacementScorer;
}

/**
 * Where a pod goes: the nodes every filter passes, of these the highest weighted sum of scores, of
 * these the lowest in node order; then the GPUs the device selector picks.
 *
 * Without scorers every feasible node is equal and the first one wins.
 */
export interface PlacementPolicy {
  /** Kebab-case name in scenarios and results. */
  readonly name: string;
  /** One sentence for documentation and `headroom explain`. */
  readonly description: string;
  readonly filters: readonly PlacementFilter[];
  readonly scorers: readonly WeightedScorer[];
  readonly deviceSelector: DeviceSelector;
}

import type { ClusterSpec } from "../../cluster/spec.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { JobTable } from "../../workload/job-table.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { Lane } from "./lane.js";

/**
 * One thing that decides how fast a gang works where it is: the model of its GPUs, the links between them,
 * who shares them, their health. The rate of a gang is the product over all factors of a run.
 *
 * A factor sees every gang that holds room and nothing else: `started` when it takes its room, `stopped`
 * when it gives it up, in this order also within one instant. A gang that moves or changes its size is
 * stopped and started. Answers must depend on these calls alone, never on the order of questions.
 *
 * A factor whose answers change while a gang runs has `takeChanged`. The simulation asks it after everything
 * that happened in an instant, before the queue is walked and again after it; work done so far is booked at
 * the old rate and the end of the job moves. Without `takeChanged` the answer given at the start holds.
 */
export interface RateFactor {
  /** For messages, such as "GPU model". */
  readonly name: string;
  /**
   * The job has taken room.
   *
   * @param lane where; `lane.nodeMap` turns nodes of the parts into nodes of the cluster spec
   * @param parts its room, empty in a pool; copy what is needed later
   */
  started(job: number, lane: Lane, parts: GangParts): void;
  /** The job no longer holds its room. */
  stopped(job: number): void;
  /**
   * Seconds of work per second while nothing changes: 1 works as the recorded duration says, 0 stands still.
   * Only for a job between `started` and `stopped`.
   */
  rateOf(job: number): number;
  /** Calls `visit` with every running job whose rate may have changed since the last call, and forgets them. */
  takeChanged?(visit: (job: number) => void): void;
  /**
   * Lowest rate a job of the lane may have where nothing is known of its place yet, > 0: users' estimates
   * are stretched by it. 1 when the factor is no part of what a scheduler would know.
   */
  slowestIn(lane: Lane): number;
}

/** What a factor is made from, once per run. */
export interface RateContext {
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
  readonly placement: PlacementSpec;
  readonly lanes: readonly Lane[];
  /** The simulated clock. Seconds. */
  nowS(): number;
}

/** Makes a factor with the state of one run. */
export type RateFactorEntry = (context: RateContext) => RateFactor;

/** How fast gangs work, relative to the placement their durations were recorded on. */
export interface GangRates {
  /** True when every gang works at its recorded speed. */
  readonly isUniform: boolean;
  /** False when the rate at the start of a gang holds until it ends or is stopped. */
  readonly mayChange: boolean;
  started(job: number, lane: Lane, parts: GangParts): void;
  stopped(job: number): void;
  /** Seconds of work per second, ≥ 0. */
  rateOf(job: number): number;
  takeChanged(visit: (job: number) => void): void;
  /** A bound for jobs that have no place yet; > 0. */
  slowestIn(lane: Lane): number;
}

/** Everything works at its recorded speed: the case that must cost nothing. */
const UNIFORM: GangRates = {
  isUniform: true,
  mayChange: false,
  started: () => undefined,
  stopped: () => undefined,
  rateOf: () => 1,
  takeChanged: () => undefined,
  slowestIn: () => 1,
};

/** The product of the factors. */
export function createGangRates(factors: readonly RateFactor[]): GangRates {
  if (factors.length === 0) return UNIFORM;
  const changing = factors.filter((factor) => factor.takeChanged !== undefined);
  const productOf = (value: (factor: RateFactor) => number, isValid: (rate: number) => boolean) => {
    let product = 1;
    for (const factor of factors) {
      const rate = value(factor);
      if (!(isValid(rate) && Number.isFinite(rate)))
        throw new RangeError(
          `rate factor ${factor.name}: a rate must be a number ≥ 0, got ${rate}`,
        );
      product *= rate;
    }
    return product;
  };
  return {
    isUniform: false,
    mayChange: changing.length > 0,
    started(job, lane, parts) {
      for (const factor of factors) factor.started(job, lane, parts);
    },
    stopped(job) {
      for (const factor of factors) factor.stopped(job);
    },
    rateOf: (job) =>
      productOf(
        (factor) => factor.rateOf(job),
        (rate) => rate >= 0,
      ),
    takeChanged(visit) {
      for (const factor of changing) factor.takeChanged!(visit);
    },
    slowestIn: (lane) =>
      productOf(
        (factor) => factor.slowestIn(lane),
        (rate) => rate > 0,
      ),
  };
}

/** Calls `visit` with every part of a gang: node of the cluster spec, and its GPUs by index within the node. */
export function forEachPart(
  lane: Lane,
  parts: GangParts,
  visit: (node: number, gpus: Int32Array) => void,
): void {
  const { values, length } = parts;
  for (let index = 0; index < length;) {
    const end = index + 2 + values[index + 1]!;
    visit(lane.nodeMap[values[index]!]!, values.subarray(index + 2, end));
    index = end;
  }
}

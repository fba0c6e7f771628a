import type { HeldPart } from "../../cluster/partitions/partitioning.js";
import type { ClusterState } from "../../cluster/view.js";
import type { GangForesight } from "./foresight.js";
import type { TopologyRequest } from "../../workload/topology-request.js";

/**
 * What gangs ask for, one row per distinct demand. A demand is named by its row everywhere below.
 */
export interface GangDemands {
  readonly count: number;
  /** Pod shape of the workers. */
  readonly shape: Int32Array;
  readonly workers: Int32Array;
  /** GPUs of the whole gang in thousandths: what the trace says of the gang, else workers x shape. */
  readonly gpuMilli: Float64Array;
  /** Index into `topologyRequests`; absent when no job says how close together its workers must be. */
  readonly topology?: Int32Array;
  /** The first is what a job asks for that says nothing. */
  readonly topologyRequests?: readonly TopologyRequest[];
}

/** Where the workers of the gang placed last went: `length` numbers of `values` are valid. */
export interface GangParts {
  /** For every part in turn: node index, number of GPUs n, then n GPU indexes within the node. */
  readonly values: Int32Array;
  readonly length: number;
}

/**
 * Finds room for all workers of a job at once, and takes it, or takes nothing.
 *
 * A gang is choosing and occupying in one: the second worker must see what the first one took. Who is
 * offered first is the queue policy's business, not the placer's.
 */
export interface GangPlacer {
  readonly name: string;
  /** GPU capacity in thousandths of a GPU. */
  readonly gpuMilliTotal: number;
  /** Capacity given away now, in thousandths of a GPU. */
  readonly gpuMilliUsed: number;
  /** Capacity that is neither given away nor in service, in thousandths of a GPU. */
  readonly gpuMilliOut: number;
  /** Capacity that could be given away now, in thousandths of a GPU: what is neither used nor out. */
  readonly gpuMilliFree: number;
  /** Capacity of a pool that is in service, given away or not; absent for nodes. */
  readonly gpuMilliInService?: number;
  /** The nodes behind it; absent for a pool, which has none. */
  readonly cluster: ClusterState | undefined;
  /** What the jobs ask for and this placement does not look at, such as "memory"; for a warning. */
  readonly ignoredDemands: readonly string[];
  /**
   * Occupies room for all workers of the demand.
   *
   * @returns a gang handle for `release`, ≥ 0; -1 when there is no room for all of them now
   */
  tryPlace(demand: number): number;
  /** Where the gang of the last successful `tryPlace` went; overwritten by the next. */
  readonly lastParts: GangParts;
  /** MIG instances that gangs were placed on by `tryPlace`, by profile; absent where nodes do not decide. */
  readonly startsByProfile?: ReadonlyMap<string, number>;
  /**
   * Hands `visit` the MIG instances and replicas of the gang placed last, by `tryPlace` or `placeAt`; absent
   * where no node hands out parts of GPUs.
   */
  forEachHeldPart?(visit: (part: HeldPart) => void): void;
  /**
   * Occupies exactly the room that a gang of the demand had.
   *
   * @param parts what `lastParts` said when it was placed
   * @returns a gang handle, or -1 when some of the room is taken
   */
  placeAt(demand: number, parts: GangParts): number;
  /** @throws InvariantError when the gang is not live */
  release(gang: number): void;
  /**
   * False when `tryPlace` would certainly fail; cheap, for queues that ask again after every release.
   * True promises nothing.
   */
  mayFit(demand: number): boolean;
  /** Workers of the demand that the resources of the nodes have room for now; absent where nodes do not decide. */
  podsThatFit?(demand: number): number;
  /** Where gangs would go at other times than now; absent for a pool. */
  readonly foresight?: GangForesight;
  /** Why `tryPlace` just failed, in words that name no job: few distinct texts over a whole run. */
  refusalReason(demand: number): string;
  /** Why not even the empty cluster has room for the gang; undefined when it has. */
  neverFits(demand: number): string | undefined;
  /**
   * Takes capacity out of service: nothing is placed on it any more, and what gangs on it release stays
   * out. Gangs that are on it stay until they are released.
   *
   * @param gpus indexes within the node; absent closes the whole node
   */
  close(node: number, gpus?: readonly number[]): void;
  /** Puts capacity back into service that `close` took out with the same arguments. */
  open(node: number, gpus?: readonly number[]): void;
  /** Throws InvariantError when the books do not add up. Slow; for tests and checked runs. */
  checkInvariants(): void;
}

import type { GangDemands } from "../types.js";
import type { DomainRooms, NodeShares } from "../topology/assign-domains.js";
import type { TopologyTree } from "../topology/topology-tree.js";

/**
 * Decides where all workers of a gang go, from how many of them each node and each domain could take.
 *
 * Pure: same rooms, same plan. More room must never turn a plan into none.
 */
export interface GangPlanner {
  readonly name: string;
  /** True when gangs go where their own requests say. */
  readonly looksAtTopology: boolean;
  /** The tree whose levels `rooms` has; its last level are the nodes. */
  readonly tree: TopologyTree;
  /** Nodes and workers in turn; undefined when there is no room. */
  plan(demand: number, rooms: DomainRooms): NodeShares | undefined;
  /** Whether `plan` finds one; cheaper. */
  hasRoom(demand: number, rooms: DomainRooms): boolean;
  /** Where the room must be for a gang of this demand, to complete "no room for the gang ...". */
  whereText(demand: number): string;
}

/** What planners are made from. */
export interface PlannerOptions {
  readonly demands: GangDemands;
}

import type { ClusterSpec } from "../../../cluster/spec.js";
import { assignDomains, hasDomains, type DomainQuestion } from "../topology/assign-domains.js";
import { createTopologyTree } from "../topology/topology-tree.js";
import type { GangPlanner, PlannerOptions } from "./gang-planner.js";

/**
 * As few nodes as possible, and whatever nodes there are when few do not suffice.
 *
 * One node if one holds all workers: the one with the least room for them. Else the nodes with most room
 * first, and the workers left over on the node with the least room that takes them all. Ties: the earlier
 * node. Room counts workers of the gang's shape, with CPU, memory and pods; racks are not looked at. A gang
 * never waits while the nodes together have room for it.
 */
export function createConsolidateFirstPlanner(
  cluster: ClusterSpec,
  { demands }: PlannerOptions,
): GangPlanner {
  const tree = createTopologyTree({ nodes: cluster.nodes.map(({ domains: _, ...node }) => node) });
  const question = (demand: number, rooms: DomainQuestion["rooms"]): DomainQuestion => ({
    tree,
    rooms,
    workers: demands.workers[demand]!,
    level: 0,
    mode: "unconstrained",
    algorithm: "best-fit",
  });
  return {
    name: "consolidate-first",
    looksAtTopology: false,
    tree,
    plan: (demand, rooms) => assignDomains(question(demand, rooms)),
    hasRoom: (demand, rooms) => hasDomains(question(demand, rooms)),
    whereText: () => "on all nodes together",
  };
}

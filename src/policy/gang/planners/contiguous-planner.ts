import type { ClusterSpec } from "../../../cluster/spec.js";
import type { DomainRooms, NodeShares } from "../topology/assign-domains.js";
import { createTopologyTree, HOST_LEVEL, type TopologyTree } from "../topology/topology-tree.js";
import type { GangPlanner, PlannerOptions } from "./gang-planner.js";

/** A run of neighbouring nodes with room for a gang, by places in the order of neighbours. */
interface Run {
  readonly first: number;
  readonly last: number;
  /** Workers that the run has room for beyond the gang. */
  readonly spare: number;
}

/**
 * Neighbouring nodes: every node between the first and the last of a gang holds workers of it.
 *
 * Nodes are neighbours in the order of the topology (blocks, racks, nodes in the order written), else in the
 * order of the cluster. Of all runs with room the shortest is taken, of these the one that would have the
 * least room left, of these the first. Workers fill the run from its first node on. A gang waits while no
 * run has room, even when scattered nodes have.
 *
 * @param within a run never leaves a domain of this level; absent lets it cross all
 * @throws RangeError when the cluster has no such level
 */
export function createContiguousPlanner(
  cluster: ClusterSpec,
  { demands }: PlannerOptions,
  within: string | undefined,
): GangPlanner {
  const tree = createTopologyTree(cluster);
  const level = tree.levels.find(({ name }) => name === within);
  if (within !== undefined && level === undefined) {
    const names = tree.levels.map(({ name }) => name);
    throw new RangeError(`contiguous: within must be one of ${names.join(", ")}, got "${within}"`);
  }
  const order = neighbourOrder(tree);
  const domainOf = level?.domainOf;
  const search = (demand: number, rooms: DomainRooms): Run | undefined => {
    const workers = demands.workers[demand]!;
    const onNodes = rooms.workersIn[tree.levels.length - 1]!;
    let best: Run | undefined;
    let first = 0;
    let sum = 0;
    for (let last = 0; last < order.length; last += 1) {
      const node = order[last]!;
      const isCut =
        last > 0 && domainOf !== undefined && domainOf[node] !== domainOf[order[last - 1]!];
      const room = onNodes[node]!;
      if (isCut || room === 0) {
        first = room === 0 ? last + 1 : last;
        sum = 0;
      }
      if (room === 0) continue;
      sum += room;
      while (sum - onNodes[order[first]!]! >= workers) {
        sum -= onNodes[order[first]!]!;
        first += 1;
      }
      if (sum < workers) continue;
      const run = { first, last, spare: sum - workers };
      if (best === undefined || isBetter(run, best)) best = run;
    }
    return best;
  };
  return {
    name: "contiguous",
    looksAtTopology: false,
    tree,
    plan(demand, rooms) {
      if (demands.workers[demand] === 0) return [];
      const run = search(demand, rooms);
      return run === undefined
        ? undefined
        : fill(run, order, demands.workers[demand]!, rooms, tree);
    },
    hasRoom: (demand, rooms) =>
      demands.workers[demand] === 0 || search(demand, rooms) !== undefined,
    whereText: () =>
      within === undefined || within === HOST_LEVEL
        ? "on neighbouring nodes"
        : `on neighbouring nodes of one ${within}`,
  };
}

function isBetter(left: Run, right: Run): boolean {
  const longer = left.last - left.first - (right.last - right.first);
  // The runs come in order, so of equals the first is kept.
  return longer < 0 || (longer === 0 && left.spare < right.spare);
}

function fill(
  { first, last }: Run,
  order: Int32Array,
  workers: number,
  rooms: DomainRooms,
  tree: TopologyTree,
): NodeShares {
  const onNodes = rooms.workersIn[tree.levels.length - 1]!;
  const shares: number[] = [];
  let left = workers;
  for (let place = first; place <= last; place += 1) {
    const node = order[place]!;
    const count = Math.min(left, onNodes[node]!);
    shares.push(node, count);
    left -= count;
  }
  return shares;
}

/** Nodes in the order in which a walk of the tree meets them. */
function neighbourOrder(tree: TopologyTree): Int32Array {
  let domains: readonly number[] = Array.from(
    { length: tree.levels[0]!.domainCount },
    (_, domain) => domain,
  );
  for (let level = 0; level + 1 < tree.levels.length; level += 1) {
    const { children } = tree.levels[level]!;
    domains = domains.flatMap((domain) => [...children[domain]!]);
  }
  return Int32Array.from(domains);
}

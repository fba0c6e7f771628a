import { fillNode, freshNode, scoreNode, compareScores, type RayNode } from "./packed-node.js";
import {
  inOrderOfDemand,
  inOrderOfGangs,
  requestsOfGang,
  type GangRequest,
  type ResourceRequest,
  type Resources,
} from "./resource-demand.js";

/** A kind of node that can be launched. */
export interface RayNodeType {
  readonly name: string;
  readonly resources: Resources;
  readonly labels?: Readonly<Record<string, string>>;
  /** Nodes of the type that are always there. */
  readonly min: number;
  readonly max: number;
}

/** A node that exists or is on its way. */
export interface RayInstance {
  readonly type: string;
  /** What is free now; absent for one that is still starting, where all is. */
  readonly available?: Resources;
}

/** What an autoscaler sees when it looks. */
export interface RayDemand {
  /** In the order of the configuration; between equal scores the first wins. */
  readonly types: readonly RayNodeType[];
  readonly instances?: readonly RayInstance[];
  /** Tasks and actors that wait. */
  readonly requests?: readonly ResourceRequest[];
  readonly gangs?: readonly GangRequest[];
  /** `request_resources`: must fit into what the cluster has in total, whoever uses it. */
  readonly constraints?: readonly ResourceRequest[];
  /** Nodes of all types together, those that exist included. */
  readonly nodesMax?: number;
}

/** What it decides to launch. */
export interface RayLaunch {
  /** New nodes by type; types without any are absent. */
  readonly launch: Readonly<Record<string, number>>;
  readonly infeasible: readonly ResourceRequest[];
  readonly infeasibleGangs: readonly GangRequest[];
  readonly areConstraintsInfeasible: boolean;
}

/** Nodes of a decision in the making, beside the types that more could be of. */
interface Pool {
  readonly nodes: readonly RayNode[];
  /** Nodes that existed before, at the head of `nodes`. */
  readonly existing: number;
}

/**
 * One decision of Ray's autoscaler, version 2: least numbers per type, then `request_resources`, gangs, tasks
 * and actors, each packed greedily: every candidate node is filled with all that is left, the one best used
 * is kept, and so on; nodes that exist come before new ones, and nothing is taken back.
 *
 * @see ray-project/ray python/ray/autoscaler/v2/scheduler.py
 */
export function decideLaunch(demand: RayDemand): RayLaunch {
  const { types, instances = [] } = demand;
  const byType = new Map(types.map((type) => [type.name, type]));
  const nodes: RayNode[] = [];
  const totals: RayNode[] = [];
  for (const { type, available } of instances) {
    const { resources, labels } = byType.get(type)!;
    const node = freshNode(type, resources, labels);
    Object.assign(node.free, available ?? {});
    nodes.push(node);
    totals.push(freshNode(type, resources, labels));
  }
  let pool: Pool = { nodes, existing: nodes.length };
  for (const type of types) {
    while (countOf(pool, type.name) < type.min && hasRoom(pool, demand))
      pool = withFresh(pool, type);
  }
  const constraints = demand.constraints ?? [];
  const constrained = packTotals(totals, pool, constraints, demand);
  if (constrained !== undefined) pool = constrained;

  const infeasibleGangs: GangRequest[] = [];
  inOrderOfGangs(demand.gangs ?? []).forEach((gang, index) => {
    const packed = pack(pool, inOrderOfDemand(requestsOfGang(gang, `gang ${index}`)), demand);
    if (packed.left.length === 0) pool = packed.pool;
    else infeasibleGangs.push(gang);
  });
  const packed = pack(pool, inOrderOfDemand(demand.requests ?? []), demand);
  return {
    launch: countLaunched(packed.pool),
    infeasible: packed.left,
    infeasibleGangs,
    areConstraintsInfeasible: constrained === undefined,
  };
}

/** Nodes of the constraints are empty: what runs on the cluster does not count. */
function packTotals(
  totals: readonly RayNode[],
  pool: Pool,
  constraints: readonly ResourceRequest[],
  demand: RayDemand,
): Pool | undefined {
  if (constraints.length === 0) return pool;
  const empty: Pool = {
    nodes: [
      ...totals,
      ...pool.nodes
        .slice(pool.existing)
        .map((node) => freshNode(node.type, node.total, node.labels)),
    ],
    existing: pool.existing,
  };
  const packed = pack(empty, inOrderOfDemand(constraints), demand);
  if (packed.left.length > 0) return undefined;
  const launched = packed.pool.nodes.slice(pool.nodes.length);
  return {
    nodes: [
      ...pool.nodes,
      ...launched.map((node) => freshNode(node.type, node.total, node.labels)),
    ],
    existing: pool.existing,
  };
}

function pack(
  pool: Pool,
  requests: readonly ResourceRequest[],
  demand: RayDemand,
): { readonly pool: Pool; readonly left: readonly ResourceRequest[] } {
  let left = requests;
  const open = new Map(pool.nodes.map((node, index) => [index, node]));
  const nodes = [...pool.nodes];
  while (left.length > 0 && open.size > 0) {
    const best = bestOf(
      [...open].map(([index, node]) => ({ index, node })),
      left,
    );
    if (best === undefined) break;
    nodes[best.index] = best.node;
    open.delete(best.index);
    left = best.left;
  }
  // A type that was launched goes to the end of the list.
  let candidates = demand.types.filter(
    (type) => type.max > countOf({ nodes, existing: 0 }, type.name),
  );
  while (left.length > 0 && candidates.length > 0 && hasRoom({ nodes, existing: 0 }, demand)) {
    const fresh = candidates.map((type, index) => ({
      index,
      node: freshNode(type.name, type.resources, type.labels),
    }));
    const best = bestOf(fresh, left);
    if (best === undefined) break;
    nodes.push(best.node);
    left = best.left;
    const launched = candidates[best.index]!;
    candidates = candidates.filter((type) => type !== launched);
    if (countOf({ nodes, existing: 0 }, launched.name) < launched.max) candidates.push(launched);
  }
  return { pool: { nodes, existing: pool.existing }, left };
}

function bestOf(
  candidates: readonly { readonly index: number; readonly node: RayNode }[],
  requests: readonly ResourceRequest[],
):
  | { readonly index: number; readonly node: RayNode; readonly left: readonly ResourceRequest[] }
  | undefined {
  let best: (ReturnType<typeof tryNode> & { readonly index: number }) | undefined;
  for (const { index, node } of candidates) {
    const tried = tryNode(node, requests);
    if (tried.left.length === requests.length) continue;
    if (best === undefined || compareScores(tried.score, best.score) > 0)
      best = { ...tried, index };
  }
  return best;
}

function tryNode(node: RayNode, requests: readonly ResourceRequest[]) {
  const copy: RayNode = { ...node, free: { ...node.free }, groups: new Set(node.groups) };
  const { placed, left } = fillNode(copy, requests);
  return { node: copy, left, score: scoreNode(copy, placed) };
}

function hasRoom({ nodes }: Pool, { nodesMax = Infinity }: RayDemand): boolean {
  return nodes.length < nodesMax;
}

function countOf({ nodes }: Pool, type: string): number {
  return nodes.reduce((count, node) => count + Number(node.type === type), 0);
}

function withFresh(pool: Pool, { name, resources, labels }: RayNodeType): Pool {
  return { ...pool, nodes: [...pool.nodes, freshNode(name, resources, labels)] };
}

function countLaunched({ nodes, existing }: Pool): Readonly<Record<string, number>> {
  const launch: Record<string, number> = {};
  for (const { type } of nodes.slice(existing)) launch[type] = (launch[type] ?? 0) + 1;
  return launch;
}

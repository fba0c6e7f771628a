import type { ResourceRequest, Resources } from "./resource-demand.js";

/** A node that exists, is being launched, or might be. */
export interface RayNode {
  readonly type: string;
  readonly total: Resources;
  readonly labels: Readonly<Record<string, string>>;
  /** What nobody has taken. */
  readonly free: Record<string, number>;
  /** Groups whose requests must not meet here a second time. */
  readonly groups: Set<string>;
}

/** How well a node would be used by what it takes; larger is better, compared part by part. */
export interface NodeScore {
  /** False where a node with GPUs would take no request for one. */
  readonly usesGpuWell: boolean;
  /** Kinds of resources that are asked for and that the node has. */
  readonly kinds: number;
  /** Least and mean use over the node's resources: total × (used / total)³. */
  readonly useMin: number;
  readonly useMean: number;
}

/** A node with all of its resources free. */
export function freshNode(
  type: string,
  total: Resources,
  labels: Readonly<Record<string, string>> = {},
): RayNode {
  return { type, total, labels, free: { ...total }, groups: new Set() };
}

/** Puts as many requests on the node as it takes, in order; returns those placed and those left. */
export function fillNode(
  node: RayNode,
  requests: readonly ResourceRequest[],
): { readonly placed: readonly ResourceRequest[]; readonly left: readonly ResourceRequest[] } {
  const placed: ResourceRequest[] = [];
  const left: ResourceRequest[] = [];
  for (const request of requests) {
    if (takes(node, request)) {
      for (const [kind, amount] of Object.entries(request.resources)) {
        if (amount > 0) node.free[kind] = node.free[kind]! - amount;
      }
      if (request.apartFrom !== undefined) node.groups.add(request.apartFrom);
      placed.push(request);
    } else left.push(request);
  }
  return { placed, left };
}

/**
 * The score of a node that has just taken the requests.
 *
 * @see ray-project/ray python/ray/autoscaler/v2/scheduler.py, `_compute_score`
 */
export function scoreNode(node: RayNode, placed: readonly ResourceRequest[]): NodeScore {
  const asked = new Set<string>();
  for (const { resources } of placed) {
    for (const [kind, amount] of Object.entries(resources)) if (amount > 0) asked.add(kind);
  }
  const uses = Object.entries(node.total)
    .filter(([, total]) => total > 0)
    .map(([kind, total]) => {
      const share = (total - node.free[kind]!) / total;
      return total * share * share * share;
    });
  return {
    usesGpuWell: !((node.total["GPU"] ?? 0) > 0) || asked.has("GPU"),
    kinds: [...asked].filter((kind) => kind in node.total).length,
    useMin: uses.length === 0 ? 0 : Math.min(...uses),
    useMean: uses.length === 0 ? 0 : uses.reduce((sum, use) => sum + use, 0) / uses.length,
  };
}

/** Positive when the left score is better. */
export function compareScores(left: NodeScore, right: NodeScore): number {
  return (
    Number(left.usesGpuWell) - Number(right.usesGpuWell) ||
    left.kinds - right.kinds ||
    left.useMin - right.useMin ||
    left.useMean - right.useMean
  );
}

function takes(node: RayNode, { resources, apartFrom, labels = {} }: ResourceRequest): boolean {
  if (apartFrom !== undefined && node.groups.has(apartFrom)) return false;
  return (
    Object.entries(labels).every(([key, value]) => node.labels[key] === value) &&
    Object.entries(resources).every(
      ([kind, amount]) => amount === 0 || (node.free[kind] ?? 0) >= amount,
    )
  );
}

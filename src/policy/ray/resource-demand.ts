import { byName } from "../fleet/pick-clusters.js";

/** Amounts by resource, such as `{ CPU: 4, GPU: 1 }`. */
export type Resources = Readonly<Record<string, number>>;

/** One task, actor or bundle that asks for room on one node. */
export interface ResourceRequest {
  readonly resources: Resources;
  /** Requests of the same group that must be on different nodes. */
  readonly apartFrom?: string;
  /** Labels the node must have. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Requests that are placed together or not at all. */
export interface GangRequest {
  readonly bundles: readonly ResourceRequest[];
  /** `same-node`: the bundles share one node, as one request of their sum. */
  readonly strategy?: "same-node" | "different-nodes";
}

/**
 * Requests in the order Ray's autoscaler tries them: most placement constraints, labels, kinds of resources
 * and amounts first, then the larger names.
 *
 * @see ray-project/ray python/ray/autoscaler/v2/scheduler.py
 */
export function inOrderOfDemand(requests: readonly ResourceRequest[]): readonly ResourceRequest[] {
  return requests
    .map((request) => ({ request, items: itemsOf(request.resources) }))
    .sort(
      (left, right) =>
        Number(right.request.apartFrom !== undefined) -
          Number(left.request.apartFrom !== undefined) ||
        labelCount(right.request) - labelCount(left.request) ||
        right.items.length - left.items.length ||
        sumOf(right.items) - sumOf(left.items) ||
        compareItems(right.items, left.items),
    )
    .map(({ request }) => request);
}

/** Gangs in the order they are tried: most constraints, then most bundles, first. */
export function inOrderOfGangs(gangs: readonly GangRequest[]): readonly GangRequest[] {
  const constraints = (gang: GangRequest): number =>
    (gang.strategy === undefined ? 0 : gang.bundles.length) +
    gang.bundles.reduce((sum, bundle) => sum + labelCount(bundle), 0);
  return [...gangs].sort(
    (left, right) =>
      constraints(right) - constraints(left) || right.bundles.length - left.bundles.length,
  );
}

/** The bundles of a gang as requests for nodes. @param name different for every gang */
export function requestsOfGang(gang: GangRequest, name: string): readonly ResourceRequest[] {
  if (gang.strategy === "same-node") {
    const sum: Record<string, number> = {};
    for (const { resources } of gang.bundles)
      for (const [kind, amount] of Object.entries(resources)) sum[kind] = (sum[kind] ?? 0) + amount;
    const labels = Object.assign(
      {},
      ...gang.bundles.map((bundle) => bundle.labels ?? {}),
    ) as Record<string, string>;
    return [{ resources: sum, ...(Object.keys(labels).length === 0 ? {} : { labels }) }];
  }
  if (gang.strategy === "different-nodes")
    return gang.bundles.map((bundle) => ({ ...bundle, apartFrom: name }));
  return gang.bundles;
}

type Items = readonly (readonly [string, number])[];

function itemsOf(resources: Resources): Items {
  return Object.entries(resources).sort(([left], [right]) => byName(left, right));
}

function sumOf(items: Items): number {
  return items.reduce((sum, [, amount]) => sum + amount, 0);
}

function labelCount({ labels = {} }: ResourceRequest): number {
  return Object.keys(labels).length;
}

function compareItems(left: Items, right: Items): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = byName(left[index]![0], right[index]![0]) || left[index]![1] - right[index]![1];
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

import type { Resources } from "./resource-demand.js";

/** How the bundles of a placement group are spread over nodes. */
export type BundleStrategy = "PACK" | "SPREAD" | "STRICT_PACK" | "STRICT_SPREAD";

/** Kinds that come before all others when bundles are put in order, the largest amount first. */
const BEFORE_OTHERS = "GPU";
const AFTER_OTHERS = ["object_store_memory", "memory", "CPU"];

/**
 * Nodes for the bundles of a placement group, all of them or none.
 *
 * PACK fills the first node that the largest bundle fits on best with every later bundle that fits too, and goes
 * on with the rest; SPREAD takes a node that has none of them yet for each, a used one where there is no other;
 * their STRICT forms take one node for all, and a node of its own for each.
 *
 * @param free amounts by node
 * @returns index of a node per bundle, in the order of `bundles`; undefined when they do not all fit
 * @see ray-project/ray src/ray/raylet/scheduling/policy/bundle_scheduling_policy.cc
 */
export function placeBundles(
  free: readonly Resources[],
  bundles: readonly Resources[],
  strategy: BundleStrategy,
): readonly number[] | undefined {
  if (strategy === "STRICT_PACK") {
    const node = bestNode(free, sumOf(bundles), () => true);
    return node === undefined ? undefined : bundles.map(() => node);
  }
  const left = free.map((node) => ({ ...node }));
  const order = bundles
    .map((_, index) => index)
    .sort((one, other) => compare(bundles[one]!, bundles[other]!) || one - other);
  const nodes = new Array<number>(bundles.length);
  const used = new Set<number>();
  const put = (bundle: number, node: number): void => {
    for (const [kind, amount] of Object.entries(bundles[bundle]!))
      left[node]![kind] = (left[node]![kind] ?? 0) - amount;
    nodes[bundle] = node;
    used.add(node);
  };
  if (strategy === "PACK") return pack(left, bundles, order, nodes, put);
  for (const bundle of order) {
    const wanted = bundles[bundle]!;
    const node =
      bestNode(left, wanted, (index) => !used.has(index)) ??
      (strategy === "SPREAD" ? bestNode(left, wanted, () => true) : undefined);
    if (node === undefined) return undefined;
    put(bundle, node);
  }
  return nodes;
}

function pack(
  left: readonly Resources[],
  bundles: readonly Resources[],
  order: readonly number[],
  nodes: readonly number[],
  put: (bundle: number, node: number) => void,
): readonly number[] | undefined {
  const dropped = new Set<number>();
  let waiting = order;
  while (waiting.length > 0) {
    const node = bestNode(left, bundles[waiting[0]!]!, (index) => !dropped.has(index));
    if (node === undefined) return undefined;
    const next: number[] = [];
    for (const bundle of waiting) {
      if (fits(left[node]!, bundles[bundle]!)) put(bundle, node);
      else next.push(bundle);
    }
    dropped.add(node);
    waiting = next;
  }
  return nodes;
}

/** The node with the least left of what is asked for; the first between equals. */
function bestNode(
  free: readonly Resources[],
  wanted: Resources,
  isOpen: (node: number) => boolean,
): number | undefined {
  let best: { readonly node: number; readonly left: number } | undefined;
  free.forEach((node, index) => {
    if (!isOpen(index) || !fits(node, wanted)) return;
    const left = Object.entries(wanted).reduce((sum, [kind, amount]) => {
      const has = node[kind] ?? 0;
      return has === 0 ? sum : sum + (has - amount) / has;
    }, 0);
    if (best === undefined || left < best.left) best = { node: index, left };
  });
  return best?.node;
}

function fits(free: Resources, wanted: Resources): boolean {
  return Object.entries(wanted).every(([kind, amount]) => (free[kind] ?? 0) >= amount);
}

function sumOf(bundles: readonly Resources[]): Resources {
  const sum: Record<string, number> = {};
  for (const bundle of bundles)
    for (const [kind, amount] of Object.entries(bundle)) sum[kind] = (sum[kind] ?? 0) + amount;
  return sum;
}

/** GPUs first, then resources of people's own, then object store, memory and CPU; the larger first. */
function compare(left: Resources, right: Resources): number {
  const gpus = amountOf(right, BEFORE_OTHERS) - amountOf(left, BEFORE_OTHERS);
  if (gpus !== 0) return gpus;
  const own = ownOf(right) - ownOf(left);
  if (own !== 0) return own;
  for (const kind of AFTER_OTHERS) {
    const difference = amountOf(right, kind) - amountOf(left, kind);
    if (difference !== 0) return difference;
  }
  return 0;
}

function amountOf(bundle: Resources, kind: string): number {
  return bundle[kind] ?? 0;
}

function ownOf(bundle: Resources): number {
  return Object.entries(bundle)
    .filter(([kind]) => kind !== BEFORE_OTHERS && !AFTER_OTHERS.includes(kind))
    .reduce((sum, [, amount]) => sum + amount, 0);
}

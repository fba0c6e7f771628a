import { roundedUp, type CountOrShare } from "../../../policy/fleet/budget.js";
import type { RollingStrategy, UpgradePool } from "./upgrade-spec.js";

/** Nodes a pool may have with its surge nodes. */
export const POOL_NODES_MAX = 1_000;

/** First minor version of Kubernetes 1.x whose pools try one surge node where all cannot be had. */
export const SURGE_OF_ONE_SINCE = 35;

/** How a rolling upgrade goes about it. */
export type SurgePlan =
  | { readonly course: "surge" | "surge-of-one"; readonly surge: number; readonly atOnce: number }
  | { readonly course: "in-place"; readonly surge: 0; readonly atOnce: number }
  | { readonly course: "none"; readonly why: string };

/** A count or share of the nodes of a pool, rounded up and never more than there are. */
export function nodesOf(value: CountOrShare, nodes: number): number {
  return Math.min(roundedUp(value, nodes), nodes);
}

/**
 * Surge nodes of a rolling upgrade, and what is done where they cannot be had: all of them, else one (Kubernetes
 * 1.35 and newer), else in place with `maxUnavailable` where that is set and the pool is no system pool.
 *
 * @see MicrosoftDocs/azure-aks-docs articles/aks/upgrade-aks-node-pools-rolling.md and upgrade-options.md
 */
export function planSurge(
  { nodes, isSystem = false }: UpgradePool,
  strategy: Pick<
    RollingStrategy,
    "maxSurge" | "maxUnavailable" | "surgeAvailable" | "kubernetesMinor"
  >,
): SurgePlan {
  const wanted = nodesOf(strategy.maxSurge, nodes);
  const inPlace = isSystem ? 0 : nodesOf(strategy.maxUnavailable, nodes);
  if (wanted === 0) {
    if (inPlace > 0) return { course: "in-place", surge: 0, atOnce: inPlace };
    const why = isSystem
      ? "a system pool needs a surge node: maxUnavailable cannot be set on it"
      : "maxSurge and maxUnavailable are both 0: no node may be taken away and none is added";
    return { course: "none", why };
  }
  if (nodes + wanted > POOL_NODES_MAX) {
    const sum = `${nodes} nodes and ${wanted} surge nodes`;
    return { course: "none", why: `${sum} are more than the ${POOL_NODES_MAX} a pool may have` };
  }
  const { surgeAvailable, kubernetesMinor } = strategy;
  if (surgeAvailable >= wanted) return { course: "surge", surge: wanted, atOnce: wanted };
  if (kubernetesMinor >= SURGE_OF_ONE_SINCE && surgeAvailable >= 1)
    return { course: "surge-of-one", surge: 1, atOnce: 1 };
  if (inPlace > 0) return { course: "in-place", surge: 0, atOnce: inPlace };
  const had = surgeAvailable === 0 ? "none" : `only ${surgeAvailable}`;
  const asked = wanted === 1 ? "1 surge node is" : `${wanted} surge nodes are`;
  return {
    course: "none",
    why: `${asked} needed and ${had} can be had (quota or machines), and no node may be taken away in its place (maxUnavailable 0)`,
  };
}

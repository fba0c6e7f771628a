import { roundedUp, type CountOrShare } from "./budget.js";

/** What must stay when a placement is evicted by somebody. */
export type DisruptionBudget =
  { readonly maxUnavailable: CountOrShare } | { readonly minAvailable: CountOrShare };

/** The placements of one thing over all clusters. */
export interface EvictionState {
  /** Absent for `PickAll`, where no number is asked for. */
  readonly wanted?: number;
  readonly placements: number;
  readonly available: number;
  /** Of the one to be evicted: it failed already, so nothing is lost. */
  readonly hasFailed?: boolean;
}

/** Whether the eviction goes ahead, or why not. */
export type EvictionVerdict = "allowed" | "blocked" | "misconfigured";

/**
 * Whether one placement may be evicted under a budget. Without a number of wanted placements only a whole
 * number of those that must stay can be judged.
 *
 * @see kubefleet-dev/kubefleet pkg/controllers/clusterresourceplacementeviction/controller.go
 */
export function judgeEviction(
  { wanted, placements, available, hasFailed = false }: EvictionState,
  budget: DisruptionBudget | undefined,
): EvictionVerdict {
  if (hasFailed || budget === undefined) return "allowed";
  if ("maxUnavailable" in budget) {
    if (wanted === undefined) return "misconfigured";
    const spare = roundedUp(budget.maxUnavailable, wanted) - (placements - available);
    return spare > 0 ? "allowed" : "blocked";
  }
  if (wanted === undefined && !("count" in budget.minAvailable)) return "misconfigured";
  const spare = available - roundedUp(budget.minAvailable, wanted ?? 0);
  return spare > 0 ? "allowed" : "blocked";
}

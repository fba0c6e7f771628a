import { roundedUp, type CountOrShare } from "./budget.js";

/** One cluster's copy of what is rolled out. */
export interface RolledPlacement {
  readonly name: string;
  /**
   * `unwanted`: the scheduler no longer wants it there; `scheduled`: wanted, not yet there; `bound`: wanted and
   * there.
   */
  readonly state: "unwanted" | "scheduled" | "bound";
  readonly isReady: boolean;
  /** What was applied last could not be, so that an update takes nothing away. */
  readonly hasFailed: boolean;
  readonly isBeingDeleted: boolean;
  /** A bound one whose content is not the newest. */
  readonly isStale: boolean;
}

/** Limits of a rolling update. The defaults of KubeFleet are 25 % each. */
export interface RollingBudget {
  readonly maxUnavailable: CountOrShare;
  readonly maxSurge: CountOrShare;
}

/**
 * The placements that may change now: failed ones always; then, while enough stay ready, unwanted ones and
 * after them stale ones; and new ones, as far as the surge goes. Each group in its given order.
 *
 * @param target placements wanted in the end
 * @see kubefleet-dev/kubefleet pkg/controllers/rollout/controller.go
 */
export function pickToRoll(
  placements: readonly RolledPlacement[],
  target: number,
  budget: RollingBudget,
): readonly RolledPlacement[] {
  const isHere = ({ state }: RolledPlacement): boolean => state !== "scheduled";
  const ready = placements.filter((one) => isHere(one) && one.isReady);
  const leaving = ready.filter((one) => one.isBeingDeleted).length;
  const canBeReady = placements.filter((one) => isHere(one) && !one.hasFailed).length;
  const toRemove = ready.length - leaving - (target - roundedUp(budget.maxUnavailable, target));
  const toAdd = target + roundedUp(budget.maxSurge, target) - canBeReady;

  const staying = placements.filter((one) => !one.isBeingDeleted);
  const stale = staying.filter((one) => one.state === "bound" && one.isStale);
  return [
    ...stale.filter((one) => one.hasFailed),
    ...[
      ...staying.filter((one) => one.state === "unwanted"),
      ...stale.filter((one) => !one.hasFailed),
    ].slice(0, Math.max(0, toRemove)),
    ...staying.filter((one) => one.state === "scheduled").slice(0, Math.max(0, toAdd)),
  ];
}

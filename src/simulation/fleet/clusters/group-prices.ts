import type { ClustersSpec } from "./clusters-spec.js";
import {
  cheapestPool,
  neverFits,
  pricePerGpuHour,
  type JobCosts,
  type JobEstimate,
} from "./job-costs.js";

/** What one job of a group of mean length would cost on one cluster. Groups and members by index. */
export interface GroupPrice {
  readonly group: number;
  readonly member: number;
  /** Absent where the job cannot run. */
  readonly estimate?: JobEstimate;
  readonly refusal?: string;
  /**
   * GPU-hours from which moving the data pays, against the cluster where least is paid for moving; absent where the
   * cluster's GPU-hour is no cheaper than there.
   */
  readonly breakEvenGpuHours?: number;
}

/** Prices of all groups on all clusters, with data where it lies at the start. Call it before anything moves. */
export function priceGroups(spec: ClustersSpec, costs: JobCosts): readonly GroupPrice[] {
  return spec.jobs.flatMap((group, index) => {
    if (group.isPriced === false) return [];
    const perWork = spec.members.map(({ pools }) => {
      const pool = cheapestPool(pools, group);
      return pool === undefined ? undefined : pricePerGpuHour(pool) / pool.speed;
    });
    const estimates = spec.members.map((_, member) =>
      neverFits(spec, group, member) === undefined
        ? costs.estimate(group, group.durationS, member)
        : undefined,
    );
    let home: number | undefined;
    estimates.forEach((estimate, member) => {
      if (estimate === undefined) return;
      if (home === undefined || estimate.moveCost < estimates[home]!.moveCost) home = member;
    });
    return spec.members.map((_, member): GroupPrice => {
      const refusal = neverFits(spec, group, member);
      if (refusal !== undefined) return { group: index, member, refusal };
      const estimate = estimates[member]!;
      const saved = home === undefined ? 0 : perWork[home]! - perWork[member]!;
      const extra = home === undefined ? 0 : estimate.moveCost - estimates[home]!.moveCost;
      return {
        group: index,
        member,
        estimate,
        ...(saved > 0 ? { breakEvenGpuHours: extra / saved } : {}),
      };
    });
  });
}

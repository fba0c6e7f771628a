import type { CountOrShare } from "../../../policy/fleet/budget.js";
import type { MaintenanceWindow } from "./update-run.js";
import type { UpgradeSpec } from "./upgrade-spec.js";

/** One pool in an upgrade. */
export interface PoolUpgrade {
  readonly pool: string;
  /** Pools of one cluster go one after the other. */
  readonly cluster: string;
  /** Of its nodes, those that are spare. */
  readonly spares: number;
  /** In any currency. */
  readonly pricePerNodeHour?: number;
  /** Seed and time looked at are the run's. */
  readonly upgrade: Omit<UpgradeSpec, "seed" | "horizonS">;
}

/** A stage of clusters, by the names of its groups' clusters in their order. */
export interface ClusterStage {
  readonly name: string;
  readonly groups: readonly {
    readonly name: string;
    readonly clusters: readonly string[];
    readonly maxConcurrency: CountOrShare;
  }[];
  readonly maxConcurrency: CountOrShare;
  readonly maxAllowedFailures: CountOrShare;
  readonly approvalBeforeS?: number;
  readonly waitS: number;
  readonly approvalAfterS?: number;
}

/** One upgrade over pools of clusters. */
export interface FleetUpgrade {
  readonly name: string;
  readonly startS: number;
  readonly pools: readonly PoolUpgrade[];
  readonly stages: readonly ClusterStage[];
  /** When a cluster may begin, by its name; absent: at any time. Seconds of the day of the run. */
  readonly windows: ReadonlyMap<string, MaintenanceWindow>;
  readonly pollS: number;
  /** Spare nodes that are tried for each pool; 0: none are. */
  readonly sparesMax: number;
}

/** All upgrades of a fleet's node pools. */
export interface UpgradesSpec {
  readonly upgrades: readonly FleetUpgrade[];
}

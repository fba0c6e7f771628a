import type { SpareSearch } from "./find-spares.js";
import type { FleetUpgrade, PoolUpgrade } from "./fleet-upgrades-spec.js";
import type { UpdateRun } from "./update-run.js";
import type { UpgradeResult } from "./upgrade-result.js";

/** What became of one pool in one upgrade. */
export interface PoolUpgradeResult {
  readonly plan: PoolUpgrade;
  /** When its turn came; Infinity: it did not. Seconds. */
  readonly startS: number;
  /** Undefined where its turn did not come. Times in it count from `startS`. */
  readonly result: UpgradeResult | undefined;
  /** Undefined where spare nodes were not tried. */
  readonly search: SpareSearch | undefined;
}

/** What became of one upgrade. */
export interface FleetUpgradeResult {
  readonly upgrade: FleetUpgrade;
  readonly run: UpdateRun;
  readonly pools: readonly PoolUpgradeResult[];
}

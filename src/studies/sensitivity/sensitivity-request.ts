import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { PointSetting } from "./evaluate-points.js";
import type { Factor } from "./factor.js";

/** One sensitivity study, ready to run. */
export interface SensitivityRequest extends PointSetting {
  readonly pool: ScenarioPool;
  readonly name: string;
  readonly question: string | null;
  readonly version: string;
  readonly factors: readonly Factor[];
  readonly notVaried: readonly string[];
  /** Unit of a metric of `metrics`. */
  unitOf(metric: string): string;
  readonly confidence: number;
  /**
   * What a decision is: `each goal` (left out) changes when any goal is met or missed instead, `all goals` when they
   * are met together, or no longer.
   */
  readonly decidedBy?: "each goal" | "all goals";
  /** Factors whose flip is not looked for, by id. */
  readonly unsearched?: ReadonlySet<string>;
  /** Part of a range that a flip is found to; a hundredth when left out. */
  readonly resolution?: number;
  /** Walks of the global analysis; 0 for none. */
  readonly trajectories: number;
}

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
  /** Walks of the global analysis; 0 for none. */
  readonly trajectories: number;
}

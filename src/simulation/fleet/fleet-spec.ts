import type { ClustersSpec } from "./clusters/clusters-spec.js";
import type { SitesSpec } from "./sites/sites-spec.js";
import type { UpgradesSpec } from "./upgrades/fleet-upgrades-spec.js";

/** Everything one run of a fleet needs. Each kind of member is a part of its own, absent where there is none. */
export interface FleetSpec {
  /** Seconds the run lasts, > 0. */
  readonly durationS: number;
  /** Distance of the points of lines over time. Seconds, > 0. */
  readonly stepS: number;
  readonly sites?: SitesSpec;
  readonly upgrades?: UpgradesSpec;
  readonly clusters?: ClustersSpec;
}

import type { ClustersSpec } from "./clusters-spec.js";
import type { FleetJob } from "./copy.js";
import type { MoveTotals } from "./data/data-store.js";
import type { GroupPrice } from "./group-prices.js";
import type { MemberCluster } from "./member-cluster.js";
import type { RayOutcome } from "./ray/ray-meter.js";
import type { ServiceOutcome } from "./service-outcome.js";

/** What a run of member clusters knows at its end. */
export interface ClustersRun {
  readonly spec: ClustersSpec;
  readonly durationS: number;
  readonly members: readonly MemberCluster[];
  readonly jobs: readonly FleetJob[];
  readonly moves: readonly MoveTotals[];
  readonly services: readonly ServiceOutcome[];
  readonly ray: readonly RayOutcome[];
  readonly prices: readonly GroupPrice[];
  readonly eventsHandled: number;
}

import type { RandomStreams } from "../../../engine/streams.js";
import type { FleetPartOutcome } from "../fleet-part.js";
import type { SitesSpec } from "./sites-spec.js";

/** What sites gave. */
export type SitesOutcome = FleetPartOutcome;

/** Simulates all sites of a fleet, and what is rolled out over them. */
export declare function simulateSites(
  spec: SitesSpec,
  run: { readonly durationS: number; readonly stepS: number },
  streams: RandomStreams,
): SitesOutcome;

import { createRandomStreams } from "../../engine/streams.js";
import { simulateClusters, type ClustersOutcome } from "./clusters/simulate-clusters.js";
import type { FleetPartOutcome } from "./fleet-part.js";
import type { FleetSpec } from "./fleet-spec.js";
import { simulateSites, type SitesOutcome } from "./sites/simulate-sites.js";
import { simulateUpgrades, type UpgradesOutcome } from "./upgrades/simulate-upgrades.js";

/** What one run of a fleet gave: each part by its name, absent where the fleet has none. */
export interface FleetRun {
  readonly durationS: number;
  readonly sites?: SitesOutcome;
  readonly upgrades?: UpgradesOutcome;
  readonly clusters?: ClustersOutcome;
}

/**
 * Simulates a fleet from second 0 to its end. Parts draw from streams of their own, so that one does not shift the
 * draws of another; equal specs and seeds give equal runs.
 */
export function simulateFleet(spec: FleetSpec, seed: number): FleetRun {
  const streams = createRandomStreams(seed);
  const { durationS } = spec;
  const sites = spec.sites === undefined ? undefined : simulateSites(spec.sites, spec, streams);
  const clusters =
    spec.clusters === undefined ? undefined : simulateClusters(spec.clusters, spec, streams);
  const ofMembers = clusters?.upgrades ?? [];
  const upgrades =
    spec.upgrades === undefined && ofMembers.length === 0
      ? undefined
      : simulateUpgrades(spec.upgrades ?? { upgrades: [] }, spec, streams, ofMembers);
  return {
    durationS,
    ...(sites === undefined ? {} : { sites }),
    ...(upgrades === undefined ? {} : { upgrades }),
    ...(clusters === undefined ? {} : { clusters }),
  };
}

/** The parts of a run with the names their results stand under, in the order of a report. */
export function partsOf(run: FleetRun): readonly (readonly [string, FleetPartOutcome])[] {
  return [
    ...(run.sites === undefined ? [] : [["sites", run.sites] as const]),
    ...(run.upgrades === undefined ? [] : [["upgrades", run.upgrades] as const]),
    ...(run.clusters === undefined ? [] : [["clusters", run.clusters] as const]),
  ];
}

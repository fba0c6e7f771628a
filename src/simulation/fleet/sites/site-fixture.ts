import type { RolloutSpec, SitesSpec, SiteService, SiteTemplate } from "./sites-spec.js";

/** A template of one two-node site where nothing fails, with changes. */
export function templateFixture(changes: Partial<SiteTemplate> = {}): SiteTemplate {
  return {
    name: "store",
    count: 1,
    labels: {},
    labelShares: [],
    nodes: 2,
    gpuModel: "L4",
    gpusPerNode: 1,
    bootS: 600,
    witness: "cloud",
    hasPool: true,
    rebuildBaseS: 1_800,
    rebuildPerSAway: 0,
    regions: [{ region: 0, weight: 1 }],
    links: [{ weight: 1, bitsPerS: 8e6, roundTripS: 0.05 }],
    demandMedian: 1,
    demandSigma: 0,
    startOffsetMaxS: 0,
    disconnected: [],
    offlineLimitS: 30 * 86_400,
    telemetryHorizonS: 48 * 3_600,
    telemetryBackfill: 4,
    serves: [{ service: 0, gpusPerNode: 1, computeS: 0.2 }],
    ...changes,
  };
}

/** A service with the same demand in every hour: one request every ten seconds. */
export function serviceFixture(changes: Partial<SiteService> = {}): SiteService {
  return {
    name: "checkout",
    slotsPerGpu: 1,
    variation: 1,
    startS: 60,
    perSiteDay: 8_640,
    hours: new Array<number>(24).fill(1 / 24),
    days: [1, 1, 1, 1, 1, 1, 1],
    latencyGoalS: 1,
    utilizationMax: 0.95,
    ...changes,
  };
}

/** A rollout of a model in one stage over everybody. */
export function rolloutFixture(changes: Partial<RolloutSpec> = {}): RolloutSpec {
  return {
    name: "model-v2",
    startS: 0,
    service: 0,
    bytes: 1e9,
    restartS: 300,
    wholeFirst: true,
    failureChance: 0,
    stages: [stageFixture("all", {})],
    pollS: 900,
    disconnected: "wait",
    ...changes,
  };
}

/** A stage of one group that has these labels. */
export function stageFixture(
  name: string,
  labels: Readonly<Record<string, string>>,
  changes: Partial<RolloutSpec["stages"][number]> = {},
): RolloutSpec["stages"][number] {
  return {
    name,
    after: [],
    groups: [{ name, labels, maxConcurrency: { count: 1 } }],
    maxConcurrency: { count: 50 },
    failuresMax: { count: 0 },
    waitS: 0,
    ...changes,
  };
}

/** Sites of one template in one region. */
export function sitesFixture(
  template: Partial<SiteTemplate> = {},
  changes: Partial<SitesSpec> = {},
): SitesSpec {
  return {
    templates: [templateFixture(template)],
    regions: [{ name: "north", utcOffsetS: 0, labels: {} }],
    services: [serviceFixture()],
    rollouts: [],
    ...changes,
  };
}

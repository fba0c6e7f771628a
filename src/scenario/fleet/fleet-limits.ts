/** Limits of a fleet; every one is checked before the thing it limits is built. */
export const FLEET_LIMITS = {
  regionsMax: 1_000,
  templatesMax: 1_000,
  /** Over all templates together. */
  sitesMax: 50_000,
  nodesPerSiteMax: 16,
  gpusPerNodeMax: 16,
  servicesMax: 50,
  rolloutsMax: 100,
  /** As Azure Kubernetes Fleet Manager has it. */
  stagesMax: 31,
  groupsPerStageMax: 50,
  windowsMax: 1_000,
  /** Two years: longer ones are no longer one question. */
  durationMaxS: 63_072_000,
  /** Points of a line over time. */
  stepsMax: 20_000,
} as const;

/** What holds where a fleet says nothing. Written once: the schema shows it and the resolver uses it. */
export const FLEET_DEFAULTS = {
  duration: "7d",
  durationS: 604_800,
  step: "1h",
  stepS: 3_600,
} as const;

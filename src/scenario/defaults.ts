/** Limits of a scenario; every one is checked before the thing it limits is built. */
export const LIMITS = {
  nodesMax: 200_000,
  /** Over the base and all variants together, because all of them are built. */
  nodesInAllVariantsMax: 2_000_000,
  nodeGroupsMax: 10_000,
  gpusPerNodeMax: 1_024,
  cpuMilliMax: 1_000_000_000,
  /** 2^50: one pebibyte. */
  memoryBytesMax: 1_125_899_906_842_624,
  /** A thousand years of 365 days. */
  durationMaxS: 31_536_000_000,
  jobsMax: 50_000,
  workersMax: 1_000_000,
  variantsMax: 100,
  servicesMax: 100,
  goalsMax: 1_000,
  extendsMax: 16,
  eventsMax: 1_000_000_000_000,
  replicationsMax: 1_000,
  /** Fewer runs than this say too little about their own spread to stop by it. */
  replicationsForPrecisionMin: 10,
} as const;

/** What holds where a scenario says nothing. Written once: the schema shows it and the resolver uses it. */
export const DEFAULTS = {
  seed: 1,
  /** The default of the kubelet's maxPods. */
  podsPerNode: 110,
  load: 1,
  traceFormat: "auto",
  runningJobs: "stay",
  workers: 1,
  gpus: 0,
  gpuShare: 1,
  priority: 0,
  eventsMax: 100_000_000,
  replications: 1,
  confidence: 0.95,
  interval: "replications",
  /** No maker publishes how long a MIG layout takes to change; a secondary note says 3 to 5 minutes. */
  repartitionDuration: "4m",
  repartitionAtOnce: 1,
} as const;

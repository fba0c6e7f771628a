import type { RollingStrategy, UpgradeJobs, UpgradeService, UpgradeSpec } from "./upgrade-spec.js";

/** Settings of AKS that nobody wrote, on Kubernetes 1.34 and with machines to be had. */
export const ROLLING: RollingStrategy = {
  kind: "rolling",
  maxSurge: { count: 1 },
  maxUnavailable: { count: 0 },
  surgeAvailable: 1_000,
  kubernetesMinor: 34,
  drainTimeoutS: 1_800,
  soakS: 0,
  undrainable: "stop",
};

/** A service of one-node replicas, one of which may be away. */
export function serviceOf(part: Partial<UpgradeService> = {}): UpgradeService {
  return {
    kind: "service",
    name: "chat",
    replicas: 4,
    slots: { gpu: 8 },
    need: 3,
    budget: { maxUnavailable: { count: 1 } },
    startS: 300,
    graceS: 30,
    ...part,
  };
}

/** Gangs of one node that write no checkpoint and run for ten hours. */
export function jobsOf(part: Partial<UpgradeJobs> = {}): UpgradeJobs {
  return {
    kind: "jobs",
    name: "train",
    count: 1,
    workers: 1,
    slots: { gpu: 8 },
    onDrain: "stop",
    saveS: 60,
    restartS: 120,
    durationS: 36_000,
    hasBacklog: true,
    graceS: 30,
    ...part,
  };
}

/** Four nodes of eight GPUs, rolled with the settings of AKS. */
export function upgradeOf(part: Partial<UpgradeSpec> = {}): UpgradeSpec {
  return {
    pool: { name: "h100", nodes: 4, slots: { gpu: 8 } },
    strategy: ROLLING,
    times: { bootS: 600, changeS: 900 },
    workloads: [],
    placement: "pack",
    horizonS: 86_400,
    seed: 1,
    ...part,
  };
}

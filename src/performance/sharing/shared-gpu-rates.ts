import { contentionSlowdown, type ContentionPoint } from "./contention-curve.js";
import { fairGpuTime } from "./fair-time.js";

/** A GPU that several processes share without partitions. */
export interface SharedGpu {
  readonly mode: "time-slicing" | "mps";
  /** Replicas it is divided into, ≥ 2. */
  readonly replicas: number;
  /** Slowdown by neighbours beyond the division of compute; empty for none. */
  readonly contention: readonly ContentionPoint[];
}

/**
 * Rates of the processes on a shared GPU, 1 = as fast as recorded.
 *
 * A process that can use the share d of the GPU's compute and gets p works at min(1, p / d), divided by the
 * slowdown of the contention curve. Time slicing gives `fairGpuTime`; MPS caps every process at 1 / replicas
 * of the compute whoever else is there (k8s-device-plugin README: memory and compute limited to 1/N).
 * Validity: work whose speed is proportional to compute; work that waits for the host is judged too badly.
 *
 * @param demands share of the whole GPU's compute each process can use, in (0, 1]
 */
export function sharedGpuRates(gpu: SharedGpu, demands: readonly number[]): readonly number[] {
  const slowdown = contentionSlowdown(gpu.contention, demands.length);
  const got =
    gpu.mode === "time-slicing"
      ? fairGpuTime(demands)
      : demands.map((demand) => Math.min(demand, 1 / gpu.replicas));
  return demands.map((demand, index) => Math.min(1, got[index]! / demand) / slowdown);
}

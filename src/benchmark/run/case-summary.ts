import { exp, log } from "../../base/elementary.js";
import { momentsOf } from "../../stats/moments.js";
import { quantile } from "../../stats/quantile.js";
import { studentTQuantile } from "../../stats/student-t.js";
import type { KernelCost } from "../kernels/kernel-costs.js";
import {
  processTimeS,
  type CaseSummary,
  type ProcessRun,
  type Roofline,
} from "../result-document.js";

/** Confidence of the intervals that are printed and that decide when a case is precise enough. */
const CONFIDENCE = 0.95;

/** Figures of a case from its process runs; undefined when there are none. */
export function summarizeCase(
  runs: readonly ProcessRun[],
  cost: KernelCost,
  roofline: Roofline | undefined,
): CaseSummary | undefined {
  if (runs.length === 0) return undefined;
  const timesS = runs.map(processTimeS);
  const timeS = quantile(timesS, 0.5)!;
  const interval = timeInterval(timesS);
  return {
    timeS,
    ...(interval === undefined ? {} : { intervalS: interval }),
    processes: runs.length,
    samples: runs.reduce(
      (sum, run) =>
        sum + run.tenants.reduce((tenants, tenant) => tenants + tenant.samplesS.length, 0),
      0,
    ),
    ...(cost.flops > 0 && timeS > 0 ? { flopPerS: cost.flops / timeS } : {}),
    ...(cost.bytes > 0 && timeS > 0 ? { bytesPerS: cost.bytes / timeS } : {}),
    ...(roofline === undefined || timeS <= 0 ? {} : { rooflineShare: roofline.leastTimeS / timeS }),
  };
}

/**
 * 95 % interval of the typical process time: exp(mean ± t·s/√n) of the logarithms, one figure per process.
 *
 * Logarithms, because slow processes are slower by a factor. Undefined with fewer than two processes.
 */
export function timeInterval(timesS: readonly number[]): readonly [number, number] | undefined {
  const count = timesS.length;
  if (count < 2 || timesS.some((timeS) => !(timeS > 0))) return undefined;
  const { mean, variance } = momentsOf(timesS.map(log));
  const quantileT = studentTQuantile(1 - (1 - CONFIDENCE) / 2, count - 1);
  const half = quantileT * Math.sqrt(variance / count);
  return [exp(mean - half), exp(mean + half)];
}

/** Half of the interval's width over its middle; infinite when there is no interval yet. */
export function relativePrecision(timesS: readonly number[]): number {
  const interval = timeInterval(timesS);
  if (interval === undefined) return Number.POSITIVE_INFINITY;
  return (interval[1] - interval[0]) / (interval[1] + interval[0]);
}

import type { UtilizationSeries } from "../../studies/run/result-document.js";
import { GPU_STATES, type GpuState, idleClass } from "../gpu-states.js";
import { type TimeBuckets, bucketColumn } from "./time-buckets.js";

/** GPUs in one state over time, averaged per bucket. */
export interface StateSeries {
  readonly state: GpuState;
  readonly gpusMean: Float64Array;
  readonly gpusMin: Float64Array;
  readonly gpusMax: Float64Array;
}

/**
 * Sums idle classes into states and averages every state per bucket, bottom of the stack first.
 *
 * A series without classes has one idle state, "other": the report never guesses why a GPU was idle.
 *
 * @param gpuCount GPUs of the cluster
 * @throws Error when busy and idle GPUs do not add up to `gpuCount` at some instant: such a chart
 *   would look right and be wrong
 */
export function gpuStateSeries(
  series: UtilizationSeries,
  gpuCount: number,
  buckets: TimeBuckets,
): readonly StateSeries[] {
  const byState = sumByState(series, gpuCount);
  return GPU_STATES.flatMap(({ state }) => {
    const gpus = byState.get(state);
    if (gpus === undefined || (state !== "busy" && !gpus.some((value) => value > 0))) return [];
    const { mean, min, max } = bucketColumn(series.timeS, gpus, buckets);
    return [{ state, gpusMean: mean, gpusMin: min, gpusMax: max }];
  });
}

function sumByState(series: UtilizationSeries, gpuCount: number): Map<GpuState, Float64Array> {
  const rows = series.timeS.length;
  const byState = new Map<GpuState, Float64Array>();
  const add = (state: GpuState, milli: ArrayLike<number>): void => {
    const gpus = byState.get(state) ?? new Float64Array(rows);
    for (let row = 0; row < rows; row++) gpus[row]! += milli[row]! / 1000;
    byState.set(state, gpus);
  };
  add("busy", series.gpuMilliAllocated);
  const classes = Object.entries(series.idleMilliByClass);
  if (classes.length === 0) {
    add(
      "other",
      series.gpuMilliAllocated.map((milli) => gpuCount * 1000 - milli),
    );
    return byState;
  }
  for (const [name, milli] of classes) add(idleClass(name).state, milli);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (const gpus of byState.values()) total += gpus[row]!;
    if (Math.abs(total - gpuCount) > 1e-6 * Math.max(1, gpuCount)) {
      throw new Error(
        `run report: busy and idle GPUs at ${series.timeS[row]} s add up to ${total}, not ${gpuCount}`,
      );
    }
  }
  return byState;
}

import { pairwiseSum, quantileOfSorted } from "../../stats/quantile.js";
import type { JobTable } from "../job-table.js";
import { arrivalPattern } from "./arrival-pattern.js";
import type { ArrivalPattern } from "./arrival-pattern.js";
import { demandOverTime } from "./demand-over-time.js";
import type { DemandOverTime } from "./demand-over-time.js";
import { jobGpuMilli } from "./job-gpu-milli.js";
import { offeredLoad } from "./offered-load.js";
import type { OfferedLoad } from "./offered-load.js";
import { traceWarnings } from "./trace-warnings.js";
import type { TraceWarning } from "./trace-warnings.js";

/** What is known about the trace besides its jobs. */
export interface DescribeOptions {
  /** GPUs of the cluster it is meant for; without it there is no offered load. */
  readonly gpus?: number;
  /** Name of the format it was read as: some published traces are samples. */
  readonly format?: string;
}

/** What is in a trace. Times in seconds, GPUs may be fractions; null where there is nothing to tell. */
export interface TraceDescription {
  readonly jobs: number;
  /** Jobs that ask for no GPU; part of `jobs`. */
  readonly jobsWithoutGpu: number;
  /** First and last submission on the clock of the trace, and the time between them. */
  readonly firstSubmitS: number;
  readonly lastSubmitS: number;
  readonly spanS: number;
  /** Unix time of second 0; null without calendar times. */
  readonly originEpochS: number | null;
  /** GPUs × duration, over all jobs. */
  readonly gpuSeconds: number;
  /** By GPU-seconds, most first. */
  readonly tenants: readonly TenantShare[];
  /** By size, smallest first; all shares of one GPU are one entry. */
  readonly gangSizes: readonly GangSize[];
  readonly durationS: Quantiles;
  /** Waits that the original system had (recorded start − submission); null when it recorded none. */
  readonly recordedWaitS: Quantiles | null;
  readonly arrivals: ArrivalPattern;
  /** GPUs of the cluster, as given. */
  readonly clusterGpus: number | null;
  readonly load: OfferedLoad | null;
  readonly demand: DemandOverTime;
  readonly largest: { readonly byGpus: LargestJob; readonly byGpuSeconds: LargestJob } | null;
  /** What to know before running it. */
  readonly warnings: readonly TraceWarning[];
}

/** Jobs of one tenant. */
export interface TenantShare {
  readonly name: string;
  readonly jobs: number;
  readonly gpuSeconds: number;
}

/** Jobs that ask for the same number of GPUs. */
export interface GangSize {
  /** Smallest and largest number of GPUs; they differ only for shares of one GPU. */
  readonly gpusMin: number;
  readonly gpusMax: number;
  readonly jobs: number;
  readonly gpuSeconds: number;
}

/** Mean, extremes and quantiles by rule R-7. */
export interface Quantiles {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One job that stands out. */
export interface LargestJob {
  readonly id: string;
  readonly gpus: number;
  readonly durationS: number;
  readonly gpuSeconds: number;
}

/** Describes the jobs of a trace, and warns of what would make a run of it misleading. */
export function describeTrace(jobs: JobTable, options: DescribeOptions = {}): TraceDescription {
  const { gpus } = options;
  const milli = Float64Array.from({ length: jobs.count }, (_, row) => jobGpuMilli(jobs, row));
  const gpuSeconds = milli.map((value, row) => (value / 1000) * jobs.durationS[row]!);
  const firstSubmitS = jobs.submitS[0] ?? 0;
  const lastSubmitS = jobs.submitS[jobs.count - 1] ?? 0;
  const demand = demandOverTime(jobs);
  const load = gpus === undefined ? null : offeredLoad(jobs, gpus);
  return {
    jobs: jobs.count,
    jobsWithoutGpu: milli.reduce((count, value) => (value === 0 ? count + 1 : count), 0),
    firstSubmitS,
    lastSubmitS,
    spanS: lastSubmitS - firstSubmitS,
    originEpochS: jobs.originEpochS ?? null,
    gpuSeconds: pairwiseSum(gpuSeconds),
    tenants: tenantShares(jobs, gpuSeconds),
    gangSizes: gangSizes(milli, gpuSeconds),
    durationS: quantilesOf(jobs.durationS.slice())!,
    recordedWaitS: recordedWaits(jobs),
    arrivals: arrivalPattern(jobs),
    clusterGpus: gpus ?? null,
    load,
    demand,
    largest:
      jobs.count === 0
        ? null
        : {
            byGpus: largestJob(jobs, milli, gpuSeconds, milli),
            byGpuSeconds: largestJob(jobs, milli, gpuSeconds, gpuSeconds),
          },
    warnings: traceWarnings({ jobs, milli, demand, load, ...options }),
  };
}

function tenantShares(jobs: JobTable, gpuSeconds: Float64Array): TenantShare[] {
  const shares = jobs.tenantNames.map((name) => ({ name, jobs: 0, gpuSeconds: 0 }));
  for (let row = 0; row < jobs.count; row += 1) {
    const share = shares[jobs.tenant[row]!]!;
    share.jobs += 1;
    share.gpuSeconds += gpuSeconds[row]!;
  }
  return shares
    .filter((share) => share.jobs > 0)
    .sort((left, right) => right.gpuSeconds - left.gpuSeconds || right.jobs - left.jobs);
}

function gangSizes(milli: Float64Array, gpuSeconds: Float64Array): GangSize[] {
  const sizes = new Map<number, { min: number; max: number; jobs: number; gpuSeconds: number }>();
  milli.forEach((value, row) => {
    // All shares of one GPU together: traces have dozens of them.
    const key = value > 0 && value < 1000 ? 1 : value;
    const size = sizes.get(key) ?? { min: value, max: value, jobs: 0, gpuSeconds: 0 };
    size.min = Math.min(size.min, value);
    size.max = Math.max(size.max, value);
    size.jobs += 1;
    size.gpuSeconds += gpuSeconds[row]!;
    sizes.set(key, size);
  });
  return [...sizes.values()]
    .sort((left, right) => left.min - right.min)
    .map((size) => ({
      gpusMin: size.min / 1000,
      gpusMax: size.max / 1000,
      jobs: size.jobs,
      gpuSeconds: size.gpuSeconds,
    }));
}

function recordedWaits(jobs: JobTable): Quantiles | null {
  const { recordedStartS } = jobs;
  if (recordedStartS === undefined) return null;
  const waitsS = recordedStartS.map((startS, row) => startS - jobs.submitS[row]!);
  return quantilesOf(waitsS.filter((waitS) => !Number.isNaN(waitS)));
}

/** Sorts the values. */
function quantilesOf(values: Float64Array): Quantiles | null {
  if (values.length === 0) return null;
  const mean = pairwiseSum(values) / values.length;
  values.sort();
  const at = (q: number): number => quantileOfSorted(values, q)!;
  return {
    count: values.length,
    mean,
    min: at(0),
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}

function largestJob(
  jobs: JobTable,
  milli: Float64Array,
  gpuSeconds: Float64Array,
  measure: Float64Array,
): LargestJob {
  let best = 0;
  for (let row = 1; row < jobs.count; row += 1) if (measure[row]! > measure[best]!) best = row;
  return {
    id: jobs.ids[best]!,
    gpus: milli[best]! / 1000,
    durationS: jobs.durationS[best]!,
    gpuSeconds: gpuSeconds[best]!,
  };
}

import { formatDuration, formatNumber } from "../../base/units.js";
import type { JobTable } from "../job-table.js";
import type { DemandOverTime } from "./demand-over-time.js";
import type { OfferedLoad } from "./offered-load.js";

/** Something to know before a trace is run: why its figures may mislead, and what to do. */
export interface TraceWarning {
  readonly rule:
    | "demand-exceeds-capacity"
    | "burst-exceeds-capacity"
    | "jobs-larger-than-cluster"
    | "times-of-a-sample"
    | "demand-far-below-cluster";
  /** One or two sentences with the figures. */
  readonly message: string;
  /** What to do. */
  readonly help: string;
}

/** What the warnings look at. */
export interface WarningInput {
  readonly jobs: JobTable;
  /** Thousandths of a GPU that each job asks for. */
  readonly milli: Float64Array;
  readonly demand: DemandOverTime;
  readonly load: OfferedLoad | null;
  readonly gpus?: number;
  readonly format?: string;
}

/** Published traces whose rows are a sample, by format, with the GPUs of the cluster they come from. */
const SAMPLED: Readonly<Record<string, { readonly from: string; readonly gpus: number }>> = {
  "openb-pods-csv": { from: "Alibaba's cluster-trace-gpu-v2023", gpus: 6212 },
};

/** A cluster of which the jobs never use more than this share has nothing to decide. */
const FAR_BELOW = 0.1;
/** The load to thin to: busy, and yet queues empty now and then. */
const LOAD_ADVISED = 0.8;

/** Finds what would make a run of the trace misleading. */
export function traceWarnings(input: WarningInput): TraceWarning[] {
  return [loadWarning(input), sizeWarning(input), sampleWarning(input)].filter(
    (warning) => warning !== undefined,
  );
}

function loadWarning({ jobs, load, gpus }: WarningInput): TraceWarning | undefined {
  if (load === null || gpus === undefined || load.value < 1) return undefined;
  const spanS = jobs.submitS[jobs.count - 1]! - jobs.submitS[0]!;
  const asked = `the jobs ask for ${formatNumber(load.value)} times the GPU time that ${count(gpus, "GPU")} ${gpus === 1 ? "has" : "have"} in the ${formatDuration(spanS)} between the first and the last submission`;
  if (!load.lasting) {
    return {
      rule: "burst-exceeds-capacity",
      message: `${asked}. That is a burst and not a load that lasts: there are too few jobs, or the trace is too short beside their durations. Most of them wait for the first ones.`,
      help: "read the waits as those of one burst, or take a longer trace",
    };
  }
  const factor = Math.floor((100 * LOAD_ADVISED) / load.value) / 100;
  return {
    rule: "demand-exceeds-capacity",
    message: `jobs would pile up: ${asked}. The queue grows as long as jobs arrive, and waits say only how long the trace is.`,
    help: `take at least ${count(Math.ceil(gpus * load.value), "GPU")}, or thin the jobs: headroom trace scale FILE --load ${formatNumber(Math.max(0.01, factor))} --out thinner.csv`,
  };
}

function sizeWarning({ jobs, milli, gpus }: WarningInput): TraceWarning | undefined {
  if (gpus === undefined) return undefined;
  let tooLarge = 0;
  let largest = -1;
  milli.forEach((value, row) => {
    if (value <= gpus * 1000) return;
    tooLarge += 1;
    if (largest === -1 || value > milli[largest]!) largest = row;
  });
  if (tooLarge === 0) return undefined;
  return {
    rule: "jobs-larger-than-cluster",
    message:
      `${count(tooLarge, "job")} ${tooLarge === 1 ? "asks" : "ask"} for more than ${count(gpus, "GPU")} and can never start; ` +
      `the largest, ${jobs.ids[largest]!}, asks for ${formatNumber(milli[largest]! / 1000, { digits: 15 })}.`,
    help: "take them out of the trace, or plan with more GPUs",
  };
}

function sampleWarning({ demand, gpus, format }: WarningInput): TraceWarning | undefined {
  const sample = format === undefined ? undefined : SAMPLED[format];
  const peak = formatNumber(demand.peakGpus, { digits: 6 });
  const help =
    "place the jobs without a clock (headroom replay openb), raise the load (headroom trace scale FILE --load N), or plan for a cluster of about the peak demand";
  if (sample !== undefined) {
    return {
      rule: "times-of-a-sample",
      message: `the timestamps are those of a sample: the jobs come from ${sample.from}, a cluster of ${count(sample.gpus, "GPU")}, and never ask for more than ${peak} GPUs at once. On a cluster of that size a run on the clock would wait for nothing and show an empty cluster.`,
      help,
    };
  }
  if (gpus === undefined || demand.peakGpus >= FAR_BELOW * gpus) return undefined;
  return {
    rule: "demand-far-below-cluster",
    message: `the jobs never ask for more than ${peak} of ${count(gpus, "GPU")} at once, so hardly any will wait. If the trace is a sample of a larger one, so is its load.`,
    help: "raise the load (headroom trace scale FILE --load N), or plan for a cluster of about the peak demand",
  };
}

function count(value: number, noun: string): string {
  return `${formatNumber(value, { digits: 15 })} ${noun}${value === 1 ? "" : "s"}`;
}

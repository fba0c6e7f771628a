import { quantileOfSorted } from "../../stats/quantile.js";
import { hoursOfWeek } from "../describe/arrival-pattern.js";
import type { JobTable } from "../job-table.js";
import type {
  DurationModel,
  HostRequest,
  WeightedName,
  WorkloadKind,
  WorkloadParameters,
} from "../synthetic/parameters.js";
import { HOURS_PER_WEEK } from "../synthetic/weekly-clock.js";
import { fitBatches } from "./fit-batches.js";
import type { FittedBatches } from "./fit-batches.js";
import { fitHourWeights } from "./fit-hour-weights.js";
import { fitWalltimes, usualWalltimes } from "./fit-walltimes.js";
import { gapsOf, kindsOf } from "./kinds-of.js";
import type { KindRows } from "./kinds-of.js";

const MIB = 1_048_576;
/** Values of a quantile table: steps of 0.1 %, so that the tail that holds most of the work is told. */
const QUANTILES_MAX = 1001;
const HOSTS_MAX = 200;
const TENANTS_MAX = 10_000;
/** Digits of fitted values: more would claim a precision that no trace has. */
const DIGITS = 6;

/** Parameters as fitted, and what they leave out. */
export interface FittedWorkload {
  readonly parameters: WorkloadParameters;
  /** Weeks that the trace covers, whole hours. */
  readonly traceWeeks: number;
  /** In full sentences without the full stop. */
  readonly notes: readonly string[];
  /** By name of the kind: which gaps are inside batches. */
  readonly batches: ReadonlyMap<string, FittedBatches>;
}

/**
 * Fits the parameters of a synthetic workload to a trace. The same trace gives the same parameters.
 *
 * Every gang size is a kind of work with its own durations (a table of quantiles), batches (a mixture of
 * exponentials for the gaps of one person), host resources, tenants and estimates. All kinds share the
 * arrival rates of the hours of the week, fitted to the starts of batches. What the parameters cannot say
 * is listed in `notes`.
 *
 * @param jobs at least one
 */
export function fitWorkload(
  jobs: JobTable,
  options: { readonly description: string; readonly seed: number },
): FittedWorkload {
  const kinds = kindsOf(jobs);
  const isHead = new Uint8Array(jobs.count).fill(1);
  const batches = new Map<string, FittedBatches>();
  for (const { name, rows } of kinds) {
    const gapsS = gapsOf(jobs, rows);
    const fitted = fitBatches(gapsS);
    batches.set(name, fitted);
    rows.forEach((row, index) => {
      if (fitted.continues(gapsS[index]!)) isHead[row] = 0;
    });
  }
  const week = hoursOfWeek(jobs, (row) => isHead[row]!);
  const hours = week.hours.reduce((sum, count) => sum + count, 0);
  const fittedHours = fitHourWeights(week);
  const usualS = usualWalltimes(jobs);
  const traceWeeks = hours / HOURS_PER_WEEK;
  return {
    traceWeeks,
    batches,
    notes: [
      ...notesOf(jobs, kinds, fittedHours.form),
      ...(week.hours.every((count) => count > 0)
        ? []
        : [
            `the trace covers ${hours} of the ${HOURS_PER_WEEK} hours of a week: the rates of days and hours it has not seen are taken from the others`,
          ]),
    ],
    parameters: {
      schema: "headroom/workload/v1",
      description: options.description,
      seed: options.seed,
      weeks: traceWeeks < 1 ? rounded(traceWeeks) : Math.round(traceWeeks),
      jobsPerWeek: rounded(jobsPerWeekOf(jobs, week.hours, fittedHours.weights)),
      hourOfWeekWeights: fittedHours.weights.map(rounded),
      kinds: kinds.map((kind) =>
        kindParameters(jobs, kind, { ...batches.get(kind.name)!, usualS }),
      ),
    },
  };
}

/** Jobs of a whole week at the fitted rates: a trace of two working days has not seen the weekend. */
function jobsPerWeekOf(jobs: JobTable, hours: Float64Array, weights: readonly number[]): number {
  const expected = hours.reduce((sum, count, hour) => sum + count * weights[hour]!, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (jobs.count / expected) * total;
}

function kindParameters(
  jobs: JobTable,
  kind: KindRows,
  { model, usualS }: FittedBatches & { readonly usualS: readonly number[] },
): WorkloadKind {
  const { name, rows, workers, gpusPerWorker, gpuMilli } = kind;
  const walltime = fitWalltimes(jobs, rows, usualS);
  const priority = commonest(rows.map((row) => jobs.priority[row]!));
  return {
    name,
    weight: rows.length,
    workers,
    gpusPerWorker,
    ...(gpuMilli > 0 && gpuMilli < 1000 ? { gpuMilli } : {}),
    hosts: hostsOf(jobs, rows),
    durationS: durationsOf(jobs, rows),
    batch: {
      continueProbability: rounded(model.continueProbability),
      gapMeanS: rounded(model.gapMeanS),
    },
    ...(walltime === undefined
      ? {}
      : {
          walltime: {
            excessMedian: rounded(walltime.excessMedian),
            sigma: rounded(walltime.sigma),
            roundUpToS: walltime.roundUpToS,
          },
        }),
    tenants: tenantsOf(jobs, rows),
    ...(priority === 0 ? {} : { priority }),
  };
}

function durationsOf(jobs: JobTable, rows: readonly number[]): DurationModel {
  const sorted = Float64Array.from(rows, (row) => jobs.durationS[row]!).sort();
  const values = Math.max(2, Math.min(sorted.length, QUANTILES_MAX));
  return {
    model: "quantiles",
    valuesS: Array.from({ length: values }, (_, index) =>
      rounded(quantileOfSorted(sorted, index / (values - 1))!),
    ),
  };
}

function hostsOf(jobs: JobTable, rows: readonly number[]): HostRequest[] {
  const hosts = new Map<string, { weight: number; cpuMilli: number; memoryMib: number }>();
  for (const row of rows) {
    const { cpuMilli, memoryBytes } = jobs.shapes[jobs.shape[row]!]!;
    const memoryMib = Math.ceil(memoryBytes / MIB);
    const key = `${cpuMilli}|${memoryMib}`;
    const host = hosts.get(key) ?? { weight: 0, cpuMilli, memoryMib };
    host.weight += 1;
    hosts.set(key, host);
  }
  return [...hosts.values()].sort(byWeight).slice(0, HOSTS_MAX);
}

function tenantsOf(jobs: JobTable, rows: readonly number[]): WeightedName[] {
  const weights = new Map<string, number>();
  for (const row of rows) {
    // The name as the parameters' schema allows it.
    const name = jobs.tenantNames[jobs.tenant[row]!]!.slice(0, 100);
    weights.set(name, (weights.get(name) ?? 0) + 1);
  }
  return [...weights]
    .map(([name, weight]) => ({ name, weight }))
    .sort(byWeight)
    .slice(0, TENANTS_MAX);
}

function byWeight(left: { readonly weight: number }, right: { readonly weight: number }): number {
  return right.weight - left.weight;
}

function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

/** What a generated workload will not have. */
function notesOf(
  jobs: JobTable,
  kinds: readonly KindRows[],
  form: "each-hour" | "day-times-hour",
): string[] {
  const without: string[] = [];
  if (jobs.shapes.some(({ gpuModels }) => gpuModels.length > 0))
    without.push("demands for GPU models");
  if (jobs.partitionNames.length > 1) without.push("partitions");
  if (jobs.user !== undefined) without.push("users (tenants stay)");
  if (jobs.dependencies !== undefined) without.push("dependencies");
  if (jobs.workersMin !== undefined || jobs.workersMax !== undefined) without.push("elastic sizes");
  if (jobs.deadlineS !== undefined) without.push("deadlines");
  if (jobs.preemptible !== undefined) without.push("preemptibility");
  if (jobs.checkpointIntervalS !== undefined) without.push("checkpoints");
  if (
    jobs.gangGpus?.some(
      (gpus, row) => gpus !== jobs.workers[row]! * jobs.shapes[jobs.shape[row]!]!.gpuCount,
    ) === true
  ) {
    without.push("GPU totals that differ from workers × GPUs");
  }
  const mixed = kinds.filter(({ rows }) =>
    rows.some((row) => jobs.priority[row] !== jobs.priority[rows[0]!]),
  );
  if (mixed.length > 0) without.push("priorities within a gang size (the commonest is taken)");
  return [
    ...(without.length === 0
      ? []
      : [`generated jobs do not have the trace's ${without.join(", ")}`]),
    ...(form === "each-hour"
      ? []
      : [
          "arrival rates are a factor per day times a factor per hour of day: the trace has too few batches for a rate per hour of the week",
        ]),
  ];
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

import { exp, log } from "../../base/elementary.js";
import { normalQuantile } from "../../engine/normal-quantile.js";
import { createRandomStreams } from "../../engine/streams.js";
import { twoSampleDistance } from "../../stats/kolmogorov-smirnov.js";
import { pairwiseSum } from "../../stats/quantile.js";
import { secondsIntoWeek } from "../describe/arrival-pattern.js";
import { jobGpuMilli } from "../describe/job-gpu-milli.js";
import type { JobTable } from "../job-table.js";
import { generateWorkload, jobsPerWeekOf } from "../synthetic/generate-workload.js";
import type { DurationModel, WorkloadParameters } from "../synthetic/parameters.js";
import { HOURS_PER_WEEK, WEEK_S } from "../synthetic/weekly-clock.js";
import type { FittedBatches } from "./fit-batches.js";
import type { FittedWorkload } from "./fit-workload.js";
import { gapsOf, kindsOf } from "./kinds-of.js";
import type { KindRows } from "./kinds-of.js";

/** Level at which a difference is called more than chance. */
const LEVEL = 0.05;
/** √(-½ ln(0.05 / 2)): times √((n + m) / (n m)) it is the critical distance of two large samples. */
const KOLMOGOROV = Math.sqrt(-0.5 * log(LEVEL / 2));
/** Hours with fewer batches in both samples together are counted as one. */
const EXPECTED_MIN = 10;
/** GPU time that is off by more than this share of the trace's is called poor. */
const GPU_TIME_TOLERANCE = 0.1;
/** Share of the jobs that may sit in another gang size. */
const GANG_SIZE_TOLERANCE = 0.05;
const HOUR_S = 3600;

/** How near a workload generated from the fit comes to the trace. */
export interface GoodnessOfFit {
  readonly kinds: readonly KindFit[];
  /** Starts of batches per hour of the week, both samples; null when too few hours have any. */
  readonly hoursOfWeek: ChiSquare | null;
  /** Half the sum of the differences between shares of jobs per gang size, 0..1. */
  readonly gangSizeTotalVariation: number;
  /** GPU-seconds of a mean week: of the trace, and expected from the parameters. */
  readonly gpuSecondsPerWeek: { readonly trace: number; readonly expected: number };
  /** Where the fit is poor, in words; empty when it is nowhere. */
  readonly poor: readonly string[];
}

/** One gang size of the trace beside the same of the generated workload. */
export interface KindFit {
  readonly name: string;
  readonly jobs: number;
  readonly generatedJobs: number;
  readonly durations: Distance | null;
  /** Gaps between successive jobs of the kind, of all tenants. */
  readonly gaps: Distance | null;
  /** Estimates; null when the trace has none of them. */
  readonly walltimes: Distance | null;
}

/** Kolmogorov-Smirnov distance of two samples. */
export interface Distance {
  readonly distance: number;
  /** Distance that chance alone exceeds in 5 % of the cases, for independent values. */
  readonly critical: number;
  readonly poor: boolean;
}

/** Pearson's chi-square of two samples of counts. */
export interface ChiSquare {
  readonly chiSquare: number;
  readonly degrees: number;
  /** Value that chance alone exceeds in 5 % of the cases. */
  readonly critical: number;
  readonly poor: boolean;
}

/**
 * Compares the trace with a workload generated from the fit, of the same length and from the same hour of
 * the week on.
 */
export function goodnessOfFit(
  jobs: JobTable,
  { parameters, traceWeeks, batches }: FittedWorkload,
): GoodnessOfFit {
  const fromS = Math.floor((jobs.submitS[0]! + secondsIntoWeek(jobs)) / HOUR_S) * HOUR_S;
  const startS = ((fromS % WEEK_S) + WEEK_S) % WEEK_S;
  const endS = startS + traceWeeks * WEEK_S;
  const generated = generateWorkload(
    { ...parameters, weeks: endS / WEEK_S },
    createRandomStreams(parameters.seed),
  );
  const generatedKinds = kindsOf(generated).map((kind) => ({
    ...kind,
    rows: kind.rows.filter((row) => generated.submitS[row]! >= startS),
  }));
  const traceKinds = kindsOf(jobs);
  const kinds = traceKinds.map((kind) =>
    compareKind(
      jobs,
      kind,
      generated,
      generatedKinds.find(({ name }) => name === kind.name)?.rows ?? [],
    ),
  );
  const measures = {
    kinds,
    hoursOfWeek: compareHours(
      headsPerHour(jobs, traceKinds, batches),
      headsPerHour(generated, generatedKinds, batches),
    ),
    gangSizeTotalVariation: totalVariation(kinds),
    gpuSecondsPerWeek: {
      trace: gpuSecondsOf(jobs) * (parameters.jobsPerWeek / jobs.count),
      expected: expectedGpuSeconds(parameters),
    },
  };
  return { ...measures, poor: poorPlaces(measures) };
}

function compareKind(
  jobs: JobTable,
  { name, rows }: KindRows,
  generated: JobTable,
  generatedRows: readonly number[],
): KindFit {
  const both = (
    value: (table: JobTable, tableRows: readonly number[]) => Float64Array,
  ): Distance | null => distanceOf(value(jobs, rows), value(generated, generatedRows));
  return {
    name,
    jobs: rows.length,
    generatedJobs: generatedRows.length,
    durations: both((table, at) => Float64Array.from(at, (row) => table.durationS[row]!)),
    gaps: both((table, at) =>
      Float64Array.from(
        at.slice(1),
        (row, index) => table.submitS[row]! - table.submitS[at[index]!]!,
      ),
    ),
    walltimes: both((table, at) =>
      Float64Array.from(at, (row) => table.walltimeS[row]!).filter((value) => !Number.isNaN(value)),
    ),
  };
}

function distanceOf(left: Float64Array, right: Float64Array): Distance | null {
  if (left.length === 0 || right.length === 0) return null;
  const distance = twoSampleDistance(left, right);
  const critical = Math.min(
    1,
    KOLMOGOROV * Math.sqrt((left.length + right.length) / (left.length * right.length)),
  );
  return { distance, critical, poor: distance > critical };
}

/** Jobs that begin a batch, by hour of the week: unlike all jobs they come nearly independently. */
function headsPerHour(
  jobs: JobTable,
  kinds: readonly KindRows[],
  batches: ReadonlyMap<string, FittedBatches>,
): Float64Array {
  const heads = new Float64Array(HOURS_PER_WEEK);
  const offsetS = secondsIntoWeek(jobs);
  for (const { name, rows } of kinds) {
    const gapsS = gapsOf(jobs, rows);
    const fitted = batches.get(name);
    rows.forEach((row, index) => {
      if (fitted?.continues(gapsS[index]!) === true) return;
      const hour = Math.floor((jobs.submitS[row]! + offsetS) / HOUR_S) % HOURS_PER_WEEK;
      heads[(hour + HOURS_PER_WEEK) % HOURS_PER_WEEK]! += 1;
    });
  }
  return heads;
}

function compareHours(left: Float64Array, right: Float64Array): ChiSquare | null {
  const pairs: [number, number][] = [];
  const rest: [number, number] = [0, 0];
  left.forEach((count, hour) => {
    if (count + right[hour]! >= EXPECTED_MIN) pairs.push([count, right[hour]!]);
    else {
      rest[0] += count;
      rest[1] += right[hour]!;
    }
  });
  if (rest[0] + rest[1] > 0) pairs.push(rest);
  const totals = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + pair[side as 0 | 1], 0));
  const [leftTotal, rightTotal] = totals as [number, number];
  if (pairs.length < 2 || leftTotal === 0 || rightTotal === 0) return null;
  const leftFactor = Math.sqrt(rightTotal / leftTotal);
  const rightFactor = Math.sqrt(leftTotal / rightTotal);
  const chiSquare = pairs.reduce((sum, [first, second]) => {
    const away = leftFactor * first - rightFactor * second;
    return sum + (away * away) / (first + second);
  }, 0);
  const degrees = pairs.length - 1;
  const critical = chiSquareQuantile(1 - LEVEL, degrees);
  return { chiSquare, degrees, critical, poor: chiSquare > critical };
}

/** Wilson and Hilferty (1931): the cube root is nearly normal; within 1 % from 3 degrees of freedom on. */
function chiSquareQuantile(p: number, degrees: number): number {
  const ninth = 2 / (9 * degrees);
  const root = 1 - ninth + normalQuantile(p) * Math.sqrt(ninth);
  return degrees * root * root * root;
}

function totalVariation(kinds: readonly KindFit[]): number {
  const total = kinds.reduce((sum, kind) => sum + kind.jobs, 0);
  const generatedTotal = kinds.reduce((sum, kind) => sum + kind.generatedJobs, 0);
  if (generatedTotal === 0) return 1;
  const differences = kinds.map((kind) =>
    Math.abs(kind.jobs / total - kind.generatedJobs / generatedTotal),
  );
  return pairwiseSum(differences) / 2;
}

function gpuSecondsOf(jobs: JobTable): number {
  return pairwiseSum(
    Float64Array.from(
      jobs.durationS,
      (durationS, row) => (durationS * jobGpuMilli(jobs, row)) / 1000,
    ),
  );
}

function expectedGpuSeconds(parameters: WorkloadParameters): number {
  return parameters.kinds.reduce((sum, kind) => {
    const gpus = (kind.workers * kind.gpusPerWorker * (kind.gpuMilli ?? 1000)) / 1000;
    return sum + jobsPerWeekOf(kind, parameters) * gpus * meanOf(kind.durationS);
  }, 0);
}

/** Mean before draws are rounded to whole seconds, and for mixtures before they are bounded. */
function meanOf(model: DurationModel): number {
  if (model.model === "lognormal-mixture") {
    const total = model.parts.reduce((sum, { weight }) => sum + weight, 0);
    return model.parts.reduce(
      (sum, { weight, medianS, sigma }) =>
        sum + (weight / total) * medianS * exp((sigma * sigma) / 2),
      0,
    );
  }
  const { valuesS } = model;
  const steps = valuesS.slice(1).map((upper, index) => {
    const lower = valuesS[index]!;
    // The logarithm is linear between two values: their logarithmic mean.
    return lower > 0 && upper > lower ? (upper - lower) / log(upper / lower) : (lower + upper) / 2;
  });
  return pairwiseSum(steps) / steps.length;
}

function poorPlaces({
  kinds,
  hoursOfWeek,
  gangSizeTotalVariation,
  gpuSecondsPerWeek: { trace, expected },
}: Omit<GoodnessOfFit, "poor">): string[] {
  const places: string[] = [];
  const named = (what: string, of: (kind: KindFit) => Distance | null): void => {
    const names = kinds.filter((kind) => of(kind)?.poor === true).map(({ name }) => name);
    if (names.length > 0) places.push(`${what} of ${names.join(", ")}`);
  };
  named("durations", (kind) => kind.durations);
  named("gaps between jobs", (kind) => kind.gaps);
  named("estimates", (kind) => kind.walltimes);
  if (hoursOfWeek?.poor === true) places.push("arrivals by hour of the week");
  if (gangSizeTotalVariation > GANG_SIZE_TOLERANCE) places.push("shares of the gang sizes");
  if (Math.abs(expected - trace) > GPU_TIME_TOLERANCE * trace) places.push("GPU time per week");
  return places;
}

import { CURVE_POINTS } from "../../../simulation/replay/discrete-curves.js";
import { roundExact2 } from "../../../simulation/replay/published-rounding.js";
import { boundedCheck, type Check } from "../check.js";
import type { PublishedCurves } from "./published-curves.js";
import { runKey } from "./published-curves.js";
import type { ReplayReport } from "./replay-task.js";

/** The three published result files. */
export interface PublishedStudy {
  readonly allocation: PublishedCurves;
  readonly fragAmount: PublishedCurves;
  readonly fragRatio: PublishedCurves;
}

/** Published and own allocation may differ in the last printed digit. */
const ALLOCATION_BAR_PCT = 0.01;
/** Keeps 0.01 computed as a difference of two doubles within a bar of 0.01. */
const DIFFERENCE_DECIMALS = 1e9;

interface Metric {
  readonly id: string;
  readonly what: string;
  readonly file: string;
  readonly isExact: boolean;
  published(study: PublishedStudy): PublishedCurves;
  own(report: ReplayReport): readonly (number | null)[];
}

const METRICS: readonly Metric[] = [
  {
    id: "frag-amount",
    what: "fragment of all GPUs",
    file: "analysis_frag_discrete.csv",
    isExact: true,
    published: (study) => study.fragAmount,
    own: (report) => report.fragAmountPct,
  },
  {
    id: "frag-ratio",
    what: "fragment of idle GPUs",
    file: "analysis_frag_ratio_discrete.csv",
    isExact: true,
    published: (study) => study.fragRatio,
    own: (report) => report.fragRatioPct,
  },
  {
    id: "allocation",
    what: "allocation",
    file: "analysis_allo_discrete.csv",
    isExact: false,
    published: (study) => study.allocation,
    own: (report) => report.allocationPct,
  },
];

/** A run on a published arrival order, with its policy. */
export interface PublishedRun {
  readonly workload: string;
  readonly seed: number;
  readonly policy: string;
  readonly report: ReplayReport;
}

/**
 * Compares every point of every run with the published curves: a row per run and curve, and a row per
 * curve that counts runs.
 */
export function curveChecks(
  runs: readonly PublishedRun[],
  study: PublishedStudy,
): readonly Check[] {
  return METRICS.flatMap((metric) => {
    const compared = runs.map((run) => compareRun(run, metric, study));
    return [...summaries(metric, compared), ...compared.map(({ check }) => check)];
  });
}

interface Comparison {
  readonly check: Check;
  /** Points equal in every published digit; absent when nothing was published for the run. */
  readonly equal?: number;
}

/** A row that counts runs and one that counts points. */
function summaries(metric: Metric, compared: readonly Comparison[]): readonly Check[] {
  const withCurve = compared.filter(({ equal }) => equal !== undefined);
  const passed = withCurve.filter(({ check }) => check.pass === true).length;
  const points = withCurve.reduce((sum, { equal }) => sum + equal!, 0);
  const accuracy = metric.isExact
    ? "to the published two decimals"
    : `within ${ALLOCATION_BAR_PCT}`;
  const base = { topic: "fgd", source: sourceOf(metric) };
  const runs = boundedCheck({
    ...base,
    id: `fgd/curves/${metric.id}`,
    what: `${metric.what}: published runs reproduced ${accuracy} at all 131 points`,
    expected: withCurve.length,
    actual: passed,
    error: withCurve.length - passed,
    unit: "runs",
    bar: 0,
  });
  const everyDigit: Check = {
    ...base,
    id: `fgd/curves/${metric.id}/every-digit`,
    what: `${metric.what}: points equal in every published digit`,
    expected: withCurve.length * CURVE_POINTS,
    actual: points,
    error: withCurve.length * CURVE_POINTS - points,
    unit: "points",
    bar: null,
    pass: null,
  };
  // Nothing compared is nothing shown: no pass for it.
  return [withCurve.length === 0 ? { ...runs, bar: null, pass: null } : runs, everyDigit];
}

function compareRun(run: PublishedRun, metric: Metric, study: PublishedStudy): Comparison {
  const id = `fgd/${run.workload}/${run.seed}/${run.policy}/${metric.id}`;
  const base = { id, topic: "fgd", source: sourceOf(metric), detail: true };
  const published = metric.published(study).get(runKey(run.workload, run.policy, run.seed));
  if (published === undefined) {
    const what = `${metric.what}: nothing was published for this run`;
    const nothing = { error: null, unit: "", bar: null, pass: null };
    return { check: { ...base, what, expected: "not published", actual: "computed", ...nothing } };
  }
  // A point that neither side has, because no pod arrived near that demand, is a point in agreement.
  const own = metric.own(run.report).map((value) => value ?? Number.NaN);
  const countEqual = (digits: (value: number) => number): number =>
    published.filter((value, point) => Object.is(digits(value), digits(own[point]!))).length;
  const equal = countEqual((value) => value);
  if (metric.isExact) {
    const same = countEqual(roundExact2);
    const check = boundedCheck({
      ...base,
      what: `${metric.what}: points equal to the published two decimals`,
      expected: published.length,
      actual: same,
      error: published.length - same,
      unit: "points",
      bar: 0,
    });
    return { check, equal };
  }
  const farthestPct = farthest(published, own);
  const check = boundedCheck({
    ...base,
    what: `${metric.what}: largest difference of any point`,
    expected: 0,
    actual: farthestPct,
    error: farthestPct,
    unit: "percentage points",
    bar: ALLOCATION_BAR_PCT,
  });
  return { check, equal };
}

/** Largest difference of two curves; NaN when one has a point that the other has not. */
function farthest(published: readonly number[], own: readonly number[]): number {
  const differences = published.map((value, point) =>
    Object.is(value, own[point]) ? 0 : Math.abs(value - own[point]!),
  );
  return Math.round(Math.max(...differences) * DIFFERENCE_DECIMALS) / DIFFERENCE_DECIMALS;
}

function sourceOf({ file }: Metric): string {
  return `FGD artifact (USENIX ATC 2023), ${file}`;
}

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
    const rows = compared.map(({ check }) => check);
    const withCurve = compared.filter(({ check }) => check.bar !== null);
    const passed = withCurve.filter(({ check }) => check.pass === true).length;
    const source = `FGD artifact (USENIX ATC 2023), ${metric.file}`;
    const accuracy = metric.isExact
      ? "to the published two decimals"
      : `within ${ALLOCATION_BAR_PCT}`;
    const summary = boundedCheck({
      id: `fgd/curves/${metric.id}`,
      topic: "fgd",
      what: `${metric.what}: published runs reproduced ${accuracy} at all 131 points`,
      source,
      expected: withCurve.length,
      actual: passed,
      error: withCurve.length - passed,
      unit: "runs",
      bar: 0,
    });
    const points = withCurve.reduce((sum, { equal }) => sum + equal, 0);
    const detail: Check = {
      id: `fgd/curves/${metric.id}/every-digit`,
      topic: "fgd",
      what: `${metric.what}: points equal in every published digit`,
      source,
      expected: withCurve.length * CURVE_POINTS,
      actual: points,
      error: withCurve.length * CURVE_POINTS - points,
      unit: "points",
      bar: null,
      pass: null,
    };
    return [summary, detail, ...rows];
  });
}

interface Comparison {
  readonly check: Check;
  /** Points equal to every published digit. */
  readonly equal: number;
}

function compareRun(run: PublishedRun, metric: Metric, study: PublishedStudy): Comparison {
  const own = metric.own(run.report);
  const published = metric.published(study).get(runKey(run.workload, run.policy, run.seed));
  const base = {
    id: `fgd/${run.workload}/${run.seed}/${run.policy}/${metric.id}`,
    topic: "fgd",
    source: `FGD artifact (USENIX ATC 2023), ${metric.file}`,
    detail: true,
  };
  if (published === undefined) {
    const what = `${metric.what}: nothing was published for this run`;
    const nothing = {
      expected: "not published",
      actual: "computed",
      error: null,
      unit: "",
      bar: null,
      pass: null,
    };
    return { check: { ...base, what, ...nothing }, equal: 0 };
  }
  const equal = published.filter((value, point) => value === own[point]).length;
  if (!metric.isExact) {
    const differences = published.map((value, point) =>
      Math.abs(value - (own[point] ?? Number.NaN)),
    );
    const farthestPct =
      Math.round(Math.max(...differences) * DIFFERENCE_DECIMALS) / DIFFERENCE_DECIMALS;
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
  const same = published.filter((value, point) => {
    const mine = own[point];
    return mine !== null && mine !== undefined && roundExact2(value) === roundExact2(mine);
  }).length;
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

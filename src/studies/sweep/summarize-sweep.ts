import { replicationInterval } from "../../stats/confidence-interval.js";
import { VERSION } from "../../io/version.js";
import type { GoalTarget } from "../run/evaluate-goals.js";
import { FLEETS_WITHOUT_GOALS } from "../fleet/compare/run-fleet-compare.js";
import type { LoadedSweep } from "./load-sweep.js";
import { figureOfRun, type StoredOutcome, type StoredRun } from "./stored-run.js";
import { sweepAnswer } from "./sweep-answer.js";
import type { PointFigure, SweepDocument, SweptAxis, SweptPoint } from "./sweep-document.js";

/** Metrics that are drawn when neither the sweep nor a goal names one. */
const WITHOUT_GOALS = ["jobs.waitS.p95", "gpu.allocatedShare"];
/** Metrics that are drawn at most. */
const DRAWN_MAX = 8;
const CONFIDENCE = 0.95;

/** A numeric value, maybe with a unit behind it. */
const NUMERIC = /^-?\d+(\.\d+)?([eE]-?\d+)?\s?([A-Za-z%]{0,10})$/;

/**
 * Folds the runs of a sweep into its document.
 *
 * @param outcomes by point, then replication
 */
export function summarizeSweep(
  sweep: LoadedSweep,
  outcomes: readonly (readonly StoredOutcome[])[],
): SweepDocument {
  const { spec, base, seed, sweepFile } = sweep;
  const { goals } = base;
  const ofGoals = [...new Set(goals.map(({ metric }) => metric))];
  const drawn = (
    spec.metrics ?? (ofGoals.length > 0 ? ofGoals : drawnWithoutGoals(base.kind, outcomes))
  ).slice(0, DRAWN_MAX);
  const metrics = drawn.map((path) => ({ path, unit: base.unitOf(path) }));
  const points = spec.points.map((point, index): SweptPoint => {
    const values = point.values.map((value) => value?.value ?? null);
    return { point: index + 1, values, ...pointFigures(outcomes[index]!, drawn, base) };
  });
  const failedPoints = points.filter(({ failure }) => failure !== undefined).length;
  const axes = spec.axes.map((axis, index): SweptAxis => {
    const values = distinct(points.map((point) => point.values[index]));
    return { path: axis.path, name: axis.name, isNumeric: isNumeric(values), values };
  });
  return {
    schema: "headroom/sweep-result/v1",
    version: VERSION,
    name: spec.name,
    question: spec.question ?? base.question ?? null,
    answer: sweepAnswer(points, goals.length, { axes, metrics, failedPoints }),
    scenario: spec.scenario,
    seed,
    design: spec.design,
    replications: spec.replications,
    table: spec.table === "parquet" ? "runs.parquet" : "runs.csv",
    axes,
    metrics,
    goals,
    points,
    failedPoints,
    inputs: [sweepFile, ...base.inputs],
    assumptions: base.assumptions,
    warnings: warningsOf(sweep, points),
    ...(sweep.names === undefined ? {} : { names: sweep.names }),
  };
}

function pointFigures(
  outcomes: readonly StoredOutcome[],
  drawn: readonly string[],
  { goals, unitOf }: LoadedSweep["base"],
): Pick<SweptPoint, "figures" | "goalsMet" | "overloadedRuns" | "failure"> {
  const failure = outcomes.find((outcome) => !outcome.ok);
  if (failure !== undefined) return { failure };
  const runs = outcomes.filter((outcome) => outcome.ok);
  return {
    figures: Object.fromEntries(drawn.map((path) => [path, figureOf(runs, path, unitOf)])),
    goalsMet: goals.filter((goal) => isGood(goal, figureOf(runs, goal.metric, unitOf).mean)).length,
    overloadedRuns: runs.filter(({ isOverloaded }) => isOverloaded).length,
  };
}

function figureOf(
  runs: readonly StoredRun[],
  path: string,
  unitOf: LoadedSweep["base"]["unitOf"],
): PointFigure {
  const values = runs.map((run) => figureOfRun(run, path));
  if (!values.every((value) => value !== null)) return { mean: null, interval: null };
  if (values.length === 1) return { mean: values[0]!, interval: null };
  const { mean, halfWidth } = replicationInterval(values, CONFIDENCE);
  // No figure is below 0, and no share above 1.
  const most = unitOf(path) === "share" ? 1 : Infinity;
  return { mean, interval: [Math.max(0, mean - halfWidth), Math.min(most, mean + halfWidth)] };
}

/** What is drawn where nobody says it: of fleets, what their members are there for, as far as some run knows it. */
function drawnWithoutGoals(
  kind: LoadedSweep["base"]["kind"],
  outcomes: readonly (readonly StoredOutcome[])[],
): readonly string[] {
  if (kind === "scenario") return WITHOUT_GOALS;
  const runs = outcomes.flat().filter((outcome) => outcome.ok);
  return FLEETS_WITHOUT_GOALS.filter((path) => runs.some((run) => figureOfRun(run, path) !== null));
}

function isGood({ comparison, target }: GoalTarget, value: number | null): boolean {
  if (value === null) return false;
  return comparison === "atMost" ? value <= target : value >= target;
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  const seen = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...seen.values()];
}

function isNumeric(values: readonly unknown[]): boolean {
  const parts = values.map((value) => NUMERIC.exec(String(value)));
  // One unit for all: 10m and 1h stand in the wrong order as numbers.
  return (
    values.every((value) => typeof value === "number" || typeof value === "string") &&
    parts.every((part) => part !== null && part[3] === parts[0]![3])
  );
}

/** Number of a value of a numeric axis, its unit left out. */
export function axisNumber(value: unknown): number {
  return typeof value === "number" ? value : Number.parseFloat(String(value));
}

function warningsOf({ base, spec }: LoadedSweep, points: readonly SweptPoint[]): readonly string[] {
  const warnings = [...base.warnings];
  const overloaded = points.filter(({ overloadedRuns = 0 }) => overloadedRuns > 0).length;
  if (overloaded > 0) {
    warnings.push(
      `At ${overloaded} of ${points.length} points waits did not settle: there they say how long the run is, not how the cluster does.`,
    );
  }
  if (spec.replications === 1) {
    warnings.push(
      "One run per point: differences between points may be the luck of one week. `replications` in the sweep file gives intervals.",
    );
  }
  return warnings;
}

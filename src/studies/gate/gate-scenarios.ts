import { VERSION } from "../../io/version.js";
import { findMetric } from "../../scenario/metrics.js";
import { labelMetric } from "../run/metric-label.js";
import {
  GATE_OUTCOME_SCHEMA,
  gateSentence,
  gateStatus,
  worstFirst,
  type GateCase,
  type GateOutcome,
} from "./gate-outcome.js";
import type { BaselineFigure, ScenarioBaseline, ScenarioFigures } from "./scenario-baseline.js";

/** How simulated figures are compared. */
export interface ScenarioGateOptions {
  /** Relative change that passes, per metric path. */
  readonly tolerances: Readonly<Record<string, number>>;
  /** For metrics that `tolerances` does not name. */
  readonly toleranceDefault: number;
  /** Only these metrics, and goals; all when empty. */
  readonly metrics: readonly string[];
}

/**
 * Compares simulated figures with a baseline. Simulations repeat exactly, so any difference is real; the
 * tolerance says which matter. Where both sides have intervals over replications, a change counts only when the
 * interval of the difference leaves out 0: both half-widths, added as independent ones.
 */
export function gateScenarios(
  baseline: { readonly file: string; readonly sha256: string; readonly document: ScenarioBaseline },
  runs: readonly ScenarioFigures[],
  options: ScenarioGateOptions,
): GateOutcome {
  const before = new Map(baseline.document.scenarios.map((item) => [item.path, item]));
  const warnings: string[] = [];
  const cases = runs.flatMap((run) => {
    const base = before.get(run.path);
    if (base !== undefined) warnings.push(...changedInputs(base, run));
    return compareScenario(base, run, options);
  });
  const lost = baseline.document.scenarios
    .filter(({ path }) => !runs.some((run) => run.path === path))
    .map(({ path }) => path);
  if (lost.length > 0) warnings.push(`Not run, but in the baseline: ${lost.join(", ")}.`);
  const sorted = worstFirst(cases);
  const status = gateStatus(sorted, false);
  return {
    schema: GATE_OUTCOME_SCHEMA,
    version: VERSION,
    kind: "scenario",
    name: runs.length === 1 ? runs[0]!.path : "scenarios",
    status,
    sentence: gateSentence(status, sorted, { one: "figure", many: "figures" }),
    base: {
      file: baseline.file,
      sha256: baseline.sha256,
      description: `Headroom ${baseline.document.version}`,
    },
    new: { file: runs.map(({ path }) => path).join(" "), description: `Headroom ${VERSION}` },
    settings: { tolerance: options.toleranceDefault, ...options.tolerances },
    cases: sorted,
    warnings,
  };
}

function changedInputs(base: ScenarioFigures, run: ScenarioFigures): readonly string[] {
  const names = [...new Set([...Object.keys(base.inputs), ...Object.keys(run.inputs)])];
  const changed = names.filter((name) => base.inputs[name] !== run.inputs[name]);
  return changed.length === 0
    ? []
    : [`${run.path}: changed since the baseline: ${changed.join(", ")}.`];
}

function compareScenario(
  base: ScenarioFigures | undefined,
  run: ScenarioFigures,
  options: ScenarioGateOptions,
): readonly GateCase[] {
  const names = [
    ...new Set([...Object.keys(base?.figures ?? {}), ...Object.keys(run.figures)]),
  ].filter((name) => options.metrics.length === 0 || options.metrics.includes(metricOf(name)));
  const seedChanged = base !== undefined && base.seed !== run.seed;
  const figures = names.map((name): GateCase => {
    const [old, now] = [base?.figures[name], run.figures[name]];
    const shared = describe(run.path, name, old, now);
    if (old === undefined)
      return { ...shared, verdict: "new case", reason: "the baseline does not have it" };
    if (now === undefined)
      return { ...shared, verdict: "cannot decide", reason: "the run has no value for it now" };
    if (seedChanged) {
      const reason = `the baseline was made with seed ${base.seed}, this run with ${run.seed}`;
      return { ...shared, verdict: "cannot decide", reason };
    }
    return { ...shared, ...judge(shared, { old, now }, toleranceOf(shared.metric, options)) };
  });
  return [...figures, ...goalCases(base, run)];
}

function toleranceOf(metric: string, options: ScenarioGateOptions): number {
  return options.tolerances[metric] ?? options.toleranceDefault;
}

/** The metric of a figure's name, which begins with its variant. */
function metricOf(name: string): string {
  const at = name.lastIndexOf(": ");
  return at < 0 ? name : name.slice(at + 2);
}

type Shared = Omit<GateCase, "verdict" | "reason">;

function describe(
  path: string,
  name: string,
  old: BaselineFigure | undefined,
  now: BaselineFigure | undefined,
): Shared {
  const metric = metricOf(name);
  const { better } = labelMetric(metric);
  const ratio =
    old === undefined || now === undefined || !(old.value > 0) ? undefined : now.value / old.value;
  return {
    id: `${path}: ${name}`,
    metric,
    unit: findMetric(metric)?.unit ?? "",
    better: better === "lower" ? "smaller" : better === "higher" ? "larger" : "neither",
    base: old?.value ?? null,
    new: now?.value ?? null,
    ...(now?.interval === undefined ? {} : { newInterval: now.interval }),
    ...(ratio === undefined ? {} : { ratio }),
    file: path,
  };
}

function judge(
  shared: Shared,
  { old, now }: { readonly old: BaselineFigure; readonly now: BaselineFigure },
  tolerance: number,
): Pick<GateCase, "verdict" | "reason"> {
  const difference = now.value - old.value;
  if (difference === 0) return { verdict: "no change shown", reason: "exactly the same" };
  const relative = old.value === 0 ? Infinity : Math.abs(difference / old.value);
  const size = old.value === 0 ? "from nothing" : percent(relative);
  if (relative <= tolerance) {
    const reason = `${size} is within the tolerance of ${percent(tolerance)}`;
    return { verdict: "no change shown", reason };
  }
  const half = halfWidth(old, now);
  if (half !== undefined && Math.abs(difference) <= half) {
    const reason = `${size} is within the intervals over replications`;
    return { verdict: "no change shown", reason };
  }
  const word = difference > 0 ? "more" : "less";
  const said = old.value === 0 ? "was 0" : `${size} ${word}`;
  if (shared.better === "neither")
    return { verdict: "no change shown", reason: `${said}; neither way is better` };
  const isWorse = shared.better === "smaller" ? difference > 0 : difference < 0;
  return {
    verdict: isWorse ? "regression" : "improvement",
    reason: `${said}; the tolerance is ${percent(tolerance)}`,
  };
}

/** Half-width of the difference of two independent figures; absent unless both have an interval. */
function halfWidth(old: BaselineFigure, now: BaselineFigure): number | undefined {
  if (old.interval === undefined || now.interval === undefined) return undefined;
  const [a, b] = [old.interval, now.interval].map(([low, high]) => (high - low) / 2) as [
    number,
    number,
  ];
  return Math.sqrt(a * a + b * b);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** A goal that was met and is not any more is a regression whatever the tolerance says. */
function goalCases(base: ScenarioFigures | undefined, run: ScenarioFigures): readonly GateCase[] {
  return Object.entries(run.goals).map(([id, met]) => {
    const was = base?.goals[id];
    const shared = {
      id: `${run.path}: goal ${id}`,
      metric: "goal",
      unit: "",
      better: "larger" as const,
      base: was === undefined ? null : Number(was),
      new: Number(met),
      file: run.path,
    };
    if (was === undefined)
      return { ...shared, verdict: "new case", reason: "the baseline does not have it" };
    if (was === met)
      return { ...shared, verdict: "no change shown", reason: met ? "still met" : "still missed" };
    return met
      ? { ...shared, verdict: "improvement", reason: "missed before, met now" }
      : { ...shared, verdict: "regression", reason: "met before, missed now" };
  });
}

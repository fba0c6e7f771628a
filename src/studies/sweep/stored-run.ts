import { METRICS } from "../../scenario/metrics.js";
import type { Problem } from "../../diagnostics/problem.js";
import { metricValue } from "../run/evaluate-goals.js";
import type { RunResult } from "../run/result-document.js";
import type { FleetUnitOutcome } from "../pool/fleet-unit.js";
import type { UnitOutcome } from "../pool/unit.js";

/** Figures beside the metrics of goals that the table has. */
const MORE_METRICS = [
  "jobs.count",
  "jobs.running",
  "jobs.gpuHours",
  "jobs.queueLengthMean",
  "gpu.count",
];

/** Every figure of the table of a scenario, in the order of its columns. */
export const TABLE_METRICS: readonly string[] = [
  ...METRICS.map(({ path }) => path),
  ...MORE_METRICS,
];

/** What is kept of one run: what the table, the report and the document need. */
export interface StoredRun {
  readonly ok: true;
  /** In the order of `TABLE_METRICS`; of a fleet by path. Null without a value. */
  readonly figures: readonly (number | null)[] | Readonly<Record<string, number | null>>;
  /** Goals met by this run alone, and all there are. */
  readonly goalsMet: number;
  readonly goals: number;
  /** True when waits did not settle. */
  readonly isOverloaded: boolean;
  /** Null for fleets, which end with their duration. */
  readonly stopReason: RunResult["stopReason"] | null;
  readonly eventsHandled: number | null;
}

/** A run that gave nothing. */
export interface StoredFailure {
  readonly ok: false;
  readonly kind: "input" | "defect" | "worker";
  /** First line of what went wrong. */
  readonly message: string;
  readonly problems: readonly Pick<Problem, "path" | "rule" | "message" | "suggestion" | "help">[];
}

/** What is kept of one unit. */
export type StoredOutcome = StoredRun | StoredFailure;

/** Reduces the outcome of a unit to what is kept. */
export function storedOutcome(outcome: UnitOutcome | FleetUnitOutcome): StoredOutcome {
  if (!outcome.ok) {
    return {
      ok: false,
      kind: outcome.kind,
      message: outcome.problems[0]?.message ?? outcome.message.split("\n")[0]!,
      // Files stand in `file` under the path of whoever ran it; the table must not depend on that.
      problems: outcome.problems.map(({ path, rule, message, suggestion, help }) => ({
        rule,
        message,
        ...(path === undefined ? {} : { path }),
        ...(suggestion === undefined ? {} : { suggestion }),
        ...(help === undefined ? {} : { help }),
      })),
    };
  }
  if ("figures" in outcome) {
    return {
      ok: true,
      figures: outcome.figures,
      goalsMet: outcome.goals.filter(({ met }) => met).length,
      goals: outcome.goals.length,
      isOverloaded: false,
      stopReason: null,
      eventsHandled: null,
    };
  }
  const { result } = outcome;
  return {
    ok: true,
    figures: TABLE_METRICS.map((path) => metricValue(result, path)),
    goalsMet: result.goals.filter(({ met }) => met).length,
    goals: result.goals.length,
    isOverloaded: result.jobs.overloaded === true,
    stopReason: result.stopReason,
    eventsHandled: result.eventsHandled,
  };
}

/** Figures that a table has of runs: those of scenarios, or of fleets all that some run knows, in their order. */
export function figurePaths(outcomes: readonly StoredOutcome[]): readonly string[] {
  const named = new Set<string>();
  for (const outcome of outcomes)
    if (outcome.ok && !isList(outcome.figures))
      for (const path of Object.keys(outcome.figures)) named.add(path);
  return named.size === 0 ? TABLE_METRICS : [...named];
}

/** One figure of a run; null without a value, and for one that only other fleets have. */
export function figureOfRun({ figures }: StoredRun, path: string): number | null {
  if (!isList(figures)) return figures[path] ?? null;
  const column = TABLE_METRICS.indexOf(path);
  if (column === -1) throw new Error(`sweep: no column for metric ${path}`);
  return figures[column] ?? null;
}

function isList(figures: StoredRun["figures"]): figures is readonly (number | null)[] {
  return Array.isArray(figures);
}

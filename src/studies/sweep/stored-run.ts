import { METRICS } from "../../scenario/metrics.js";
import type { Problem } from "../../diagnostics/problem.js";
import { metricValue } from "../run/evaluate-goals.js";
import type { RunResult } from "../run/result-document.js";
import type { UnitOutcome } from "../pool/unit.js";

/** Figures beside the metrics of goals that the table has. */
const MORE_METRICS = [
  "jobs.count",
  "jobs.running",
  "jobs.gpuHours",
  "jobs.queueLengthMean",
  "gpu.count",
];

/** Every figure of the table, in the order of its columns. */
export const TABLE_METRICS: readonly string[] = [
  ...METRICS.map(({ path }) => path),
  ...MORE_METRICS,
];

/** What is kept of one run: what the table, the report and the document need. */
export interface StoredRun {
  readonly ok: true;
  /** In the order of `TABLE_METRICS`; null without a value. */
  readonly figures: readonly (number | null)[];
  /** Goals met by this run alone, and all there are. */
  readonly goalsMet: number;
  readonly goals: number;
  /** True when waits did not settle. */
  readonly isOverloaded: boolean;
  readonly stopReason: RunResult["stopReason"];
  readonly eventsHandled: number;
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
export function storedOutcome(outcome: UnitOutcome): StoredOutcome {
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

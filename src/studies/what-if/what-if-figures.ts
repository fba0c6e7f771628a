import { metricValue } from "../run/evaluate-goals.js";
import { formatQuantity } from "../run/format-quantity.js";
import { labelMetric } from "../run/metric-label.js";
import type { ResultDocument } from "../run/result-document.js";
import { findMetric } from "../../scenario/metrics.js";

/** One figure as a page shows it beside that of another run. */
export interface WhatIfFigure {
  readonly path: string;
  readonly label: string;
  /** Null without a value. */
  readonly value: number | null;
  readonly text: string;
  readonly better: "lower" | "higher" | "neither";
}

/** One goal with what came out. */
export interface WhatIfGoal {
  readonly id: string;
  readonly label: string;
  readonly target: string;
  readonly actual: string;
  readonly verdict: "met" | "missed" | "not shown";
}

/** What a page shows of a run. */
export interface WhatIfOutcome {
  readonly decision: string;
  readonly goals: readonly WhatIfGoal[];
  readonly figures: readonly WhatIfFigure[];
}

/** Figures people ask for first; those a result has not are left out. */
const FIGURES = [
  "jobs.waitS.mean",
  "jobs.waitS.p95",
  "jobs.jctS.p95",
  "jobs.completed",
  "jobs.waiting",
  "jobs.makespanS",
  "gpu.allocatedShare",
  "faults.gpuHoursLost",
  "energy.totalKwh",
  "cost.total",
  "cost.perGpuHour",
] as const;

const EMPTY = "—";

/** The decision, goals and main figures of a run, in words. */
export function whatIfOutcome(document: ResultDocument): WhatIfOutcome {
  const paths = new Set<string>([...document.goals.map(({ metric }) => metric), ...FIGURES]);
  return {
    decision: document.decision,
    goals: document.goals.map((goal) => ({
      id: goal.id,
      label: labelMetric(goal.metric).label,
      target: `${goal.comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(goal.target, goal.unit)}`,
      actual: textOf(goal.actual, goal.unit),
      verdict: goal.verdict ?? (goal.met ? "met" : "missed"),
    })),
    figures: [...paths].flatMap((path): readonly WhatIfFigure[] => {
      const metric = findMetric(path);
      const value = metricValue(document, path);
      if (metric === undefined || (value === null && !isGoal(document, path))) return [];
      const unit = metric.unit === "currency" ? (document.cost?.currency ?? "") : metric.unit;
      const { label, better } = labelMetric(path);
      return [{ path, label, value, better, text: textOf(value, unit) }];
    }),
  };
}

function isGoal({ goals }: ResultDocument, path: string): boolean {
  return goals.some(({ metric }) => metric === path);
}

function textOf(value: number | null, unit: string): string {
  return value === null ? EMPTY : formatQuantity(value, unit).replaceAll(" ", "\u00a0");
}

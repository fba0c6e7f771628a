import { formatNumber } from "../../base/units.js";
import { findFleetMetric } from "../../scenario/fleet/fleet-metrics.js";
import { formatQuantity } from "../run/format-quantity.js";
import type { GoalResult } from "../run/result-document.js";
import type { FleetReplications } from "./fleet-result-document.js";

/** What the decision is computed from. */
export interface DecidedFleet {
  readonly goals: readonly GoalResult[];
  readonly figures: Readonly<Record<string, number | null>>;
  readonly replications?: FleetReplications;
}

/** Says in plain words whether the fleet does what it must; without goals, what happened. */
export function decideFleet({ goals, figures, replications }: DecidedFleet): string {
  if (goals.length === 0) {
    return `No goals were set, so nothing is decided${headlines(figures)}.`;
  }
  const sure =
    replications === undefined
      ? ""
      : `, at ${formatNumber(replications.confidence * 100)} % confidence`;
  const missed = goals.filter(({ verdict }) => verdict === "missed");
  const open = goals.filter(({ verdict }) => verdict === "not shown");
  const basis =
    replications === undefined ? "" : ` Figures are means over ${replications.count} runs.`;
  if (missed.length > 0) {
    const others =
      open.length === 0 ? "" : `; not shown either way: ${open.map(outcomeWords).join("; ")}`;
    return `No${sure}: the fleet misses ${countWords(missed.length, goals.length)}: ${missed.map(outcomeWords).join("; ")}${others}.${basis}`;
  }
  if (open.length > 0) {
    return `Not shown${sure}: whether the fleet meets ${countWords(open.length, goals.length)} is open: ${open.map(outcomeWords).join("; ")}.${basis}`;
  }
  return `Yes${sure}: the fleet meets ${countWords(goals.length, goals.length)} (${goals.length === 1 ? "" : "tightest: "}${outcomeWords(tightest(goals))}).${basis}`;
}

function countWords(some: number, total: number): string {
  if (some < total) return `${some} of ${total} goals`;
  if (total === 1) return "the goal";
  return total === 2 ? "both goals" : `all ${total} goals`;
}

/** The met goal with the least room, as evidence for "yes". A goal of nothing at all has no room to measure by. */
function tightest(goals: readonly GoalResult[]): GoalResult {
  const room = ({ actual, interval, target, comparison }: GoalResult): number => {
    const nearest = interval === null ? actual! : interval[comparison === "atMost" ? 1 : 0];
    const left = comparison === "atMost" ? target - nearest : nearest - target;
    return left / Math.max(Math.abs(target), Number.EPSILON);
  };
  const measured = goals.filter(({ target }) => target !== 0);
  return (measured.length === 0 ? goals : measured).reduce((least, goal) =>
    room(goal) < room(least) ? goal : least,
  );
}

/** What a metric is called in a sentence: the first words of its description. */
export function metricWords(path: string): string {
  const named = /^[A-Za-z]+\[([^\]]*)\]/.exec(path)?.[1];
  const text = findFleetMetric(path)?.description.replace(/\.$/, "") ?? path;
  const words = `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  return named === undefined ? words : `${words} (${named})`;
}

function outcomeWords(goal: GoalResult): string {
  const bound = goal.comparison === "atMost" ? "at most" : "at least";
  const actual = goal.actual === null ? "no value" : formatQuantity(goal.actual, goal.unit);
  const range =
    goal.interval === null
      ? ""
      : ` (${goal.interval.map((end) => formatQuantity(end, goal.unit)).join(" to ")})`;
  const name = goal.id === `${goal.metric} ${goal.comparison}` ? metricWords(goal.metric) : goal.id;
  return `${name} is ${actual}${range}, goal ${bound} ${formatQuantity(goal.target, goal.unit)}`;
}

/** Figures that a reader without goals looks for first. */
const HEADLINES = [
  "sites.availability",
  "services.sloMissShare",
  "rollouts.updatedShare",
  "upgrades.doneShare",
  "upgrades.painlessSpareNodes",
];

function headlines(figures: Readonly<Record<string, number | null>>): string {
  const words = HEADLINES.flatMap((path) => {
    const value = figures[path];
    if (value === undefined || value === null) return [];
    const unit = findFleetMetric(path)?.unit ?? "";
    return [`${metricWords(path)}: ${formatQuantity(value, unit)}`];
  });
  return words.length === 0 ? "" : `; ${words.join("; ")}`;
}

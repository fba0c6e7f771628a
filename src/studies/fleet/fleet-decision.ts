import { formatNumber } from "../../base/units.js";
import { findFleetMetric } from "../../scenario/fleet/fleet-metrics.js";
import { asksWhether } from "../run/asks-whether.js";
import { formatQuantity } from "../run/format-quantity.js";
import { verdictSentence } from "../run/goal-words.js";
import type { GoalResult } from "../run/result-document.js";
import type { FleetReplications } from "./fleet-result-document.js";

/** What the decision is computed from. */
export interface DecidedFleet {
  /** What the file asks; null when it asks nothing. */
  readonly question: string | null;
  readonly goals: readonly GoalResult[];
  readonly figures: Readonly<Record<string, number | null>>;
  readonly replications?: FleetReplications;
}

/**
 * Says in plain words whether the fleet does what it must; without goals, what happened. It begins with yes or no only
 * where that answers the question.
 */
export function decideFleet({ question, goals, figures, replications }: DecidedFleet): string {
  if (goals.length === 0) {
    return `No goals were set, so nothing is decided${headlines(figures)}.`;
  }
  const canSayNo = asksWhether(question, { hasAlternatives: false });
  const verdict = verdictSentence({
    subject: "the fleet",
    isPlural: false,
    goals,
    ...(replications === undefined
      ? {}
      : { confidence: `${formatNumber(replications.confidence * 100)} % confidence` }),
    saysYes: canSayNo,
    saysNo: canSayNo,
    metricWords,
  });
  return replications === undefined
    ? verdict
    : `${verdict} Figures are means over ${replications.count} runs.`;
}

/** What a metric is called in a sentence: the first words of its description. */
export function metricWords(path: string): string {
  const named = /^[A-Za-z]+\[([^\]]*)\]/.exec(path)?.[1];
  const text = findFleetMetric(path)?.description.replace(/\.$/, "") ?? path;
  const words = `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  return named === undefined ? words : `${words} (${named})`;
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

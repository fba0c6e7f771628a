import type { JudgedGoal } from "../../compare/judge-goals.js";
import { formatQuantity } from "../../run/format-quantity.js";
import { allGoals } from "../../run/goal-words.js";
import { labelMetric } from "../../run/metric-label.js";
import type { FleetPlanCandidate, FleetPlanDocument } from "./fleet-plan-document.js";
import { planWords } from "./plan-words.js";

type Decided = Pick<
  FleetPlanDocument,
  "plans" | "best" | "belowBest" | "decisions" | "minimise" | "design"
>;

/** The answer in plain words: which plan, what it has of what was to be least, and why no less will do. */
export function fleetPlanAnswer(document: Decided, goalCount: number): string {
  const { plans, best, belowBest, minimise } = document;
  const goals = allGoals(goalCount);
  const sure = confidenceOf(document);
  if (best === null) return noneMeets(document, goals, sure);
  const chosen = plans[best]!;
  const { phrase } = labelMetric(minimise.metric);
  const amount = (plan: FleetPlanCandidate): string =>
    formatQuantity(plan.objective!, minimise.unit);
  const meeting = plans.filter(
    ({ verdict, objective }) => verdict === "meets" && objective !== null,
  );
  const rank =
    meeting.length === 1
      ? `It is the only one of ${plans.length} plans shown to do so (${phrase}: ${amount(chosen)}).`
      : `Of the ${meeting.length} plans that do, none has a lower figure for “${phrase}” (${amount(chosen)}).`;
  const below = belowBest === null ? undefined : plans[belowBest]!;
  const why =
    below === undefined
      ? "No plan that was run has a lower one."
      : `The nearest plan with a lower one (${amount(below)}), ${planWords(below, document.decisions)}, ${missWords(below)}.`;
  return `The plan with ${planWords(chosen, document.decisions)} meets ${goals}${sure}. ${rank} ${why}`;
}

function confidenceOf({ design }: Decided): string {
  return design.streams === "none"
    ? ""
    : `, at ${formatQuantity(design.confidence, "share")} confidence over all plans together`;
}

function noneMeets({ plans }: Decided, goals: string, sure: string): string {
  const open = plans.filter(({ verdict }) => verdict === "open").length;
  const blocking = new Set(
    plans.flatMap(({ goals: own }) =>
      own.flatMap(({ verdict, metric }) => (verdict === "missed" ? [metric] : [])),
    ),
  );
  const sentences = [
    plans.length === 1
      ? `The only plan is not shown to meet ${goals}${sure}.`
      : `None of the ${plans.length} plans is shown to meet ${goals}${sure}.`,
    ...(open === 0
      ? []
      : [`${open} of them ${open === 1 ? "is" : "are"} open: more replications may decide.`]),
    ...(blocking.size === 0
      ? []
      : [
          `What is missed: ${[...blocking].map((metric) => labelMetric(metric).phrase).join("; ")}.`,
        ]),
  ];
  return sentences.join(" ");
}

function missWords({ verdict, goals }: FleetPlanCandidate): string {
  const concerned = goals.filter((goal) =>
    verdict === "misses" ? goal.verdict === "missed" : goal.verdict !== "met",
  );
  const words = concerned.map(goalWords).join("; ");
  return verdict === "misses" ? `misses ${words}` : `is not shown to meet ${words}`;
}

/** A goal under its own name, or its metric in words, with what came out. */
function goalWords({ id, metric, actual, unit, comparison, target }: JudgedGoal): string {
  const name = id === `${metric} ${comparison}` ? labelMetric(metric).phrase : `“${id}”`;
  const bound = comparison === "atMost" ? "at most" : "at least";
  const came = actual === null ? "no value" : formatQuantity(actual, unit);
  return `${name} (${came}, goal ${bound} ${formatQuantity(target, unit)})`;
}

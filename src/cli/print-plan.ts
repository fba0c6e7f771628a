import { formatDuration, formatNumber } from "../base/units.js";
import { percentBelow } from "../studies/plan/answer.js";
import { boundSentences, costWords } from "../studies/plan/bound-words.js";
import type { PlanDocument, PlanGoalResult, PlanOption } from "../studies/plan/plan-document.js";
import { formatQuantity, formatRange } from "../studies/run/format-quantity.js";
import { printStudy, type WrittenReport } from "./print-study.js";
import { colours } from "./terminal.js";
import { alignColumns, countText, wrapText } from "./text-layout.js";

/**
 * The end of a plan in the terminal: the answer, the goals, the options side by side, the bound, what to order.
 *
 * @param written where the report stands, and what to know about its files; undefined when there is none
 */
export function printPlan(document: PlanDocument, written: WrittenReport | undefined): void {
  const colour = colours(process.stdout);
  const lines: string[] = [];
  lines.push(colour.bold(wrapText(document.answer)), "");
  const { best } = document;
  if (best !== null) {
    lines.push(...goalLines(best), "", ...optionLines(document, best), "");
    lines.push(...orderLines(document));
  }
  lines.push(wrapText(searchSentence(document)), "");
  printStudy({
    question: document.question,
    lines,
    warnings: [...document.warnings, ...document.space.anomalies],
    written,
    data: ["plan.json", "plans.csv", "report.md"],
  });
}

function goalLines({ goals, limits }: PlanOption): string[] {
  return alignColumns([
    ["goal", "target", "result", ""],
    ...goals.map((goal) => [
      goal.without === null ? goal.id : `${goal.id}, without ${goal.without}`,
      `${goal.comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(goal.target, goal.unit)}`,
      resultWords(goal),
      goal.met ? "✓ met" : "✗ missed",
    ]),
    ...limits.map(({ label, target, actual, unit, met }) => [
      label,
      `≤ ${formatQuantity(target, unit)}`,
      formatQuantity(actual, unit),
      met ? "✓ within" : "✗ over",
    ]),
  ]);
}

function resultWords({ mean, interval, unit }: PlanGoalResult): string {
  if (mean === null) return "no value";
  const range = interval === null ? "" : ` (${formatRange(...interval, unit)})`;
  return `${formatQuantity(mean, unit)}${range}`;
}

function optionLines(document: PlanDocument, best: PlanOption): string[] {
  const { cheaper, safer, currency, bound } = document;
  const row = (what: string, option: PlanOption): string[] => [
    what,
    option.label,
    option.cost === null ? "" : costWords(option.cost, currency),
    `${option.goals.filter(({ met }) => met).length} of ${countText(option.goals.length)} ${option.goals.length === 1 ? "goal" : "goals"}`,
    option.confidence === null ? "" : `${percentBelow(option.confidence)} confidence`,
  ];
  const rows = [
    ...(cheaper === null
      ? []
      : [row(cheaper.verdict === "fails" ? "cheaper, fails" : "cheaper, not shown", cheaper)]),
    row("recommended", best),
    ...(safer === null ? [] : [row("safer", safer)]),
  ];
  const proven =
    bound?.gap === null || bound?.gap === undefined
      ? []
      : ["", `  ${wrapText(`Proven: ${boundSentences(document).replace(/^No/, "no")}`, 2)}`];
  return [...alignColumns([["", "plan", "cost", "met", ""], ...rows]), ...proven];
}

function orderLines({ orders, phases }: PlanDocument): string[] {
  if (phases.length < 2 && orders.every(({ takesS }) => takesS === 0)) return [];
  return [
    ...alignColumns([
      ["order", "nodes", "there after", "order within"],
      ...orders.map(({ group, nodes, takesS, orderByS }) => [
        group,
        countText(nodes),
        formatDuration(takesS),
        orderByS === null ? "" : formatDuration(orderByS),
      ]),
    ]),
    "",
  ];
}

function searchSentence({ space }: PlanDocument): string {
  const parts = [
    [space.simulated, "simulated"],
    [space.provenImpossible, "proven impossible"],
    [space.overLimit, "over a limit"],
    [space.presumed, "presumed to fail as one with more nodes does"],
    [space.dearer, "dearer than the answer"],
  ] as const;
  const words = parts.flatMap(([count, what]) =>
    count === 0 ? [] : [`${countText(count)} ${what}`],
  );
  return `${countText(space.candidates)} plans: ${words.join(", ")}; ${formatNumber(space.runs, { digits: 15 })} simulations.`;
}

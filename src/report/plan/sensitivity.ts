import type { PlanDocument, PlanSensitivityResult } from "../../studies/plan/plan-document.js";
import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { countOf } from "../format/number.js";
import { flipTable, ONE_AT_A_TIME, swingTable, unitText } from "../sensitivity/swing-tables.js";
import { tornadoChart } from "../sensitivity/tornado-chart.js";

/** Which assumed numbers would change the answer: the tornado, where it flips, and where the cheaper plan would do. */
export function planSensitivitySection({
  sensitivity,
  cheaper,
}: PlanDocument): ReportSection | undefined {
  if (sensitivity === null || sensitivity.factors.length === 0) return undefined;
  const { factors, replications, without } = sensitivity;
  const flips = factors.filter(({ flip }) => flip !== null);
  const chart = tornadoChart(sensitivity);
  const blocks: ReportBlock[] = [
    { kind: "text", markdown: words(sensitivity) },
    ...(chart === undefined ? [] : [chart]),
    ...(flips.length === 0 ? [] : [flipTable(flips, "plan.json")]),
    ...(sensitivity.cheaper.length === 0 ? [] : [cheaperTable(sensitivity, cheaper?.label ?? "")]),
    swingTable(sensitivity, true, "plan.json"),
  ];
  return {
    id: "sensitivity",
    title: "Which assumption would change the answer",
    blocks,
    explanation:
      `${ONE_AT_A_TIME} Where anything is drawn, each point is the mean of ${countOf(replications, "run")}.` +
      (without === null ? "" : ` All of it with ${without} missing, where the tightest goal is.`) +
      " The command sensitivity looks closer: other numbers, finer steps, all of them moving together.",
  };
}

function words({ factors, goalsMet, cheaper, notVaried }: PlanSensitivityResult): string {
  const left =
    notVaried.length === 0
      ? ""
      : ` Assumed and no field of a scenario, so nothing is said about it: ${notVaried.map(escapeMarkdown).join("; ")}.`;
  if (!goalsMet) {
    return `In these few runs the answer itself misses a goal by chance: where numbers would change it was not looked for.${left}`;
  }
  const flips = factors.filter(({ flip }) => flip !== null).length;
  const answer =
    flips === 0
      ? `The answer meets every goal whatever each of these ${countOf(factors.length, "number")} is within its range.`
      : `The answer no longer meets every goal when ${flips === 1 ? "one number is" : `one of ${flips} numbers is`} beyond the value below.`;
  const other =
    cheaper.length === 0
      ? ""
      : ` The cheaper plan would do at ${countOf(cheaper.length, "value")} named below.`;
  return `${answer}${other}${left}`;
}

function cheaperTable({ cheaper, factors }: PlanSensitivityResult, label: string): ReportBlock {
  const unitOf = new Map(factors.map(({ id, low }) => [id, low.text]));
  return {
    kind: "table",
    caption: `Where the cheaper plan would do: ${label}`,
    columns: [
      { header: "Number" },
      { header: "In the scenario", align: "right" },
      { header: "Meets every goal", align: "right" },
    ],
    rows: cheaper.map(({ id, label: number, value, flip }): readonly Cell[] => [
      number,
      value === null ? null : unitText(value, unitOf.get(id) ?? ""),
      { text: flip.text, tone: "good" },
    ]),
    fullTable: "plan.json",
  };
}

/** By assumption of the ledger: at which value of it the answer changes. */
export function flipsOf({ sensitivity }: PlanDocument): ReadonlyMap<string, string> {
  return new Map(
    (sensitivity?.factors ?? []).map(({ id, low, high, flip }) => [
      id,
      flip === null ? `no, from ${low.text} to ${high.text}` : `if ${flip.text}`,
    ]),
  );
}

import type { PlanDocument, PlanTried } from "../../studies/plan/plan-document.js";
import type { Cell, ChartBlock, TableContent } from "../block.js";
import {
  chartBlock,
  chartSpec,
  topLegend,
  type ChartLayout,
  type VegaLiteSpec,
} from "../charts/theme.js";
import { countOf, formatSignificant } from "../format/number.js";
import { formatQuantity, quantityCell } from "../format/quantity.js";

const TITLE = "What does more room cost?";

/** Verdicts with shapes of their own, so that colour is never alone. */
const VERDICTS = [
  { name: "meets every goal", of: "meets", color: "#0072B2", shape: "circle" },
  { name: "misses a goal", of: "fails", color: "#D55E00", shape: "cross" },
  { name: "not shown", of: "not shown", color: "#9a6fd1", shape: "diamond" },
  { name: "over a limit", of: "over a limit", color: "#999999", shape: "square" },
] as const;

/** Room beyond this makes the plans near the target unreadable. */
const ROOM_LEAST = -2;

/** Cost of every plan that was run against the room of its tightest goal; undefined with fewer than two. */
export function frontChart(document: PlanDocument): ChartBlock | undefined {
  const shown = document.tried.filter(({ tightestMargin }) => tightestMargin !== null);
  if (shown.length < 2) return undefined;
  const description = describe(document, shown);
  return chartBlock(
    { id: "cost-and-room", title: TITLE, description, data: dataTable(document) },
    (layout) => draw(layout, document, shown, description),
  );
}

function amountOf({ minimise }: PlanDocument, { cost, powerW }: PlanTried): number {
  return minimise === "power" ? powerW : (cost ?? 0);
}

function unitOf({ minimise, currency }: PlanDocument): string {
  return minimise === "power" ? "W" : (currency ?? "");
}

function describe(document: PlanDocument, shown: readonly PlanTried[]): string {
  const front = shown.filter(({ isOnFront }) => isOnFront);
  const words = ({ label, tightestMargin, ...rest }: PlanTried): string =>
    `${label} at ${formatQuantity(amountOf(document, { label, tightestMargin, ...rest }), unitOf(document))} ${roomWords(tightestMargin!)}`;
  const ends = [...new Set([front[0], front.at(-1)])].flatMap((one) => one ?? []);
  return (
    `Of ${countOf(shown.length, "plan")} that were run, ${front.length} ${front.length === 1 ? "is" : "are"} not beaten in both cost and room: ` +
    `${ends.map(words).join("; ")}. Room is what is left to the target of the tightest goal, as a share of it.`
  );
}

function roomWords(margin: number): string {
  if (margin < -1)
    return `misses its tightest goal by ${formatSignificant(-margin)} times the target`;
  const percent = formatSignificant(Math.abs(margin) * 100);
  return margin >= 0 ? `has ${percent}\u00a0% to spare` : `has ${percent}\u00a0% too little`;
}

function dataTable(document: PlanDocument): TableContent {
  const unit = unitOf(document);
  return {
    caption: "Plans that were run, cheapest first",
    columns: [
      { header: "Plan" },
      { header: document.minimise === "power" ? "Power" : "Cost", align: "right" },
      { header: "Tightest goal" },
      { header: "Its value", align: "right" },
      { header: "Room", unit: "%", align: "right", digits: 3 },
      { header: "Verdict" },
    ],
    rows: document.tried.map((one): readonly Cell[] => [
      one.isOnFront ? { text: one.label, note: "not beaten in both cost and room" } : one.label,
      quantityCell(amountOf(document, one), unit),
      one.tightestGoal,
      quantityCell(one.tightestMean, one.tightestUnit),
      one.tightestMargin === null ? null : one.tightestMargin * 100,
      one.verdict === "meets"
        ? { text: "✓ meets", tone: "good" }
        : { text: one.verdict === "fails" ? "✗ fails" : one.verdict, tone: "bad" },
    ]),
    fullTable: "plans.csv",
  };
}

/** Whether a plan stands in the right half of the drawing. */
function isOnRight(
  label: string,
  values: readonly { readonly plan: string; readonly amount: number }[],
): boolean {
  const amounts = values.map(({ amount }) => amount);
  const own = values.find(({ plan }) => plan === label)?.amount ?? -Infinity;
  return own > (Math.min(...amounts) + Math.max(...amounts)) / 2;
}

/** The line between meeting and missing, and where the bound is. */
function referenceMarks({ bound }: PlanDocument): readonly VegaLiteSpec[] {
  const zero = {
    data: { values: [{ room: 0 }] },
    mark: { type: "rule", color: "currentColor", strokeDash: [4, 3] },
    encoding: { y: { field: "room", type: "quantitative" } },
  };
  const value = bound?.value ?? 0;
  if (value <= 0) return [zero];
  const data = { values: [{ amount: value, label: "proven bound" }] };
  const x = { field: "amount", type: "quantitative" };
  return [
    zero,
    {
      data,
      mark: { type: "rule", color: "currentColor", strokeWidth: 1.5 },
      encoding: { x },
    },
    {
      data,
      mark: { type: "text", align: "left", dx: 5, baseline: "top", y: 4 },
      encoding: { x, text: { field: "label" } },
    },
  ];
}

/** Axes of the chart. */
function axes(
  layout: ChartLayout,
  document: PlanDocument,
  isBelow: boolean,
): { readonly x: VegaLiteSpec; readonly y: VegaLiteSpec } {
  const amount =
    document.minimise === "power"
      ? "power with every GPU busy (W)"
      : `cost over the horizon (${unitOf(document)})`;
  return {
    x: {
      field: "amount",
      type: "quantitative",
      scale: { zero: false, nice: true },
      axis: { title: amount, format: "~s", tickCount: layout.name === "wide" ? 7 : 4 },
    },
    y: {
      field: "room",
      type: "quantitative",
      axis: {
        title: `room of the tightest goal (%)${isBelow ? `, ${formatSignificant(ROOM_LEAST * 100)} and less at the foot` : ""}`,
        tickCount: 6,
      },
    },
  };
}

function draw(
  layout: ChartLayout,
  document: PlanDocument,
  shown: readonly PlanTried[],
  description: string,
): VegaLiteSpec {
  const used = VERDICTS.filter(({ of }) => shown.some(({ verdict }) => verdict === of));
  const names = used.map(({ name }) => name);
  const values = shown.map((one) => ({
    plan: one.label,
    amount: amountOf(document, one),
    room: Math.max(ROOM_LEAST, one.tightestMargin!) * 100,
    verdict: VERDICTS.find(({ of }) => of === one.verdict)!.name,
    front: one.isOnFront,
  }));
  const isBelow = values.some(({ room }) => room === ROOM_LEAST * 100);
  const { x, y } = axes(layout, document, isBelow);
  const scale = { domain: names, range: used.map(({ color }) => color) };
  const shapes = { domain: names, range: used.map(({ shape }) => shape) };
  const legend = topLegend(layout, names);
  const answer = document.best;
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: layout.name === "wide" ? 300 : 260 },
    {
      layer: [
        ...referenceMarks(document),
        {
          data: { values: values.filter(({ front }) => front) },
          mark: { type: "line", color: "currentColor", opacity: 0.5, interpolate: "step-after" },
          encoding: { x, y },
        },
        {
          data: { values },
          mark: {
            type: "point",
            filled: true,
            size: 90,
            opacity: 1,
            stroke: "currentColor",
            strokeWidth: 0.5,
          },
          encoding: {
            x,
            y,
            color: { field: "verdict", type: "nominal", scale, legend },
            shape: { field: "verdict", type: "nominal", scale: shapes, legend },
          },
        },
        ...(answer === null
          ? []
          : [
              {
                data: {
                  values: values
                    .filter(({ plan }) => plan === answer.label)
                    .map((one) => ({ ...one, label: "recommended" })),
                },
                // The line runs on to the right at this height: there is room on the left, unless that is the axis.
                mark: isOnRight(answer.label, values)
                  ? { type: "text", align: "right", dx: -9, fontWeight: "bold" }
                  : { type: "text", dy: -13, fontWeight: "bold" },
                encoding: { x, y, text: { field: "label" } },
              },
            ]),
      ],
    },
  );
}

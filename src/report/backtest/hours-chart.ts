import type { BacktestDocument, HourComparison } from "../../studies/backtest/backtest-document.js";
import type { ChartBlock } from "../block.js";
import {
  type ChartLayout,
  type VegaLiteSpec,
  chartBlock,
  chartSpec,
  configurationScales,
  topLegend,
} from "../charts/theme.js";
import { waitAxis, waitScale } from "../charts/wait-scale.js";
import { formatDifference } from "../format/quantity.js";
import { comparisonCells } from "./answer.js";

const TITLE = "At which hours of the day is the simulation off?";
const SIDES = ["recorded", "simulated"] as const;

/** Mean wait by hour of submission on both sides; the gap between the lines is the error. */
export function waitsByHourChart({ byHour, trace }: BacktestDocument): ChartBlock {
  const clock = trace.clock === "utc" ? "UTC" : "hours since second 0 of the trace, modulo 24";
  const description = `${describe(byHour)} Hour of submission: ${clock}.`;
  return chartBlock(
    {
      id: "waits-by-hour",
      title: TITLE,
      description,
      data: {
        caption: `Mean wait by hour of submission (${clock})`,
        columns: [
          { header: "Hour", align: "right" },
          { header: "Jobs", align: "right" },
          { header: "Recorded", align: "right" },
          { header: "Simulated", align: "right" },
          { header: "Error", align: "right" },
          { header: "Error", unit: "%", align: "right" },
        ],
        rows: byHour.map((one) => [one.hour, one.jobs, ...comparisonCells(one, "mean")]),
        fullTable: "backtest.json",
      },
    },
    (layout) => draw(layout, byHour, description),
  );
}

function describe(byHour: readonly HourComparison[]): string {
  const size = ({ errorS }: HourComparison): number => Math.abs(errorS.mean ?? 0);
  const [worst] = [...byHour].sort((left, right) => size(right) - size(left));
  if (worst === undefined || size(worst) === 0) return "The mean wait is exact at every hour.";
  return `The mean wait is furthest off at hour ${worst.hour}: ${formatDifference(worst.errorS.mean!, "s")} over ${worst.jobs} jobs.`;
}

function draw(
  layout: ChartLayout,
  byHour: readonly HourComparison[],
  description: string,
): VegaLiteSpec {
  const values = byHour.flatMap(({ hour, recordedS, simulatedS }) => [
    { hour, side: SIDES[0], waitS: recordedS.mean },
    { hour, side: SIDES[1], waitS: simulatedS.mean },
  ]);
  const longestS = Math.max(...values.map(({ waitS }) => waitS ?? 0));
  const scales = configurationScales(SIDES);
  const legend = topLegend(layout, SIDES);
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: 220 },
    {
      data: { values },
      mark: { type: "line", point: { filled: true, size: 30 }, strokeWidth: 2 },
      encoding: {
        x: {
          field: "hour",
          type: "quantitative",
          scale: { domain: [0, 23], nice: false },
          axis: { title: "hour of submission", values: [0, 6, 12, 18, 23], format: "d" },
        },
        y: {
          field: "waitS",
          type: "quantitative",
          scale: waitScale(longestS),
          axis: waitAxis(longestS, "mean wait"),
        },
        color: { field: "side", type: "nominal", scale: scales.color, legend },
        strokeDash: { field: "side", type: "nominal", scale: scales.strokeDash, legend },
      },
    },
  );
}

import { quantileOfSorted } from "../../stats/quantile.js";
import type { WaitPairs } from "../../studies/backtest/compare-waits.js";
import type { ChartBlock } from "../block.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec } from "../charts/theme.js";
import { waitAxis, waitScale } from "../charts/wait-scale.js";
import { quantityCell } from "../format/quantity.js";

const TITLE = "Are simulated waits distributed as the recorded ones?";

/** Percentiles drawn: every whole one, and the ends where the longest waits are. */
const PERCENTS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, index) => index + 1),
  99.5,
  99.9,
  100,
];
/** Percentiles in the table under the chart. */
const TABLE_PERCENTS = new Set([10, 25, 50, 75, 90, 95, 99, 99.9, 100]);

interface QuantilePoint {
  readonly percent: number;
  readonly recordedS: number;
  readonly simulatedS: number;
}

/** Percentiles of the simulated waits over those of the recorded ones; on the diagonal they agree. */
export function waitQuantileChart(pairs: WaitPairs): ChartBlock {
  const recorded = pairs.recordedS.slice().sort();
  const simulated = pairs.simulatedS.slice().sort();
  const points = PERCENTS.map((percent) => ({
    percent,
    recordedS: quantileOfSorted(recorded, percent / 100)!,
    simulatedS: quantileOfSorted(simulated, percent / 100)!,
  }));
  const above = points.filter((point) => point.simulatedS > point.recordedS).length;
  const below = points.filter((point) => point.simulatedS < point.recordedS).length;
  const description =
    `Of ${points.length} percentiles the simulated wait is longer than the recorded one at ${above}, ` +
    `shorter at ${below}, equal at ${points.length - above - below}.`;
  return chartBlock(
    {
      id: "wait-quantiles",
      title: TITLE,
      description,
      data: {
        caption: "Percentiles of the wait on both sides",
        columns: [
          { header: "Percentile", align: "right" },
          { header: "Recorded", align: "right" },
          { header: "Simulated", align: "right" },
        ],
        rows: points
          .filter(({ percent }) => TABLE_PERCENTS.has(percent))
          .map(({ percent, recordedS, simulatedS }) => [
            percent,
            quantityCell(recordedS, "s"),
            quantityCell(simulatedS, "s"),
          ]),
      },
    },
    (layout) => draw(layout, points, description),
  );
}

function draw(
  layout: ChartLayout,
  points: readonly QuantilePoint[],
  description: string,
): VegaLiteSpec {
  const longestS = Math.max(...points.map((one) => Math.max(one.recordedS, one.simulatedS)));
  const scale = waitScale(longestS);
  const [, topS] = scale["domain"] as readonly [number, number];
  const at = (field: string, title: string): VegaLiteSpec => ({
    field,
    type: "quantitative",
    scale,
    axis: waitAxis(longestS, title),
  });
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: layout.name === "wide" ? 360 : 280 },
    {
      layer: [
        {
          data: {
            values: [
              { recordedS: 0, simulatedS: 0 },
              { recordedS: topS, simulatedS: topS },
            ],
          },
          mark: { type: "line", color: "currentColor", strokeDash: [3, 3], opacity: 0.6 },
          encoding: {
            x: at("recordedS", "recorded wait (log scale above 1 min)"),
            y: at("simulatedS", "simulated wait"),
          },
        },
        {
          data: { values: points },
          mark: { type: "point", filled: true, size: 26, color: "#0072B2", opacity: 0.9 },
          encoding: {
            x: at("recordedS", "recorded wait (log scale above 1 min)"),
            y: at("simulatedS", "simulated wait"),
          },
        },
      ],
    },
  );
}

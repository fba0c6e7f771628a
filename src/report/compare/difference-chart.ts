import type { ChartBlock } from "../block.js";
import {
  type ChartLayout,
  type VegaLiteSpec,
  chartBlock,
  chartSpec,
  CONFIGURATIONS_MAX,
  configurationScales,
  topLegend,
} from "../charts/theme.js";
import { nameMetric } from "../format/metric-names.js";
import { formatSigned, formatSignificant } from "../format/number.js";
import type { AnyCompareDocument, ComparedMetric } from "../../studies/compare/compare-document.js";
import { intervalText } from "./cells.js";

const TITLE = "How large is each difference, and how sure?";

interface Bar {
  readonly figure: string;
  readonly variant: string;
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: string;
}

/**
 * Differences that decide, in percent of the first configuration, with their intervals; undefined where none can
 * be written so.
 */
export function differenceChart({ comparisons }: AnyCompareDocument): ChartBlock | undefined {
  const shown = comparisons.slice(0, CONFIGURATIONS_MAX);
  const names = shown.map(({ base, variant }) =>
    comparisons.every((one) => one.base === base) ? variant : `${variant} against ${base}`,
  );
  const bars = shown.flatMap(({ metrics }, index) =>
    metrics
      .filter(({ role, before }) => role === "decides" && before !== null && before !== 0)
      .map((metric) => barOf(metric, names[index]!)),
  );
  if (bars.length === 0 || bars.every(({ low, high }) => low === 0 && high === 0)) return undefined;
  const description = bars
    .map(
      ({ figure, variant, middle, verdict }) =>
        `${figure}, ${variant}: ${formatSigned(middle, (value) => `${formatSignificant(value)} %`)} (${verdict}).`,
    )
    .join("\n");
  const rows = shown.flatMap(({ metrics }, index) =>
    metrics
      .filter(({ role }) => role === "decides")
      .map((metric) => [
        names[index]!,
        nameMetric(metric.metric).label,
        metric.mean === null || metric.before === null || metric.before === 0
          ? null
          : (100 * metric.mean) / Math.abs(metric.before),
        metric.interval === null ? null : intervalText(metric.interval, metric.unit),
        metric.verdict,
      ]),
  );
  return chartBlock(
    {
      id: "differences",
      title: TITLE,
      description,
      data: {
        caption: "Differences that decide",
        columns: [
          { header: "Configuration" },
          { header: "Figure" },
          { header: "Difference", unit: "%", digits: 3, align: "right" },
          { header: "Interval", align: "right" },
          { header: "Verdict" },
        ],
        rows,
        fullTable: "compare.json",
      },
    },
    (layout) => draw(layout, bars, names, description),
  );
}

function barOf({ metric, mean, before, interval, verdict }: ComparedMetric, variant: string): Bar {
  const percent = (value: number): number => (100 * value) / Math.abs(before!);
  const [low, high] = interval ?? [mean!, mean!];
  return {
    figure: nameMetric(metric).label,
    variant,
    middle: percent(mean!),
    low: percent(low),
    high: percent(high),
    verdict,
  };
}

function draw(
  layout: ChartLayout,
  bars: readonly Bar[],
  names: readonly string[],
  description: string,
): VegaLiteSpec {
  const figures = [...new Set(bars.map(({ figure }) => figure))];
  const scales = configurationScales(names);
  const legend = names.length > 1 ? topLegend(layout, names) : null;
  const x = { type: "quantitative", axis: { title: "difference, % of the first configuration" } };
  const y = {
    field: "figure",
    type: "nominal",
    sort: figures,
    axis: {
      title: null,
      domain: false,
      ticks: false,
      labelPadding: 10,
      labelLimit: layout.name === "wide" ? 260 : 120,
    },
  };
  const shared = {
    y,
    yOffset: { field: "variant", type: "nominal", sort: names },
    color: { field: "variant", type: "nominal", scale: scales.color, legend },
  };
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: figures.length * Math.max(34, 12 + 16 * names.length) },
    {
      data: { values: bars },
      layer: [
        {
          mark: {
            type: "rule",
            strokeWidth: 1,
            strokeDash: [3, 3],
            color: "currentColor",
            opacity: 0.6,
          },
          encoding: { x: { datum: 0, type: "quantitative" } },
        },
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { x: { field: "low", ...x }, x2: { field: "high" }, ...shared },
        },
        {
          mark: { type: "point", filled: true, size: 70, opacity: 1 },
          encoding: {
            x: { field: "middle", ...x },
            ...shared,
            shape: { field: "variant", type: "nominal", scale: scales.shape, legend },
          },
        },
      ],
    },
  );
}

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
import { waitAxis, waitScale } from "../charts/wait-scale.js";
import { nameMetric } from "../format/metric-names.js";
import { formatQuantity, quantityCell } from "../format/quantity.js";
import { axisNumber } from "../../studies/sweep/summarize-sweep.js";
import { valueText } from "../../studies/sweep/sweep-answer.js";
import type { SweepDocument, SweptAxis } from "../../studies/sweep/sweep-document.js";
import { groupPoints, type GroupedPoint } from "./group-points.js";

/** Values of an axis that get a tick each. */
const TICKS_MAX = 12;

interface CurveAbout {
  readonly title: string;
  readonly description: string;
  readonly metricLabel: string;
  readonly unit: string;
  readonly x: SweptAxis;
  readonly series: readonly string[];
  readonly targets: readonly number[];
  /** True draws no lines: neighbours on this axis differ in all others. */
  readonly isScatter: boolean;
}

/**
 * How one metric answers to one axis: a line per value of a second axis, where that has few enough values.
 *
 * Points that differ in further axes are averaged, which the description says.
 */
export function responseCurve(
  document: SweepDocument,
  metric: SweepDocument["metrics"][number],
  x: SweptAxis,
  by: SweptAxis | undefined,
): ChartBlock | undefined {
  const points = groupPoints(document, metric.path, by === undefined ? [x] : [x, by]);
  if (points.length === 0) return undefined;
  const { label, phrase } = nameMetric(metric.path);
  const series =
    by === undefined
      ? [""]
      : by.values.slice(0, CONFIGURATIONS_MAX).map((value) => named(by, value));
  const axes = by === undefined ? x.name : `${x.name} and ${by.name}`;
  const title = `How does the ${phrase} depend on ${axes}?`;
  const others = document.axes.filter((axis) => axis !== x && axis !== by).map(({ name }) => name);
  const averaged =
    others.length === 0
      ? ""
      : ` Each mark is the mean over the points that differ in ${others.join(", ")}.`;
  const description = `${describe(points, metric.unit, x)}${averaged}`;
  const targets = document.goals
    .filter((goal) => goal.metric === metric.path)
    .map(({ target }) => target);
  const isScatter = document.design === "latin-hypercube";
  const about = {
    ...{ title, description, metricLabel: label, unit: metric.unit },
    ...{ x, series, targets, isScatter },
  };
  return chartBlock(
    {
      id: chartId("curve", metric.path, x.name, by?.name),
      title,
      description,
      data: {
        caption: label,
        columns: [
          { header: x.name, align: "right" },
          ...(by === undefined ? [] : [{ header: by.name, align: "right" as const }]),
          { header: label, align: "right" },
          { header: "Points", align: "right" },
        ],
        rows: points.map(({ values, mean, count }) => [
          ...values.map(valueText),
          quantityCell(mean, metric.unit),
          count,
        ]),
        fullTable: document.table,
      },
    },
    (layout) => draw(layout, points, by, about),
  );
}

/** An id that a page can hold; the names are somebody's text. */
export function chartId(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) =>
      part
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, ""),
    )
    .join("-");
}

function named({ name }: SweptAxis, value: unknown): string {
  return `${name} ${valueText(value)}`;
}

function describe(points: readonly GroupedPoint[], unit: string, x: SweptAxis): string {
  const lowest = points.reduce((best, one) => (one.mean < best.mean ? one : best));
  const highest = points.reduce((best, one) => (one.mean > best.mean ? one : best));
  const at = ({ values }: GroupedPoint): string => `${x.name} ${valueText(values[0])}`;
  return `From ${formatQuantity(lowest.mean, unit)} at ${at(lowest)} to ${formatQuantity(highest.mean, unit)} at ${at(highest)}.`;
}

function draw(
  layout: ChartLayout,
  points: readonly GroupedPoint[],
  by: SweptAxis | undefined,
  about: CurveAbout,
): VegaLiteSpec {
  const { title, description, unit, x, series, targets } = about;
  const scaled = unit === "share" ? 100 : 1;
  const values = points
    .map(({ values: [first, second], mean, interval }) => ({
      x: x.isNumeric ? axisNumber(first) : valueText(first),
      series: by === undefined ? "" : named(by, second),
      y: scaled * mean,
      ...(interval === null ? {} : { low: scaled * interval[0], high: scaled * interval[1] }),
    }))
    .filter((value) => series.includes(value.series));
  const y = yEncoding(about, Math.max(...values.map((value) => value.high ?? value.y), ...targets));
  const scales = configurationScales(series);
  const legend = by === undefined ? null : topLegend(layout, series);
  const xEncoding = {
    field: "x",
    type: x.isNumeric ? "quantitative" : "nominal",
    ...(x.isNumeric
      ? { scale: { zero: false, nice: false, padding: 12 } }
      : { sort: x.values.map(valueText) }),
    axis: { title: x.name, labelAngle: 0, ...ticksOf(x, about.isScatter) },
  };
  const shared = {
    x: xEncoding,
    y: { field: "y", ...y },
    color: { field: "series", type: "nominal", scale: scales.color, legend },
  };
  const strokeDash = { field: "series", type: "nominal", scale: scales.strokeDash, legend };
  const shape = { field: "series", type: "nominal", scale: scales.shape, legend };
  const goal = {
    data: { values: targets.map((target) => ({ y: scaled * target })) },
    mark: { type: "rule", strokeDash: [4, 3], color: "currentColor", opacity: 0.7 },
    encoding: { y: { field: "y", ...y } },
  };
  const interval = {
    mark: { type: "rule", strokeWidth: 1.2, opacity: 0.7, clip: true },
    encoding: { ...shared, y: { field: "low", ...y }, y2: { field: "high" } },
  };
  const line = { mark: { type: "line", strokeWidth: 2 }, encoding: { ...shared, strokeDash } };
  const point = { mark: { type: "point", filled: true, size: 45, opacity: 1 } };
  return chartSpec(
    layout,
    { title, description, heightPx: 240 },
    {
      data: { values },
      layer: [
        ...(targets.length === 0 ? [] : [goal]),
        ...(values.some((value) => value.low !== undefined) ? [interval] : []),
        ...(about.isScatter ? [] : [line]),
        { ...point, encoding: { ...shared, shape } },
      ],
    },
  );
}

/** Marks at the values that were run, where they are few; nothing was run in between. */
function ticksOf({ values, isNumeric }: SweptAxis, isScatter: boolean): VegaLiteSpec {
  if (!isNumeric || isScatter || values.length > TICKS_MAX) return {};
  return { values: values.map(axisNumber), labelExpr: "toString(datum.value)" };
}

/** Letters of a title that the height of a chart has room for. The question above it names the figure too. */
const AXIS_TITLE_MAX = 44;

function yEncoding({ metricLabel, unit }: CurveAbout, highest: number): VegaLiteSpec {
  const name = metricLabel.length > AXIS_TITLE_MAX ? "" : metricLabel;
  if (unit === "s") {
    const axis = waitAxis(highest, name);
    return { type: "quantitative", scale: waitScale(highest), axis };
  }
  const title = [name, unit === "share" ? "%" : unit].filter((part) => part !== "").join(", ");
  return { type: "quantitative", scale: { zero: false }, axis: { title } };
}

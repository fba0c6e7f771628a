import type { ChartBlock } from "../block.js";
import { DEPTH_RANGE, depthInk } from "../charts/depth.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec } from "../charts/theme.js";
import { nameMetric } from "../format/metric-names.js";
import { formatQuantity, quantityCell } from "../format/quantity.js";
import { valueText } from "../../studies/sweep/sweep-answer.js";
import type { SweepDocument, SweptAxis } from "../../studies/sweep/sweep-document.js";
import { groupPoints, type GroupedPoint } from "./group-points.js";
import { chartId } from "./response-curve.js";

/** Values of an axis that a map can show. */
const VALUES_MAX = 24;
/** Columns beyond which cells are too narrow for a number. */
const LABELLED_MAX: Readonly<Record<ChartLayout["name"], number>> = { wide: 10, narrow: 5 };

/** One metric over two axes; undefined where an axis has too many values for cells. */
export function heatMap(
  document: SweepDocument,
  metric: SweepDocument["metrics"][number],
  x: SweptAxis,
  y: SweptAxis,
): ChartBlock | undefined {
  if (x.values.length > VALUES_MAX || y.values.length > VALUES_MAX) return undefined;
  const points = groupPoints(document, metric.path, [x, y]);
  if (points.length < 2) return undefined;
  const { label, phrase } = nameMetric(metric.path);
  const title = `Where is the ${phrase} high, over ${x.name} and ${y.name}?`;
  const others = document.axes.filter((axis) => axis !== x && axis !== y).map(({ name }) => name);
  const averaged =
    others.length === 0
      ? ""
      : ` Each cell is the mean over the points that differ in ${others.join(", ")}.`;
  const empty = x.values.length * y.values.length - points.length;
  const holes =
    empty === 0
      ? ""
      : ` ${empty} ${empty === 1 ? "cell has" : "cells have"} no value: not run, or failed.`;
  const description = `${describe(points, metric.unit, x, y)}${averaged}${holes}`;
  return chartBlock(
    {
      id: chartId("map", metric.path, x.name, y.name),
      title,
      description,
      data: {
        caption: `${label} over ${x.name} and ${y.name}`,
        columns: [
          { header: x.name, align: "right" },
          { header: y.name, align: "right" },
          { header: label, align: "right" },
        ],
        rows: points.map(({ values, mean }) => [
          ...values.map(valueText),
          quantityCell(mean, metric.unit),
        ]),
        fullTable: document.table,
      },
    },
    (layout) => draw(layout, points, { title, description, unit: metric.unit, x, y }),
  );
}

function describe(
  points: readonly GroupedPoint[],
  unit: string,
  x: SweptAxis,
  y: SweptAxis,
): string {
  const lowest = points.reduce((best, one) => (one.mean < best.mean ? one : best));
  const highest = points.reduce((best, one) => (one.mean > best.mean ? one : best));
  const at = ({ values }: GroupedPoint): string =>
    `${x.name} ${valueText(values[0])} and ${y.name} ${valueText(values[1])}`;
  return `Lowest ${formatQuantity(lowest.mean, unit)} at ${at(lowest)}; highest ${formatQuantity(highest.mean, unit)} at ${at(highest)}. Darker is more.`;
}

function draw(
  layout: ChartLayout,
  points: readonly GroupedPoint[],
  about: {
    readonly title: string;
    readonly description: string;
    readonly unit: string;
    readonly x: SweptAxis;
    readonly y: SweptAxis;
  },
): VegaLiteSpec {
  const { title, description, unit, x, y } = about;
  const means = points.map(({ mean }) => mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const values = points.map(({ values: [first, second], mean }) => ({
    x: valueText(first),
    y: valueText(second),
    depth: depthOf(mean, low, high),
    label: formatQuantity(mean, unit),
  }));
  const cell = {
    x: {
      field: "x",
      type: "nominal",
      sort: x.values.map(valueText),
      axis: { title: x.name, labelAngle: 0, grid: false, domain: false, ticks: false },
    },
    y: {
      field: "y",
      type: "nominal",
      // Larger values higher, as on any axis.
      sort: [...y.values].reverse().map(valueText),
      axis: { title: y.name, grid: false, domain: false, ticks: false },
    },
  };
  const labelled = x.values.length <= LABELLED_MAX[layout.name];
  return chartSpec(
    layout,
    { title, description, heightPx: Math.max(80, 34 * y.values.length) },
    { data: { values }, layer: [cells(cell), ...(labelled ? [labels(cell, layout)] : [])] },
  );
}

function cells(place: VegaLiteSpec): VegaLiteSpec {
  const scale = { domain: [0, 1], range: DEPTH_RANGE };
  const color = { field: "depth", type: "quantitative", scale, legend: null };
  return { mark: { type: "rect" }, encoding: { ...place, color } };
}

function labels(place: VegaLiteSpec, { fontPx }: ChartLayout): VegaLiteSpec {
  const color = depthInk("depth");
  return {
    mark: { type: "text", fontSize: fontPx },
    encoding: { ...place, text: { field: "label", type: "nominal" }, color },
  };
}

/** Place between the smallest and the largest value, 0..1; square root, so that small differences still show. */
function depthOf(mean: number, low: number, high: number): number {
  return high === low ? 0 : Math.sqrt((mean - low) / (high - low));
}

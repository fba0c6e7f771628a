import type { ChartBlock, TableContent } from "../block.js";
import { formatDuration, formatMoment } from "../format/duration.js";
import { countOf, formatShare } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { GPU_STATES } from "../gpu-states.js";
import type { StateSeries } from "../series/gpu-state-series.js";
import { type TimeBuckets, bucketRange } from "../series/time-buckets.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec, topLegend } from "./theme.js";
import { stepWords, timeAxis } from "./time-axis.js";

/** What the chart of one configuration shows. */
export interface GpuStatesOverTime {
  /** Unique part of the chart's id. */
  readonly key: string;
  readonly name: string;
  /** True when the report has no other configuration to tell it from. */
  readonly alone: boolean;
  readonly gpuCount: number;
  readonly buckets: TimeBuckets;
  readonly states: readonly StateSeries[];
  /** Time-averaged and highest share of GPUs in use from the result document, 0..1. */
  readonly allocatedShare: number;
  readonly allocatedShareMax: number;
  /** Goal on the time average, 0..1. */
  readonly goalShare?: number;
}

/** Rows of the table behind the chart. */
const TABLE_ROWS_MAX = 16;

/** Stacked area of GPUs by state over simulated time; the top of the stack is the capacity. */
export function gpuStatesChart(input: GpuStatesOverTime): ChartBlock {
  const title = `Where were the ${countOf(input.gpuCount, "GPU")} over time?${input.alone ? "" : ` (${input.name})`}`;
  const description = perConfiguration([{ name: input.name, sentence: describe(input) }]);
  return chartBlock(
    { id: `gpu-states-${input.key}`, title, description, data: dataTable(input) },
    (layout) => draw(layout, input, { title, description }),
  );
}

function describe(input: GpuStatesOverTime): string {
  const { allocatedShare, allocatedShareMax, buckets, states } = input;
  const busy =
    `jobs held ${formatShare(allocatedShare)} of the GPU time on average and ` +
    `${formatShare(allocatedShareMax)} at the highest`;
  const idle = states
    .filter(({ state }) => state !== "busy")
    .map(
      (state) =>
        `${formatShare(timeMean(state.gpusMean, buckets) / input.gpuCount)} ${state.state}`,
    );
  const goal =
    input.goalShare === undefined ? "" : ` (goal: ${formatShare(input.goalShare)} on average)`;
  const rest = idle.length === 0 ? "" : `; of the GPU time, ${idle.join(", ")}`;
  return `${busy}${goal}${rest}; ${stepWords(buckets)}`;
}

/** Mean over the buckets by their length; the area is the same as in the full series. */
function timeMean(means: Float64Array, buckets: TimeBuckets): number {
  let area = 0;
  let lengthS = 0;
  means.forEach((mean, bucket) => {
    const [fromS, toS] = bucketRange(buckets, bucket);
    if (Number.isNaN(mean)) return;
    area += mean * (toS - fromS);
    lengthS += toS - fromS;
  });
  return lengthS === 0 ? (means[0] ?? 0) : area / lengthS;
}

function dataTable({ states, buckets, name, gpuCount }: GpuStatesOverTime): TableContent {
  const merge = Math.ceil(buckets.count / TABLE_ROWS_MAX);
  const rows: (string | number)[][] = [];
  for (let first = 0; first < buckets.count; first += merge) {
    const last = Math.min(buckets.count, first + merge) - 1;
    const busy = states[0]!;
    rows.push([
      formatMoment(bucketRange(buckets, first)[0]),
      ...states.map((state) => timeMeanOf(state.gpusMean, buckets, first, last)),
      Math.min(...busy.gpusMin.subarray(first, last + 1)),
      Math.max(...busy.gpusMax.subarray(first, last + 1)),
    ]);
  }
  return {
    caption: `GPUs by state, ${name}: averages over ${formatDuration(buckets.stepS * merge)} of ${countOf(gpuCount, "GPU")}`,
    columns: [
      { header: "From" },
      ...[...states.map(({ state }) => state), "busy, lowest", "busy, highest"].map((header) => ({
        header,
        unit: "GPUs",
        digits: 3,
        align: "right" as const,
      })),
    ],
    rows,
  };
}

function timeMeanOf(
  means: Float64Array,
  buckets: TimeBuckets,
  first: number,
  last: number,
): number {
  let area = 0;
  let lengthS = 0;
  for (let bucket = first; bucket <= last; bucket++) {
    const [fromS, toS] = bucketRange(buckets, bucket);
    area += means[bucket]! * (toS - fromS);
    lengthS += toS - fromS;
  }
  return lengthS === 0 ? means[first]! : area / lengthS;
}

function draw(
  layout: ChartLayout,
  input: GpuStatesOverTime,
  about: { readonly title: string; readonly description: string },
): VegaLiteSpec {
  const { buckets, states, gpuCount, goalShare } = input;
  const axis = timeAxis(buckets);
  const shown = GPU_STATES.filter(({ state }) => states.some((one) => one.state === state));
  return chartSpec(
    layout,
    { ...about, heightPx: layout.name === "wide" ? 230 : 200 },
    {
      layer: [
        {
          data: { values: stackValues(input, axis.of) },
          mark: {
            type: "area",
            interpolate: "step-after",
            stroke: "currentColor",
            strokeWidth: 0.5,
            strokeOpacity: 0.3,
            clip: true,
          },
          encoding: {
            x: axis.channel,
            y: {
              field: "gpus",
              type: "quantitative",
              stack: "zero",
              scale: { domain: [0, gpuCount], nice: false },
              axis: { title: "GPUs", tickCount: 5 },
            },
            color: {
              field: "state",
              type: "nominal",
              scale: {
                domain: shown.map(({ state }) => state),
                range: shown.map(({ fill }) => fill ?? "transparent"),
              },
              legend: {
                ...topLegend(
                  layout,
                  shown.map(({ state }) => state),
                ),
                symbolType: "square",
                symbolStrokeColor: "currentColor",
                symbolStrokeWidth: 0.8,
              },
            },
            order: { field: "level", type: "quantitative" },
          },
        },
        ...(goalShare === undefined ? [] : goalLayers(goalShare, gpuCount)),
      ],
    },
  );
}

function stackValues(
  { states, buckets }: GpuStatesOverTime,
  toAxis: (timeS: number) => number,
): readonly VegaLiteSpec[] {
  return states.flatMap(({ state, gpusMean, gpusMin, gpusMax }, level) => {
    const points = Array.from(gpusMean, (mean, bucket) => ({
      time: round(toAxis(bucketRange(buckets, bucket)[0])),
      state,
      gpus: round(mean),
      lowest: round(gpusMin[bucket]!),
      highest: round(gpusMax[bucket]!),
      level,
    })).filter((point) => !Number.isNaN(point.gpus));
    // A step holds until the next point: without a closing one the last would have no width.
    const last = points.at(-1);
    return last === undefined ? [] : [...points, { ...last, time: round(toAxis(buckets.endS)) }];
  });
}

/** The label stands right of the plot: on the areas no ink is readable on every colour. */
function goalLayers(goalShare: number, gpuCount: number): readonly VegaLiteSpec[] {
  const gpus = goalShare * gpuCount;
  const data = { values: [{ gpus, label: ["goal", formatShare(goalShare)] }] };
  const y = { field: "gpus", type: "quantitative" };
  return [
    {
      data,
      mark: { type: "rule", color: "currentColor", strokeDash: [4, 3], strokeWidth: 1.2 },
      encoding: { y },
    },
    {
      data,
      mark: { type: "text", align: "left", baseline: "middle", dx: 6, dy: -6 },
      encoding: { x: { value: "width" }, y, text: { field: "label", type: "nominal" } },
    },
  ];
}

/** Chart data to six digits: finer than a pixel, and it keeps the page small. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

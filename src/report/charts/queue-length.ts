import type { ChartBlock, TableContent } from "../block.js";
import { formatDuration, formatMoment } from "../format/duration.js";
import { formatCount, formatShare, formatSignificant } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { GPU_STATES } from "../gpu-states.js";
import { type BucketedColumn, type TimeBuckets, bucketRange } from "../series/time-buckets.js";
import {
  type ChartLayout,
  type VegaLiteSpec,
  chartBlock,
  chartSpec,
  configurationScales,
  topLegend,
} from "./theme.js";
import { timeAxis } from "./time-axis.js";

/** Queue of one configuration over time. */
export interface QueueOverTime {
  readonly name: string;
  readonly queued: BucketedColumn;
  /** Share of the GPUs in use, 0..1, in the same buckets. */
  readonly inUse: BucketedColumn;
  readonly queueLengthMean: number;
  readonly queueLengthMax: number;
  /** Share of the run during which at least one job was queued, 0..1. */
  readonly queuedTimeShare: number;
  /** Share of the run during which a job was queued although over a tenth of the GPUs was idle. */
  readonly queuedBesideIdleShare: number;
}

const TITLE = "How long was the queue?";
const TABLE_ROWS_MAX = 16;
/** A strip between plot and time axis: was the cluster full while jobs queued? */
const STRIP = { fromPx: 6, heightPx: 10 };

/**
 * Jobs queued over time, one line per configuration, and for the base the range it moved in.
 *
 * All configurations share the buckets, so their lines can be compared point by point.
 */
export function queueLengthChart(
  queues: readonly QueueOverTime[],
  buckets: TimeBuckets,
): ChartBlock {
  const description =
    perConfiguration(queues.map((queue) => ({ name: queue.name, sentence: describe(queue) }))) +
    (queues.length === 1
      ? `\nThe line is the average over ${formatDuration(buckets.stepS)}, the band the lowest and highest within it. `
      : `\nLines are averages over ${formatDuration(buckets.stepS)}; the band is the lowest and highest of ${queues[0]!.name}. `) +
    `The strip underneath is the share of ${queues.length === 1 ? "the" : "its"} GPUs in use: dark is full.`;
  return chartBlock(
    { id: "queue-length", title: TITLE, description, data: dataTable(queues, buckets) },
    (layout) => draw(layout, { queues, buckets, description }),
  );
}

function describe(queue: QueueOverTime): string {
  return (
    `${formatSignificant(queue.queueLengthMean)} jobs queued on average, ${formatCount(queue.queueLengthMax)} at most; ` +
    `a queue for ${formatShare(queue.queuedTimeShare)} of the time, ` +
    `for ${formatShare(queue.queuedBesideIdleShare)} although over a tenth of the GPUs was idle`
  );
}

function dataTable(queues: readonly QueueOverTime[], buckets: TimeBuckets): TableContent {
  const merge = Math.ceil(buckets.count / TABLE_ROWS_MAX);
  const rows: (string | number)[][] = [];
  for (let first = 0; first < buckets.count; first += merge) {
    const end = Math.min(buckets.count, first + merge);
    rows.push([
      formatMoment(bucketRange(buckets, first)[0]),
      ...queues.map(({ queued }) => highest(queued.max.subarray(first, end))),
    ]);
  }
  return {
    caption: `Most jobs queued within ${formatDuration(buckets.stepS * merge)}`,
    columns: [
      { header: "From" },
      ...queues.map(({ name }) => ({ header: name, unit: "jobs", align: "right" as const })),
    ],
    rows,
  };
}

function highest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

function draw(
  layout: ChartLayout,
  chart: {
    readonly queues: readonly QueueOverTime[];
    readonly buckets: TimeBuckets;
    readonly description: string;
  },
): VegaLiteSpec {
  const { queues, buckets, description } = chart;
  const axis = timeAxis(buckets);
  const names = queues.map(({ name }) => name);
  const scales = configurationScales(names);
  const legend = names.length > 1 ? topLegend(layout, names) : null;
  const y = (field: string): VegaLiteSpec => ({
    field,
    type: "quantitative",
    scale: { domainMin: 0 },
    axis: { title: "jobs queued", tickCount: 5, tickMinStep: 1 },
  });
  const heightPx = layout.name === "wide" ? 200 : 180;
  const x = { ...axis.channel, axis: { ...axis.axis, offset: STRIP.fromPx + STRIP.heightPx + 2 } };
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx },
    {
      layer: [
        {
          data: { values: points(queues[0]!, buckets, axis.of) },
          mark: { type: "area", interpolate: "step-after", color: "currentColor", opacity: 0.16 },
          encoding: { x, y: y("lowest"), y2: { field: "highest" } },
        },
        {
          data: { values: queues.flatMap((queue) => points(queue, buckets, axis.of)) },
          mark: { type: "line", interpolate: "step-after", strokeWidth: 1.6 },
          encoding: {
            x,
            y: y("jobs"),
            color: { field: "configuration", type: "nominal", scale: scales.color, legend },
            strokeDash: {
              field: "configuration",
              type: "nominal",
              scale: scales.strokeDash,
              legend,
            },
          },
        },
        ...stripLayers(queues[0]!, { buckets, heightPx, toAxis: axis.of }),
      ],
    },
  );
}

function stripLayers(
  { inUse }: QueueOverTime,
  place: {
    readonly buckets: TimeBuckets;
    readonly heightPx: number;
    toAxis(timeS: number): number;
  },
): readonly VegaLiteSpec[] {
  const { buckets, heightPx, toAxis } = place;
  const busy = GPU_STATES.find(({ state }) => state === "busy")!;
  const values = Array.from(inUse.mean, (mean, bucket) => {
    const [fromS, toS] = bucketRange(buckets, bucket);
    return { from: round(toAxis(fromS)), to: round(toAxis(toS)), inUse: round(mean) };
  }).filter((cell) => !Number.isNaN(cell.inUse));
  const top = heightPx + STRIP.fromPx;
  return [
    {
      data: { values },
      mark: { type: "rect", color: busy.fill },
      encoding: {
        x: { field: "from", type: "quantitative" },
        x2: { field: "to" },
        y: { value: top },
        y2: { value: top + STRIP.heightPx },
        opacity: {
          field: "inUse",
          type: "quantitative",
          scale: { domain: [0, 1], range: [0, 1] },
          legend: null,
        },
      },
    },
    {
      data: { values: [{ label: "in use" }] },
      mark: { type: "text", align: "right", baseline: "middle", dx: -5 },
      encoding: {
        x: { value: 0 },
        y: { value: top + STRIP.heightPx / 2 },
        text: { field: "label", type: "nominal" },
      },
    },
  ];
}

function points(
  { name, queued }: QueueOverTime,
  buckets: TimeBuckets,
  toAxis: (timeS: number) => number,
): readonly VegaLiteSpec[] {
  const points = Array.from(queued.mean, (mean, bucket) => ({
    configuration: name,
    time: round(toAxis(bucketRange(buckets, bucket)[0])),
    jobs: round(mean),
    lowest: queued.min[bucket]!,
    highest: queued.max[bucket]!,
  })).filter((point) => !Number.isNaN(point.jobs));
  const last = points.at(-1);
  return last === undefined ? [] : [...points, { ...last, time: round(toAxis(buckets.endS)) }];
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

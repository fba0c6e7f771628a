import type { LaneSeries } from "../../studies/run/lane-usage.js";
import type { ChartBlock, TableContent } from "../block.js";
import { formatDuration, formatMoment } from "../format/duration.js";
import { formatCount, formatShare, formatSignificant } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { GPU_STATES } from "../gpu-states.js";
import { type BucketedColumn, type TimeBuckets, bucketRange } from "../series/time-buckets.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec } from "./theme.js";
import { timeAxis } from "./time-axis.js";

/** One partition over time, in the buckets of the chart. */
export interface PartitionOverTime {
  readonly lane: LaneSeries;
  /** Share of its GPUs in use, 0..1. */
  readonly inUse: BucketedColumn;
  /** Jobs waiting in it. */
  readonly queued: BucketedColumn;
  readonly allocatedShare: number;
  readonly queueLengthMean: number;
  readonly queueLengthMax: number;
}

const ROW_PX = 30;
const TABLE_ROWS_MAX = 12;
const QUEUE_COLOR = "#b07a1e";

/**
 * A row of two strips per partition: how full it was, and how long its queue. More solid is fuller, or longer.
 *
 * Queues share one scale, so that the partition with the longest stands out.
 */
export function partitionsChart(
  partitions: readonly PartitionOverTime[],
  buckets: TimeBuckets,
): ChartBlock {
  const title = "How full was each partition, and who queued beside it?";
  const longest = Math.max(1, ...partitions.map(({ queued }) => highest(queued.mean)));
  const description =
    perConfiguration(
      partitions.map(({ lane, allocatedShare, queueLengthMean, queueLengthMax }) => ({
        name: lane.name === "" ? "(default)" : lane.name,
        sentence:
          `${formatShare(allocatedShare)} of its GPUs in use, ${formatSignificant(queueLengthMean)} jobs queued ` +
          `on average and ${formatCount(queueLengthMax)} at most`,
      })),
    ) +
    `\nUpper strip: share of the GPUs in use, solid is full. Lower strip: jobs queued, solid is ${formatSignificant(longest)}. ` +
    `Averages over ${formatDuration(buckets.stepS)}.`;
  return chartBlock(
    { id: "partitions-over-time", title, description, data: dataTable(partitions, buckets) },
    (layout) => draw(layout, { title, partitions, buckets, longest, description }),
  );
}

function highest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

function dataTable(partitions: readonly PartitionOverTime[], buckets: TimeBuckets): TableContent {
  const merge = Math.ceil(buckets.count / TABLE_ROWS_MAX);
  const starts = Array.from({ length: Math.ceil(buckets.count / merge) }, (_, row) => row * merge);
  const mean = (values: Float64Array, first: number): number => {
    const part = values.subarray(first, Math.min(buckets.count, first + merge));
    const known = part.filter((value) => !Number.isNaN(value));
    return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return {
    caption: `Share of GPUs in use and jobs queued, averages over ${formatDuration(buckets.stepS * merge)}`,
    columns: [
      { header: "From" },
      ...partitions.flatMap(({ lane }) => [
        {
          header: `${lane.name || "(default)"}: in use`,
          unit: "%",
          digits: 3,
          align: "right" as const,
        },
        { header: "queued", unit: "jobs", digits: 3, align: "right" as const },
      ]),
    ],
    rows: starts.map((first) => [
      formatMoment(bucketRange(buckets, first)[0]),
      ...partitions.flatMap(({ inUse, queued }) => [
        mean(inUse.mean, first) * 100,
        mean(queued.mean, first),
      ]),
    ]),
  };
}

function draw(
  layout: ChartLayout,
  chart: {
    readonly title: string;
    readonly partitions: readonly PartitionOverTime[];
    readonly buckets: TimeBuckets;
    readonly longest: number;
    readonly description: string;
  },
): VegaLiteSpec {
  const { title, partitions, buckets, longest, description } = chart;
  const axis = timeAxis(buckets);
  const busy = GPU_STATES.find(({ state }) => state === "busy")!;
  const names = partitions.map(({ lane }) => lane.name || "(default)");
  const cells = partitions.flatMap(({ inUse, queued }, row) => [
    ...strips("inUse", names[row]!, inUse.mean, buckets, axis.of),
    ...strips(
      "queued",
      names[row]!,
      queued.mean.map((jobs) => jobs / longest),
      buckets,
      axis.of,
    ),
  ]);
  const y = {
    field: "partition",
    type: "nominal",
    sort: null,
    axis: {
      title: null,
      domain: false,
      ticks: false,
      labelLimit: layout.name === "wide" ? 160 : 90,
    },
    scale: { paddingInner: 0.25, paddingOuter: 0.15 },
  };
  const strip = (kind: string, color: string, yOffset: number, height: number): VegaLiteSpec => ({
    transform: [{ filter: { field: "kind", equal: kind } }],
    mark: { type: "bar", color, height, yOffset },
    encoding: {
      x: { ...axis.channel, field: "from" },
      x2: { field: "to" },
      y,
      opacity: {
        field: "level",
        type: "quantitative",
        scale: { domain: [0, 1], range: [0, 1] },
        legend: null,
      },
    },
  });
  return chartSpec(
    layout,
    { title, description, heightPx: ROW_PX * partitions.length + 10 },
    {
      data: { values: cells },
      layer: [strip("inUse", busy.fill!, -5, 12), strip("queued", QUEUE_COLOR, 7, 8)],
    },
  );
}

/** Runs of equal levels, in steps of 2 %: neighbours drawn as one have no seam between them. */
function strips(
  kind: string,
  partition: string,
  levels: Float64Array,
  buckets: TimeBuckets,
  toAxis: (timeS: number) => number,
): readonly VegaLiteSpec[] {
  const runs: { level: number; from: number; to: number }[] = [];
  levels.forEach((value, bucket) => {
    if (Number.isNaN(value)) return;
    const level = Math.min(1, Math.round(value * 50) / 50);
    const [fromS, toS] = bucketRange(buckets, bucket);
    const last = runs.at(-1);
    if (last !== undefined && last.level === level) last.to = toAxis(toS);
    else runs.push({ level, from: toAxis(fromS), to: toAxis(toS) });
  });
  return runs
    .filter(({ level }) => level > 0)
    .map(({ level, from, to }) => ({ kind, partition, level, from: round(from), to: round(to) }));
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

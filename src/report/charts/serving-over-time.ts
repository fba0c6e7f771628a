import { chartIdPart } from "../chart-name.js";
import type { ChartBlock, TableContent } from "../block.js";
import { formatDuration, formatMoment } from "../format/duration.js";
import { formatSignificant } from "../format/number.js";
import { formatQuantity } from "../format/quantity.js";
import type { ServiceBucket, ServiceOverTime } from "../series/serving-series.js";
import {
  chartBlock,
  type ChartLayout,
  chartSpec,
  configurationScales,
  topLegend,
  type VegaLiteSpec,
} from "./theme.js";
import { timeAxis } from "./time-axis.js";

const TABLE_ROWS_MAX = 18;

interface Line {
  readonly label: string;
  of(bucket: ServiceBucket): number | null;
}

/** Replicas over time beside the requests they were for. */
export function replicasChart(service: ServiceOverTime): ChartBlock {
  const hasNodes = service.buckets.some(({ nodesUp }) => nodesUp !== undefined);
  const lines: readonly Line[] = [
    { label: "wanted", of: ({ wanted }) => wanted },
    { label: "taking requests", of: ({ ready }) => ready },
    hasNodes
      ? { label: "nodes up or coming", of: ({ nodesUp }) => nodesUp ?? null }
      : { label: "on nodes", of: ({ placed }) => placed },
  ];
  const most = Math.max(...service.buckets.map(({ ready }) => ready));
  const peak = Math.max(...service.buckets.map(({ requestsPerS }) => requestsPerS));
  const title = `How many replicas had ${service.name}, for how many requests?`;
  const description =
    `Up to ${formatSignificant(most)} replicas took requests; up to ${formatSignificant(peak)} requests per second came ` +
    `(averages over ${formatDuration(service.stepS)}; the area in the background, with its axis on the right).`;
  const data = table(service, "Replicas and requests over time", [
    ...lines,
    { label: "requests/s", of: ({ requestsPerS }) => requestsPerS },
  ]);
  return chartBlock(
    { id: `replicas-${chartIdPart(service.name)}`, title, description, data },
    (layout) => {
      const x = timeAxis(service);
      const demand: VegaLiteSpec = {
        data: {
          values: service.buckets.map(({ fromS, requestsPerS }) => ({
            time: round(x.of(fromS)),
            rate: round(requestsPerS),
          })),
        },
        mark: { type: "area", interpolate: "step-after", color: "currentColor", opacity: 0.13 },
        encoding: {
          x: x.channel,
          y: {
            field: "rate",
            type: "quantitative",
            scale: { domainMin: 0 },
            axis: { title: "requests per second", orient: "right", grid: false, tickCount: 4 },
          },
        },
      };
      return chartSpec(
        layout,
        { title, description, heightPx: 190 },
        {
          layer: [demand, linesLayer(service, lines, layout, "replicas", { domainMin: 0 })],
          resolve: { scale: { y: "independent" } },
        },
      );
    },
  );
}

/** Time to first token, or time per further token, over the time at which requests came. */
export function latencyChart(service: ServiceOverTime, which: "ttft" | "tpot"): ChartBlock {
  const isFirst = which === "ttft";
  const lines: readonly Line[] = [
    { label: "95th percentile", of: (one) => (isFirst ? one.ttftP95S : one.tpotP95S) },
    { label: "median", of: (one) => (isFirst ? one.ttftP50S : one.tpotP50S) },
  ];
  const words = isFirst ? "the first token" : "each further token";
  const title = `How long did users of ${service.name} wait for ${words}?`;
  const worst = service.buckets.reduce<ServiceBucket | undefined>((found, one) => {
    const value = lines[0]!.of(one) ?? -1;
    return value > (found === undefined ? -1 : (lines[0]!.of(found) ?? -1)) ? one : found;
  }, undefined);
  const description =
    worst === undefined
      ? "No request was answered."
      : `Worst from ${formatMoment(worst.fromS)} on: 95 % of the requests that came within ${formatDuration(service.stepS)} had at most ${formatQuantity(lines[0]!.of(worst)!, "s")}. The axis is logarithmic.`;
  return chartBlock(
    {
      id: `${which}-${chartIdPart(service.name)}`,
      title,
      description,
      data: table(service, `Wait for ${words}, by arrival`, lines, "s"),
    },
    (layout) =>
      chartSpec(
        layout,
        { title, description, heightPx: 180 },
        linesLayer(service, lines, layout, "seconds", { type: "log" }),
      ),
  );
}

function linesLayer(
  service: ServiceOverTime,
  lines: readonly Line[],
  layout: ChartLayout,
  unit: string,
  scale: VegaLiteSpec,
): VegaLiteSpec {
  const x = timeAxis(service);
  const labels = lines.map(({ label }) => label);
  const scales = configurationScales(labels);
  const legend = topLegend(layout, labels);
  const values = lines.flatMap(({ label, of }) =>
    service.buckets.flatMap((bucket) => {
      const value = of(bucket);
      return value === null
        ? []
        : [{ time: round(x.of(bucket.fromS)), value: round(value), line: label }];
    }),
  );
  return {
    data: { values },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 1.7 },
    encoding: {
      x: x.channel,
      y: { field: "value", type: "quantitative", scale, axis: { title: unit, tickCount: 5 } },
      color: { field: "line", type: "nominal", scale: scales.color, legend },
      strokeDash: { field: "line", type: "nominal", scale: scales.strokeDash, legend },
    },
  };
}

function table(
  service: ServiceOverTime,
  caption: string,
  lines: readonly Line[],
  unit?: string,
): TableContent {
  const merge = Math.ceil(service.buckets.length / TABLE_ROWS_MAX);
  const rows = service.buckets.filter((_, index) => index % merge === 0);
  return {
    caption: `${caption}, every ${formatDuration(service.stepS * merge)}`,
    columns: [
      { header: "From" },
      ...lines.map(({ label }) => ({
        header: label,
        digits: 3,
        align: "right" as const,
        ...(unit === undefined ? {} : { unit }),
      })),
    ],
    rows: rows.map((bucket) => [formatMoment(bucket.fromS), ...lines.map(({ of }) => of(bucket))]),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

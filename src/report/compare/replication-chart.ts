import type { ChartBlock } from "../block.js";
import {
  type ChartLayout,
  type VegaLiteSpec,
  chartBlock,
  chartSpec,
  CONFIGURATIONS_MAX,
  configurationScales,
} from "../charts/theme.js";
import { waitAxis, waitScale } from "../charts/wait-scale.js";
import { nameMetric } from "../format/metric-names.js";
import { countOf } from "../format/number.js";
import { formatQuantity, quantityCell } from "../format/quantity.js";
import { quantile } from "../../stats/quantile.js";
import type { AnyCompareDocument } from "../../studies/compare/compare-document.js";
import { perConfiguration } from "../format/per-configuration.js";

interface Sample {
  readonly name: string;
  readonly values: readonly number[];
}

/** The value of one metric in every replication of every configuration; undefined where nothing varies. */
export function replicationChart(
  { configurations, comparisons }: AnyCompareDocument,
  metric: string,
): ChartBlock | undefined {
  const unit = comparisons
    .flatMap(({ metrics }) => metrics)
    .find((one) => one.metric === metric)!.unit;
  const samples = configurations.slice(0, CONFIGURATIONS_MAX).map(({ name, values }): Sample => ({
    name,
    values: (values[metric] ?? []).filter((value) => value !== null),
  }));
  if (samples.every(({ values }) => values.every((value) => value === values[0]))) return undefined;
  const { label } = nameMetric(metric);
  const title = `${label}: how much of it is the luck of one run?`;
  const at = (values: readonly number[], q: number): number => quantile([...values], q) ?? 0;
  const description = perConfiguration(
    samples
      .filter(({ values }) => values.length > 0)
      .map(({ name, values }) => ({
        name,
        sentence: `${countOf(values.length, "run")} from ${formatQuantity(at(values, 0), unit)} to ${formatQuantity(at(values, 1), unit)}, half of them at most ${formatQuantity(at(values, 0.5), unit)}`,
      })),
  );
  return chartBlock(
    {
      id: `runs-${metric.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`,
      title,
      description,
      data: {
        caption: `${label} over replications`,
        columns: [
          { header: "Configuration" },
          { header: "Runs", align: "right" },
          { header: "Lowest", align: "right" },
          { header: "Median", align: "right" },
          { header: "Highest", align: "right" },
        ],
        rows: samples.map(({ name, values }) => [
          name,
          values.length,
          ...[0, 0.5, 1].map((q) => quantityCell(quantile([...values], q) ?? null, unit)),
        ]),
        fullTable: "compare.json",
      },
    },
    (layout) => draw(layout, samples, { title, description, unit, label }),
  );
}

function draw(
  layout: ChartLayout,
  samples: readonly Sample[],
  about: {
    readonly title: string;
    readonly description: string;
    readonly unit: string;
    readonly label: string;
  },
): VegaLiteSpec {
  const names = samples.map(({ name }) => name);
  const isShare = about.unit === "share";
  const points = samples.flatMap(({ name, values }) =>
    values.map((value) => ({ name, value: isShare ? 100 * value : value })),
  );
  const highest = Math.max(...points.map(({ value }) => value));
  const title = isShare
    ? `${about.label}, %`
    : about.unit === "s"
      ? about.label
      : `${about.label}, ${about.unit}`;
  const axes =
    about.unit === "s"
      ? { scale: waitScale(highest), axis: waitAxis(highest, title) }
      : { scale: { zero: false }, axis: { title } };
  return chartSpec(
    layout,
    { title: about.title, description: about.description, heightPx: 30 * names.length + 10 },
    {
      data: { values: points },
      mark: { type: "tick", thickness: 2, size: 18, opacity: 0.75 },
      encoding: {
        x: { field: "value", type: "quantitative", ...axes },
        y: {
          field: "name",
          type: "nominal",
          sort: names,
          axis: {
            title: null,
            domain: false,
            ticks: false,
            labelPadding: 10,
            labelLimit: layout.name === "wide" ? 260 : 110,
          },
        },
        color: {
          field: "name",
          type: "nominal",
          scale: configurationScales(names).color,
          legend: null,
        },
      },
    },
  );
}

import type { Cell, ChartBlock, TableContent } from "../block.js";
import { formatDuration } from "../format/duration.js";
import { countOf } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { quantityCell } from "../format/quantity.js";
import { SIZE_CLASS_LABELS, type SizeClassWaits } from "../series/waits-by-size.js";
import {
  type ChartLayout,
  type VegaLiteSpec,
  chartBlock,
  chartSpec,
  configurationScales,
  topLegend,
} from "./theme.js";
import { waitAxis, waitScale } from "./wait-scale.js";

/** Waits of one configuration by the size of the job. */
export interface WaitsBySizeInput {
  readonly name: string;
  readonly classes: readonly SizeClassWaits[];
}

const TITLE = "Do large jobs wait longer?";

/** A line from the median to the 95th percentile per job size and configuration. */
export function waitsBySizeChart(inputs: readonly WaitsBySizeInput[]): ChartBlock {
  const description =
    perConfiguration(inputs.map((one) => ({ name: one.name, sentence: describe(one) }))) +
    "\nEach line runs from the median to the 95th percentile, which carries the mark.";
  return chartBlock(
    { id: "waits-by-size", title: TITLE, description, data: dataTable(inputs) },
    (layout) => draw(layout, inputs, description),
  );
}

function describe({ classes }: WaitsBySizeInput): string {
  const [first] = classes;
  const last = classes.at(-1);
  if (first === undefined || last === undefined) return "no job started";
  const worst = classes.reduce((left, right) => (right.waitP95S > left.waitP95S ? right : left));
  const named = [...new Set([first, last, worst])].map(
    (one) => `${formatDuration(one.waitP95S)} for ${one.label} (${countOf(one.jobs, "job")})`,
  );
  return `95th percentile of the wait ${named.join(", ")}`;
}

function dataTable(inputs: readonly WaitsBySizeInput[]): TableContent {
  const rowGroups = inputs.map(({ name, classes }) => ({ title: name, rowCount: classes.length }));
  return {
    caption: "Wait before start by GPUs asked for (jobs that started)",
    columns: [
      { header: "Job size" },
      { header: "Jobs", align: "right" },
      { header: "Median", align: "right" },
      { header: "95th percentile", align: "right" },
      { header: "Longest", align: "right" },
    ],
    rows: inputs.flatMap(({ classes }) =>
      classes.map((one): readonly Cell[] => [
        one.label,
        one.jobs,
        quantityCell(one.waitP50S, "s"),
        quantityCell(one.waitP95S, "s"),
        quantityCell(one.waitMaxS, "s"),
      ]),
    ),
    ...(inputs.length > 1 ? { rowGroups } : {}),
    fullTable: "jobs.csv",
  };
}

function draw(
  layout: ChartLayout,
  inputs: readonly WaitsBySizeInput[],
  description: string,
): VegaLiteSpec {
  const names = inputs.map(({ name }) => name);
  const scales = configurationScales(names);
  const legend = names.length > 1 ? topLegend(layout, names) : null;
  const shown = SIZE_CLASS_LABELS.filter((label) =>
    inputs.some(({ classes }) => classes.some((one) => one.label === label)),
  );
  const values = inputs.flatMap(({ name, classes }) =>
    classes.map((one) => ({
      configuration: name,
      size: one.label,
      jobs: one.jobs,
      p50S: one.waitP50S,
      p95S: one.waitP95S,
    })),
  );
  const longestS = Math.max(60, ...values.map(({ p95S }) => p95S));
  const x = {
    type: "quantitative",
    scale: waitScale(longestS),
    axis: waitAxis(longestS, "wait before start (log scale above 1 min)"),
  };
  const y = {
    field: "size",
    type: "nominal",
    sort: shown,
    axis: { title: null, domain: false, ticks: false, grid: false, labelPadding: 10 },
  };
  const yOffset = { field: "configuration", type: "nominal", sort: names };
  const color = { field: "configuration", type: "nominal", scale: scales.color, legend };
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: shown.length * Math.max(24, 8 + 11 * names.length) },
    {
      data: { values },
      layer: [
        {
          mark: { type: "rule", strokeWidth: 1.5 },
          encoding: { x: { field: "p50S", ...x }, x2: { field: "p95S" }, y, yOffset, color },
        },
        {
          mark: { type: "point", filled: true, size: 64, opacity: 1 },
          encoding: {
            x: { field: "p95S", ...x },
            y,
            yOffset,
            color,
            shape: { field: "configuration", type: "nominal", scale: scales.shape, legend },
          },
        },
      ],
    },
  );
}

import type { ChartBlock } from "../block.js";
import { formatSignificant } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec, topLegend } from "./theme.js";

/** Fills of parts, told apart by lightness as well; never the colour of a GPU's state. */
export const PART_FILLS = [
  "#5e8c99",
  "#d9b36b",
  "#9a6fd1",
  "#c7a5b4",
  "#7a7f87",
  "#a9c7a0",
] as const;
/** Ink on each of them. */
const INKS = ["#ffffff", "#1b1d21", "#ffffff", "#1b1d21", "#ffffff", "#1b1d21"] as const;

/** What one configuration's bar is made of. */
export interface StackedBar {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly value: number }[];
}

/** A chart of bars that are made of parts. */
export interface StackedBars {
  /** Unique in the report. */
  readonly id: string;
  readonly title: string;
  /** Title of the axis, with the unit. */
  readonly axis: string;
  readonly unit: string;
  readonly bars: readonly StackedBar[];
}

/**
 * One bar per configuration, its parts from left to right, labelled in place; absent when all is 0.
 *
 * Beyond six parts the smallest are drawn as one; the table behind the chart has all of them.
 */
export function stackedBarsChart(chart: StackedBars): ChartBlock | undefined {
  const names = [...new Set(chart.bars.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const totalOf = (name: string): number =>
    chart.bars.reduce((sum, bar) => sum + valueIn(bar, name), 0);
  if (!names.some((name) => totalOf(name) > 0)) return undefined;
  const description = perConfiguration(
    chart.bars.map(({ name, parts }) => ({
      name,
      sentence: parts
        .filter(({ value }) => value > 0)
        .map((part) => `${part.name} ${formatSignificant(part.value)} ${chart.unit}`)
        .join(", "),
    })),
  );
  const drawn = gathered(
    chart.bars,
    names.filter((name) => totalOf(name) > 0),
    totalOf,
  );
  return chartBlock(
    {
      id: chart.id,
      title: chart.title,
      description,
      data: {
        caption: chart.title,
        columns: [
          { header: "Part" },
          ...chart.bars.map(({ name }) => ({
            header: chart.bars.length === 1 ? "Amount" : name,
            unit: chart.unit,
            digits: 4,
            align: "right" as const,
          })),
        ],
        rows: names.map((name) => [name, ...chart.bars.map((bar) => valueIn(bar, name))]),
      },
    },
    (layout) => draw(layout, { ...chart, bars: drawn.bars }, drawn.names, description),
  );
}

function valueIn({ parts }: StackedBar, name: string): number {
  return parts.find((part) => part.name === name)?.value ?? 0;
}

function gathered(
  bars: readonly StackedBar[],
  names: readonly string[],
  totalOf: (name: string) => number,
): { readonly bars: readonly StackedBar[]; readonly names: readonly string[] } {
  if (names.length <= PART_FILLS.length) return { bars, names };
  const large = [...names]
    .sort((left, right) => totalOf(right) - totalOf(left))
    .slice(0, PART_FILLS.length - 1);
  const kept = names.filter((name) => large.includes(name));
  const others = names.filter((name) => !large.includes(name));
  const rest = `${others.length} others`;
  return {
    names: [...kept, rest],
    bars: bars.map((bar) => ({
      name: bar.name,
      parts: [
        ...kept.map((name) => ({ name, value: valueIn(bar, name) })),
        { name: rest, value: others.reduce((sum, name) => sum + valueIn(bar, name), 0) },
      ],
    })),
  };
}

function draw(
  layout: ChartLayout,
  { title, axis, bars }: StackedBars,
  names: readonly string[],
  description: string,
): VegaLiteSpec {
  const most = Math.max(
    ...bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)),
  );
  const y = {
    field: "configuration",
    type: "nominal",
    sort: null,
    axis:
      bars.length === 1
        ? null
        : {
            title: null,
            domain: false,
            ticks: false,
            labelLimit: layout.name === "wide" ? 180 : 90,
          },
  };
  return chartSpec(
    layout,
    { title, description, heightPx: 18 + 34 * bars.length },
    {
      data: { values: bars.flatMap((bar) => segments(bar, names, most, layout)) },
      layer: [
        {
          mark: {
            type: "bar",
            height: 22,
            stroke: "currentColor",
            strokeWidth: 0.8,
            strokeOpacity: 0.6,
          },
          encoding: {
            x: {
              field: "from",
              type: "quantitative",
              scale: { domain: [0, most], nice: false },
              axis: { title: axis, tickCount: layout.name === "wide" ? 6 : 4 },
            },
            x2: { field: "to" },
            y,
            color: partColor(names, layout),
          },
        },
        ...names.map((part, index) => ({
          transform: [{ filter: { field: "part", equal: part } }],
          mark: { type: "text", color: INKS[index], fontWeight: 600 },
          encoding: {
            x: { field: "middle", type: "quantitative" },
            y,
            text: { field: "label", type: "nominal" },
          },
        })),
      ],
    },
  );
}

function partColor(names: readonly string[], layout: ChartLayout): VegaLiteSpec {
  return {
    field: "part",
    type: "nominal",
    scale: { domain: names, range: PART_FILLS.slice(0, names.length) },
    legend: {
      ...topLegend(layout, names),
      symbolType: "square",
      symbolStrokeColor: "currentColor",
      symbolStrokeWidth: 0.8,
    },
  };
}

function segments(
  bar: StackedBar,
  names: readonly string[],
  most: number,
  layout: ChartLayout,
): readonly VegaLiteSpec[] {
  // A label needs this much of the longest bar; narrower segments are read from the table.
  const labelFrom = most * (layout.name === "wide" ? 0.09 : 0.22);
  let from = 0;
  return names.flatMap((part) => {
    const value = valueIn(bar, part);
    if (!(value > 0)) return [];
    const to = from + value;
    const segment = {
      configuration: bar.name,
      part,
      from,
      to,
      middle: (from + to) / 2,
      label: value >= labelFrom ? formatSignificant(value) : "",
    };
    from = to;
    return [segment];
  });
}

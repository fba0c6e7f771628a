import type { ChartBlock } from "../block.js";
import { chartBlock, chartSpec, type ChartLayout, type VegaLiteSpec } from "../charts/theme.js";
import { nameMetric } from "../format/metric-names.js";
import { formatSigned } from "../format/number.js";
import { formatMagnitude } from "../format/quantity.js";
import type { FactorSwing } from "../../studies/sensitivity/sensitivity-document.js";
import type { SwingFigures } from "./swing-tables.js";

const TITLE = "Which number moves the answer, and how far?";
/** Bars that a chart shows; the table has all. */
const FACTORS_MAX = 12;
/** Colours of the ends of a range, also told apart by the text beside them. */
const ENDS = { low: "#0072B2", high: "#D55E00" } as const;

interface Bar {
  readonly factor: string;
  readonly end: "low" | "high";
  readonly change: number;
  readonly text: string;
  readonly unclear: boolean;
}

/** A bar to either side for every number, longest first; undefined when none has a value. */
export function tornadoChart(document: SwingFigures): ChartBlock | undefined {
  const { metric, unit } = document;
  const shown = document.factors
    .filter(({ swing }) => swing !== null && swing > 0)
    .slice(0, FACTORS_MAX);
  if (shown.length === 0) return undefined;
  const divisor = unit === "s" ? secondsPer(shown.map(({ swing }) => swing!)) : undefined;
  const scaled = (value: number): number => value / (divisor?.seconds ?? 1);
  const bars = shown.flatMap((factor) => barsOf(factor, scaled));
  const description = shown
    .map(({ label, low, high }) => {
      const at = (end: typeof low): string =>
        end.difference === null
          ? "no value"
          : formatSigned(end.difference, (size) => formatMagnitude(size, unit));
      return `${label}: ${at(low)} at ${low.text}, ${at(high)} at ${high.text}.`;
    })
    .join("\n");
  const axis = `change of ${nameMetric(metric).phrase}${divisor === undefined ? (unit === "" ? "" : `, ${unit}`) : `, ${divisor.name}`}`;
  return chartBlock({ id: "tornado", title: TITLE, description }, (layout) =>
    draw(layout, bars, { axis, description }),
  );
}

/** Bars of one number; of two to the same side the longer first, so that both are seen, and its text alone. */
function barsOf(
  { label, low, high, isUnclear }: FactorSwing,
  scaled: (value: number) => number,
): readonly Bar[] {
  const bars = (
    [
      ["low", low],
      ["high", high],
    ] as const
  ).flatMap(([end, { difference, text }]): readonly Bar[] =>
    difference === null || difference === 0
      ? []
      : [{ factor: label, end, change: scaled(difference), text, unclear: isUnclear }],
  );
  const [longer, shorter] = [...bars].sort(
    (left, right) => Math.abs(right.change) - Math.abs(left.change),
  );
  if (longer === undefined || shorter === undefined) return bars;
  return longer.change * shorter.change < 0 ? bars : [longer, { ...shorter, text: "" }];
}

/** Ends of the axis, with room for the texts beside the bars. */
function domainOf(bars: readonly Bar[]): readonly [number, number] {
  const least = Math.min(0, ...bars.map(({ change }) => change));
  const most = Math.max(0, ...bars.map(({ change }) => change));
  const room = (most - least) * 0.15;
  return [least < 0 ? least - room : 0, most > 0 ? most + room : 0];
}

/** A unit in which times of this size are short numbers. */
function secondsPer(values: readonly number[]): {
  readonly seconds: number;
  readonly name: string;
} {
  const largest = Math.max(...values);
  if (largest >= 7200) return { seconds: 3600, name: "hours" };
  if (largest >= 120) return { seconds: 60, name: "minutes" };
  return { seconds: 1, name: "seconds" };
}

function draw(
  layout: ChartLayout,
  bars: readonly Bar[],
  texts: { readonly axis: string; readonly description: string },
): VegaLiteSpec {
  const factors = [...new Set(bars.map(({ factor }) => factor))];
  const y = {
    field: "factor",
    type: "nominal",
    sort: factors,
    axis: {
      title: null,
      labelLimit: layout.name === "wide" ? 260 : 120,
      ticks: false,
      domain: false,
    },
  };
  const heightPx = 40 + factors.length * (layout.name === "wide" ? 32 : 36);
  const options = { title: TITLE, description: texts.description, heightPx };
  return chartSpec(layout, options, {
    data: { values: bars },
    layer: [
      {
        mark: { type: "bar", height: 14 },
        encoding: {
          y,
          x: {
            field: "change",
            type: "quantitative",
            // Both bars begin at 0.
            stack: null,
            scale: { domain: domainOf(bars) },
            axis: { title: texts.axis },
          },
          color: {
            field: "end",
            type: "nominal",
            scale: { domain: ["low", "high"], range: [ENDS.low, ENDS.high] },
            legend: null,
          },
          opacity: { condition: { test: "datum.unclear", value: 0.35 }, value: 1 },
        },
      },
      ...(["low", "high"] as const).map((end) => ({
        transform: [{ filter: `datum.end === '${end}'` }],
        mark: {
          type: "text",
          fontSize: layout.fontPx,
          dx: { expr: "datum.change < 0 ? -5 : 5" },
          align: { expr: "datum.change < 0 ? 'right' : 'left'" },
          baseline: "middle",
        },
        encoding: {
          y,
          x: { field: "change", type: "quantitative", stack: null },
          text: { field: "text" },
        },
      })),
    ],
  });
}

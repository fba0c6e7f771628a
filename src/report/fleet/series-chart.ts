import type { FleetSeries } from "../../simulation/fleet/fleet-part.js";
import type { ChartBlock, TableContent } from "../block.js";
import {
  chartBlock,
  chartSpec,
  configurationScales,
  CONFIGURATIONS_MAX,
  topLegend,
} from "../charts/theme.js";
import { timeAxis } from "../charts/time-axis.js";
import { formatDuration, formatMoment } from "../format/duration.js";

/** Points of one line in a page: more cannot be told apart at its width. */
const POINTS_MAX = 200;
const TABLE_ROWS_MAX = 18;

interface Line {
  readonly label: string;
  readonly values: readonly number[];
}

/**
 * Lines of a part of a fleet over time, of one unit; shares are drawn as percentages. Of long lines neighbouring
 * points are averaged.
 */
export function fleetSeriesChart(
  about: { readonly id: string; readonly title: string; readonly description: string },
  series: readonly FleetSeries[],
  run: { readonly durationS: number; readonly fromZero?: boolean },
): ChartBlock {
  const shown = series.slice(0, CONFIGURATIONS_MAX);
  const timeS = shown[0]?.timeS ?? new Float64Array(0);
  const merge = Math.max(1, Math.ceil(timeS.length / POINTS_MAX));
  const isShare = shown[0]?.unit === "share";
  const lines = shown.map(({ label, values }): Line => ({
    label,
    values: averages(values, merge).map((value) => (isShare ? value * 100 : value)),
  }));
  const times = Array.from(
    { length: Math.ceil(timeS.length / merge) },
    (_, point) => timeS[point * merge]!,
  );
  const unit = isShare ? "%" : (shown[0]?.unit ?? "");
  const labels = lines.map(({ label }) => label);
  return chartBlock({ ...about, data: seriesTable(about.title, lines, times, unit) }, (layout) => {
    const x = timeAxis(shownTime(times, run.durationS));
    const scales = configurationScales(labels);
    const legend = topLegend(layout, labels);
    const values = lines.flatMap(({ label, values: points }) =>
      points.map((value, point) => ({
        time: round(x.of(times[point]!)),
        value: round(value),
        line: label,
      })),
    );
    return chartSpec(
      layout,
      { title: about.title, description: about.description, heightPx: 190 },
      {
        data: { values },
        mark: { type: "line", interpolate: "step-after", strokeWidth: 1.7 },
        encoding: {
          x: x.channel,
          y: {
            field: "value",
            type: "quantitative",
            scale: run.fromZero === false ? { zero: false } : { domainMin: 0 },
            axis: { title: unit, tickCount: 5 },
          },
          color: { field: "line", type: "nominal", scale: scales.color, legend },
          strokeDash: { field: "line", type: "nominal", scale: scales.strokeDash, legend },
        },
      },
    );
  });
}

/** All of the run, or only the time that lines cover where that is less than half of it. */
function shownTime(
  times: readonly number[],
  durationS: number,
): { readonly startS: number; readonly endS: number } {
  const [startS, endS] = [times[0] ?? 0, times.at(-1) ?? durationS];
  return times.length > 1 && endS - startS < durationS / 2
    ? { startS, endS }
    : { startS: 0, endS: durationS };
}

function averages(values: Float64Array, merge: number): readonly number[] {
  const means: number[] = [];
  for (let from = 0; from < values.length; from += merge) {
    const part = values.subarray(from, from + merge);
    means.push(part.reduce((sum, value) => sum + value, 0) / part.length);
  }
  return means;
}

function seriesTable(
  caption: string,
  lines: readonly Line[],
  times: readonly number[],
  unit: string,
): TableContent {
  const every = Math.max(1, Math.ceil(times.length / TABLE_ROWS_MAX));
  const stepS = times.length > 1 ? (times[1]! - times[0]!) * every : 0;
  const rows = times.flatMap((timeS, point) =>
    point % every === 0
      ? [[formatMoment(timeS), ...lines.map(({ values }) => values[point] ?? null)]]
      : [],
  );
  return {
    caption: `${caption} Every ${formatDuration(stepS)}.`,
    columns: [
      { header: "From" },
      ...lines.map(({ label }) => ({ header: label, unit, digits: 4, align: "right" as const })),
    ],
    rows,
  };
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

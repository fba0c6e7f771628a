import { formatDuration } from "../format/duration.js";
import type { TimeBuckets } from "../series/time-buckets.js";
import type { VegaLiteSpec } from "./theme.js";

/** A unit of the time axis. */
interface AxisUnit {
  readonly word: "seconds" | "minutes" | "hours" | "days";
  readonly seconds: number;
}

/** Simulated time in the unit an axis prints. */
export interface TimeAxis {
  readonly unit: AxisUnit;
  /** Seconds to axis units. */
  of(timeS: number): number;
  /** Vega-Lite x channel for the field `time`, and the axis inside it. */
  readonly channel: VegaLiteSpec;
  readonly axis: VegaLiteSpec;
}

const UNITS: readonly AxisUnit[] = [
  { word: "days", seconds: 86_400 },
  { word: "hours", seconds: 3600 },
  { word: "minutes", seconds: 60 },
  { word: "seconds", seconds: 1 },
];

/** An axis over the whole range, in the largest unit of which it holds at least three. */
export function timeAxis(range: { readonly startS: number; readonly endS: number }): TimeAxis {
  const spanS = range.endS - range.startS;
  const unit = UNITS.find(({ seconds }) => spanS >= 3 * seconds) ?? UNITS.at(-1)!;
  const of = (timeS: number): number => timeS / unit.seconds;
  const axis = { title: `simulated time (${unit.word})`, grid: false, tickCount: 8 };
  return {
    unit,
    of,
    axis,
    channel: {
      field: "time",
      type: "quantitative",
      scale: { domain: [of(range.startS), of(range.endS)], nice: false, zero: false },
      axis,
    },
  };
}

/** Says what one point of a chart stands for. */
export function stepWords(buckets: TimeBuckets): string {
  return `each point is the average over ${formatDuration(buckets.stepS)}`;
}

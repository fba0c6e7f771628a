import { cos } from "../../base/elementary.js";
import type { RateShape } from "./traffic-description.js";

const HOUR_S = 3600;
const DAY_S = 86_400;
const QUARTER_HOURS = 96;

/**
 * A day as a cosine, constant in each quarter of an hour: one peak, one trough twelve hours from it.
 *
 * @param options.peakToTrough rate at the peak over that at the trough, ≥ 1
 * @param options.peakHour hour of the day of the peak, 0..24
 * @param options.startHour hour of the day at which the window begins
 */
export function dailyWave(options: {
  readonly peakToTrough: number;
  readonly peakHour: number;
  readonly startHour: number;
}): RateShape {
  const { peakToTrough, peakHour, startHour } = options;
  // 1 + a at the peak and 1 − a at the trough.
  const amplitude = (peakToTrough - 1) / (peakToTrough + 1);
  const segments = Array.from({ length: QUARTER_HOURS }, (_, quarter) => {
    const hour = (quarter + 0.5) / 4;
    const weight = 1 + amplitude * cos((2 * Math.PI * (hour - peakHour)) / 24);
    return { durationS: DAY_S / QUARTER_HOURS, weight };
  });
  return { segments, startS: startHour * HOUR_S };
}

/** A rate per hour: 24 weights for a day that repeats, 168 from Monday 00:00 for a week. */
export function hourlyShape(weights: readonly number[], startHour: number): RateShape {
  return {
    segments: weights.map((weight) => ({ durationS: HOUR_S, weight })),
    startS: startHour * HOUR_S,
  };
}

import { formatDuration, formatNumber } from "../base/units.js";
import type { Saturation } from "../simulation/serving/judge-saturation.js";

/** Seconds in the unit that reads best up to seconds: latencies of one table stay comparable. */
export function secondsText(value: number): string {
  return value < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`;
}

/** A verdict on a service in one sentence. */
export function saturationText(saturation: Saturation): string {
  const { verdict, growth, backlogEndS, backlogMaxS, backlogMaxAtS } = saturation;
  switch (verdict) {
    case null:
      return "too few requests to tell whether the service keeps up";
    case "stable":
      return `stable: the service keeps up; at its longest the queue is a wait of ${secondsText(backlogMaxS)}`;
    case "backlogged":
      return `backlogged: the service falls behind and catches up; at ${formatDuration(backlogMaxAtS)} a request waits ${secondsText(backlogMaxS)}`;
    case "overloaded":
      return `overloaded: the wait grows by ${formatNumber(1000 * growth)} ms every second, to ${secondsText(backlogEndS)} at the end; the longer it runs the worse, so averages say nothing`;
  }
}

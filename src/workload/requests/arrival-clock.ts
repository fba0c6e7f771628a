import type { RateShape } from "./traffic-description.js";

/** Maps a count of expected arrivals since the window began, which may be negative, to a time. */
export interface ArrivalClock {
  timeOf(arrivals: number): number;
  /** The other way round. */
  arrivalsAt(timeS: number): number;
}

/**
 * Makes the clock of a rate that goes up and down in segments.
 *
 * A process of rate 1 in "expected arrivals", read off this clock, is one with that rate in time: exact, with
 * one number per arrival and none thrown away.
 *
 * @param perS mean arrivals per second over a period, > 0
 */
export function createArrivalClock(perS: number, shape: RateShape | undefined): ArrivalClock {
  if (shape === undefined)
    return { timeOf: (arrivals) => arrivals / perS, arrivalsAt: (timeS) => timeS * perS };
  const { segments, startS = 0 } = shape;
  const periodS = segments.reduce((sum, { durationS }) => sum + durationS, 0);
  const weighted = segments.reduce((sum, { durationS, weight }) => sum + durationS * weight, 0);
  const scale = (perS * periodS) / weighted;
  /** Time and expected arrivals at the begin of each segment, and at the end of the period. */
  const atS = [0];
  const expected = [0];
  for (const { durationS, weight } of segments) {
    atS.push(atS.at(-1)! + durationS);
    expected.push(expected.at(-1)! + durationS * weight * scale);
  }
  const perPeriod = expected.at(-1)!;
  const arrivalsFromPeriod = (timeS: number): number => {
    const periods = Math.floor(timeS / periodS);
    return periods * perPeriod + readAcross(timeS - periods * periodS, atS, expected);
  };
  const phaseS = startS - Math.floor(startS / periodS) * periodS;
  const before = arrivalsFromPeriod(phaseS);
  return {
    timeOf(arrivals) {
      const total = arrivals + before;
      const periods = Math.floor(total / perPeriod);
      const inPeriodS = readAcross(total - periods * perPeriod, expected, atS);
      return periods * periodS + inPeriodS - phaseS;
    },
    arrivalsAt: (timeS) => arrivalsFromPeriod(timeS + phaseS) - before,
  };
}

/** The value of `to` where `from` has a value, on the line through their points; `from` never falls. */
function readAcross(value: number, from: readonly number[], to: readonly number[]): number {
  const at = lastAtMost(from, value);
  const length = from[at + 1]! - from[at]!;
  const share = length > 0 ? (value - from[at]!) / length : 0;
  return to[at]! + share * (to[at + 1]! - to[at]!);
}

/** The last place but one whose value is at most the given one. */
function lastAtMost(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

import type { RandomStream } from "../../../engine/streams.js";
import type { RandomWindows, TimeWindow } from "./clusters-spec.js";

/** Stretches of time in order, those at random drawn as far as anybody has looked. */
export interface WindowSeries {
  /** End of the window that covers this time; undefined when none does. Windows end just before their end. */
  endOfCover(timeS: number): number | undefined;
  /** Start of the first window after this time; Infinity when there is none. */
  nextStartS(timeS: number): number;
}

/**
 * Windows that are written down, those at random, or both.
 *
 * @param stream where the random ones come from; times between the end of one and the start of the next and
 *   their lengths are exponential
 */
export function createWindowSeries(
  written: readonly TimeWindow[],
  random: RandomWindows | undefined,
  stream: RandomStream,
): WindowSeries {
  const fixed = merge(written);
  const drawn: TimeWindow[] = [];
  const drawTo = (timeS: number): void => {
    if (random === undefined) return;
    while ((drawn[drawn.length - 1]?.fromS ?? -Infinity) <= timeS) {
      const fromS = (drawn[drawn.length - 1]?.toS ?? 0) + stream.exponential(random.meanBetweenS);
      drawn.push({ fromS, toS: fromS + stream.exponential(random.meanLengthS) });
    }
  };
  return {
    endOfCover(timeS) {
      drawTo(timeS);
      let end: number | undefined;
      for (const windows of [fixed, drawn]) {
        const window = windows[firstAfter(windows, timeS) - 1];
        if (window !== undefined && window.toS > timeS) end = Math.max(end ?? 0, window.toS);
      }
      return end;
    },
    nextStartS(timeS) {
      drawTo(timeS);
      return Math.min(
        fixed[firstAfter(fixed, timeS)]?.fromS ?? Infinity,
        drawn[firstAfter(drawn, timeS)]?.fromS ?? Infinity,
      );
    },
  };
}

/**
 * When something that takes this long is done, if it stands still during the windows.
 *
 * @param startS when it begins, at the earliest
 */
export function finishAroundS(
  series: readonly WindowSeries[],
  startS: number,
  durationS: number,
): number {
  let nowS = startS;
  let leftS = durationS;
  for (;;) {
    for (;;) {
      const ends = series.map((one) => one.endOfCover(nowS) ?? nowS);
      const end = Math.max(nowS, ...ends);
      if (end === nowS) break;
      nowS = end;
    }
    const cutS = Math.min(Infinity, ...series.map((one) => one.nextStartS(nowS)));
    if (nowS + leftS <= cutS) return nowS + leftS;
    leftS -= cutS - nowS;
    nowS = cutS;
  }
}

function merge(windows: readonly TimeWindow[]): readonly TimeWindow[] {
  const merged: TimeWindow[] = [];
  for (const window of [...windows].sort((left, right) => left.fromS - right.fromS)) {
    const last = merged[merged.length - 1];
    if (last !== undefined && window.fromS <= last.toS)
      merged[merged.length - 1] = { fromS: last.fromS, toS: Math.max(last.toS, window.toS) };
    else merged.push(window);
  }
  return merged;
}

/** Index of the first window that starts after the time. */
function firstAfter(windows: readonly TimeWindow[], timeS: number): number {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (windows[middle]!.fromS <= timeS) low = middle + 1;
    else high = middle;
  }
  return low;
}

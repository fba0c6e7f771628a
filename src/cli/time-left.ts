import { formatDuration } from "../base/units.js";

/** Says how far a study is and how long the rest will take. */
export interface TimeLeft {
  /** "312 of 1,000 runs (31 %), 2.1 min left". */
  words(done: number, total: number): string;
}

/** Fewer runs than this say too little about the rest. */
const RUNS_MIN = 3;

/**
 * Estimates from the pace so far.
 *
 * @param clock milliseconds that only ever grow
 * @param already runs that were there before and took no time
 */
export function createTimeLeft(clock: () => number, already = 0): TimeLeft {
  const startMs = clock();
  return {
    words(done, total) {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      const own = done - already;
      const leftS = ((clock() - startMs) / 1000 / own) * (total - done);
      const left = own >= RUNS_MIN && done < total ? `, ${formatDuration(leftS)} left` : "";
      return `${done} of ${total} runs (${percent} %)${left}`;
    },
  };
}

import type { ReadingContext } from "./trace-format.js";

/**
 * Jobs that had not ended when the trace was taken.
 *
 * Their duration is not known, only that it is at least the time up to the last event of the trace.
 */
export interface OpenEnds {
  /** Notes a time of the trace; NaN is no time. */
  see(timeS: number): void;
  /**
   * Decides about a job without an end.
   *
   * @returns true when it is to be added; call `added` with its row then
   */
  admit(line: number): boolean;
  added(row: number, startS: number): void;
  /** Gives the admitted jobs their end: the last time seen. */
  finish(): void;
}

/** Creates the book of a trace's open ends, by the option `runningJobs`. */
export function createOpenEnds(context: ReadingContext): OpenEnds {
  const rows: { readonly row: number; readonly startS: number }[] = [];
  let lastS = Number.NEGATIVE_INFINITY;
  return {
    see(timeS) {
      if (timeS > lastS) lastS = timeS;
    },
    admit(line) {
      if (context.options.runningJobs === "until-last-time") return true;
      context.log.leaveOut("has no end: its duration is not known", line);
      return false;
    },
    added: (row, startS) => void rows.push({ row, startS }),
    finish() {
      for (const { row, startS } of rows) context.builder.setDuration(row, lastS - startS);
      if (rows.length === 0) return;
      context.log.note(
        `${rows.length} jobs had not ended; they were cut at the last time of the trace, so that their durations are too short`,
      );
    },
  };
}

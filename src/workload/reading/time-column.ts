import { parseTime } from "./civil-time.js";
import type { TextColumn } from "./csv-table.js";
import type { ReadingLog } from "./reading-log.js";

/** Reads calendar times of one file and watches that they are all of one sort. */
export interface TimeReader {
  /**
   * Unix time of the column's value in seconds; NaN where it says that there is no time (empty, None,
   * Unknown …), and NaN with a problem where it cannot be read.
   */
  epochS(column: TextColumn): number;
  /** Like `epochS`, but no time is a problem too. */
  requiredEpochS(column: TextColumn): number;
}

/** What traces write for a time that is not known. Compared in lower case. */
const NO_TIME = new Set(["", "none", "unknown", "null", "nan", "na", "n/a"]);

/**
 * Creates a reader of times for one file.
 *
 * A file either states the zone in every time or in none; a mixture cannot be ordered and is refused
 * at the first time of the other sort. Times without a zone are read as UTC, with a note: their
 * differences are right except across a change of summer time.
 */
export function createTimeReader(log: ReadingLog): TimeReader {
  let zone: "stated" | "none" | undefined;

  const read = (column: TextColumn, text: string): number => {
    const time = parseTime(text);
    if (time === undefined) {
      const shown = text.slice(0, 60);
      column.reject(
        "not-a-time",
        `${column.name} must be a time such as 2026-01-05 08:00:00 or a Unix time, got "${shown}"`,
      );
      return Number.NaN;
    }
    // Unix times are UTC by definition.
    const sort = time.zone === "epoch" ? "stated" : time.zone;
    if (zone === undefined) {
      zone = sort;
      if (zone === "none") {
        log.note("times without a zone were read as UTC; across a change of summer time they jump");
      }
    }
    if (sort === zone) return time.epochS;
    column.reject(
      "mixed-zones",
      `${column.name} ${sort === "none" ? "states no zone" : "states a zone"}, the times above ${zone === "none" ? "do not" : "do"}: "${text}"`,
      "write all times with a zone, or all without",
    );
    return Number.NaN;
  };

  return {
    epochS(column) {
      const text = column.text();
      return NO_TIME.has(text.toLowerCase()) ? Number.NaN : read(column, text);
    },
    requiredEpochS: (column) => read(column, column.text()),
  };
}

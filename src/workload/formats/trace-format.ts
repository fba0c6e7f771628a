import type { JobTableBuilder, JobTableBuildOptions } from "../job-table-builder.js";
import type { ReadingLog } from "../reading/reading-log.js";

/** The first piece of a file, from which its format is guessed. */
export interface TraceOpening {
  readonly file: string;
  /** The first characters of the file: at least the first two lines, if it has them. */
  readonly text: string;
  /** The first line without its line end. */
  readonly firstLine: string;
}

/** Settings that some formats need because their files do not say. */
export interface TraceFormatOptions {
  /**
   * GPUs of one worker where the trace counts GPUs per job; 8 by default. Gangs above it are split
   * into identical workers (`splitGang`).
   */
  readonly gpusPerWorkerMax: number;
  /** Most rows of a file. */
  readonly rowsMax: number;
  /** Processors (SWF) or resources (Batsim) that stand for one GPU, where the trace has no GPUs. */
  readonly processorsPerGpu: number | undefined;
  /**
   * What becomes of jobs that ask for no GPU: `default` leaves them out of traces of GPU clusters that
   * keep their CPU jobs elsewhere, and keeps them where they share the GPU nodes.
   */
  readonly cpuJobs: "default" | "keep" | "leave-out";
  /**
   * `use` pins jobs to the trace's partitions or virtual clusters, for clusters that declare them;
   * `ignore` (default) keeps them as tenants only.
   */
  readonly partitions: "ignore" | "use";
  /** `use` (default) keeps the GPU models that jobs demand; `ignore` lets them run on any. */
  readonly gpuModels: "use" | "ignore";
  /** Model whose rates are used, where a trace has rates per GPU model; the first by default. */
  readonly referenceGpu: string | undefined;
  /**
   * Jobs that had not ended: left out (default), or kept with the time up to the last event of the trace
   * as their duration, which is too short.
   */
  readonly runningJobs: "leave-out" | "until-last-time";
  /**
   * What openb pods last: `lifetime` (default) from creation to deletion, all pods; `scheduled` from
   * scheduling to deletion, without the pods that were never scheduled.
   */
  readonly openbDurations: "lifetime" | "scheduled";
}

/** What a format's reader works with. */
export interface ReadingContext {
  readonly builder: JobTableBuilder;
  readonly log: ReadingLog;
  readonly options: TraceFormatOptions;
}

/** Reads the text of one or more files of a format into the builder. */
export interface TraceFormatReader {
  /** A file begins; text follows in pieces of any size. */
  beginFile(file: string): void;
  push(text: string): void;
  endFile(): void;
  /** All files are read. Returns how the rows' clock becomes the table's. */
  finish(): JobTableBuildOptions;
}

/** One file format: how to recognise it and how to read it. */
export interface TraceFormat {
  readonly name: string;
  /** As used in sentences, such as `Philly CSV`. */
  readonly title: string;
  /** Where the format comes from and what one row is. */
  readonly description: string;
  /** What in the opening speaks for this format, or undefined. */
  detect(opening: TraceOpening): string | undefined;
  createReader(context: ReadingContext): TraceFormatReader;
}

/**
 * Recognises a header line that has all of the columns.
 *
 * @returns the reason to print, `columns a, b, c`
 */
export function detectColumns(
  opening: TraceOpening,
  columns: readonly string[],
  delimiter = ",",
): string | undefined {
  const names = opening.firstLine.split(delimiter).map((name) => name.trim().replace(/^"|"$/g, ""));
  return columns.every((column) => names.includes(column))
    ? `columns ${columns.join(", ")}`
    : undefined;
}

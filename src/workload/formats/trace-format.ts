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
  /** Processors (or nodes, or Batsim resources) that stand for one GPU, where the trace has no GPUs. */
  readonly processorsPerGpu: number | undefined;
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

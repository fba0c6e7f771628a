import { InputError } from "../diagnostics/problem.js";
import type { Problem } from "../diagnostics/problem.js";
import { findFormat, guessFormat } from "./formats/registry.js";
import type {
  ReadingContext,
  TraceFormatOptions,
  TraceFormatReader,
} from "./formats/trace-format.js";
import { GPUS_PER_WORKER_DEFAULT } from "./gang-shape.js";
import { createJobTableBuilder } from "./job-table-builder.js";
import type { JobTable } from "./job-table.js";
import { createReadingLog } from "./reading/reading-log.js";
import type { BrokenRows, ReadingFindings } from "./reading/reading-log.js";
import { createChunkDecoder } from "./reading/text-decoder.js";
import type { TraceChunk } from "./reading/text-decoder.js";

/** One file of a trace, decompressed. */
export interface TraceSource {
  /** Name used in messages. */
  readonly file: string;
  readonly chunks: AsyncIterable<TraceChunk> | Iterable<TraceChunk>;
}

/** How a trace is read. */
export interface TraceReadOptions {
  /** Name of the format; guessed from the opening of the first file when absent. */
  readonly format?: string;
  /** `refuse` by default: all problems at once as one InputError. */
  readonly brokenRows?: BrokenRows;
  /** Problems kept with their text; 20 by default. All are counted. */
  readonly problemsMax?: number;
  /** Most rows of a file; 10 million by default. */
  readonly rowsMax?: number;
  /** GPUs of one worker where the trace counts GPUs per job; 8 by default. */
  readonly gpusPerWorkerMax?: number;
  /** Processors that stand for one GPU, in formats without GPUs; they cannot be read without it. */
  readonly processorsPerGpu?: number;
  /** Jobs that ask for no GPU: kept, left out (and counted), or as is usual for the format. */
  readonly cpuJobs?: "keep" | "leave-out";
  /** `use` pins jobs to the trace's partitions or virtual clusters; `ignore` by default. */
  readonly partitions?: "ignore" | "use";
  /** GPU models that jobs demand: kept (default), or ignored so that they run on any. */
  readonly gpuModels?: "use" | "ignore";
  /** Model whose rates are used where a trace gives steps and rates (Gavel). */
  readonly referenceGpu?: string;
  /** Jobs that had not ended: left out and counted (default), or cut at the last time of the trace. */
  readonly runningJobs?: "leave-out" | "until-last-time";
  /** Duration of openb pods: `lifetime` (creation to deletion, default) or `scheduled` to deletion. */
  readonly openbDurations?: "lifetime" | "scheduled";
  /**
   * `first-submit` (default) lets the first job arrive at second 0; `week` puts second 0 on the Monday
   * 00:00 UTC before it, so that hours of the day keep their meaning. Formats without calendar times
   * and the Headroom CSV keep their own second 0 under `week`.
   */
  readonly clock?: "first-submit" | "week";
}

/** A trace as jobs, with everything that was found on the way. */
export interface TraceRead extends ReadingFindings {
  readonly jobs: JobTable;
  /** Name of the format it was read as. */
  readonly format: string;
  /** Why the format was guessed: `looks like Philly CSV: columns …`; absent when it was given. */
  readonly guess?: string;
}

const ROWS_MAX = 10_000_000;
/** Enough for two lines of any known format. */
const OPENING_LENGTH = 16_384;

/**
 * Reads a trace of one or more files in pieces; needs memory for the jobs and for one piece.
 *
 * @throws InputError when the format is not recognised, or rows are broken and not to be left out
 */
export async function readTrace(
  source: TraceSource | readonly TraceSource[],
  options: TraceReadOptions = {},
): Promise<TraceRead> {
  const reading = startReading(options);
  for (const { file, chunks } of [source].flat()) {
    reading.beginFile(file);
    for await (const chunk of chunks) reading.push(chunk);
    reading.endFile();
  }
  return reading.finish();
}

/**
 * Reads a trace that is already in memory.
 *
 * @throws InputError as `readTrace`
 */
export function readTraceText(
  file: string,
  text: TraceChunk,
  options: TraceReadOptions = {},
): TraceRead {
  const reading = startReading(options);
  reading.beginFile(file);
  reading.push(text);
  reading.endFile();
  return reading.finish();
}

/** The steps of reading, for the asynchronous and the synchronous way alike. */
interface Reading {
  beginFile(file: string): void;
  push(chunk: TraceChunk): void;
  endFile(): void;
  finish(): TraceRead;
}

function startReading(options: TraceReadOptions): Reading {
  const log = createReadingLog(options);
  const builder = createJobTableBuilder();
  const context: ReadingContext = { builder, log, options: formatOptions(options) };
  let format = options.format === undefined ? undefined : findFormat(options.format);
  let guess: string | undefined;
  let reader: TraceFormatReader | undefined;
  let file = "";
  let decoder = createChunkDecoder("");
  let opening: string | undefined;

  /** Hands over what was held back to guess the format. */
  const open = (): void => {
    const text = opening ?? "";
    opening = undefined;
    if (text.trim() === "") throw new InputError([emptyFile(file)]);
    const firstLine = /^[^\r\n]*/.exec(text.trimStart())![0];
    if (format === undefined) ({ format, guess } = guessFormat({ file, text, firstLine }));
    reader ??= format.createReader(context);
    reader.beginFile(file);
    reader.push(text);
  };
  const take = (text: string): void => {
    if (opening === undefined) return reader!.push(text);
    opening += text;
    if (opening.length >= OPENING_LENGTH) open();
  };

  return {
    beginFile(name) {
      file = name;
      decoder = createChunkDecoder(name);
      opening = "";
    },
    push: (chunk) => take(decoder.decode(chunk)),
    endFile() {
      decoder.end();
      if (opening !== undefined) open();
      reader!.endFile();
    },
    finish() {
      const buildOptions = reader!.finish();
      log.throwIfRefused();
      const onWeek = options.clock === "week" && buildOptions.unixClock === true;
      const { jobs, rowsOutOfOrder } = builder.build(
        onWeek ? { ...buildOptions, originS: "monday" } : buildOptions,
      );
      if (jobs.count === 0) {
        const findings = log.findings();
        throw new InputError([...findings.problems, noJobs(file, findings)]);
      }
      if (rowsOutOfOrder > 0) {
        log.note(
          `${rowsOutOfOrder} ${rowsOutOfOrder === 1 ? "row is submitted before the row above it" : "rows are submitted before the row above them"}; the jobs were sorted by submit time, rows of one second in file order`,
        );
      }
      return {
        jobs,
        format: format!.name,
        ...(guess === undefined ? {} : { guess }),
        ...log.findings(),
      };
    },
  };
}

function formatOptions(options: TraceReadOptions): TraceFormatOptions {
  return {
    gpusPerWorkerMax: options.gpusPerWorkerMax ?? GPUS_PER_WORKER_DEFAULT,
    rowsMax: options.rowsMax ?? ROWS_MAX,
    processorsPerGpu: options.processorsPerGpu,
    cpuJobs: options.cpuJobs ?? "default",
    partitions: options.partitions ?? "ignore",
    gpuModels: options.gpuModels ?? "use",
    referenceGpu: options.referenceGpu,
    runningJobs: options.runningJobs ?? "leave-out",
    openbDurations: options.openbDurations ?? "lifetime",
  };
}

function emptyFile(file: string): Problem {
  return {
    file,
    line: 1,
    col: 1,
    rule: "empty-file",
    message: "the file is empty",
    help: "a trace has a header line and one line per job",
  };
}

function noJobs(file: string, { problemCount, leftOut }: ReadingFindings): Problem {
  const reasons = leftOut.map(({ reason, rows }) => `${rows} left out: ${reason}`).join("; ");
  const why = reasons === "" ? "it has a header and no rows" : reasons;
  return {
    file,
    rule: "no-jobs",
    message: `the trace has no jobs: ${problemCount > 0 ? `${problemCount === 1 ? "its one problem leaves" : `its ${problemCount} problems leave`} none` : why}`,
    help: "at least one job is needed",
  };
}

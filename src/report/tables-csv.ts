import type { UtilizationSeries } from "../studies/run/result-document.js";
import { JOB_COLUMNS, UTILIZATION_COLUMNS, type CsvColumn } from "./table-columns.js";

/** What became of a job by the end of the run. */
export type JobState = "completed" | "running" | "waiting" | "never-placeable" | "not-submitted";

/**
 * Jobs as functions of their index, so that a million rows need no million objects.
 *
 * Times are simulated seconds; NaN means "did not happen" and leaves the cell empty.
 */
export interface JobRows {
  readonly count: number;
  readonly workloadName: string;
  jobId(job: number): string;
  /** Name of what the job does; Batsim's `profile`. The job's shape is a fitting name. */
  profile(job: number): string;
  submitS(job: number): number;
  startS(job: number): number;
  finishS(job: number): number;
  /** Workers of the gang: Batsim's `requested_number_of_resources`. */
  requestedResources(job: number): number;
  /** The user's own estimate in seconds; NaN where there is none. */
  requestedS(job: number): number;
  state(job: number): JobState;
  /** Indexes of the nodes held, as Batsim's interval set ("0-3 7"); "" where it never started. */
  allocatedResources(job: number): string;
  tenant(job: number): string;
  /** GPUs of the whole gang; a fraction for a share of one GPU. */
  gpus(job: number): number;
  /** Nodes and GPUs held, in words such as "node-3:0,1"; "" where it never started. */
  placement(job: number): string;
  /** The last reason it was refused for; "" where it never waited. */
  reasonWaited(job: number): string;
}

/** Batsim's names of final states, so that its analysis scripts read our file. */
const BATSIM_STATES: Readonly<Record<JobState, string>> = {
  completed: "COMPLETED_SUCCESSFULLY",
  running: "RUNNING",
  waiting: "SUBMITTED",
  "never-placeable": "REJECTED",
  "not-submitted": "NOT_SUBMITTED",
};

/** Rows per chunk: about 150 kB of text, small beside a disk buffer and large beside a call. */
const ROWS_PER_CHUNK = 1024;

/**
 * Every job as CSV text in chunks, with Batsim's column names and four of our own.
 *
 * As in Batsim, execution = finish − start, waiting = start − submit, turnaround = finish − submit
 * and stretch = turnaround ÷ execution (empty where the execution took no time). Numbers are written
 * with every digit a double has (shortest text that reads back the same).
 *
 * @throws Error when a time is infinite
 */
export function* jobsCsv(rows: JobRows): Generator<string, void, undefined> {
  yield* inChunks(namesOf(JOB_COLUMNS), rows.count, (job) => jobRow(rows, job));
}

function jobRow(rows: JobRows, job: number): string {
  const submitS = rows.submitS(job);
  const startS = rows.startS(job);
  const finishS = rows.finishS(job);
  const state = rows.state(job);
  const turnaroundS = finishS - submitS;
  const executionS = finishS - startS;
  return [
    csvText(rows.jobId(job)),
    csvText(rows.workloadName),
    csvText(rows.profile(job)),
    csvNumber(submitS),
    csvNumber(rows.requestedResources(job)),
    csvNumber(rows.requestedS(job)),
    state === "completed" ? "1" : "0",
    BATSIM_STATES[state],
    csvNumber(startS),
    csvNumber(executionS),
    csvNumber(finishS),
    csvNumber(startS - submitS),
    csvNumber(turnaroundS),
    csvNumber(executionS > 0 ? turnaroundS / executionS : Number.NaN),
    csvText(rows.allocatedResources(job)),
    csvText(rows.tenant(job)),
    csvNumber(rows.gpus(job)),
    csvText(rows.placement(job)),
    csvText(rows.reasonWaited(job)),
  ].join(",");
}

/**
 * Occupancy over time as CSV text in chunks: a step function, each row holds until the next.
 *
 * Idle classes follow in code-unit order, so the same run always gives the same columns.
 */
export function* utilizationCsv(series: UtilizationSeries): Generator<string, void, undefined> {
  const classes = Object.keys(series.idleMilliByClass).sort();
  const idle = classes.map((name) => series.idleMilliByClass[name]!);
  const header = [
    ...namesOf(UTILIZATION_COLUMNS),
    ...classes.map((name) => `idle_milli_${name}`),
  ].map(csvText);
  yield* inChunks(header, series.timeS.length, (row) => {
    let line =
      `${csvNumber(series.timeS[row]!)},${csvNumber(series.gpuMilliAllocated[row]!)},` +
      `${csvNumber(series.jobsQueued[row]!)},${csvNumber(series.jobsRunning[row]!)}`;
    for (const column of idle) line += `,${csvNumber(column[row]!)}`;
    return line;
  });
}

const namesOf = (columns: readonly CsvColumn[]): string[] => columns.map(({ name }) => name);

function* inChunks(
  header: readonly string[],
  count: number,
  line: (row: number) => string,
): Generator<string, void, undefined> {
  let chunk = `${header.join(",")}\n`;
  for (let row = 0; row < count; row++) {
    chunk += `${line(row)}\n`;
    if ((row + 1) % ROWS_PER_CHUNK === 0) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

/** A number as the shortest text that reads back as the same double; NaN is an empty cell. */
export function csvNumber(value: number): string {
  if (Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) throw new Error(`CSV: ${value} is no number a table can hold`);
  return String(value);
}

/**
 * A text cell by RFC 4180, made harmless for spreadsheets.
 *
 * A text that a spreadsheet would run as a formula (it begins with = + - @, tab or a line break)
 * gets an apostrophe in front, which spreadsheets take as "this is text".
 */
export function csvText(text: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

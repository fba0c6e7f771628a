import { createTresParser } from "../../workload/formats/slurm-tres.js";
import { createCsvTable } from "../../workload/reading/csv-table.js";
import type { CsvTable, TextColumn } from "../../workload/reading/csv-table.js";
import { createReadingLog } from "../../workload/reading/reading-log.js";
import type { ReadingLog } from "../../workload/reading/reading-log.js";
import { createTimeReader } from "../../workload/reading/time-column.js";
import type { CurrentJob, CurrentJobsOptions, ImportedJobs } from "./current-jobs.js";
import { traceFromNow } from "./current-jobs.js";
import type { ImportLog, ImportSource } from "./imported.js";
import { createImportLog } from "./imported.js";
import { expandHosts } from "./slurm-hosts.js";
import { readSqueueJson } from "./squeue-json.js";
import {
  amountsPerNode,
  parseClock,
  placedShape,
  standingOf,
  taskIds,
  whyNoGpuJob,
} from "./squeue-job.js";

/** What is read without a header: `squeue -a -h -o "%i|%u|%a|%P|%T|%V|%S|%l|%M|%D|%b|%N"`. */
export const SQUEUE_COLUMNS = [
  "JOBID",
  "USER",
  "ACCOUNT",
  "PARTITION",
  "STATE",
  "SUBMIT_TIME",
  "START_TIME",
  "TIME_LIMIT",
  "TIME",
  "NODES",
  "TRES_PER_NODE",
  "NODELIST",
] as const;

const ROWS_MAX = 2_000_000;

/** Settings of an import of today's jobs. */
export interface NowOptions extends CurrentJobsOptions {
  /** Unix time in seconds at which the list was made, where the list does not say. */
  readonly nowS?: number;
}

/**
 * Reads today's jobs of Slurm into a trace that starts now: `squeue -o` or `-O` with columns separated by |,
 * with its header or in the order of `SQUEUE_COLUMNS`, or `squeue --json`.
 *
 * GPUs are read from TRES_ALLOC (`-O tres-alloc`, which shows requests of waiting jobs), else from
 * TRES_PER_NODE (`%b`), which does not show GPUs asked for per job or task. Source: manual page of squeue.
 *
 * @throws InputError with every problem of the file
 */
export function importSqueue(source: ImportSource, options: NowOptions = {}): ImportedJobs {
  const log = createImportLog();
  const reading = createReadingLog();
  const jobs = /^\s*\{/.test(source.text)
    ? readSqueueJson(source, reading, log, options)
    : readTable(source, reading, log);
  reading.throwIfRefused();
  takeFindings(source.file, reading, log);
  return traceFromNow(jobs, log, options);
}

/** Moves what reading left out and noted to the log of the import. */
export function takeFindings(file: string, reading: ReadingLog, log: ImportLog): void {
  const { leftOut, notes } = reading.findings();
  for (const { reason, rows, firstLine } of leftOut) {
    const path = rows === 1 ? "1 job" : `${rows} jobs, the first here`;
    log.ignored.push({ file, line: firstLine, path, why: reason });
  }
  log.notes.push(...notes);
}

function readTable(
  { file, text }: ImportSource,
  reading: ReadingLog,
  log: ImportLog,
): readonly CurrentJob[] {
  const jobs: CurrentJob[] = [];
  const hasHeader = /(^|\|)\s*JOBID\b/.test(text.split("\n", 1)[0]!);
  const table = createCsvTable({
    file,
    log: reading,
    delimiter: "|",
    quoting: false,
    rowsMax: ROWS_MAX,
    unknownColumns: "note",
    ...(hasHeader ? {} : { header: SQUEUE_COLUMNS }),
    help: 'ask for columns separated by |, for example: squeue -a -r -h -o "%i|%u|%a|%P|%T|%V|%S|%l|%M|%D|%b|%N"',
    onRecord: () => readRecord(context),
  });
  const columns = declareColumns(table);
  const times = createTimeReader(reading);
  const context: RowContext = {
    file,
    table,
    columns,
    reading,
    times,
    tres: createTresParser(),
    jobs,
  };
  table.push(text);
  table.end();
  if (!columns.tresAlloc.isPresent()) {
    log.notes.push(
      "GPUs are read from the request per node (%b): jobs that asked with --gpus or --gpus-per-task show none there and are left out; squeue --json shows them all",
      "memory is not in the list: jobs ask for none",
    );
  }
  if (!columns.priority.isPresent()) {
    log.notes.push("priority is not in the list (%Q): waiting jobs keep the order of submission");
  }
  return jobs;
}

interface RowContext {
  readonly file: string;
  readonly table: CsvTable;
  readonly columns: ReturnType<typeof declareColumns>;
  readonly reading: ReadingLog;
  readonly times: ReturnType<typeof createTimeReader>;
  readonly tres: ReturnType<typeof createTresParser>;
  readonly jobs: CurrentJob[];
}

function readRecord({ file, table, columns, reading, times, tres, jobs }: RowContext): void {
  const { line } = table;
  const standing = standingOf(columns.state.text(), columns.reason.text());
  if ("leftOut" in standing) return reading.leaveOut(standing.leftOut, line);
  const ids = taskIds(columns.id.text());
  if (ids === undefined) {
    columns.id.reject(
      "cut-array",
      "the tasks of the array are not all shown",
      "ask squeue for one line per task: squeue -r",
    );
  }
  const nodes = wholeNumber(columns.nodes);
  const amounts = columns.tresAlloc.isPresent()
    ? tres(columns.tresAlloc.text())
    : amountsPerNode(columns.perNode.text(), nodes, wholeNumber(columns.cpus));
  if (amounts === undefined) {
    const column = columns.tresAlloc.isPresent() ? columns.tresAlloc : columns.perNode;
    const form = columns.tresAlloc.isPresent() ? "cpu=8,mem=64G,gres/gpu=1" : "gres/gpu:h100:8";
    column.reject(
      "not-tres",
      `${column.name} must be a list such as ${form}, got "${column.text().slice(0, 100)}"`,
    );
  }
  const limitS = clock(columns.limit);
  const elapsedS = standing.isRunning ? clock(columns.elapsed) : 0;
  const submitS = times.requiredEpochS(columns.submit);
  const priority = wholeNumber(columns.priority);
  if (table.broken || ids === undefined || amounts === undefined) return;
  const hosts = expandHosts(columns.nodeList.text());
  if (standing.isRunning && hosts === undefined) {
    const list = columns.nodeList.text().slice(0, 100);
    columns.nodeList.reject(
      "not-a-node-list",
      `NODELIST must be nodes such as gpu[001-002], got "${list}"`,
    );
    return;
  }
  const why = whyNoGpuJob(amounts);
  if (why !== undefined) return reading.leaveOut(why, line);
  for (const id of ids) {
    jobs.push({
      id,
      ...standing,
      submitS,
      elapsedS: Number.isNaN(elapsedS) ? 0 : elapsedS,
      limitS,
      ...placedShape(amounts, nodes, standing.isRunning ? hosts : []),
      tenant: columns.account.text(),
      user: columns.user.text(),
      partition: columns.partition.text(),
      priority,
      place: { file, line, col: 1 },
    });
  }
}

/** Seconds of a column such as TIME; NaN for no limit, or after reporting a problem. */
function clock(column: TextColumn): number {
  const seconds = parseClock(column.text());
  if (seconds !== undefined) return seconds;
  const message = `${column.name} must be [days-][hours:]minutes:seconds or UNLIMITED, got "${column.text().slice(0, 60)}"`;
  column.reject("not-a-time-limit", message);
  return Number.NaN;
}

/** A whole number, 0 where the column is absent or empty. */
function wholeNumber(column: TextColumn): number {
  const text = column.text();
  if (text === "") return 0;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  column.reject(
    "not-a-number",
    `${column.name} must be a whole number, got "${text.slice(0, 60)}"`,
  );
  return 0;
}

function declareColumns(table: CsvTable) {
  const optional = { optional: true } as const;
  for (const name of ["START_TIME", "QOS", "NODELIST(REASON)"]) table.textColumn(name, optional);
  return {
    id: table.textColumn("JOBID"),
    user: table.textColumn("USER", optional),
    account: table.textColumn("ACCOUNT", optional),
    partition: table.textColumn("PARTITION", optional),
    state: table.textColumn("STATE"),
    submit: table.textColumn("SUBMIT_TIME"),
    limit: table.textColumn("TIME_LIMIT"),
    elapsed: table.textColumn("TIME"),
    nodes: table.textColumn("NODES"),
    cpus: table.textColumn("CPUS", optional),
    tresAlloc: table.textColumn("TRES_ALLOC", optional),
    perNode: table.textColumn("TRES_PER_NODE", optional),
    priority: table.textColumn("PRIORITY", optional),
    reason: table.textColumn("REASON", optional),
    nodeList: table.textColumn("NODELIST", optional),
  };
}

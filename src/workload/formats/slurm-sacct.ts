import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { createTimeReader } from "../reading/time-column.js";
import type { TimeReader } from "../reading/time-column.js";
import { statusFromWord } from "./job-status-words.js";
import { createOpenEnds } from "./open-ends.js";
import type { OpenEnds } from "./open-ends.js";
import { createSingleFileReader } from "./single-file-reader.js";
import {
  declareSlurmColumns,
  reasonToLeaveOut,
  gangOf,
  resourcesOf,
  walltimeOf,
} from "./slurm-request.js";
import type { SlurmColumns } from "./slurm-request.js";
import { createTresParser } from "./slurm-tres.js";
import type { ReadingContext, TraceFormat, TraceOpening } from "./trace-format.js";

/** Delimiters people use with `sacct -P`; the unit separator is the safe one. */
const DELIMITERS = ["|", "\x1f"] as const;

/**
 * Accounting of Slurm: `sacct -a -D -X -P -o JobID,JobIDRaw,User,Account,Partition,State,Submit,
 * Eligible,Start,End,TimelimitRaw,NNodes,ReqTRES,AllocTRES`.
 *
 * One record is one job that held GPUs from Start to End. A requeued job has a record per attempt (`-D`);
 * each is replayed as a job of its own, since each held its GPUs. A job that became eligible after it
 * was submitted (a dependency, a begin time) arrives when it became eligible: before, no free GPU could
 * have started it. Steps, jobs without GPUs, pending arrays and jobs that never started are left out.
 */
export const slurmSacct: TraceFormat = {
  name: "slurm-sacct",
  title: "Slurm sacct -P",
  description: "Slurm accounting as `sacct -a -D -X -P` prints it; GPUs from TRES",
  detect(opening) {
    const delimiter = delimiterOf(opening);
    const names = delimiter === undefined ? [] : opening.firstLine.split(delimiter);
    const needed = ["JobID", "State", "Submit", "Start", "End"];
    return needed.every((name) => names.includes(name))
      ? `columns ${needed.join(", ")}`
      : undefined;
  },
  createReader(context) {
    const state: SlurmState = {
      parseTres: createTresParser(),
      times: createTimeReader(context.log),
      openEnds: createOpenEnds(context),
    };
    let file = "";
    let opening = "";
    let table: CsvTable | undefined;
    const start = (): void => {
      const firstLine = opening.split(/\r?\n/, 1)[0]!;
      const delimiter = delimiterOf({ file, text: opening, firstLine }) ?? "|";
      table = openTable(context, state, file, delimiter);
      table.push(opening);
    };
    return createSingleFileReader(
      context,
      slurmSacct.title,
      (name) => {
        file = name;
        return {
          push(text) {
            if (table !== undefined) return table.push(text);
            opening += text;
            if (opening.includes("\n")) start();
          },
          end() {
            if (table === undefined) start();
            table!.end();
          },
        };
      },
      () => {
        state.openEnds.finish();
        return { unixClock: true };
      },
    );
  },
};

interface SlurmState {
  readonly parseTres: ReturnType<typeof createTresParser>;
  readonly times: TimeReader;
  readonly openEnds: OpenEnds;
}

function delimiterOf({ firstLine }: Pick<TraceOpening, "firstLine"> & Partial<TraceOpening>) {
  return DELIMITERS.find((delimiter) => firstLine.includes(delimiter));
}

function openTable(
  context: ReadingContext,
  state: SlurmState,
  file: string,
  delimiter: string,
): CsvTable {
  const table = createCsvTable({
    file,
    log: context.log,
    delimiter,
    quoting: false,
    rowsMax: context.options.rowsMax,
    unknownColumns: "note",
    help: "JobName, Comment and SubmitLine may hold the delimiter: do not ask for them, or use --delimiter=$'\\x1f'",
    onRecord: () => addRecord(context, table, columns, state),
  });
  const columns = declareSlurmColumns(table);
  return table;
}

function addRecord(
  context: ReadingContext,
  table: CsvTable,
  columns: SlurmColumns,
  state: SlurmState,
): void {
  const { log } = context;
  const id = columns.id.text();
  // "4101.batch", "4101.extern", "4101.0" are steps inside a job whose record stands beside them.
  if (id.includes("."))
    return log.leaveOut("is a step of a job; sacct -X leaves them out", table.line);
  if (id.includes("[")) return log.leaveOut("is an array whose tasks were pending", table.line);
  if (id === "") columns.id.reject("empty-id", "JobID must not be empty");
  const submitS = state.times.requiredEpochS(columns.submit);
  const eligibleS = state.times.epochS(columns.eligible);
  const startS = state.times.epochS(columns.start);
  const endS = state.times.epochS(columns.end);
  const resources = resourcesOf(context, columns, state.parseTres);
  const walltimeS = walltimeOf(columns);
  if (endS < startS) columns.end.reject("ends-before-start", "End is before Start");
  if (table.broken || resources === undefined) return;
  for (const timeS of [submitS, startS, endS]) state.openEnds.see(timeS);
  const reason = Number.isNaN(startS) ? "never started" : reasonToLeaveOut(context, resources);
  if (reason !== undefined) return log.leaveOut(reason, table.line);
  const open = Number.isNaN(endS);
  if (open && !state.openEnds.admit(table.line)) return;
  if (eligibleS > submitS) {
    log.note("{count} jobs became eligible after their submission; they arrive when eligible");
  }
  const arrivalS = eligibleS > submitS ? eligibleS : submitS;
  const identity = freeId(context, id, arrivalS);
  if (identity === undefined) {
    return columns.id.reject("duplicate-id", `job ${id} stands twice with the same Submit`);
  }
  const gang = gangOf(context, resources);
  const row = context.builder.add({
    id: identity,
    submitS: arrivalS,
    durationS: open ? 0 : endS - startS,
    walltimeS,
    workers: gang.workers,
    gpuCount: gang.gpuCount,
    gangGpus: gang.gangGpus,
    cpuMilli: Math.round((resources.held.cpus * 1000) / gang.workers),
    memoryBytes: Math.round(resources.held.memoryBytes / gang.workers),
    gpuModels: context.options.gpuModels === "use" ? resources.demandedTypes : [],
    tenant: columns.account.text(),
    user: columns.user.text(),
    partition: context.options.partitions === "use" ? columns.partition.text() : "",
    status: statusFromWord(columns.state.text().replace(/ by .*$/i, "")),
    recordedStartS: startS,
    recordedEndS: endS,
  });
  if (open) state.openEnds.added(row, startS);
}

/** The job's id, with the number of the attempt from the second on; undefined for the same record twice. */
function freeId({ builder, log }: ReadingContext, id: string, submitS: number): string | undefined {
  let free = id;
  for (let attempt = 2; builder.rowOf(free) !== -1; attempt += 1) {
    if (builder.submitOf(builder.rowOf(free)) === submitS) return undefined;
    free = `${id}#${attempt}`;
  }
  if (free !== id) {
    log.note("{count} records are later attempts of requeued jobs; each is a job of its own");
  }
  return free;
}

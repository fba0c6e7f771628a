import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable, NumberColumn, TextColumn } from "../reading/csv-table.js";
import { SECONDS_RULE } from "../reading/number-text.js";
import { gpuShare } from "./gpu-share.js";
import { statusFromWord } from "./job-status-words.js";
import { createOpenEnds } from "./open-ends.js";
import type { OpenEnds } from "./open-ends.js";
import { createPaiInstances, createPaiJobs } from "./pai-lookups.js";
import type { PaiInstances, PaiJobs } from "./pai-lookups.js";
import type { ReadingContext, TraceFormat, TraceFormatReader } from "./trace-format.js";

const GIB = 1_073_741_824;

/**
 * The published times are Unix times moved by a constant, right in the zone UTC+8: read in UTC they show
 * the local hour when 8 hours are added.
 */
const ZONE_S = 8 * 3600;

/** Columns of the published tables; the files come without a header line. */
const HEADERS = {
  job: ["job_name", "inst_id", "user", "status", "start_time", "end_time"],
  task: [
    ...["job_name", "task_name", "inst_num", "status", "start_time", "end_time"],
    ...["plan_cpu", "plan_mem", "plan_gpu", "gpu_type"],
  ],
  instance: [
    ...["job_name", "task_name", "inst_name", "worker_name", "inst_id", "status"],
    ...["start_time", "end_time", "machine"],
  ],
} as const;

type TableName = keyof typeof HEADERS;

const TABLE_NAMES = ["job", "task", "instance"] as const satisfies readonly TableName[];
const STATUSES = new Set(["Running", "Terminated", "Failed", "Waiting", "Interrupted"]);

/**
 * Tables of Alibaba's PAI trace of 2020: the job, instance and task tables in this order, or the task
 * table alone.
 *
 * One task is one gang of `inst_num` identical workers; the tasks of a job (parameter servers, workers)
 * are gangs of their own, because a job here has workers of one shape. The job table gives the submit
 * time and the user, the instance table the real start and end; without them the task's own times are
 * used. `gpu_type` is where the task ran and not what it demanded: it is no constraint.
 */
export const paiTables: TraceFormat = {
  name: "pai-tables",
  title: "PAI 2020 tables",
  description:
    "Alibaba cluster-trace-gpu-v2020 job, instance and task tables, with or without headers",
  detect({ firstLine }) {
    const table = tableOf(firstLine);
    return table === undefined ? undefined : `the fields of pai_${table.name}_table`;
  },
  createReader: createPaiReader,
};

/** Which table the first line belongs to, and whether it is a header. */
function tableOf(firstLine: string): { name: TableName; hasHeader: boolean } | undefined {
  const fields = firstLine.split(",").map((field) => field.trim());
  for (const name of TABLE_NAMES) {
    const header: readonly string[] = HEADERS[name];
    if (fields.length !== header.length) continue;
    if (header.every((column, index) => fields[index] === column)) return { name, hasHeader: true };
    if (STATUSES.has(fields[header.indexOf("status")]!)) return { name, hasHeader: false };
  }
  return undefined;
}

/** What is known from the tables read so far. */
interface PaiState {
  readonly jobs: PaiJobs;
  readonly instances: PaiInstances;
  readonly openEnds: OpenEnds;
  tasksRead: boolean;
}

function createPaiReader(context: ReadingContext): TraceFormatReader {
  const state: PaiState = {
    jobs: createPaiJobs(),
    instances: createPaiInstances(),
    openEnds: createOpenEnds(context),
    tasksRead: false,
  };
  let file = "";
  let table: CsvTable | undefined;
  let opening = "";
  return {
    beginFile(name) {
      file = name;
      table = undefined;
      opening = "";
    },
    push(text) {
      if (table !== undefined) return table.push(text);
      opening += text;
      const lineEnd = opening.indexOf("\n");
      if (lineEnd === -1) return;
      table = openTable(context, state, file, opening.slice(0, lineEnd));
      table.push(opening);
    },
    endFile() {
      if (table === undefined) {
        table = openTable(context, state, file, opening);
        table.push(opening);
      }
      table.end();
    },
    finish() {
      const { log } = context;
      if (!state.tasksRead) {
        const message = "the task table is missing: it says what the jobs ask for";
        log.fatal({ file, rule: "missing-table", message, help: "add pai_task_table.csv" });
      }
      if (state.jobs.count === 0) {
        log.note("no job table: tasks are submitted when they were launched, their waits are lost");
      }
      state.openEnds.finish();
      return { unixClock: true };
    },
  };
}

function openTable(
  context: ReadingContext,
  state: PaiState,
  file: string,
  firstLine: string,
): CsvTable {
  const { log, options } = context;
  const found = tableOf(firstLine);
  if (found === undefined) {
    const message = "the file is none of the PAI job, task and instance tables";
    return log.fatal({ file, line: 1, col: 1, rule: "unknown-table", message });
  }
  if (state.tasksRead) {
    const message = `the ${found.name} table comes after the task table, and is needed before it`;
    const help = "name the files in the order: job, instance, task";
    return log.fatal({ file, rule: "table-order", message, help });
  }
  let onRecord = (): void => undefined;
  const table = createCsvTable({
    file,
    log,
    rowsMax: options.rowsMax,
    unknownColumns: "note",
    onRecord: () => onRecord(),
    ...(found.hasHeader ? {} : { header: HEADERS[found.name] }),
  });
  if (found.name === "job") onRecord = jobRecords(table, state);
  else if (found.name === "instance") onRecord = instanceRecords(table, state);
  else {
    state.tasksRead = true;
    onRecord = taskRecords(context, table, state);
  }
  return table;
}

function timeColumn(table: CsvTable, name: string): NumberColumn {
  return table.numberColumn(name, { ...SECONDS_RULE, absent: Number.NaN });
}

function jobRecords(table: CsvTable, state: PaiState): () => void {
  const name = table.textColumn("job_name");
  const user = table.textColumn("user");
  const start = timeColumn(table, "start_time");
  for (const other of ["inst_id", "status", "end_time"]) table.textColumn(other);
  return () => {
    const submitS = start.number();
    if (table.broken) return;
    if (!state.jobs.add(name.text(), { submitS, user: user.text() })) {
      name.reject("duplicate-id", `job_name "${name.text()}" stands twice in the job table`);
    }
  };
}

function instanceRecords(table: CsvTable, state: PaiState): () => void {
  const job = table.textColumn("job_name");
  const task = table.textColumn("task_name");
  const start = timeColumn(table, "start_time");
  const end = timeColumn(table, "end_time");
  for (const other of ["inst_name", "worker_name", "inst_id", "status", "machine"]) {
    table.textColumn(other);
  }
  return () => {
    const startS = start.number();
    const endS = end.number();
    if (!table.broken) state.instances.add(taskId(job, task), startS, endS);
  };
}

function taskRecords(context: ReadingContext, table: CsvTable, state: PaiState): () => void {
  const { builder, log, options } = context;
  const job = table.textColumn("job_name");
  const task = table.textColumn("task_name");
  const workers = table.numberColumn("inst_num", { min: 0, max: 1e6, integer: true, absent: 0 });
  const status = table.textColumn("status");
  const start = timeColumn(table, "start_time");
  const end = timeColumn(table, "end_time");
  const cpuPercent = table.numberColumn("plan_cpu", { min: 0, max: 1e7, absent: 0 });
  const memoryGib = table.numberColumn("plan_mem", { min: 0, max: 1e6, absent: 0 });
  const gpuPercent = table.numberColumn("plan_gpu", { min: 0, max: 1e6, absent: 0 });
  table.textColumn("gpu_type");
  return () => {
    const { line } = table;
    const count = workers.number();
    const cpus = cpuPercent.number() / 100;
    const memory = memoryGib.number();
    const gpus = gpuPercent.number() / 100;
    const id = taskId(job, task);
    const instances = state.instances.find(id);
    const startS = instances?.startS ?? start.number();
    const endS = instances?.endS ?? end.number();
    if (endS < startS) end.reject("ends-before-start", `task ends at ${endS}, before ${startS}`);
    if (table.broken) return;
    if (gpus === 0 && options.cpuJobs !== "keep") return log.leaveOut("asks for no GPU", line);
    if (count === 0) return log.leaveOut("has no instances", line);
    if (Number.isNaN(startS)) return log.leaveOut("never started", line);
    state.openEnds.see(startS + ZONE_S);
    state.openEnds.see(endS + ZONE_S);
    const open = Number.isNaN(endS);
    if (open && !state.openEnds.admit(line)) return;
    if (instances !== undefined && instances.count !== count) {
      log.note(
        "{count} tasks have another number of instances in the instance table; inst_num was used",
      );
    }
    const known = state.jobs.find(job.text());
    if (known === undefined && state.jobs.count > 0) {
      log.note("{count} tasks have no row in the job table; they are submitted when launched");
    }
    const submitS = Number.isNaN(known?.submitS ?? Number.NaN) ? startS : known!.submitS;
    const share = gpuShare(context, gpus);
    const row = builder.add({
      id,
      submitS: submitS + ZONE_S,
      durationS: open ? 0 : endS - startS,
      workers: count,
      gpuCount: share.gpuCount,
      gpuMilli: share.gpuMilli,
      cpuMilli: Math.round(cpus * 1000),
      memoryBytes: Math.round(memory * GIB),
      tenant: known?.user ?? "",
      status: statusFromWord(status.text()),
      recordedStartS: startS + ZONE_S,
      recordedEndS: endS + ZONE_S,
    });
    if (row === -1) task.reject("duplicate-id", `task "${id}" stands twice in the task table`);
    else if (open) state.openEnds.added(row, startS + ZONE_S);
  };
}

function taskId(job: TextColumn, task: TextColumn): string {
  return `${job.text()}/${task.text()}`;
}

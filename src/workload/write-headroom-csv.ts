import { JOB_STATUSES } from "./job-table.js";
import type { JobTable } from "./job-table.js";
import { runningOnOf, runningOnText } from "./running-on-columns.js";

const MIB = 1_048_576;
const LINES_PER_CHUNK = 2_000;

/**
 * The jobs as Headroom CSV, in pieces of text that end with a line.
 *
 * The twelve usual columns always, the others where some job has a value. Reading it back gives the same
 * table: numbers are printed with all their digits. Text that a spreadsheet would run as a formula (it
 * begins with = + - @ or a control character) gets a leading apostrophe.
 */
export function* writeHeadroomCsv(jobs: JobTable): Generator<string> {
  const columns = [...usualColumns(jobs), ...optionalColumns(jobs)];
  yield `${columns.map(([name]) => name).join(",")}\n`;
  for (let from = 0; from < jobs.count; from += LINES_PER_CHUNK) {
    let text = "";
    const to = Math.min(from + LINES_PER_CHUNK, jobs.count);
    for (let row = from; row < to; row += 1) {
      text += `${columns.map(([, cell]) => cell(row)).join(",")}\n`;
    }
    yield text;
  }
}

type Column = readonly [name: string, cell: (row: number) => string];

function usualColumns(jobs: JobTable): Column[] {
  const shapeOf = (row: number) => jobs.shapes[jobs.shape[row]!]!;
  return [
    ["id", (row) => textCell(jobs.ids[row]!)],
    ["submit_s", numbers(jobs.submitS)],
    ["duration_s", numbers(jobs.durationS)],
    ["workers", numbers(jobs.workers)],
    ["gpus", (row) => String(shapeOf(row).gpuCount)],
    ["gpu_milli", (row) => String(shapeOf(row).gpuMilli)],
    ["cpu_milli", (row) => String(shapeOf(row).cpuMilli)],
    ["memory_mib", (row) => String(Math.ceil(shapeOf(row).memoryBytes / MIB))],
    ["gpu_models", (row) => textCell(shapeOf(row).gpuModels.join("|"))],
    ["tenant", (row) => textCell(jobs.tenantNames[jobs.tenant[row]!]!)],
    ["priority", numbers(jobs.priority)],
    ["walltime_s", numbers(jobs.walltimeS)],
  ];
}

function optionalColumns(jobs: JobTable): Column[] {
  const columns: Column[] = [];
  const add = (name: string, values: Float64Array | Int32Array | undefined): void => {
    if (values !== undefined) columns.push([name, numbers(values)]);
  };
  const {
    topology,
    topologyTexts,
    user,
    userNames,
    status,
    preemptible,
    dependencyOffset,
    dependencies,
  } = jobs;
  columns.push(...gpuPartColumns(jobs));
  if (jobs.partitionNames.length > 1) {
    columns.push(["partition", (row) => textCell(jobs.partitionNames[jobs.partition[row]!]!)]);
  }
  if (user !== undefined && userNames !== undefined) {
    columns.push(["user", (row) => textCell(userNames[user[row]!]!)]);
  }
  add("gang_gpus", jobs.gangGpus);
  if (topology !== undefined && topologyTexts !== undefined) {
    columns.push(["topology", (row) => textCell(topologyTexts[topology[row]!]!)]);
  }
  if (status !== undefined) columns.push(["status", (row) => JOB_STATUSES[status[row]!]!]);
  add("recorded_start_s", jobs.recordedStartS);
  add("recorded_end_s", jobs.recordedEndS);
  add("workers_min", jobs.workersMin);
  add("workers_max", jobs.workersMax);
  add("deadline_s", jobs.deadlineS);
  if (preemptible !== undefined) columns.push(["preemptible", (row) => String(preemptible[row]!)]);
  add("checkpoint_interval_s", jobs.checkpointIntervalS);
  add("checkpoint_cost_s", jobs.checkpointCostS);
  add("ran_s", jobs.ranS);
  if (jobs.runningOn !== undefined) {
    columns.push(["running_on", (row) => textCell(runningOnText(runningOnOf(jobs, row)))]);
  }
  if (dependencyOffset !== undefined && dependencies !== undefined) {
    const namesOf = (row: number): string =>
      Array.from(
        dependencies.subarray(dependencyOffset[row]!, dependencyOffset[row + 1]!),
        (after) => jobs.ids[after]!,
      ).join("|");
    columns.push(["after", (row) => textCell(namesOf(row))]);
  }
  return columns;
}

/** What workers ask of parts of a GPU, where some ask. */
function gpuPartColumns(jobs: JobTable): Column[] {
  const partOf = (row: number) => jobs.shapes[jobs.shape[row]!]!.gpuPart;
  const parts = jobs.shapes.flatMap(({ gpuPart }) => (gpuPart === undefined ? [] : [gpuPart]));
  const columns: Column[] = [];
  if (parts.some(({ migProfiles }) => migProfiles.length > 0))
    columns.push(["mig", (row) => textCell(partOf(row)?.migProfiles.join("|") ?? "")]);
  if (parts.some(({ gpuMemoryBytes }) => gpuMemoryBytes > 0)) {
    columns.push([
      "gpu_memory_mib",
      (row) => String(Math.ceil((partOf(row)?.gpuMemoryBytes ?? 0) / MIB)),
    ]);
  }
  if (parts.some(({ isReplicaEnough }) => isReplicaEnough))
    columns.push(["gpu_replica", (row) => (partOf(row)?.isReplicaEnough === true ? "1" : "0")]);
  return columns;
}

function numbers(values: Float64Array | Int32Array): (row: number) => string {
  return (row) => {
    const value = values[row]!;
    return Number.isNaN(value) ? "" : String(value);
  };
}

function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

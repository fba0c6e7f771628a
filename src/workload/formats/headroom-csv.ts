import { JOB_STATUSES } from "../job-table.js";
import type { GpuPartRequest, JobStatus } from "../job-table.js";
import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable, NumberColumn, TextColumn } from "../reading/csv-table.js";
import { GPU_COUNT_RULE, SECONDS_RULE } from "../reading/number-text.js";
import { parseRunningOn } from "../running-on-columns.js";
import { parseTopologyText, TOPOLOGY_RULE } from "../topology-request.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

const MIB = 1_048_576;
const ID_LENGTH_MAX = 200;
const optional = { optional: true } as const;
const secondsOrNone = { ...SECONDS_RULE, optional: true, absent: Number.NaN } as const;

/**
 * Headroom's own job list. Units stand in the column names; `traces/README.md` describes the columns.
 *
 * Second 0 is the file's own: submit times are taken as written, because generated weeks begin on
 * Monday at 00:00 whether or not a job arrives at that second.
 */
export const headroomCsv: TraceFormat = {
  name: "headroom-csv",
  title: "Headroom CSV",
  description: "Headroom's own job list: one gang of identical workers per row, units in the names",
  detect: (opening) => detectColumns(opening, ["submit_s", "duration_s"]),
  createReader(context) {
    let zeroDurations = 0;
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log: context.log,
        rowsMax: context.options.rowsMax,
        unknownColumns: "problem",
        onRecord: () => {
          if (addJob(context, table, columns) === 0) zeroDurations += 1;
        },
      });
      const columns = declareColumns(table);
      return table;
    };
    return createSingleFileReader(context, headroomCsv.title, open, () => {
      if (zeroDurations > 0)
        context.log.note(
          `${zeroDurations} ${zeroDurations === 1 ? "job lasts" : "jobs last"} 0 seconds`,
        );
      return { originS: 0 };
    });
  },
};

type Columns = ReturnType<typeof declareColumns>;

function declareColumns(table: CsvTable) {
  const count = { min: 1, max: GPU_COUNT_RULE.max, integer: true };
  const none = { optional: true, absent: Number.NaN } as const;
  return {
    id: table.textColumn("id", optional),
    submitS: table.numberColumn("submit_s", SECONDS_RULE),
    durationS: table.numberColumn("duration_s", SECONDS_RULE),
    workers: table.numberColumn("workers", { ...count, optional: true, absent: 1 }),
    gpus: table.numberColumn("gpus", GPU_COUNT_RULE),
    mig: table.textColumn("mig", optional),
    gpuMemoryMib: table.numberColumn("gpu_memory_mib", amount(1e9)),
    gpuReplica: table.textColumn("gpu_replica", optional),
    gpuMilli: table.numberColumn("gpu_milli", { min: 0, max: 1000, integer: true, ...none }),
    cpuMilli: table.numberColumn("cpu_milli", amount(1e9)),
    memoryMib: table.numberColumn("memory_mib", amount(1e9)),
    gpuModels: table.textColumn("gpu_models", optional),
    tenant: table.textColumn("tenant", optional),
    priority: table.numberColumn("priority", { ...amount(1e9), min: -1e9 }),
    walltimeS: table.numberColumn("walltime_s", secondsOrNone),
    partition: table.textColumn("partition", optional),
    user: table.textColumn("user", optional),
    topology: table.textColumn("topology", optional),
    gangGpus: table.numberColumn("gang_gpus", { ...GPU_COUNT_RULE, ...none }),
    status: table.textColumn("status", optional),
    recordedStartS: table.numberColumn("recorded_start_s", secondsOrNone),
    recordedEndS: table.numberColumn("recorded_end_s", secondsOrNone),
    workersMin: table.numberColumn("workers_min", { ...count, ...none }),
    workersMax: table.numberColumn("workers_max", { ...count, ...none }),
    deadlineS: table.numberColumn("deadline_s", secondsOrNone),
    preemptible: table.textColumn("preemptible", optional),
    checkpointIntervalS: table.numberColumn("checkpoint_interval_s", secondsOrNone),
    checkpointCostS: table.numberColumn("checkpoint_cost_s", secondsOrNone),
    ranS: table.numberColumn("ran_s", secondsOrNone),
    runningOn: table.textColumn("running_on", optional),
    after: table.textColumn("after", optional),
  };
}

/** A whole number from 0 that is 0 when the column or value is missing. */
function amount(max: number) {
  return { min: 0, max, integer: true, optional: true, absent: 0 } as const;
}

/** Adds the job of the present record; returns its duration, NaN when it was rejected. */
function addJob(context: ReadingContext, table: CsvTable, columns: Columns): number {
  const { builder } = context;
  const workers = columns.workers.number();
  const gpus = gpuRequestOf(columns);
  const bounds = elasticBoundsOf(columns, workers);
  const row = {
    id: idOf(columns.id, table),
    submitS: columns.submitS.number(),
    durationS: columns.durationS.number(),
    walltimeS: columns.walltimeS.number(),
    workers,
    cpuMilli: columns.cpuMilli.number(),
    memoryBytes: columns.memoryMib.number() * MIB,
    gpuCount: gpus.gpuCount,
    gpuMilli: gpus.gpuMilli,
    gpuPart: gpuPartOf(columns, gpus),
    gpuModels: context.options.gpuModels === "use" ? listOf(columns.gpuModels) : [],
    tenant: columns.tenant.text(),
    priority: columns.priority.number(),
    partition: columns.partition.text(),
    gangGpus: definedOrNone(columns.gangGpus),
    user: columns.user.text(),
    topology: topologyOf(columns.topology),
    status: statusOf(columns.status),
    recordedStartS: columns.recordedStartS.number(),
    recordedEndS: columns.recordedEndS.number(),
    workersMin: bounds.workersMin,
    workersMax: bounds.workersMax,
    deadlineS: columns.deadlineS.number(),
    preemptible: yesOrNo(columns.preemptible),
    checkpointIntervalS: columns.checkpointIntervalS.number(),
    checkpointCostS: columns.checkpointCostS.number(),
    ranS: columns.ranS.number(),
    runningOn: runningOnOf(columns, workers),
  };
  const predecessors = predecessorsOf(context, columns.after);
  if (table.broken) return Number.NaN;
  const added = builder.add(row);
  if (added === -1) {
    const first = builder.rowOf(row.id) + 1;
    columns.id.reject("duplicate-id", `id "${row.id}" is already that of job ${first} of the file`);
    return Number.NaN;
  }
  for (const afterRow of predecessors) builder.addDependency(added, afterRow);
  return row.durationS;
}

/** The id written, or the number of the row where the file has no ids. */
function idOf(column: TextColumn, table: CsvTable): string {
  if (!column.isPresent()) return String(table.recordCount);
  const id = column.text();
  if (id === "") column.reject("empty-id", "id must not be empty where the file has a column id");
  if (id.length > ID_LENGTH_MAX) {
    column.reject("long-id", `id must have at most ${ID_LENGTH_MAX} characters, got ${id.length}`);
  }
  return id;
}

function gpuRequestOf({ gpus, gpuMilli }: Columns): { gpuCount: number; gpuMilli: number } {
  const gpuCount = gpus.number();
  const written = gpuMilli.number();
  const milli = Number.isNaN(written) ? (gpuCount > 0 ? 1000 : 0) : written;
  if (gpuCount === 0 && milli > 0) {
    gpuMilli.reject("share-without-gpu", `gpu_milli must be 0 or empty with gpus 0, got ${milli}`);
  }
  if (gpuCount > 0 && milli === 0) {
    gpuMilli.reject("out-of-range", `gpu_milli must be from 1 to 1000 with GPUs, got 0`);
  }
  if (gpuCount > 1 && milli > 0 && milli < 1000) {
    const message = `gpu_milli below 1000 is a share of one GPU; gpus must then be 1, got ${gpuCount}`;
    gpuMilli.reject("share-of-several", message);
  }
  return { gpuCount, gpuMilli: milli };
}

/** As `nvidia-smi` names profiles; whether a GPU has one of the name is for the cluster to say. */
const MIG_PROFILE = /^[1-9]g\.[1-9][0-9]{0,3}gb([+-][a-z.]{2,7})?$/;

function gpuPartOf(
  { mig, gpuMemoryMib, gpuReplica }: Columns,
  { gpuCount, gpuMilli }: { gpuCount: number; gpuMilli: number },
): GpuPartRequest | undefined {
  const migProfiles = listOf(mig).map((name) => name.toLowerCase());
  const wrong = migProfiles.find((name) => !MIG_PROFILE.test(name));
  if (wrong !== undefined) {
    mig.reject("bad-mig-profile", `mig must name MIG profiles such as 1g.10gb, got ${wrong}`);
  }
  const gpuMemoryBytes = gpuMemoryMib.number() * MIB;
  const isReplicaEnough = yesOrNo(gpuReplica);
  if (migProfiles.length === 0 && gpuMemoryBytes === 0 && !isReplicaEnough) return undefined;
  if (gpuCount === 0) {
    const column = migProfiles.length > 0 ? mig : gpuMemoryBytes > 0 ? gpuMemoryMib : gpuReplica;
    column.reject("part-without-gpu", `${column.name} must be empty with gpus 0`);
  }
  if (migProfiles.length > 0 && gpuMilli < 1000) {
    mig.reject(
      "share-of-instance",
      `mig must be empty with a share of a GPU (gpu_milli ${gpuMilli})`,
    );
  }
  return { migProfiles, isMigOnly: migProfiles.length > 0, gpuMemoryBytes, isReplicaEnough };
}

function elasticBoundsOf(
  columns: Columns,
  workers: number,
): { workersMin: number | undefined; workersMax: number | undefined } {
  const workersMin = definedOrNone(columns.workersMin);
  const workersMax = definedOrNone(columns.workersMax);
  if (workersMin !== undefined && workersMin > workers) {
    const message = `workers_min must be at most workers (${workers}), got ${workersMin}`;
    columns.workersMin.reject("out-of-range", message);
  }
  if (workersMax !== undefined && workersMax < workers) {
    const message = `workers_max must be at least workers (${workers}), got ${workersMax}`;
    columns.workersMax.reject("out-of-range", message);
  }
  return { workersMin, workersMax };
}

function definedOrNone(column: NumberColumn): number | undefined {
  const value = column.number();
  return Number.isNaN(value) ? undefined : value;
}

function listOf(column: TextColumn): readonly string[] {
  const text = column.text();
  if (text === "") return [];
  return text
    .split("|")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function statusOf(column: TextColumn): JobStatus {
  const text = column.text();
  if (text === "") return "unknown";
  const status = JOB_STATUSES.find((name) => name === text);
  if (status === undefined) {
    column.reject(
      "unknown-status",
      `status must be one of ${JOB_STATUSES.join(", ")}, got ${text}`,
    );
  }
  return status ?? "unknown";
}

function topologyOf(column: TextColumn): string {
  const text = column.text();
  if (text !== "" && parseTopologyText(text) === undefined) {
    column.reject("unknown-topology", `topology must be ${TOPOLOGY_RULE} or empty, got ${text}`);
  }
  return text;
}

function yesOrNo(column: TextColumn): boolean {
  const text = column.text();
  if (text !== "" && text !== "0" && text !== "1" && text !== "true" && text !== "false") {
    column.reject(
      "not-a-boolean",
      `${column.name} must be 1, 0, true, false or empty, got ${text}`,
    );
  }
  return text === "1" || text === "true";
}

/** The nodes of a job that runs when the trace begins, one per worker; undefined for one that waits. */
function runningOnOf(columns: Columns, workers: number): readonly string[] | undefined {
  const { runningOn, submitS } = columns;
  const text = runningOn.text();
  if (text === "" || Number.isNaN(workers)) return undefined;
  const nodes = parseRunningOn(text, workers);
  if (nodes?.length !== workers) {
    runningOn.reject(
      "not-a-node-list",
      `running_on must name a node for each of the ${workers} workers, such as gpu001*2|gpu002, got "${text.slice(0, 100)}"`,
    );
    return undefined;
  }
  if (submitS.number() > 0) {
    runningOn.reject(
      "running-later",
      `running_on is for jobs that run at second 0; submit_s is ${submitS.number()}`,
    );
  }
  return nodes;
}

/** Rows of the jobs named in `after`; they must stand above, so that no circle can be written. */
function predecessorsOf({ builder }: ReadingContext, column: TextColumn): number[] {
  return listOf(column).map((id) => {
    const row = builder.rowOf(id);
    if (row === -1) {
      const message = `after names "${id}", and no job above has this id`;
      column.reject("unknown-job", message, "put a job below those it waits for");
    }
    return row;
  });
}

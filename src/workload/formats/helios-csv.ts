import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { GPU_COUNT_RULE, SECONDS_RULE } from "../reading/number-text.js";
import { createTimeReader } from "../reading/time-column.js";
import type { TimeReader } from "../reading/time-column.js";
import { gpuGang } from "./gpu-gang.js";
import type { GpuGang } from "./gpu-gang.js";
import { statusFromWord } from "./job-status-words.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/**
 * Helios `cluster_log.csv`, and the same columns as the Helios simulator takes them (also for Philly).
 *
 * `duration` is the time the job ran; `vc` is the virtual cluster and becomes the tenant. Jobs without
 * GPUs ran on CPU nodes and are left out, unless they are to be kept.
 */
export const heliosCsv: TraceFormat = {
  name: "helios-csv",
  title: "Helios CSV",
  description: "SenseTime Helios cluster_log.csv, or the columns its simulator reads; GPUs per job",
  detect: (opening) =>
    detectColumns(opening, ["vc", "gpu_num", "state", "submit_time", "duration"]),
  createReader(context) {
    const times = createTimeReader(context.log);
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log: context.log,
        rowsMax: context.options.rowsMax,
        unknownColumns: "note",
        onRecord: () => addJob(context, table, columns, times),
      });
      const columns = declareColumns(table);
      return table;
    };
    return createSingleFileReader(context, heliosCsv.title, open, () => ({ unixClock: true }));
  },
};

type Columns = ReturnType<typeof declareColumns>;

function declareColumns(table: CsvTable) {
  const optional = { optional: true } as const;
  const count = { ...GPU_COUNT_RULE, optional: true, absent: 0 } as const;
  return {
    id: table.textColumn("job_id", optional),
    user: table.textColumn("user", optional),
    vc: table.textColumn("vc"),
    gpus: table.numberColumn("gpu_num", GPU_COUNT_RULE),
    cpus: table.numberColumn("cpu_num", count),
    nodes: table.numberColumn("node_num", count),
    state: table.textColumn("state", optional),
    submit: table.textColumn("submit_time"),
    start: table.textColumn("start_time", optional),
    end: table.textColumn("end_time", optional),
    durationS: table.numberColumn("duration", SECONDS_RULE),
    // Not needed: it is start − submit, which is recorded. Declared so that no note calls it unused.
    queue: table.textColumn("queue", optional),
    jobname: table.textColumn("jobname", optional),
  };
}

function addJob(
  context: ReadingContext,
  table: CsvTable,
  columns: Columns,
  times: TimeReader,
): void {
  const { builder, log, options } = context;
  const submitS = times.requiredEpochS(columns.submit);
  const recordedStartS = times.epochS(columns.start);
  const recordedEndS = times.epochS(columns.end);
  const durationS = columns.durationS.number();
  const gpus = columns.gpus.number();
  const cpus = columns.cpus.number();
  const nodes = columns.nodes.number();
  if (table.broken) return;
  if (gpus === 0 && options.cpuJobs !== "keep") {
    return log.leaveOut("asks for no GPU", table.line);
  }
  if (Math.abs(recordedEndS - recordedStartS - durationS) > 1) {
    log.note("in {count} rows the duration is not end_time − start_time; the duration was used");
  }
  const tenant = columns.vc.text();
  const gang = gangOf(context, gpus, nodes);
  const added = builder.add({
    id: columns.id.isPresent() ? columns.id.text() : String(table.recordCount),
    submitS,
    durationS,
    workers: gang.workers,
    gpuCount: gang.gpuCount,
    gangGpus: gang.gangGpus,
    cpuMilli: Math.round((cpus * 1000) / gang.workers),
    tenant,
    partition: options.partitions === "use" ? tenant : "",
    user: columns.user.text(),
    status: statusFromWord(columns.state.text()),
    recordedStartS,
    recordedEndS,
  });
  if (added === -1) columns.id.reject("duplicate-id", `job_id "${columns.id.text()}" stands twice`);
}

/** The nodes the job really had, where the trace tells and they divide its GPUs; else the usual split. */
function gangOf(context: ReadingContext, gpus: number, nodes: number): GpuGang {
  const perNode = gpus / nodes;
  const isEven = nodes > 0 && Number.isInteger(perNode) && perNode > 0;
  if (isEven && perNode <= context.options.gpusPerWorkerMax) {
    return { workers: nodes, gpuCount: perNode, gangGpus: gpus };
  }
  return gpuGang(context, gpus);
}

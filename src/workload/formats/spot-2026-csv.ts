import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { SECONDS_RULE } from "../reading/number-text.js";
import { gpuShare } from "./gpu-share.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/** Priority of high-priority jobs; spot jobs have 0. */
const HIGH_PRIORITY = 1;

/**
 * `job_info_df.csv` of Alibaba's spot GPU trace of 2026.
 *
 * `gpu_request` and `cpu_request` are those of one of the `worker_num` workers: the published sample has
 * 94 workers with gpu_request 1. Spot jobs may be stopped and have priority 0; high-priority jobs 1.
 * `gpu_model` is demanded.
 */
export const spot2026Csv: TraceFormat = {
  name: "spot-2026-csv",
  title: "spot-GPU 2026 CSV",
  description: "Alibaba cluster-trace-v2026-spot-gpu job_info_df.csv; GPUs per worker, HP and Spot",
  detect: (opening) =>
    detectColumns(opening, ["job_name", "gpu_request", "worker_num", "submit_time", "job_type"]),
  createReader(context) {
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log: context.log,
        rowsMax: context.options.rowsMax,
        unknownColumns: "note",
        onRecord: () => addJob(context, table, columns),
      });
      const columns = declareColumns(table);
      return table;
    };
    return createSingleFileReader(context, spot2026Csv.title, open, () => ({}));
  },
};

type Columns = ReturnType<typeof declareColumns>;

function declareColumns(table: CsvTable) {
  return {
    id: table.textColumn("job_name"),
    organization: table.textColumn("organization", { optional: true }),
    model: table.textColumn("gpu_model"),
    cpus: table.numberColumn("cpu_request", { min: 0, max: 1e6 }),
    gpus: table.numberColumn("gpu_request", { min: 0, max: 1e6 }),
    workers: table.numberColumn("worker_num", { min: 1, max: 1e6, integer: true }),
    submitS: table.numberColumn("submit_time", SECONDS_RULE),
    durationS: table.numberColumn("duration", SECONDS_RULE),
    type: table.textColumn("job_type"),
  };
}

function addJob(context: ReadingContext, table: CsvTable, columns: Columns): void {
  const { builder, log, options } = context;
  const gpus = columns.gpus.number();
  const cpus = columns.cpus.number();
  const workers = columns.workers.number();
  const submitS = columns.submitS.number();
  const durationS = columns.durationS.number();
  const type = columns.type.text();
  const spot = type === "Spot";
  if (!spot && type !== "HP") {
    columns.type.reject(
      "unknown-job-type",
      `job_type must be HP or Spot, got "${type.slice(0, 60)}"`,
    );
  }
  if (table.broken) return;
  if (gpus === 0 && options.cpuJobs !== "keep") {
    return log.leaveOut("asks for no GPU", table.line);
  }
  const id = columns.id.text();
  const model = columns.model.text();
  const share = gpuShare(context, gpus);
  const added = builder.add({
    id,
    submitS,
    durationS,
    workers,
    gpuCount: share.gpuCount,
    gpuMilli: share.gpuMilli,
    cpuMilli: Math.round(cpus * 1000),
    gpuModels: model === "" || options.gpuModels === "ignore" ? [] : [model],
    tenant: columns.organization.text(),
    priority: spot ? 0 : HIGH_PRIORITY,
    preemptible: spot,
  });
  if (added === -1) columns.id.reject("duplicate-id", `job_name "${id}" stands twice`);
}

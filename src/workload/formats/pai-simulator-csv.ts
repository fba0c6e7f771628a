import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { SECONDS_RULE } from "../reading/number-text.js";
import { gpuShare } from "./gpu-share.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/**
 * The job list of the simulator beside Alibaba's PAI trace of 2020.
 *
 * `num_gpu` and `num_cpu` are what one instance asks for, and the `num_inst` instances start together
 * (its scheduler multiplies them). `gpu_type` is where the job ran and not what it demanded: it is no
 * constraint here. The estimates (`user_dur`, `group_dur`, `group_gpu_dur`) belong to its policies.
 */
export const paiSimulatorCsv: TraceFormat = {
  name: "pai-simulator-csv",
  title: "PAI simulator CSV",
  description: "Job list of Alibaba's PAI 2020 simulator; GPUs and CPUs per instance",
  detect: (opening) =>
    detectColumns(opening, ["job_id", "num_gpu", "num_cpu", "num_inst", "submit_time", "duration"]),
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
    return createSingleFileReader(context, paiSimulatorCsv.title, open, () => ({}));
  },
};

type Columns = ReturnType<typeof declareColumns>;

function declareColumns(table: CsvTable) {
  for (const name of ["gpu_type", "user_dur", "group_dur", "group_gpu_dur"]) {
    table.textColumn(name, { optional: true });
  }
  return {
    id: table.textColumn("job_id"),
    user: table.textColumn("user", { optional: true }),
    gpus: table.numberColumn("num_gpu", { min: 0, max: 1e6, absent: 0 }),
    cpus: table.numberColumn("num_cpu", { min: 0, max: 1e6, absent: 0 }),
    instances: table.numberColumn("num_inst", { min: 1, max: 1e6, integer: true, absent: 1 }),
    submitS: table.numberColumn("submit_time", SECONDS_RULE),
    durationS: table.numberColumn("duration", SECONDS_RULE),
  };
}

function addJob(context: ReadingContext, table: CsvTable, columns: Columns): void {
  const { builder, log, options } = context;
  const workers = columns.instances.number();
  const gpus = columns.gpus.number();
  const cpus = columns.cpus.number();
  const submitS = columns.submitS.number();
  const durationS = columns.durationS.number();
  if (table.broken) return;
  if (gpus === 0 && options.cpuJobs === "leave-out") {
    return log.leaveOut("asks for no GPU", table.line);
  }
  const id = columns.id.text();
  const share = gpuShare(context, gpus);
  const added = builder.add({
    id,
    submitS,
    durationS,
    workers,
    gpuCount: share.gpuCount,
    gpuMilli: share.gpuMilli,
    cpuMilli: Math.round(cpus * 1000),
    tenant: columns.user.text(),
  });
  if (added === -1) columns.id.reject("duplicate-id", `job_id "${id}" stands twice`);
}

import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { GPU_COUNT_RULE, SECONDS_RULE } from "../reading/number-text.js";
import { gpuGang } from "./gpu-gang.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { TraceFormat } from "./trace-format.js";

/**
 * The job list of the Tiresias simulator: whole seconds from an arbitrary start, GPUs per job.
 *
 * `model_name` and `iterations` describe the work and are not used: the duration is given. `interval` is
 * the gap to the next job, which the submit times already say.
 */
export const tiresiasCsv: TraceFormat = {
  name: "tiresias-csv",
  title: "Tiresias CSV",
  description: "Job list of the Tiresias simulator (job_id, num_gpu, submit_time, duration …)",
  detect: (opening) =>
    detectColumns(opening, ["job_id", "num_gpu", "submit_time", "iterations", "duration"]),
  createReader(context) {
    const { builder, log, options } = context;
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log,
        rowsMax: options.rowsMax,
        unknownColumns: "note",
        onRecord() {
          const submit = submitS.number();
          const duration = durationS.number();
          const count = gpus.number();
          if (table.broken) return;
          const gang = gpuGang(context, count);
          const added = builder.add({
            id: id.text(),
            submitS: submit,
            durationS: duration,
            workers: gang.workers,
            gpuCount: gang.gpuCount,
            gangGpus: gang.gangGpus,
          });
          if (added === -1) id.reject("duplicate-id", `job_id "${id.text()}" stands twice`);
        },
      });
      const id = table.textColumn("job_id");
      const gpus = table.numberColumn("num_gpu", { ...GPU_COUNT_RULE, min: 1 });
      const submitS = table.numberColumn("submit_time", SECONDS_RULE);
      const durationS = table.numberColumn("duration", SECONDS_RULE);
      for (const name of ["iterations", "model_name", "interval"]) {
        table.textColumn(name, { optional: true });
      }
      return table;
    };
    return createSingleFileReader(context, tiresiasCsv.title, open, () => ({}));
  },
};

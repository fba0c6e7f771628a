import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { GPU_COUNT_RULE, SECONDS_RULE } from "../reading/number-text.js";
import { createTimeReader } from "../reading/time-column.js";
import { gpuGang } from "./gpu-gang.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { TraceFormat } from "./trace-format.js";

/** Share of gpu_time by which it may differ from duration × num_gpus: it is printed with one decimal. */
const GPU_TIME_TOLERANCE = 1e-6;

/**
 * The extract of the Philly trace that the Pollux and Sia artifacts share.
 *
 * One row per job; `cluster` is the virtual cluster and becomes the tenant. Rows have no id: they are
 * numbered. The file is not sorted by time.
 */
export const phillyCsv: TraceFormat = {
  name: "philly-csv",
  title: "Philly CSV",
  description: "Microsoft Philly jobs as extracted by Pollux and Sia (philly.csv), GPUs per job",
  detect: (opening) => detectColumns(opening, ["timestamp", "duration", "num_gpus", "cluster"]),
  createReader(context) {
    const { builder, log, options } = context;
    const times = createTimeReader(log);
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log,
        rowsMax: options.rowsMax,
        unknownColumns: "note",
        onRecord() {
          const submitS = times.requiredEpochS(timestamp);
          const durationS = duration.number();
          const gpus = numGpus.number();
          const statedGpuS = gpuTime.number();
          if (table.broken) return;
          if (Math.abs(statedGpuS - durationS * gpus) > GPU_TIME_TOLERANCE * statedGpuS + 0.1) {
            log.note("in {count} rows gpu_time is not duration × num_gpus; the duration was used");
          }
          const tenant = cluster.text();
          const gang = gpuGang(context, gpus);
          builder.add({
            id: String(table.recordCount),
            submitS,
            durationS,
            workers: gang.workers,
            gpuCount: gang.gpuCount,
            gangGpus: gang.gangGpus,
            tenant,
            partition: options.partitions === "use" ? tenant : "",
          });
        },
      });
      const timestamp = table.textColumn("timestamp");
      const duration = table.numberColumn("duration", SECONDS_RULE);
      const numGpus = table.numberColumn("num_gpus", { ...GPU_COUNT_RULE, min: 1 });
      const gpuTime = table.numberColumn("gpu_time", {
        min: 0,
        max: 1e13,
        optional: true,
        absent: Number.NaN,
      });
      const cluster = table.textColumn("cluster");
      return table;
    };
    return createSingleFileReader(context, phillyCsv.title, open, () => ({ unixClock: true }));
  },
};

import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable, TextColumn } from "../reading/csv-table.js";
import { SECONDS_RULE } from "../reading/number-text.js";
import { statusFromWord } from "./job-status-words.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

const MIB = 1_048_576;

/**
 * Pod lists of Alibaba's GPU trace of 2023 (openb), replayed on the clock.
 *
 * One pod is one job of one worker. By default a pod lasts from creation to deletion, which is the
 * demand it stood for, also while it waited; `openbDurations: scheduled` takes the time it held its
 * place and leaves out pods that were never scheduled. The pods are a sample of the cluster's: their
 * demand on the clock is about one percent of its GPUs.
 */
export const openbPodsCsv: TraceFormat = {
  name: "openb-pods-csv",
  title: "openb pod list",
  description: "Alibaba cluster-trace-gpu-v2023 pod list with creation and deletion times",
  detect: (opening) => detectColumns(opening, ["name", "cpu_milli", "num_gpu", "gpu_milli"]),
  createReader(context) {
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log: context.log,
        rowsMax: context.options.rowsMax,
        unknownColumns: "note",
        help: "pod lists without times can be placed, not replayed on the clock: headroom replay openb",
        onRecord: () => addPod(context, table, columns),
      });
      const columns = declareColumns(table);
      return table;
    };
    return createSingleFileReader(context, openbPodsCsv.title, open, () => {
      context.log.note(
        "the pods are a sample of a larger cluster: on the clock their demand is far below its GPUs; scale the load or take a smaller cluster",
      );
      return {};
    });
  },
};

type Columns = ReturnType<typeof declareColumns>;

function declareColumns(table: CsvTable) {
  const optional = { optional: true } as const;
  const amount = { min: 0, max: 1e9, integer: true } as const;
  return {
    id: table.textColumn("name"),
    cpuMilli: table.numberColumn("cpu_milli", amount),
    memoryMib: table.numberColumn("memory_mib", amount),
    gpus: table.numberColumn("num_gpu", { min: 0, max: 1024, integer: true }),
    gpuMilli: table.numberColumn("gpu_milli", { min: 0, max: 1000, integer: true }),
    models: table.textColumn("gpu_spec", optional),
    qos: table.textColumn("qos", optional),
    phase: table.textColumn("pod_phase", optional),
    createdS: table.numberColumn("creation_time", SECONDS_RULE),
    deletedS: table.numberColumn("deletion_time", { ...SECONDS_RULE, absent: Number.NaN }),
    scheduledS: table.numberColumn("scheduled_time", {
      ...SECONDS_RULE,
      optional: true,
      absent: Number.NaN,
    }),
  };
}

function addPod(context: ReadingContext, table: CsvTable, columns: Columns): void {
  const { builder, log, options } = context;
  const gpuCount = columns.gpus.number();
  const gpuMilli = columns.gpuMilli.number();
  const cpuMilli = columns.cpuMilli.number();
  const memoryMib = columns.memoryMib.number();
  const submitS = columns.createdS.number();
  const deletedS = columns.deletedS.number();
  const scheduledS = columns.scheduledS.number();
  const startS = options.openbDurations === "scheduled" ? scheduledS : submitS;
  if (gpuCount > 0 && gpuMilli === 0) {
    columns.gpuMilli.reject("out-of-range", "gpu_milli must be from 1 to 1000 with GPUs, got 0");
  }
  if (gpuCount > 1 && gpuMilli < 1000) {
    const message = `gpu_milli below 1000 is a share of one GPU; num_gpu must then be 1, got ${gpuCount}`;
    columns.gpuMilli.reject("share-of-several", message);
  }
  if (deletedS < startS) {
    const message = `deletion_time ${deletedS} must not be before ${startS}`;
    columns.deletedS.reject("ends-before-start", message);
  }
  if (table.broken) return;
  if (Number.isNaN(startS)) return log.leaveOut("was never scheduled", table.line);
  if (Number.isNaN(deletedS)) return log.leaveOut("has no deletion_time", table.line);
  if (gpuCount === 0 && options.cpuJobs === "leave-out") {
    return log.leaveOut("asks for no GPU", table.line);
  }
  const id = columns.id.text();
  const added = builder.add({
    id,
    submitS,
    durationS: deletedS - startS,
    cpuMilli,
    memoryBytes: memoryMib * MIB,
    gpuCount,
    gpuMilli: gpuCount > 0 ? gpuMilli : 0,
    gpuModels: options.gpuModels === "use" ? modelsOf(columns.models) : [],
    tenant: columns.qos.text(),
    status: statusFromWord(columns.phase.text()),
    recordedStartS: scheduledS,
    recordedEndS: deletedS,
  });
  if (added === -1) columns.id.reject("duplicate-id", `pod "${id}" stands twice`);
}

function modelsOf(column: TextColumn): readonly string[] {
  return column
    .text()
    .split("|")
    .map((model) => model.trim())
    .filter((model) => model !== "");
}

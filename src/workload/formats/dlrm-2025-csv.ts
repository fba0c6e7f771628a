import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { SECONDS_RULE } from "../reading/number-text.js";
import { gpuShare } from "./gpu-share.js";
import { createSingleFileReader } from "./single-file-reader.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

const GIB = 1_073_741_824;

/**
 * Instances of Alibaba's disaggregated DLRM trace of 2025.
 *
 * The trace is a window: an instance without creation time was there before it, one without deletion
 * time stayed to its end. They are cut to the window, from second 0 to the last time in the file.
 * Instances of role CN ask for no GPU and ran on CPU nodes; they are left out unless CPU jobs are kept.
 */
export const dlrm2025Csv: TraceFormat = {
  name: "dlrm-2025-csv",
  title: "DLRM 2025 CSV",
  description: "Alibaba cluster-trace-gpu-v2025 disaggregated DLRM instances",
  detect: (opening) =>
    detectColumns(opening, ["instance_sn", "role", "app_name", "gpu_request", "creation_time"]),
  createReader(context) {
    const window: Window = { endS: 0, openRows: [] };
    const open = (file: string): CsvTable => {
      const table = createCsvTable({
        file,
        log: context.log,
        rowsMax: context.options.rowsMax,
        unknownColumns: "note",
        onRecord: () => addInstance(context, table, columns, window),
      });
      const columns = declareColumns(table);
      return table;
    };
    return createSingleFileReader(context, dlrm2025Csv.title, open, () => {
      for (const { row, startS } of window.openRows) {
        context.builder.setDuration(row, window.endS - startS);
      }
      if (window.openRows.length > 0) {
        context.log.note(
          `${window.openRows.length} instances have no deletion time; they end with the trace, at second ${window.endS}`,
        );
      }
      return { originS: 0 };
    });
  },
};

/** What the end of the trace decides. */
interface Window {
  /** Last time seen in the file. */
  endS: number;
  readonly openRows: { readonly row: number; readonly startS: number }[];
}

type Columns = ReturnType<typeof declareColumns>;

function declareColumns(table: CsvTable) {
  const time = { ...SECONDS_RULE, absent: Number.NaN } as const;
  for (const name of ["cpu_limit", "gpu_limit", "memory_limit", "role"]) {
    table.textColumn(name, { optional: true });
  }
  return {
    id: table.textColumn("instance_sn"),
    app: table.textColumn("app_name"),
    cpus: table.numberColumn("cpu_request", { min: 0, max: 1e6, absent: 0 }),
    gpus: table.numberColumn("gpu_request", { min: 0, max: 1e6, absent: 0 }),
    memoryGib: table.numberColumn("memory_request", { min: 0, max: 1e6, absent: 0 }),
    createdS: table.numberColumn("creation_time", time),
    scheduledS: table.numberColumn("scheduled_time", time),
    deletedS: table.numberColumn("deletion_time", time),
  };
}

function addInstance(
  context: ReadingContext,
  table: CsvTable,
  columns: Columns,
  window: Window,
): void {
  const { builder, log, options } = context;
  const gpus = columns.gpus.number();
  const cpus = columns.cpus.number();
  const memoryGib = columns.memoryGib.number();
  const createdS = columns.createdS.number();
  const scheduledS = columns.scheduledS.number();
  const deletedS = columns.deletedS.number();
  for (const timeS of [createdS, scheduledS, deletedS]) {
    if (timeS > window.endS) window.endS = timeS;
  }
  const submitS = Number.isNaN(createdS) ? 0 : createdS;
  const startS = Number.isNaN(scheduledS) ? submitS : scheduledS;
  if (deletedS < startS) {
    const message = `deletion_time ${deletedS} must not be before ${startS}`;
    columns.deletedS.reject("ends-before-start", message);
  }
  if (table.broken) return;
  if (gpus === 0 && options.cpuJobs !== "keep") {
    return log.leaveOut("asks for no GPU", table.line);
  }
  if (Number.isNaN(createdS)) {
    log.note("{count} instances were there before the trace; they arrive at second 0");
  }
  const id = columns.id.text();
  const share = gpuShare(context, gpus);
  const row = builder.add({
    id,
    submitS,
    durationS: Number.isNaN(deletedS) ? 0 : deletedS - startS,
    gpuCount: share.gpuCount,
    gpuMilli: share.gpuMilli,
    cpuMilli: Math.round(cpus * 1000),
    memoryBytes: Math.round(memoryGib * GIB),
    tenant: columns.app.text(),
    recordedStartS: startS,
    recordedEndS: deletedS,
  });
  if (row === -1) columns.id.reject("duplicate-id", `instance_sn "${id}" stands twice`);
  else if (Number.isNaN(deletedS)) window.openRows.push({ row, startS });
}

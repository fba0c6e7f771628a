import { createCsvTable } from "../reading/csv-table.js";
import type { CsvTable } from "../reading/csv-table.js";
import { GPU_COUNT_RULE, SECONDS_RULE } from "../reading/number-text.js";
import { gpuGang } from "./gpu-gang.js";
import { detectColumns } from "./trace-format.js";
import type { ReadingContext, TraceFormat, TraceFormatReader } from "./trace-format.js";

const COUNT_RULE = { ...GPU_COUNT_RULE, min: 1 } as const;

/**
 * Workloads of Pollux and Sia: which application arrives when, on how many GPUs.
 *
 * Their simulators work out the duration from models of the applications; the file has none. A second
 * file must state it: `application,num_replicas,duration_s` (num_replicas may be empty for any number).
 */
export const polluxCsv: TraceFormat = {
  name: "pollux-csv",
  title: "Pollux or Sia workload",
  description: "Pollux and Sia workload CSV; needs a table of durations beside it",
  detect: (opening) =>
    detectColumns(opening, ["name", "time", "application", "num_replicas", "batch_size"]),
  createReader(context) {
    const state: PolluxState = { durations: new Map(), waiting: [] };
    let table: CsvTable | undefined;
    let file = "";
    let held = "";
    const start = (): void => {
      const isDurations = held.split("\n", 1)[0]!.includes("duration_s");
      table = (isDurations ? durationTable : workloadTable)(context, state, file);
      table.push(held);
    };
    return {
      beginFile(name) {
        file = name;
        table = undefined;
        held = "";
      },
      push(text) {
        if (table !== undefined) return table.push(text);
        held += text;
        if (held.includes("\n")) start();
      },
      endFile() {
        if (table === undefined) start();
        table!.end();
      },
      finish() {
        finishJobs(context, state);
        return {};
      },
    } satisfies TraceFormatReader;
  },
};

/** A job whose duration may stand in a later file. */
interface Waiting {
  readonly row: number;
  readonly file: string;
  readonly line: number;
  readonly application: string;
  readonly gpus: number;
}

interface PolluxState {
  /** Seconds by `application` and by `application|num_replicas`. */
  readonly durations: Map<string, number>;
  readonly waiting: Waiting[];
}

function workloadTable(context: ReadingContext, state: PolluxState, file: string): CsvTable {
  const { builder, log, options } = context;
  const table = createCsvTable({
    file,
    log,
    rowsMax: options.rowsMax,
    unknownColumns: "note",
    onRecord() {
      const submitS = time.number();
      const gpus = replicas.number();
      if (table.broken) return;
      const gang = gpuGang(context, gpus);
      const row = builder.add({
        id: name.text(),
        submitS,
        durationS: 0,
        workers: gang.workers,
        gpuCount: gang.gpuCount,
        gangGpus: gang.gangGpus,
        tenant: application.text(),
      });
      if (row === -1) return name.reject("duplicate-id", `name "${name.text()}" stands twice`);
      state.waiting.push({ row, file, line: table.line, application: application.text(), gpus });
    },
  });
  const name = table.textColumn("name");
  const time = table.numberColumn("time", SECONDS_RULE);
  const application = table.textColumn("application");
  const replicas = table.numberColumn("num_replicas", COUNT_RULE);
  table.textColumn("batch_size");
  return table;
}

function durationTable(context: ReadingContext, state: PolluxState, file: string): CsvTable {
  const table = createCsvTable({
    file,
    log: context.log,
    rowsMax: context.options.rowsMax,
    unknownColumns: "problem",
    onRecord() {
      const seconds = duration.number();
      const gpus = replicas.number();
      if (table.broken) return;
      const key = application.text() + (Number.isNaN(gpus) ? "" : `|${gpus}`);
      if (state.durations.has(key)) {
        return application.reject("duplicate-id", `the duration of ${key} is stated twice`);
      }
      state.durations.set(key, seconds);
    },
  });
  const application = table.textColumn("application");
  const replicas = table.numberColumn("num_replicas", {
    ...COUNT_RULE,
    optional: true,
    absent: Number.NaN,
  });
  const duration = table.numberColumn("duration_s", SECONDS_RULE);
  return table;
}

function finishJobs({ builder, log }: ReadingContext, { durations, waiting }: PolluxState): void {
  for (const { row, file, line, application, gpus } of waiting) {
    const durationS = durations.get(`${application}|${gpus}`) ?? durations.get(application);
    if (durationS !== undefined) builder.setDuration(row, durationS);
    else {
      builder.remove(row);
      log.problem("no-duration", () => ({
        file,
        line,
        col: 1,
        message: `no duration is stated for application ${application} with ${gpus} replicas`,
        help: "name a second file with the columns application,num_replicas,duration_s",
      }));
    }
  }
}

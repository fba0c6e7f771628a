import type { CsvColumn } from "./table-columns.js";

/** Columns of the `jobs.csv` that a backtest writes. Times in seconds. */
export const BACKTEST_JOB_COLUMNS: readonly CsvColumn[] = [
  { name: "job_id", description: "The job, as the trace names it." },
  { name: "tenant", description: "Its tenant; empty where the trace has none." },
  { name: "partition", description: "Its partition; empty for the default one." },
  { name: "gpus", description: "GPUs of the whole gang; a fraction for a share of one GPU." },
  { name: "submission_time", description: "When it was submitted, in seconds of the trace." },
  { name: "recorded_waiting_time", description: "Recorded first start − submission." },
  { name: "simulated_waiting_time", description: "Simulated first start − submission." },
  { name: "error", description: "simulated_waiting_time − recorded_waiting_time." },
];

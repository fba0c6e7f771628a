import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { gpuSharesChart } from "../charts/gpu-shares.js";
import { gpuStatesChart } from "../charts/gpu-states-over-time.js";
import { escapeMarkdown } from "../format/escape.js";
import { type GpuState, idleClass } from "../gpu-states.js";
import type { Configuration, RunReportInput } from "../run-report-input.js";
import { gpuStateSeries } from "../series/gpu-state-series.js";
import { timeBuckets } from "../series/time-buckets.js";
import { drawnReplication } from "./replication-note.js";

/** Points of one curve; a page is about 700 px wide, so more would not be seen. */
export const POINTS_MAX = 360;
/** Charts over time, one per configuration, before the page becomes a catalogue. */
const TIME_CHARTS_MAX = 4;
/** Configurations side by side in a table that also explains each class. */
const IDLE_COLUMNS_MAX = 4;

const EXPLANATION =
  "Busy GPUs are given to jobs. An idle GPU is free when a job of the workload's mix could take it " +
  "as it lies, and fragmented when no such job could: too few GPUs together on the node, no CPUs " +
  "left beside them, or a model the jobs do not accept. Idle capacity is weighed by how often each " +
  "kind of job occurs in the mix, so one idle GPU can be partly free and partly fragmented. Free " +
  "GPUs beside a long queue mean that the queue's order keeps them idle; fragmented ones mean that " +
  "placement does.";

/** Where GPUs were: shares by state, why idle ones were idle, and the course over time. */
export function gpusSection(input: RunReportInput, runs: readonly Configuration[]): ReportSection {
  const blocks: ReportBlock[] = [];
  if (input.result.gpu.count === 0) {
    blocks.push({ kind: "text", markdown: "The cluster has no GPUs." });
    return { id: "gpus", title: "Where the GPUs were", blocks };
  }
  const timed = runs.filter(timePassed);
  if (timed.length < runs.length) blocks.push(withoutTime(runs));
  if (timed.length === 0) return { id: "gpus", title: "Where the GPUs were", blocks };
  blocks.push(gpuSharesChart(timed.map(shares)));
  const table = idleTable(timed);
  if (table !== undefined) blocks.push(table);
  blocks.push(...drawnReplication(timed));
  const withGpus = timed.filter(({ result }) => result.gpu.count > 0);
  const charted = withGpus.slice(0, TIME_CHARTS_MAX);
  blocks.push(...charted.map((run) => timeChart(run, runs.indexOf(run), runs.length === 1)));
  const left = withGpus.slice(TIME_CHARTS_MAX);
  if (left.length > 0) {
    const names = left.map(({ name }) => escapeMarkdown(name));
    blocks.push({ kind: "text", markdown: `Not drawn over time: ${names.join(", ")}.` });
  }
  const explanation = `${EXPLANATION}${dataNames(timed)}`;
  return { id: "gpus", title: "Where the GPUs were", blocks, explanation };
}

/** What the classes of the table are called in the files for machines. */
function dataNames(runs: readonly Configuration[]): string {
  const names = idleNames(runs);
  if (names.length === 0) return "";
  return ` In result.json and utilization.csv the reasons of the table have short names, from the top: ${names.join(", ")}.`;
}

/** Classes that some configuration had, the largest of the first one first. */
function idleNames(runs: readonly Configuration[]): readonly string[] {
  const [base] = runs;
  return [...new Set(runs.flatMap(({ result }) => Object.keys(result.gpu.idleByClass)))]
    .filter((name) => runs.some((run) => shareIn(run, name) > 0))
    .sort((left, right) => shareIn(base!, right) - shareIn(base!, left));
}

/** A run that stops before anything happens, or at the instant it begins, has no shares of time. */
function timePassed({ drawn, columns }: Configuration): boolean {
  const startS = columns.series.timeS[0];
  return startS !== undefined && drawn.endS > startS;
}

function withoutTime(runs: readonly Configuration[]): ReportBlock {
  const names = runs.filter((run) => !timePassed(run)).map(({ name }) => escapeMarkdown(name));
  const which = runs.length === 1 ? "" : ` in ${names.join(", ")}`;
  return {
    kind: "text",
    markdown: `No time passed${which}: the run stopped at the instant it began, so there are no shares of GPU time.`,
  };
}

function shares({ name, result }: Configuration): {
  readonly name: string;
  readonly shareByState: ReadonlyMap<GpuState, number>;
} {
  const shareByState = new Map<GpuState, number>([["busy", result.gpu.allocatedShare]]);
  for (const [idle, share] of Object.entries(result.gpu.idleByClass)) {
    const { state } = idleClass(idle);
    shareByState.set(state, (shareByState.get(state) ?? 0) + share);
  }
  return { name, shareByState };
}

function idleTable(runs: readonly Configuration[]): ReportBlock | undefined {
  const classes = idleNames(runs);
  if (classes.length === 0) return undefined;
  return runs.length <= IDLE_COLUMNS_MAX ? idleColumns(runs, classes) : idleGroups(runs, classes);
}

function shareIn({ result }: Configuration, idle: string): number {
  return result.gpu.idleByClass[idle] ?? 0;
}

const IDLE_CAPTION = "Why idle GPUs were idle, as a share of all GPU time";

function idleColumns(runs: readonly Configuration[], classes: readonly string[]): ReportBlock {
  return {
    kind: "table",
    caption: IDLE_CAPTION,
    columns: [
      { header: "State" },
      { header: "Meaning" },
      ...runs.map(({ name }) => ({
        header: runs.length === 1 ? "Share" : name,
        unit: "%",
        digits: 3,
        align: "right" as const,
      })),
    ],
    rows: classes.map((name): readonly Cell[] => {
      const { state, meaning } = idleClass(name);
      return [state, meaning, ...runs.map((run) => shareIn(run, name) * 100)];
    }),
  };
}

/** For many configurations: one group of rows per class, so that the table stays narrow. */
function idleGroups(runs: readonly Configuration[], classes: readonly string[]): ReportBlock {
  return {
    kind: "table",
    caption: IDLE_CAPTION,
    columns: [
      { header: "Configuration" },
      { header: "Share", unit: "%", digits: 3, align: "right" },
    ],
    rows: classes.flatMap((name) => runs.map((run) => [run.name, shareIn(run, name) * 100])),
    rowGroups: classes.map((name) => {
      const { state, meaning } = idleClass(name);
      return { title: `${state}: ${meaning}`, rowCount: runs.length };
    }),
    fullTable: "result.json",
  };
}

function timeChart(
  { name, drawn: result, columns }: Configuration,
  index: number,
  alone: boolean,
): ReportBlock {
  const { series } = columns;
  const startS = series.timeS[0] ?? 0;
  const endS = Math.max(result.endS, series.timeS.at(-1) ?? 0, startS);
  const buckets = timeBuckets({ startS, endS, bucketsMax: POINTS_MAX });
  const goal = result.goals.find(({ metric }) => metric === "gpu.allocatedShare");
  return gpuStatesChart({
    key: index === 0 ? "base" : `variant-${index}`,
    name,
    alone,
    gpuCount: result.gpu.count,
    buckets,
    states: gpuStateSeries(series, result.gpu.count, buckets),
    allocatedShare: result.gpu.allocatedShare,
    allocatedShareMax: result.gpu.allocatedShareMax,
    ...(goal === undefined ? {} : { goalShare: goal.target }),
  });
}

import type { ReportBlock, ReportSection } from "../block.js";
import { stackedBarsChart } from "../charts/stacked-bars.js";
import { CONFIGURATIONS_MAX } from "../charts/theme.js";
import type { Configuration } from "../run-report-input.js";
import type { RunResult } from "../../studies/run/result-document.js";
import { figureTable, type Figure } from "./figure-table.js";

/** Reasons for stops that the page names. */
const REASONS_MAX = 6;

const EXPLANATION =
  "Work that is done and lost again, restarts, and changes of size are GPU time that jobs held and did not use. GPUs " +
  "that stood idle while gangs waited for more of them were held by nobody: the figure is the smaller of idle GPUs " +
  "and GPUs the waiting gangs asked for, added up over time, and an upper bound of what they could have had.";

const LOSSES: readonly { readonly name: string; of(result: RunResult): number }[] = [
  { name: "idle while gangs waited", of: ({ gangWaits }) => gangWaits?.idleGpuHours ?? 0 },
  { name: "preemption", of: ({ preemption }) => preemption?.gpuHoursLost ?? 0 },
  { name: "failures", of: ({ faults }) => faults?.gpuHoursLost ?? 0 },
  { name: "rescaling", of: ({ elastic }) => elastic?.gpuHoursLost ?? 0 },
];

const FIGURES: readonly Figure[] = [
  {
    label: "Idle while gangs waited",
    unit: "GPU-h",
    of: ({ gangWaits }) => gangWaits?.idleGpuHours,
  },
  { label: "… of all GPU time", unit: "share", of: ({ gangWaits }) => gangWaits?.idleShare },
  {
    label: "Gangs",
    note: "jobs of more than one GPU",
    unit: "",
    of: ({ gangWaits }) => gangWaits?.gangs,
  },
  { label: "Lost to preemption", unit: "GPU-h", of: ({ preemption }) => preemption?.gpuHoursLost },
  { label: "Stops", unit: "", of: ({ preemption }) => preemption?.stops },
  { label: "Jobs stopped", unit: "", of: ({ preemption }) => preemption?.jobsStopped },
  { label: "Lost to failures", unit: "GPU-h", of: ({ faults }) => faults?.gpuHoursLost },
  { label: "Lost to changes of size", unit: "GPU-h", of: ({ elastic }) => elastic?.gpuHoursLost },
  { label: "Elastic jobs", unit: "", of: ({ elastic }) => elastic?.jobs },
  { label: "Changes of size", unit: "", of: ({ elastic }) => elastic?.rescalings },
  {
    label: "Workers held, of those asked for",
    unit: "share",
    of: ({ elastic }) => elastic?.workersMeanShare,
  },
];

/** GPU-hours that gangs, preemption, failures and rescaling cost; absent when nothing of that can occur. */
export function lossesSection(runs: readonly Configuration[]): ReportSection | undefined {
  const table = figureTable(runs, "What was lost, and how often", FIGURES);
  if (table === undefined) return undefined;
  const chart = stackedBarsChart({
    id: "gpu-hours-lost",
    title: "What took GPU-hours from jobs?",
    axis: "GPU-hours",
    unit: "GPU-h",
    bars: runs.slice(0, CONFIGURATIONS_MAX).map(({ name, result }) => ({
      name,
      parts: LOSSES.map((loss) => ({ name: loss.name, value: loss.of(result) })),
    })),
  });
  return {
    id: "losses",
    title: "GPU-hours that did no work",
    blocks: [...(chart === undefined ? [] : [chart]), table, ...reasonTable(runs)],
    explanation: EXPLANATION,
  };
}

function reasonTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const groups = runs
    .map(({ name, result }) => ({
      title: name,
      rows: (result.preemption?.reasons ?? []).slice(0, REASONS_MAX),
    }))
    .filter(({ rows }) => rows.length > 0);
  if (groups.length === 0) return [];
  return [
    {
      kind: "table",
      caption: "Why running jobs were stopped",
      columns: [{ header: "Reason" }, { header: "Stops", align: "right" }],
      rows: groups.flatMap(({ rows }) => rows.map(({ name, stops }) => [name, stops])),
      ...(runs.length > 1
        ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
        : {}),
      fullTable: "result.json",
    },
  ];
}

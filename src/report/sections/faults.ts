import type { ReportBlock, ReportSection } from "../block.js";
import { stackedBarsChart } from "../charts/stacked-bars.js";
import { CONFIGURATIONS_MAX } from "../charts/theme.js";
import type { Configuration } from "../run-report-input.js";
import { figureTable, type Figure } from "./figure-table.js";

const EXPLANATION =
  "Failures and repairs are drawn from the rates of the scenario. Availability is the share of GPU capacity in service, " +
  "averaged over time. What a failure costs a job is the work since its last checkpoint and its restart.";

const FIGURES: readonly Figure[] = [
  { label: "Availability", unit: "share", of: ({ faults }) => faults?.availability },
  { label: "Failures", unit: "", of: ({ faults }) => faults?.failures },
  { label: "Repairs", unit: "", of: ({ faults }) => faults?.repairs },
  { label: "Jobs interrupted", unit: "", of: ({ faults }) => faults?.jobsInterrupted },
  { label: "Interruptions", unit: "", of: ({ faults }) => faults?.interruptions },
  { label: "Work and restarts lost", unit: "GPU-h", of: ({ faults }) => faults?.gpuHoursLost },
  { label: "Out of service", unit: "GPU-h", of: ({ faults }) => faults?.gpuHoursDown },
  { label: "Spares standing by", unit: "GPU-h", of: ({ faults }) => faults?.gpuHoursStandby },
  { label: "Spares that took over", unit: "", of: ({ faults }) => faults?.takeovers },
  { label: "Jobs stopped by planned work", unit: "", of: ({ faults }) => faults?.maintenanceStops },
  {
    label: "Effective training time",
    note: "work done over time running, by GPUs",
    unit: "share",
    of: ({ faults }) => faults?.trainingEfficiency,
  },
];

/** What failed and what that cost; absent when the scenario has no failures. */
export function faultsSection(runs: readonly Configuration[]): ReportSection | undefined {
  const table = figureTable(runs, "Failures, repairs and what they cost", FIGURES);
  if (table === undefined) return undefined;
  const chart = stackedBarsChart({
    id: "failures-by-component",
    title: "What took GPUs out of service?",
    axis: "GPU-hours out of service",
    unit: "GPU-h",
    bars: runs.slice(0, CONFIGURATIONS_MAX).map(({ name, result }) => ({
      name,
      parts: (result.faults?.components ?? []).map((component) => ({
        name: component.name,
        value: component.gpuHoursDown,
      })),
    })),
  });
  return {
    id: "faults",
    title: "Failures and repairs",
    blocks: [table, ...(chart === undefined ? [] : [chart]), ...componentTable(runs)],
    explanation: EXPLANATION,
  };
}

function componentTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const groups = runs.flatMap(({ name, result }) => {
    const rows = result.faults?.components ?? [];
    return rows.length === 0 ? [] : [{ title: name, rows }];
  });
  if (groups.length === 0) return [];
  const hours = { unit: "GPU-h", digits: 3, align: "right" as const };
  return [
    {
      kind: "table",
      caption: "Failures by component",
      columns: [
        { header: "Component" },
        { header: "Failures", align: "right" },
        { header: "Interruptions", align: "right" },
        { header: "Lost", ...hours },
        { header: "Out of service", ...hours },
      ],
      rows: groups.flatMap(({ rows }) =>
        rows.map(({ name, failures, interruptions, gpuHoursLost, gpuHoursDown }) => [
          name,
          failures,
          interruptions,
          gpuHoursLost,
          gpuHoursDown,
        ]),
      ),
      ...(runs.length > 1
        ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
        : {}),
      fullTable: "result.json",
    },
  ];
}

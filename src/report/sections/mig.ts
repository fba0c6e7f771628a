import type { ReportBlock, ReportSection } from "../block.js";
import type { Configuration } from "../run-report-input.js";
import { figureTable, type Figure } from "./figure-table.js";

const EXPLANATION =
  "Compute and memory of a GPU in MIG mode are stranded when no profile can reach them beside the instances that are " +
  "there. Partitions change only on GPUs that are empty, and a change takes time in which the GPU serves nobody.";

const FIGURES: readonly Figure[] = [
  { label: "GPUs that can be partitioned", unit: "", of: ({ mig }) => mig?.gpus },
  { label: "Compute stranded", unit: "share", of: ({ mig }) => mig?.strandedComputeShare },
  { label: "Memory stranded", unit: "share", of: ({ mig }) => mig?.strandedMemoryShare },
  { label: "Changes of partitions", unit: "", of: ({ mig }) => mig?.repartitions },
  { label: "Time that changes took", unit: "GPU-h", of: ({ mig }) => mig?.gpuHoursRepartitioning },
];

/** What partitioning left unused; absent when no GPU is partitioned. */
export function migSection(runs: readonly Configuration[]): ReportSection | undefined {
  const table = figureTable(runs, "GPUs in MIG mode", FIGURES);
  if (table === undefined) return undefined;
  return {
    id: "mig",
    title: "What MIG saved and stranded",
    blocks: [table, ...idleTable(runs), ...profileTable(runs)],
    explanation: EXPLANATION,
  };
}

function idleTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const classes = [
    ...new Set(runs.flatMap(({ result }) => Object.keys(result.mig?.idleByClass ?? {}))),
  ];
  const figures = classes.map((name): Figure => ({
    label: name,
    unit: "share",
    of: ({ mig }) => mig?.idleByClass?.[name],
  }));
  const table = figureTable(runs, "Idle capacity of GPUs in MIG mode, by class", figures);
  return table === undefined ? [] : [table];
}

function profileTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const groups = runs.flatMap(({ name, result }) => {
    const rows = result.mig?.profiles ?? [];
    return rows.length === 0 ? [] : [{ title: name, rows }];
  });
  if (groups.length === 0) return [];
  return [
    {
      kind: "table",
      caption: "Workers by profile",
      columns: [
        { header: "Profile" },
        { header: "Workers", align: "right" },
        { header: "Instances held", unit: "h", digits: 3, align: "right" },
      ],
      rows: groups.flatMap(({ rows }) =>
        rows.map(({ name, workers, instanceHours }) => [name, workers, instanceHours]),
      ),
      ...(runs.length > 1
        ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
        : {}),
      fullTable: "result.json",
    },
  ];
}

import type { ReportBlock, ReportSection } from "../block.js";
import { stackedBarsChart } from "../charts/stacked-bars.js";
import { CONFIGURATIONS_MAX } from "../charts/theme.js";
import type { Configuration } from "../run-report-input.js";
import { figureTable, type Figure } from "./figure-table.js";

const EXPLANATION =
  "A gang counts at the smallest level that holds all of its workers: one node, one NVLink domain, one rack. The wider " +
  "it lies, the slower its collectives. “Could have stayed” counts gangs that one empty domain of the level would hold.";

const FIGURES: readonly Figure[] = [
  { label: "Gangs that started", unit: "", of: ({ topology }) => topology?.gangs },
  {
    label: "Slowdown, mean",
    note: "running time over that at the best placement",
    unit: "×",
    of: ({ topology }) => topology?.slowdownMean,
  },
];

/** How far apart gangs were placed; absent when the scenario says nothing of links. */
export function topologySection(runs: readonly Configuration[]): ReportSection | undefined {
  const known = runs.filter(({ result }) => result.topology !== undefined);
  if (known.length === 0) return undefined;
  const chart = stackedBarsChart({
    id: "gangs-by-level",
    title: "How far apart were the workers of gangs?",
    axis: "gangs",
    unit: "gangs",
    bars: known.slice(0, CONFIGURATIONS_MAX).map(({ name, result }) => ({
      name,
      parts: (result.topology?.levels ?? []).map((level) => ({
        name: level.name,
        value: level.gangs,
      })),
    })),
  });
  const table = figureTable(known, "Gangs and their placement", FIGURES);
  return {
    id: "topology",
    title: "Where gangs were placed",
    blocks: [
      ...(chart === undefined ? [] : [chart]),
      ...(table === undefined ? [] : [table]),
      levelTable(known, runs.length > 1),
    ],
    explanation: EXPLANATION,
  };
}

function levelTable(runs: readonly Configuration[], several: boolean): ReportBlock {
  const groups = runs.map(({ name, result }) => ({
    title: name,
    rows: result.topology?.levels ?? [],
  }));
  const mayStay = groups.some(({ rows }) => rows.some(({ couldStay }) => couldStay !== undefined));
  return {
    kind: "table",
    caption: "Gangs by the smallest level that holds them",
    columns: [
      { header: "Level" },
      { header: "Gangs", align: "right" },
      { header: "GPU time", unit: "GPU-h", digits: 3, align: "right" },
      ...(mayStay
        ? [
            { header: "Could have stayed within", align: "right" as const },
            { header: "Were spread all the same", align: "right" as const },
          ]
        : []),
    ],
    rows: groups.flatMap(({ rows }) =>
      rows.map(({ name, gangs, gpuHours, couldStay, left }) => [
        name,
        gangs,
        gpuHours,
        ...(mayStay ? [couldStay ?? null, left ?? null] : []),
      ]),
    ),
    ...(several
      ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
      : {}),
    fullTable: "result.json",
  };
}

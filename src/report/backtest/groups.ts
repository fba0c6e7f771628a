import type {
  BacktestDocument,
  GroupComparison,
} from "../../studies/backtest/backtest-document.js";
import type { ReportBlock, ReportSection } from "../block.js";
import { comparisonCells } from "./answer.js";

const EXPLANATION =
  "Errors that cancel out over all jobs show here: a tenant with its own quota or priority, or a partition " +
  "with its own limits, waits by rules that the simulated policy does not have.";

/** Errors by partition and by tenant; absent when the trace knows neither. */
export function backtestGroupsSection(document: BacktestDocument): ReportSection | undefined {
  const blocks: ReportBlock[] = [];
  for (const [what, groups] of [
    ["partition", document.byPartition],
    ["tenant", document.byTenant],
  ] as const) {
    if (groups.some(({ name }) => name !== "")) blocks.push(groupTable(what, groups));
  }
  if (blocks.length === 0) return undefined;
  return { id: "groups", title: "Whose waits are off", blocks, explanation: EXPLANATION };
}

function groupTable(what: string, groups: readonly GroupComparison[]): ReportBlock {
  return {
    kind: "table",
    caption: `95th percentile of the wait by ${what}`,
    columns: [
      { header: what === "tenant" ? "Tenant" : "Partition" },
      { header: "Jobs", align: "right" },
      { header: "Recorded", align: "right" },
      { header: "Simulated", align: "right" },
      { header: "Error", align: "right" },
      { header: "Error", unit: "%", align: "right" },
    ],
    rows: groups.map((group) => [
      group.name === "" ? "(none)" : group.name,
      group.jobs,
      ...comparisonCells(group, "p95"),
    ]),
    fullTable: "backtest.json",
  };
}

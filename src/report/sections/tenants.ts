import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { quantityCell } from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";
import type { GroupResult, RunResult } from "../../studies/run/result-document.js";

/** Variants side by side in one table. */
const VARIANT_COLUMNS_MAX = 3;

/** What every tenant and every partition got; absent when the run knew neither. */
export function tenantsSection(runs: readonly Configuration[]): ReportSection | undefined {
  const [base] = runs;
  const { tenants, partitions } = base!.result;
  const blocks: ReportBlock[] = [];
  if (tenants.length > 0) blocks.push(groupTable(runs, "tenant", (result) => result.tenants));
  // A single unnamed partition is the whole cluster and says nothing new; those with nodes have a section.
  const haveOwnNodes = partitions.every(({ lane }) => lane !== undefined);
  if (!haveOwnNodes && partitions.some(({ name }) => name !== "")) {
    blocks.push(groupTable(runs, "partition", (result) => result.partitions));
  }
  if (blocks.length === 0) return undefined;
  return { id: "tenants", title: "What each tenant got", blocks };
}

/** Largest consumer first; variants add their own 95th percentile. */
function groupTable(
  runs: readonly Configuration[],
  what: "tenant" | "partition",
  groupsOf: (result: RunResult) => readonly GroupResult[],
): ReportBlock {
  const [base, ...all] = runs;
  const variants = all.slice(0, VARIANT_COLUMNS_MAX);
  const groups = [...groupsOf(base!.result)].sort((left, right) => right.gpuHours - left.gpuHours);
  const which =
    all.length > variants.length ? `the first ${variants.length} variants` : "each variant";
  const caption = `Jobs, GPU-hours and waits by ${what}`;
  return {
    kind: "table",
    caption: variants.length === 0 ? caption : `${caption} (base), and the wait in ${which}`,
    columns: [
      { header: what === "tenant" ? "Tenant" : "Partition" },
      { header: "Jobs", align: "right" },
      { header: "GPU time", unit: "GPU-h", digits: 3, align: "right" },
      { header: "Median wait", align: "right" },
      { header: "95th percentile", align: "right" },
      { header: "Longest wait", align: "right" },
      ...variants.map(({ name }) => ({ header: `95th with ${name}`, align: "right" as const })),
    ],
    rows: groups.map(({ name, jobs, gpuHours, waitS }): readonly Cell[] => [
      name === "" ? "(none)" : name,
      jobs,
      gpuHours,
      quantityCell(waitS.p50, "s"),
      quantityCell(waitS.p95, "s"),
      quantityCell(waitS.max, "s"),
      ...variants.map(({ result }) => {
        const same = groupsOf(result).find((group) => group.name === name);
        return same === undefined ? null : quantityCell(same.waitS.p95, "s");
      }),
    ]),
    fullTable: "result.json",
  };
}

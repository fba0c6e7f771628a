import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { countOf, formatShare, formatSignificant } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";
import type { FairnessResult } from "../../studies/run/optional-results.js";
import { figureTable } from "./figure-table.js";

const SECONDS_PER_HOUR = 3600;

const EXPLANATION =
  "A tenant is judged by the time in which some of its jobs waited: what its jobs held in that time, against what it is " +
  "entitled to. Below 1 it waited for what is its own; above 1 it waited for more than that. Jain's index is " +
  "(Σx)² / (n Σx²) over these ratios x of the n tenants that waited for at least 1 % of the time: 1 when all are treated " +
  "alike, 1/n when one has everything (Jain, Chiu and Hawe, 1984). Held over the whole run says who asked for GPUs, not " +
  "who was favoured.";

/** What tenants held against what they are entitled to; absent when fewer than two ask for GPUs. */
export function fairnessSection(runs: readonly Configuration[]): ReportSection | undefined {
  const [base] = runs;
  if (runs.every(({ result }) => result.fairness === undefined)) return undefined;
  const index = figureTable(runs, "Jain's index of fairness, 1 is best", [
    { label: "Jain's index", unit: "", of: ({ fairness }) => fairness?.jainIndex },
  ]);
  const { fairness } = base!.result;
  return {
    id: "fairness",
    title: "Who got what is theirs",
    blocks: [
      { kind: "text", markdown: fairness === undefined ? "" : summary(fairness) },
      ...(runs.length > 1 && index !== undefined ? [index] : []),
      ...(fairness === undefined ? [] : [tenantTable(fairness, runs.length > 1)]),
    ].filter((block) => block.kind !== "text" || block.markdown !== "") as ReportBlock[],
    explanation: EXPLANATION,
  };
}

function summary({ entitlement, jainIndex, tenants }: FairnessResult): string {
  const entitled =
    entitlement === "equal"
      ? `Every tenant is entitled to the same share of the GPUs, ${formatShare(tenants[0]!.entitledShare)}.`
      : "Tenants are entitled to the nominal quotas of their queues.";
  const waited = tenants.filter(({ heldShareWhileWaiting }) => heldShareWhileWaiting !== null);
  if (jainIndex === null) {
    const who =
      waited.length === 0
        ? "No tenant"
        : `Only ${countOf(waited.length, "tenant")} of ${tenants.length}`;
    return `${entitled} ${waited.length < 2 ? `${who} waited` : "Fewer than two of them waited for long"}, so there is nothing to compare.`;
  }
  return `${entitled} Over ${countOf(waited.length, "tenant")} that waited, Jain's index is ${formatSignificant(jainIndex)}.`;
}

function tenantTable({ tenants }: FairnessResult, several: boolean): ReportBlock {
  const ratioOf = (tenant: FairnessResult["tenants"][number]): number | null =>
    tenant.heldShareWhileWaiting === null || tenant.entitledShare === 0
      ? null
      : tenant.heldShareWhileWaiting / tenant.entitledShare;
  const share = (value: number | null): Cell =>
    value === null ? null : { text: formatShare(value), value };
  return {
    kind: "table",
    caption: `Shares of the GPUs by tenant${several ? " (base)" : ""}, least of its own first`,
    columns: [
      { header: "Tenant" },
      { header: "Entitled to", align: "right" },
      { header: "Held while waiting", align: "right" },
      { header: "Of its own", align: "right" },
      { header: "Waited for", align: "right" },
      { header: "Held, whole run", align: "right" },
    ],
    rows: [...tenants]
      .sort(
        (left, right) =>
          (ratioOf(left) ?? Infinity) - (ratioOf(right) ?? Infinity) ||
          right.heldShare - left.heldShare,
      )
      .map((tenant): readonly Cell[] => {
        const ratio = ratioOf(tenant);
        return [
          tenant.name === "" ? "(none)" : tenant.name,
          share(tenant.entitledShare),
          share(tenant.heldShareWhileWaiting),
          ratio === null
            ? null
            : { text: `${formatSignificant(ratio)}\u00a0×`, value: ratio, exact: String(ratio) },
          quantityCell(tenant.waitingHours * SECONDS_PER_HOUR, "s"),
          share(tenant.heldShare),
        ];
      }),
    fullTable: "result.json",
  };
}

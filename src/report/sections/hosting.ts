import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { formatSignificant } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";

const EXPLANATION =
  "Slowdown is running time over the recorded duration, 1 being bare metal at the best placement: what hosting, " +
  "the network and the place of a job cost. Nodes of an elastic group are started when jobs wait and given back " +
  "when idle; they are paid for while they are up or being made ready.";

/** What hosting and elasticity did to each configuration; absent when no scenario says anything of them. */
export function hostingSection(runs: readonly Configuration[]): ReportSection | undefined {
  const concerned = runs.some(
    ({ result }) => result.hosting !== undefined || result.nodePools !== undefined,
  );
  if (!concerned) return undefined;
  return {
    id: "hosting",
    title: "What hosting costs and what elasticity brings",
    explanation: EXPLANATION,
    blocks: [speedTable(runs), ...poolTable(runs)],
  };
}

function speedTable(runs: readonly Configuration[]): ReportBlock {
  return {
    kind: "table",
    caption: "Speed, waits and cost of every configuration",
    columns: [
      { header: "Configuration" },
      { header: "Slowdown, mean", align: "right" },
      { header: "Slowdown, worst job", align: "right" },
      { header: "Wait, 95th percentile", align: "right" },
      { header: "Submission to end, mean", align: "right" },
      { header: "Cost", align: "right" },
      { header: "Cost per GPU-hour", align: "right" },
    ],
    rows: runs.map(({ name, result }): readonly Cell[] => {
      const { cost, hosting } = result;
      return [
        name,
        ratio(hosting?.slowdownMean ?? null),
        ratio(hosting?.slowdownMax ?? null),
        quantityCell(result.jobs.waitS.p95, "s"),
        quantityCell(result.jobs.jctS.mean, "s"),
        amount(cost?.total ?? null, cost?.currency),
        amount(cost?.perGpuHour ?? null, cost?.currency),
      ];
    }),
    fullTable: "result.json",
  };
}

function poolTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const rows = runs.flatMap(({ name, result }) =>
    (result.nodePools?.pools ?? []).map((pool): readonly Cell[] => [
      name,
      pool.name,
      `${pool.nodesAlwaysUp} to ${pool.nodes}`,
      pool.nodesUpMean,
      pool.nodesUpMax,
      pool.nodeHoursUp,
      pool.boots,
      quantityCell(pool.provisioningMeanS, "s"),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: "table",
      caption: "Elastic groups of nodes",
      columns: [
        { header: "Configuration" },
        { header: "Group" },
        { header: "Nodes", align: "right" },
        { header: "Up, mean", digits: 3, align: "right" },
        { header: "Up, most", digits: 3, align: "right" },
        { header: "Up", unit: "node-h", digits: 4, align: "right" },
        { header: "Starts", digits: 4, align: "right" },
        { header: "Ready after, mean", align: "right" },
      ],
      rows,
      fullTable: "result.json",
    },
  ];
}

function ratio(value: number | null): Cell {
  return value === null ? null : { text: formatSignificant(value, 4), value, exact: String(value) };
}

function amount(value: number | null, currency: string | undefined): Cell {
  if (value === null || currency === undefined) return null;
  return { text: `${formatSignificant(value)} ${currency}`, value, exact: `${value} ${currency}` };
}

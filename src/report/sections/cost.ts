import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { stackedBarsChart } from "../charts/stacked-bars.js";
import { CONFIGURATIONS_MAX } from "../charts/theme.js";
import { formatDuration } from "../format/duration.js";
import { formatSignificant } from "../format/number.js";
import type { Configuration } from "../run-report-input.js";
import { figureTable, type Figure } from "./figure-table.js";

const EXPLANATION =
  "Amounts are for the time of the run. A GPU-hour delivered is one that a completed job asked for: a cluster that " +
  "stands idle or loses work delivers fewer of them for the same money and the same electricity. Electricity at the " +
  "meter is that of the machines times the PUE.";

/** Money and electricity; absent when nothing in the scenario has a price or a power. */
export function costSection(runs: readonly Configuration[]): ReportSection | undefined {
  const blocks = [...costBlocks(runs), ...energyBlocks(runs)];
  if (blocks.length === 0) return undefined;
  return { id: "cost", title: "Cost and electricity", blocks, explanation: EXPLANATION };
}

function costBlocks(runs: readonly Configuration[]): readonly ReportBlock[] {
  const priced = runs.filter(({ result }) => result.cost !== undefined);
  const currency = priced[0]?.result.cost?.currency;
  // Amounts in different currencies would stand in one column and mean different things.
  const same = priced.filter(({ result }) => result.cost?.currency === currency);
  if (currency === undefined) return [];
  const figures: readonly Figure[] = [
    { label: "Total", unit: currency, of: ({ cost }) => cost?.total },
    { label: "Time it is for", unit: "s", of: ({ cost }) => cost?.periodS },
    { label: "Per GPU-hour delivered", unit: currency, of: ({ cost }) => cost?.perGpuHour },
    { label: "Per completed job", unit: currency, of: ({ cost }) => cost?.perJob },
  ];
  const chart = stackedBarsChart({
    id: "cost-items",
    title: "What is the cost made of?",
    axis: currency,
    unit: currency,
    bars: same.slice(0, CONFIGURATIONS_MAX).map(({ name, result }) => ({
      name,
      parts: (result.cost?.items ?? []).map((item) => ({ name: item.name, value: item.amount })),
    })),
  });
  const table = figureTable(same, `Cost in ${currency}`, figures);
  // Means over replications were computed by no single multiplication.
  const items = same.flatMap(({ result }) => result.cost?.items ?? []);
  return [
    ...(table === undefined ? [] : [table]),
    ...(chart === undefined ? [] : [chart]),
    ...(items.some(({ basis }) => basis !== undefined) ? [itemTable(same, currency)] : []),
    ...tenantCosts(same[0]!, currency, runs.length > 1),
  ];
}

function itemTable(runs: readonly Configuration[], currency: string): ReportBlock {
  const groups = runs.map(({ name, result }) => ({ title: name, rows: result.cost?.items ?? [] }));
  return {
    kind: "table",
    caption: "How each item of the cost was computed",
    columns: [
      { header: "Item" },
      { header: "Amount", unit: currency, align: "right" },
      { header: "Computed as" },
    ],
    rows: groups.flatMap(({ rows }) =>
      rows.map(({ name, amount, basis }): readonly Cell[] => [
        name,
        { text: formatSignificant(amount), value: amount, exact: `${amount} ${currency}` },
        basis ?? null,
      ]),
    ),
    ...(runs.length > 1
      ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
      : {}),
    fullTable: "result.json",
  };
}

function tenantCosts(
  { name, result }: Configuration,
  currency: string,
  several: boolean,
): readonly ReportBlock[] {
  const tenants = result.cost?.tenants ?? [];
  if (tenants.length < 2) return [];
  return [
    {
      kind: "table",
      caption: `What each tenant costs, by GPU-hours${several ? ` (${name})` : ""}`,
      columns: [
        { header: "Tenant" },
        { header: "GPU time", unit: "GPU-h", digits: 3, align: "right" },
        { header: "Amount", unit: currency, digits: 3, align: "right" },
      ],
      rows: [...tenants]
        .sort((left, right) => right.amount - left.amount)
        .map((tenant) => [
          tenant.name === "" ? "(none)" : tenant.name,
          tenant.gpuHours,
          tenant.amount,
        ]),
      fullTable: "result.json",
    },
  ];
}

function energyBlocks(runs: readonly Configuration[]): readonly ReportBlock[] {
  const figures: readonly Figure[] = [
    { label: "At the meter", unit: "kWh", of: ({ energy }) => energy?.totalKwh },
    { label: "Of the machines", unit: "kWh", of: ({ energy }) => energy?.machinesKwh },
    { label: "PUE", unit: "", of: ({ energy }) => energy?.pue },
    {
      label: "Power of the machines, mean",
      unit: "kW",
      of: ({ energy }) => kilo(energy?.powerMeanW),
    },
    {
      label: "Power of the machines, most",
      unit: "kW",
      of: ({ energy }) => kilo(energy?.powerMaxW),
    },
    { label: "Per GPU-hour delivered", unit: "kWh", of: ({ energy }) => energy?.kwhPerGpuHour },
  ];
  const table = figureTable(runs, "Electricity", figures);
  if (table === undefined) return [];
  const spanS = runs[0]!.result.endS;
  const chart = stackedBarsChart({
    id: "energy-uses",
    title: "Who used the electricity?",
    axis: `kWh of the machines${runs.length === 1 ? ` in ${formatDuration(spanS)}` : ""}`,
    unit: "kWh",
    bars: runs.slice(0, CONFIGURATIONS_MAX).map(({ name, result }) => ({
      name,
      parts: (result.energy?.uses ?? []).map((use) => ({ name: use.name, value: use.kwh })),
    })),
  });
  return [table, ...(chart === undefined ? [] : [chart])];
}

function kilo(watts: number | undefined): number | undefined {
  return watts === undefined ? undefined : watts / 1000;
}

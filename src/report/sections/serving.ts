import type { ServiceResult } from "../../studies/run/serving-document.js";
import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { latencyChart, replicasChart } from "../charts/serving-over-time.js";
import { quantityCell } from "../format/quantity.js";
import { formatSignificant } from "../format/number.js";
import type { Configuration } from "../run-report-input.js";
import { coldStartTable } from "./cold-starts.js";
import { figureTable, type Figure } from "./figure-table.js";
import { STAGE_COLUMNS, stageRows } from "./serving-stages.js";

const EXPLANATION =
  "Time to first token counts from the arrival at the gateway, so waiting for a replica to start is in it; so does the " +
  "time per further token, the mean over an answer. A request meets its targets when it meets all of its class; " +
  "refused and unanswered ones do not. Cost per million tokens shares what the whole cluster costs, idle machines " +
  "included, by the GPU-hours that replicas and jobs held. A service is overloaded when its queue grows as long as " +
  "requests come: its latencies then say how long the run is.";

/** Services drawn one by one; figures of all of them stand in the tables. */
const DRAWN_MAX = 4;

const FIGURES: readonly Figure[] = [
  { label: "Requests", unit: "", of: ({ serving }) => serving?.requests },
  { label: "Answered", unit: "", of: ({ serving }) => serving?.finished },
  { label: "Rejected", unit: "", of: ({ serving }) => serving?.rejected },
  { label: "Time to first token, median", unit: "s", of: ({ serving }) => serving?.ttftS.p50 },
  {
    label: "Time to first token, 95th percentile",
    unit: "s",
    of: ({ serving }) => serving?.ttftS.p95,
  },
  {
    label: "Time to first token, 99th percentile",
    unit: "s",
    of: ({ serving }) => serving?.ttftS.p99,
  },
  { label: "Time per further token, median", unit: "s", of: ({ serving }) => serving?.tpotS.p50 },
  {
    label: "Time per further token, 95th percentile",
    unit: "s",
    of: ({ serving }) => serving?.tpotS.p95,
  },
  {
    label: "Time to the last token, 95th percentile",
    unit: "s",
    of: ({ serving }) => serving?.e2eS.p95,
  },
  {
    label: "Requests that met their targets",
    unit: "share",
    of: ({ serving }) => serving?.sloAttainment,
  },
  {
    label: "Requests per second that met them",
    unit: "",
    of: ({ serving }) => serving?.goodputPerS,
  },
  {
    label: "Replicas taking requests, time average",
    unit: "",
    of: ({ serving }) => serving?.replicasMean,
  },
  { label: "Replicas taking requests, most", unit: "", of: ({ serving }) => serving?.replicasMax },
  { label: "Cold starts", unit: "", of: ({ serving }) => serving?.coldStarts },
  {
    label: "Requests that came while no replica was ready",
    unit: "",
    of: ({ serving }) => serving?.metColdStart,
  },
  {
    label: "Their time to first token, median",
    unit: "s",
    of: ({ serving }) => serving?.coldStartTtftS.p50,
  },
  {
    label: "Their time to first token, longest",
    unit: "s",
    of: ({ serving }) => serving?.coldStartTtftS.max,
  },
  { label: "Requests that began again", unit: "", of: ({ serving }) => serving?.restarts },
  { label: "GPU time held", unit: "GPU-h", of: ({ serving }) => serving?.gpuHours },
];

/** What users of services saw, what replicas did and what tokens cost; absent without services. */
export function servingSection(runs: readonly Configuration[]): ReportSection | undefined {
  const [base] = runs;
  if (base === undefined || runs.every(({ result }) => result.serving === undefined))
    return undefined;
  const currency = runs.find(({ result }) => result.cost !== undefined)?.result.cost?.currency;
  const figures: readonly Figure[] = [
    ...FIGURES,
    ...(currency === undefined
      ? []
      : [
          {
            label: "Cost over the run",
            unit: currency,
            of: ({ serving }: Parameters<Figure["of"]>[0]) => serving?.cost,
          },
          {
            label: "Cost per million tokens",
            note: "prompts and answers",
            unit: currency,
            of: ({ serving }: Parameters<Figure["of"]>[0]) => serving?.costPerMillionTokens,
          },
        ]),
  ];
  const table = figureTable(runs, "What users saw and what it took", figures);
  const charts = (base.columns.services ?? [])
    .slice(0, DRAWN_MAX)
    .flatMap((service) => [
      replicasChart(service),
      latencyChart(service, "ttft"),
      latencyChart(service, "tpot"),
    ]);
  return {
    id: "serving",
    title: "Services",
    explanation: EXPLANATION,
    blocks: [
      ...(table === undefined ? [] : [table]),
      ...charts,
      serviceTable(runs),
      ...stageTable(runs),
      ...classTable(runs),
      ...coldStartTable(runs),
    ],
  };
}

function grouped(
  runs: readonly Configuration[],
  rowsOf: (service: ServiceResult) => readonly (readonly Cell[])[],
): Pick<Extract<ReportBlock, { kind: "table" }>, "rows" | "rowGroups"> {
  const groups = runs.map(({ name, result }) => ({
    title: name,
    rows: (result.serving?.services ?? []).flatMap(rowsOf),
  }));
  return {
    rows: groups.flatMap(({ rows }) => rows),
    ...(runs.length > 1
      ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
      : {}),
  };
}

function serviceTable(runs: readonly Configuration[]): ReportBlock {
  return {
    kind: "table",
    caption: "Every service: its replicas, and whether it keeps up",
    columns: [
      { header: "Service" },
      { header: "A replica" },
      { header: "First token, p95", align: "right" },
      { header: "Further token, p95", align: "right" },
      { header: "Met targets", align: "right" },
      { header: "Keeps up" },
    ],
    ...grouped(runs, (service) => [
      [
        { text: service.name, note: service.model },
        {
          text: service.hardware,
          note: `${formatSignificant(service.cacheTokens)} tokens of cache`,
        },
        quantityCell(service.ttftS.p95, "s"),
        quantityCell(service.tpotS.p95, "s"),
        service.sloAttainment === null ? null : quantityCell(service.sloAttainment, "share"),
        verdictCell(service),
      ],
    ]),
    fullTable: "result.json",
  };
}

function stageTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const table = grouped(runs, stageRows);
  if (table.rows.length === 0) return [];
  const caption = "Before generation: what requests go through, and how long they wait there";
  return [{ kind: "table", caption, columns: STAGE_COLUMNS, ...table, fullTable: "result.json" }];
}

function verdictCell({ verdict, backlogMaxS }: ServiceResult): Cell {
  if (verdict === null) return null;
  const note = `backlog up to ${formatSignificant(backlogMaxS)} s`;
  return { text: verdict, note, tone: verdict === "stable" ? "good" : "bad" };
}

function classTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const several = runs.some(({ result }) =>
    result.serving?.services.some(({ classes }) => classes.length > 1),
  );
  if (!several) return [];
  return [
    {
      kind: "table",
      caption: "Classes of requests",
      columns: [
        { header: "Class" },
        { header: "Requests", align: "right" },
        { header: "First token, p95", align: "right" },
        { header: "Further token, p95", align: "right" },
        { header: "Met targets", align: "right" },
      ],
      ...grouped(runs, ({ name, classes }) =>
        classes.map((one) => [
          { text: one.name === "" ? "(all)" : one.name, note: name },
          one.requests,
          quantityCell(one.ttftS.p95, "s"),
          quantityCell(one.tpotS.p95, "s"),
          one.sloAttainment === null ? null : quantityCell(one.sloAttainment, "share"),
        ]),
      ),
      fullTable: "result.json",
    },
  ];
}

import type { FleetTable } from "../../simulation/fleet/fleet-part.js";
import { kindOf } from "../../simulation/fleet/clusters/copy.js";
import type { ClustersOutcome } from "../../simulation/fleet/clusters/simulate-clusters.js";
import type { Cell, ReportBlock, ReportSection } from "../block.js";
import { formatDuration } from "../format/duration.js";
import { countOf, formatShare, formatSignificant } from "../format/number.js";
import { quantityCell } from "../format/quantity.js";
import { fleetSeriesChart } from "./series-chart.js";

const EXPLANATION =
  "A job needs whole GPUs of one pool, each worker on one node. Clusters admit by priority, then by submission, within " +
  "the quota of the tenant; a job that is offered to several runs on the first that admits it, and the others hear of it " +
  "a little later. GPUs held are those of jobs, services and Ray nodes, averaged over each step.";

const WORK_COLUMNS = ["cluster", "region", "jobs_finished", "gpu_hours", "gpu_hours_held", "cost"];
const STOP_COLUMNS = [
  "cluster",
  "nodes_launched",
  "nodes_lost",
  "jobs_stopped_by_loss",
  "gpu_hours_lost",
  "preemptions",
  "wasted_preemptions",
  "duplicate_gpu_hours",
];

/** What named clusters did: jobs, money, what moved, requests, Ray. */
export function clusterSections(
  outcome: ClustersOutcome,
  durationS: number,
  currency?: string,
): readonly ReportSection[] {
  const table = (name: string): FleetTable | undefined =>
    outcome.tables.find((one) => one.name === name);
  const section = (
    id: string,
    title: string,
    tableName: string,
    about: { readonly words?: string; readonly folded?: boolean } = {},
  ): readonly ReportSection[] => {
    const whole = table(tableName);
    const found = whole?.name === "fleet-jobs" ? jobColumns(whole) : whole;
    if (found === undefined) return [];
    return [
      {
        id,
        title,
        ...(about.folded === true ? { folded: true } : {}),
        blocks: [
          ...(about.words === undefined ? [] : [{ kind: "text", markdown: about.words } as const]),
          rowsTable(found, currency),
        ],
      },
    ];
  };
  return [
    {
      id: "clusters",
      title: "Where work ran, and what it cost",
      explanation: EXPLANATION,
      blocks: clusterBlocks(outcome, durationS, currency),
    },
    ...(outcome.run.spec.members.length > 1
      ? section("prices", "Where would one job cost least?", "prices", {
          words: pricesWords(outcome),
        })
      : []),
    ...section("moves", "What moved, and what that cost", "moves", {
      words: movesWords(outcome, currency),
    }),
    ...section("inference", "What requests got", "inference", { words: requestsWords(outcome) }),
    ...section("ray", "What Ray did", "ray", { words: rayWords(outcome) }),
    ...section("fleet-jobs", "Jobs one by one", "fleet-jobs", { folded: true }),
  ];
}

function clusterBlocks(
  outcome: ClustersOutcome,
  durationS: number,
  currency: string | undefined,
): readonly ReportBlock[] {
  const gpus = outcome.series.filter(({ unit }) => unit === "GPUs");
  const waiting = outcome.series.filter(({ unit }) => unit === "jobs");
  const clusters = outcome.tables.find(({ name }) => name === "clusters")!;
  return [
    fleetSeriesChart(
      {
        id: "gpus-held",
        title: "How many GPUs were held on each cluster?",
        description: useWords(outcome),
      },
      gpus,
      { durationS, fromZero: true },
    ),
    ...(outcome.run.spec.jobs.length === 0
      ? []
      : [
          fleetSeriesChart(
            {
              id: "jobs-waiting",
              title: "How many jobs waited on each cluster?",
              description:
                "At the end of each step; a job that is offered to several clusters waits on each of them.",
            },
            waiting,
            { durationS, fromZero: true },
          ),
          groupsTable(outcome, currency),
        ]),
    rowsTable(columnsOf(clusters, "What every cluster did", WORK_COLUMNS), currency),
    rowsTable(
      columnsOf(clusters, "Nodes that came and went, and jobs that were stopped", STOP_COLUMNS),
    ),
  ];
}

/** Jobs without what their names say already. */
function jobColumns(table: FleetTable): FleetTable {
  const columns = table.columns.filter(({ name }) => name !== "group" && name !== "tenant");
  return { ...table, columns };
}

/** Some columns of a table, under a caption of their own. */
function columnsOf(table: FleetTable, caption: string, names: readonly string[]): FleetTable {
  return { ...table, caption, columns: table.columns.filter(({ name }) => names.includes(name)) };
}

function useWords({ figures, run }: ClustersOutcome): string {
  const ofEach = run.spec.members.map(({ name }) => {
    const share = figures.get(`clusters[${name}].gpuUseShare`) ?? null;
    return `${name} ${share === null ? "had no GPUs" : formatShare(share)}`;
  });
  const wasted = figures.get("clusters.wastedPreemptions") ?? 0;
  const preempted = figures.get("clusters.preemptions") ?? 0;
  const stops =
    preempted === 0
      ? ""
      : ` ${countOf(preempted, "stop")} for other jobs${wasted === 0 ? "" : `, ${formatSignificant(wasted)} of them for a job that then ran elsewhere`}.`;
  return `Share of the GPUs that were there and held: ${ofEach.join(", ")}.${stops}`;
}

/** One row per kind of job. */
function groupsTable({ figures, run }: ClustersOutcome, currency?: string): ReportBlock {
  const kinds = [...new Set(run.spec.jobs.map(kindOf))];
  const rows = kinds.map((name): readonly Cell[] => {
    const of = (key: string): number | null => figures.get(`jobs[${name}].${key}`) ?? null;
    return [
      name,
      `${of("finished") ?? 0} of ${of("count") ?? 0}`,
      quantityCell(of("waitP95S"), "s"),
      quantityCell(of("completionP95S"), "s"),
      quantityCell(of("deadlineMissShare"), "share"),
      of("stops"),
      of("gpuHoursLost"),
      of("cost"),
    ];
  });
  return {
    kind: "table",
    caption: "Jobs by kind",
    columns: [
      { header: "Jobs" },
      { header: "Done", align: "right" },
      { header: "Wait, p95", align: "right" },
      { header: "Completion, p95", align: "right" },
      { header: "Late", align: "right" },
      { header: "Stops", align: "right" },
      { header: "Work lost", unit: "GPU h", digits: 3, align: "right" },
      { header: "Cost of GPUs", ...unitOfMoney(currency), digits: 4, align: "right" },
    ],
    rows,
    fullTable: "result.json",
  };
}

/** Columns of amounts, whose unit is the currency of the fleet. */
const MONEY_COLUMNS: ReadonlySet<string> = new Set(["cost", "compute_cost", "move_cost"]);

function unitOfMoney(currency: string | undefined): { readonly unit?: string } {
  return currency === undefined ? {} : { unit: currency };
}

/** Columns of many digits are for the CSV. */
function rowsTable({ name, caption, columns }: FleetTable, currency?: string): ReportBlock {
  const count = columns[0]?.values.length ?? 0;
  return {
    kind: "table",
    caption,
    columns: columns.map(({ name: column, header, unit, values }) => {
      const numbers = values.filter((value) => typeof value === "number");
      return {
        header,
        ...(unit === undefined || unit === "s" ? {} : { unit }),
        ...(MONEY_COLUMNS.has(column) ? unitOfMoney(currency) : {}),
        ...(numbers.length === 0 ? {} : { align: "right" as const }),
        ...(numbers.some((value) => !Number.isInteger(value)) ? { digits: 4 } : {}),
      };
    }),
    rows: Array.from({ length: count }, (_, row): readonly Cell[] =>
      // Times are told as people do; the CSV has their seconds.
      columns.map(({ unit, values }): Cell => {
        const value = values[row]!;
        return unit === "s" && typeof value === "number" ? quantityCell(value, "s") : value;
      }),
    ),
    fullTable: `${name}.csv`,
  };
}

function pricesWords({ run }: ClustersOutcome): string {
  const pays = run.prices.filter(({ breakEvenGpuHours }) => breakEvenGpuHours !== undefined);
  const words = pays.map(({ group, member, breakEvenGpuHours }) => {
    const { name, workers, gpusPerWorker, durationS } = run.spec.jobs[group]!;
    const gpuHours = (workers * gpusPerWorker * durationS) / 3600;
    const verdict = breakEvenGpuHours! <= gpuHours ? "it pays" : "it does not pay";
    return `${name} on ${run.spec.members[member]!.name} from ${formatSignificant(breakEvenGpuHours!)} GPU-hours on; a job has ${formatSignificant(gpuHours)}, so ${verdict}`;
  });
  const basis =
    "Price of the GPUs a job of mean length holds, and of moving its data from where it lies at the start. Machines that are there anyway count at their price.";
  if (words.length === 0)
    return `${basis} No cluster with a cheaper GPU-hour is dearer for its data.`;
  return `${basis} Moving data for one job pays where GPU-hours are cheaper: ${words.join("; ")}.`;
}

function movesWords({ figures }: ClustersOutcome, currency?: string): string {
  const cost = figures.get("data.moveCost") ?? 0;
  const total = figures.get("clusters.totalCost") ?? 0;
  const share = total === 0 ? "" : `, ${formatShare(cost / total)} of all that the fleet cost`;
  return `${formatSignificant(figures.get("data.movedGb") ?? 0)} GB in ${countOf(figures.get("data.moves") ?? 0, "move")} for ${formatSignificant(cost)}${currency === undefined ? "" : ` ${currency}`}${share}.`;
}

function requestsWords({ figures }: ClustersOutcome): string {
  const share = figures.get("inference.elsewhereShare") ?? 0;
  const unserved = figures.get("inference.unserved") ?? 0;
  return `Latency is round trip, queue and compute. ${formatShare(share)} of the requests were not served by the nearest cluster that may; ${countOf(unserved, "request")} found none that was up.`;
}

function rayWords({ figures, run }: ClustersOutcome): string {
  const idle = figures.get("ray.idleNodeHours") ?? 0;
  const nodes = figures.get("ray.nodeHours") ?? 0;
  const waits = run.ray.flatMap(({ name, work: [first], admittedS }) =>
    first === undefined || admittedS === undefined || admittedS === first.submitS
      ? []
      : [
          `${name} was suspended for ${formatDuration(admittedS - first.submitS)} until its quota was free`,
        ],
  );
  const wait = waits.length === 0 ? "" : ` ${waits.join("; ")}.`;
  return `Ray nodes were there for ${formatSignificant(nodes)} hours, ${formatSignificant(idle)} of them without work.${wait}`;
}

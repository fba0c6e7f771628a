import type { ChartBlock, TableContent } from "../block.js";
import { formatMoment } from "../format/duration.js";
import { countOf, formatCount, formatShare } from "../format/number.js";
import type { NodeSchedule, ScheduledBar } from "../series/node-schedule.js";
import { PART_FILLS } from "./stacked-bars.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec, topLegend } from "./theme.js";
import { timeAxis } from "./time-axis.js";

/** What a page can hold, and an eye can tell apart. */
const BARS_MAX: Readonly<Record<ChartLayout["name"], number>> = { wide: 450, narrow: 180 };
const NODES_MAX = 16;
const GPUS_MAX = 160;
const TABLE_ROWS = 12;
const OTHERS = "others";
const TITLE = "Which jobs ran where, and when?";

/** Colours of the bars: by tenant, or by size where there is one tenant. */
interface Kinds {
  /** Their field in the data. Not "kind", which is a word of documents that redaction leaves alone. */
  readonly field: "tenant" | "size";
  readonly names: readonly string[];
  readonly of: (bar: ScheduledBar) => string;
}

/** A line for every GPU, the jobs with most GPU time as bars on it; undefined when no job held a whole GPU. */
export function nodeGantt(schedule: NodeSchedule): ChartBlock | undefined {
  const nodes = shownNodes(schedule);
  const bars = schedule.bars
    .filter(({ node, fromS, toS }) => node < nodes && toS > fromS)
    .sort((left, right) => gpuTimeS(right) - gpuTimeS(left) || left.job - right.job);
  if (bars.length === 0 || !(schedule.endS > schedule.startS)) return undefined;
  const kinds = kindsOf(schedule, bars);
  const description = describe(schedule, bars, nodes);
  return chartBlock(
    { id: "node-gantt", title: TITLE, description, data: table(schedule, bars) },
    (layout) => draw(layout, { schedule, bars, nodes, kinds, description }),
  );
}

function gpuTimeS({ gpus, fromS, toS }: ScheduledBar): number {
  return gpus * (toS - fromS);
}

/** Nodes from the first on that the chart has room for. */
function shownNodes({ nodes }: NodeSchedule): number {
  let gpus = 0;
  let count = 0;
  for (const { gpuCount } of nodes.slice(0, NODES_MAX)) {
    gpus += gpuCount;
    if (gpus > GPUS_MAX && count > 0) break;
    count++;
  }
  return count;
}

function kindsOf(schedule: NodeSchedule, bars: readonly ScheduledBar[]): Kinds {
  const ofTenant = new Map<string, number>();
  for (const bar of bars) {
    const tenant = schedule.tenantOf(bar.job);
    ofTenant.set(tenant, (ofTenant.get(tenant) ?? 0) + gpuTimeS(bar));
  }
  if (ofTenant.size < 2) {
    const of = ({ gpus }: ScheduledBar): string =>
      gpus === 1 ? "1 GPU" : "several GPUs of the node";
    return {
      field: "size",
      names: ["1 GPU", "several GPUs of the node"].filter((name) =>
        bars.some((bar) => of(bar) === name),
      ),
      of,
    };
  }
  const sorted = [...ofTenant].sort(([, left], [, right]) => right - left).map(([name]) => name);
  const isTooMany = sorted.length > PART_FILLS.length;
  const named = isTooMany ? sorted.slice(0, PART_FILLS.length - 1) : sorted;
  const word = (tenant: string): string => (tenant === "" ? "no tenant" : tenant);
  return {
    field: "tenant",
    names: [...named.map(word), ...(isTooMany ? [OTHERS] : [])],
    of: ({ job }) => {
      const tenant = schedule.tenantOf(job);
      return named.includes(tenant) ? word(tenant) : OTHERS;
    },
  };
}

function describe(schedule: NodeSchedule, bars: readonly ScheduledBar[], nodes: number): string {
  const { onParts, stopped } = schedule;
  const drawn = bars.slice(0, BARS_MAX.wide);
  const sum = (some: readonly ScheduledBar[]): number =>
    some.reduce((total, bar) => total + gpuTimeS(bar), 0);
  const left = schedule.nodes.length - nodes;
  return [
    drawn.length === bars.length
      ? `Every run of a job on whole GPUs is drawn, a line for each GPU.`
      : `Of ${countOf(bars.length, "bar")} the ${formatCount(drawn.length)} with most GPU time are drawn, fewer on a telephone, a line for each GPU: ${formatShare(sum(drawn) / sum(bars))} of the GPU time that jobs held.`,
    left > 0 ? `${countOf(left, "further node")} ${left === 1 ? "is" : "are"} not drawn.` : "",
    onParts > 0
      ? `${countOf(onParts, "job")} on parts of GPUs ${onParts === 1 ? "has" : "have"} no bar.`
      : "",
    stopped > 0
      ? `${countOf(stopped, "job")} that ${stopped === 1 ? "was" : "were"} stopped ${stopped === 1 ? "is" : "are"} drawn where the last run was.`
      : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function table(schedule: NodeSchedule, bars: readonly ScheduledBar[]): TableContent {
  return {
    caption: "The bars with most GPU time",
    columns: [
      { header: "Job" },
      { header: "Tenant" },
      { header: "Node" },
      { header: "GPUs of it", align: "right" },
      { header: "From", align: "right" },
      { header: "To", align: "right" },
    ],
    rows: bars
      .slice(0, TABLE_ROWS)
      .map((bar) => [
        schedule.nameOf(bar.job),
        schedule.tenantOf(bar.job),
        schedule.nodes[bar.node]!.name,
        bar.gpus,
        formatMoment(bar.fromS),
        formatMoment(bar.toS),
      ]),
  };
}

function draw(
  layout: ChartLayout,
  chart: {
    readonly schedule: NodeSchedule;
    readonly bars: readonly ScheduledBar[];
    readonly nodes: number;
    readonly kinds: Kinds;
    readonly description: string;
  },
): VegaLiteSpec {
  const { schedule, bars, kinds, description } = chart;
  const nodes = schedule.nodes.slice(0, chart.nodes);
  const firstLane = nodes.map((_, index) =>
    nodes.slice(0, index).reduce((sum, { gpuCount }) => sum + gpuCount, 0),
  );
  const lanes = firstLane.at(-1)! + nodes.at(-1)!.gpuCount;
  const axis = timeAxis(schedule);
  const time = (timeS: number): number => Number(axis.of(timeS).toPrecision(5));
  const values = bars.slice(0, BARS_MAX[layout.name]).map((bar) => ({
    from: time(bar.fromS),
    to: time(bar.toS),
    lane: firstLane[bar.node]! + bar.firstGpu,
    laneEnd: firstLane[bar.node]! + bar.firstGpu + bar.gpus,
    [kinds.field]: kinds.of(bar),
    job: schedule.nameOf(bar.job),
    node: nodes[bar.node]!.name,
  }));
  const y = nodeAxis(layout, nodes, firstLane, lanes);
  const heightPx = Math.round(lanes * Math.max(3, Math.min(9, 420 / lanes)));
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx },
    {
      layer: [
        {
          data: { values },
          mark: { type: "rect", stroke: "currentColor", strokeWidth: 0.4, strokeOpacity: 0.5 },
          encoding: {
            x: { ...axis.channel, field: "from" },
            x2: { field: "to" },
            y: { field: "lane", ...y },
            y2: { field: "laneEnd" },
            color: {
              field: kinds.field,
              type: "nominal",
              scale: { domain: kinds.names, range: PART_FILLS.slice(0, kinds.names.length) },
              legend: {
                ...topLegend(layout, kinds.names),
                symbolType: "square",
                symbolStrokeColor: "currentColor",
                symbolStrokeWidth: 0.8,
              },
            },
          },
        },
        {
          data: { values: [...firstLane, lanes].map((edge) => ({ edge })) },
          mark: { type: "rule", color: "currentColor", opacity: 0.35, strokeWidth: 0.8 },
          encoding: { y: { field: "edge", ...y } },
        },
      ],
    },
  );
}

/** Lines of GPUs from the top down, named by their nodes. */
function nodeAxis(
  layout: ChartLayout,
  nodes: NodeSchedule["nodes"],
  firstLane: readonly number[],
  lanes: number,
): VegaLiteSpec {
  const middles = nodes.map(({ gpuCount }, index) => firstLane[index]! + gpuCount / 2);
  const words = nodes.map(({ name }, index) => [String(middles[index]), name] as const);
  return {
    type: "quantitative",
    scale: { domain: [0, lanes], reverse: true, nice: false },
    axis: {
      title: null,
      grid: false,
      ticks: false,
      domain: false,
      values: middles,
      labelExpr: `(${JSON.stringify(Object.fromEntries(words))})[toString(datum.value)]`,
      labelLimit: layout.name === "wide" ? 120 : 70,
    },
  };
}

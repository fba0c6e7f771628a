import type { ChartBlock, TableContent } from "../block.js";
import { formatShare } from "../format/number.js";
import type { NodeSchedule } from "../series/node-schedule.js";
import { DEPTH_RANGE, depthInk } from "./depth.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec } from "./theme.js";

/** Domains and nodes of one that a map can show. */
const DOMAINS_MAX = 40;
const NODES_MAX = 64;
/** Columns beyond which cells are too narrow for a number. */
const LABELLED_MAX: Readonly<Record<ChartLayout["name"], number>> = { wide: 12, narrow: 5 };

interface Cell {
  readonly domain: string;
  readonly place: number;
  readonly node: string;
  readonly share: number;
  readonly label: string;
}

/**
 * Every node in its domain, the darker the more of its GPU time jobs held; undefined where nodes are not grouped, or
 * are too many for a map.
 */
export function topologyMap(schedule: NodeSchedule): ChartBlock | undefined {
  const { nodes, levels } = schedule;
  const cells = cellsOf(schedule);
  const domains = [...new Set(cells.map(({ domain }) => domain))];
  const widest = Math.max(0, ...cells.map(({ place }) => place));
  const isTooLarge = domains.length > DOMAINS_MAX || widest > NODES_MAX;
  if (levels.length === 0 || cells.length < 2 || isTooLarge) return undefined;
  const sorted = [...nodes].filter(({ gpuCount }) => gpuCount > 0);
  sorted.sort((left, right) => left.heldShare - right.heldShare);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const title = `How much of each node was held, by ${levels.join(" and ")}?`;
  const description =
    `Most: ${most.name}, ${formatShare(most.heldShare)} of its GPU time; least: ${least.name}, ` +
    `${formatShare(least.heldShare)}. A row is a ${levels.at(-1)!}, a cell a node, darker is more.`;
  return chartBlock(
    { id: "topology-map", title, description, data: table(cells, levels) },
    (layout) => draw(layout, { title, description, cells, domains, widest }),
  );
}

function cellsOf({ nodes }: NodeSchedule): readonly Cell[] {
  const places = new Map<string, number>();
  return nodes
    .filter(({ gpuCount, domains }) => gpuCount > 0 && domains.length > 0)
    .map(({ name, domains, heldShare }) => {
      const domain = domains.join(" / ");
      const place = (places.get(domain) ?? 0) + 1;
      places.set(domain, place);
      return { domain, place, node: name, share: heldShare, label: formatShare(heldShare) };
    });
}

function table(cells: readonly Cell[], levels: readonly string[]): TableContent {
  return {
    caption: "Share of the GPU time of each node that jobs on whole GPUs held",
    columns: [
      { header: levels.join(" / ") },
      { header: "Node" },
      { header: "Held", unit: "%", align: "right", digits: 3 },
    ],
    rows: cells.map(({ domain, node, share }) => [domain, node, share * 100]),
  };
}

function draw(
  layout: ChartLayout,
  chart: {
    readonly title: string;
    readonly description: string;
    readonly cells: readonly Cell[];
    readonly domains: readonly string[];
    readonly widest: number;
  },
): VegaLiteSpec {
  const { title, description, cells, domains, widest } = chart;
  const quiet = { grid: false, domain: false, ticks: false };
  const place = {
    x: { field: "place", type: "ordinal", axis: null, scale: { paddingInner: 0.06 } },
    y: {
      field: "domain",
      type: "nominal",
      sort: domains,
      scale: { paddingInner: 0.1 },
      axis: { title: null, ...quiet, labelLimit: layout.name === "wide" ? 200 : 110 },
    },
  };
  const isLabelled = widest <= LABELLED_MAX[layout.name];
  return chartSpec(
    layout,
    { title, description, heightPx: Math.max(40, 28 * domains.length) },
    {
      data: { values: cells },
      layer: [
        {
          mark: { type: "rect", stroke: "currentColor", strokeWidth: 0.5, strokeOpacity: 0.4 },
          encoding: {
            ...place,
            color: {
              field: "share",
              type: "quantitative",
              scale: { domain: [0, 1], range: DEPTH_RANGE },
              legend: null,
            },
          },
        },
        ...(isLabelled
          ? [
              {
                mark: { type: "text" },
                encoding: {
                  ...place,
                  text: { field: "label", type: "nominal" },
                  color: depthInk("share"),
                },
              },
            ]
          : []),
      ],
    },
  );
}

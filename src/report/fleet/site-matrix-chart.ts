import type { SitesOutcome } from "../../simulation/fleet/sites/simulate-sites.js";
import type { ChartBlock } from "../block.js";
import {
  chartBlock,
  chartSpec,
  topLegend,
  type ChartLayout,
  type VegaLiteSpec,
} from "../charts/theme.js";
import { countOf, formatShare } from "../format/number.js";

/** Cells of one picture; of more sites each cell is the worst of several neighbours. */
const CELLS_MAX = 2_500;

/** Classes of availability, best first; each has a colour and, beside it, a shape of its own. */
const CLASSES = [
  { label: "never down", from: 1, color: "#8fb8de", shape: "square" },
  { label: "99 % and more", from: 0.99, color: "#e3b448", shape: "square" },
  { label: "95 to 99 %", from: 0.95, color: "#d5762b", shape: "triangle-up" },
  { label: "below 95 %", from: 0, color: "#a51d3b", shape: "diamond" },
] as const;

interface Cell {
  readonly region: string;
  /** Of the worst site of the cell. */
  readonly availability: number;
}

/**
 * Every site as one cell, by region, coloured by how much of the time it was up. Not a map: sites have regions and
 * no coordinates, so their places in the grid are those of their names.
 */
export function siteMatrixChart(outcome: SitesOutcome): ChartBlock {
  const { perCell, cells } = cellsOf(outcome);
  const down = outcome.sites.filter(({ index }) => outcome.books.outages[index]! > 0).length;
  const title = "Which sites were down, and for how much of the time?";
  const description =
    `${countOf(down, "site")} of ${countOf(outcome.sites.length, "site")} were down at least once; the worst was up ` +
    `${formatShare(Math.min(...cells.map(({ availability }) => availability)))} of the time. ` +
    (perCell === 1
      ? "One cell is one site"
      : `One cell is the worst of ${perCell} neighbouring sites`) +
    ", by region, in the order of their names.";
  return chartBlock(
    { id: "site-matrix", title, description, data: regionTable(outcome) },
    (layout) => draw(layout, cells, { title, description }),
  );
}

function cellsOf({ sites, spec, books }: SitesOutcome): {
  readonly perCell: number;
  readonly cells: readonly Cell[];
} {
  const perCell = Math.ceil(sites.length / CELLS_MAX);
  const cells = spec.regions.flatMap(({ name }, region) => {
    const own = sites.filter((site) => site.region === region);
    return Array.from({ length: Math.ceil(own.length / perCell) }, (_, cell): Cell => ({
      region: name,
      availability: Math.min(
        ...own
          .slice(cell * perCell, (cell + 1) * perCell)
          .map(({ index }) => availabilityOf(books, index)),
      ),
    }));
  });
  return { perCell, cells };
}

function availabilityOf(books: SitesOutcome["books"], site: number): number {
  // Sums of stretches may miss the whole by a rounding error; a site without an outage was never down.
  return books.outages[site] === 0 ? 1 : Math.min(books.upS[site]! / books.durationS, 1 - 1e-12);
}

function draw(
  layout: ChartLayout,
  cells: readonly Cell[],
  about: { readonly title: string; readonly description: string },
): VegaLiteSpec {
  const columns = layout.name === "wide" ? 60 : 32;
  const cellPx = Math.floor((layout.widthPx - 70) / columns);
  const regions = [...new Set(cells.map(({ region }) => region))];
  const labels = CLASSES.map(({ label }) => label);
  const rows: { x: number; y: number; class: string }[] = [];
  const heads: { y: number; region: string }[] = [];
  let row = 0;
  for (const region of regions) {
    const own = cells.filter((cell) => cell.region === region);
    heads.push({ y: row, region });
    own.forEach(({ availability }, place) => {
      const found = CLASSES.find(({ from }) => availability >= from)!;
      rows.push({ x: place % columns, y: row + Math.floor(place / columns), class: found.label });
    });
    row += Math.ceil(own.length / columns) + 0.6;
  }
  const scale = { domain: labels, range: CLASSES.map(({ color }) => color) };
  const shape = { domain: labels, range: CLASSES.map((one) => one.shape) };
  const legend = { ...topLegend(layout, labels), title: "up" };
  const y = {
    field: "y",
    type: "quantitative",
    scale: { domain: [row, -0.8], nice: false },
    axis: null,
  };
  const x = {
    field: "x",
    type: "quantitative",
    scale: { domain: [-0.8, columns], nice: false },
    axis: null,
  };
  return chartSpec(
    layout,
    { ...about, heightPx: Math.max(40, Math.ceil((row + 0.8) * cellPx)) },
    {
      layer: [
        {
          data: { values: heads },
          mark: { type: "text", align: "right", baseline: "middle", dx: -8, limit: 64 },
          encoding: { x: { ...x, field: undefined, datum: 0 }, y, text: { field: "region" } },
        },
        {
          data: { values: rows },
          mark: { type: "point", filled: true, opacity: 1, size: (cellPx - 1.5) ** 2 },
          encoding: {
            x,
            y,
            color: { field: "class", type: "nominal", scale, legend },
            shape: { field: "class", type: "nominal", scale: shape, legend },
          },
        },
      ],
    },
  );
}

function regionTable({ sites, spec, books }: SitesOutcome): NonNullable<ChartBlock["data"]> {
  const rows = spec.regions.map(({ name }, region) => {
    const own = sites.filter((site) => site.region === region);
    const counts = CLASSES.map(({ from }, index) => {
      const below = CLASSES[index - 1]?.from ?? Infinity;
      return own.filter(({ index: site }) => {
        const availability = availabilityOf(books, site);
        return availability >= from && availability < below;
      }).length;
    });
    return [name, own.length, ...counts];
  });
  return {
    caption: "Sites by region and availability",
    columns: [
      { header: "Region" },
      { header: "Sites", align: "right" },
      ...CLASSES.map(({ label }) => ({ header: label, align: "right" as const })),
    ],
    rows,
  };
}

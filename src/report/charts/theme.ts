import type { ChartBlock, TableContent } from "../block.js";
import { textWidthPx } from "./text-width.js";

/** A JSON object of the Vega-Lite grammar. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** How wide a chart is drawn and how large its text is, in CSS pixels. */
export interface ChartLayout {
  readonly name: "wide" | "narrow";
  readonly widthPx: number;
  readonly fontPx: number;
}

/** For a page column on a desk and on paper. */
export const WIDE: ChartLayout = { name: "wide", widthPx: 720, fontPx: 12 };
/** For a telephone: drawn anew, because a scaled-down chart has unreadable text. */
export const NARROW: ChartLayout = { name: "narrow", widthPx: 340, fontPx: 11 };

/**
 * Lines for configurations, base first: never a state's colour, told apart by dashes as well, at
 * least 3:1 against white and against the dark page.
 */
const CONFIGURATION_STYLES = [
  { color: "currentColor", dash: [1, 0], shape: "circle" },
  { color: "#009E73", dash: [7, 3], shape: "square" },
  { color: "#9a6fd1", dash: [2, 2], shape: "triangle-up" },
  { color: "#b07a1e", dash: [8, 2, 2, 2], shape: "diamond" },
  { color: "#c7527f", dash: [4, 4], shape: "cross" },
  { color: "#5e8c99", dash: [10, 4], shape: "triangle-down" },
] as const;

/** Most configurations one chart can show so that a reader still tells them apart. */
export const CONFIGURATIONS_MAX = CONFIGURATION_STYLES.length;

/** Colour scale over configuration names: base in the text's own colour. */
export function configurationScales(names: readonly string[]): {
  readonly color: VegaLiteSpec;
  readonly strokeDash: VegaLiteSpec;
  readonly shape: VegaLiteSpec;
} {
  const styles = CONFIGURATION_STYLES.slice(0, names.length);
  return {
    color: { domain: names, range: styles.map((style) => style.color) },
    strokeDash: { domain: names, range: styles.map((style) => style.dash) },
    shape: { domain: names, range: styles.map((style) => style.shape) },
  };
}

/** Most room that the labels of a vertical axis take; a legend begins where the plot does. */
const LABELS_LEFT_PX = 110;

/** A legend above the plot, in the order of the domain, in as many columns as its labels allow. */
export function topLegend(layout: ChartLayout, labels: readonly string[]): VegaLiteSpec {
  const labelLimit = layout.name === "wide" ? 200 : 185;
  // Besides the label: the symbol, the gap after it and the padding between columns.
  const columnsPx = labels.map(
    (label) => Math.min(labelLimit, textWidthPx(label, layout.fontPx)) + 36,
  );
  const roomPx = layout.widthPx - LABELS_LEFT_PX;
  const oneRow = columnsPx.reduce((sum, columnPx) => sum + columnPx, 0) <= roomPx;
  const columns = oneRow ? labels.length : Math.max(1, Math.floor(roomPx / Math.max(...columnsPx)));
  return {
    orient: "top",
    title: null,
    direction: "horizontal",
    columns,
    labelLimit,
    symbolSize: 90,
  };
}

/**
 * Wraps the drawing part of a chart with the look every chart of the product shares.
 *
 * Text and axes take `currentColor`, so one SVG follows light, dark and paper.
 */
export function chartSpec(
  layout: ChartLayout,
  options: { readonly title: string; readonly description: string; readonly heightPx: number },
  drawing: VegaLiteSpec,
): VegaLiteSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    usermeta: { question: options.title },
    description: options.description,
    width: layout.widthPx,
    height: options.heightPx,
    autosize: { type: "fit-x", contains: "padding" },
    background: null,
    padding: { left: 0, right: 6, top: 4, bottom: 6 },
    config: themeConfig(layout.fontPx),
    ...drawing,
  };
}

function themeConfig(fontPx: number): VegaLiteSpec {
  const text = { labelColor: "currentColor", titleColor: "currentColor" };
  return {
    aria: false,
    font: "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif",
    view: { stroke: null },
    axis: {
      ...text,
      labelFontSize: fontPx,
      titleFontSize: fontPx,
      titleFontWeight: "normal",
      titleOpacity: 0.75,
      titlePadding: 8,
      labelPadding: 4,
      labelOverlap: true,
      gridColor: "currentColor",
      gridOpacity: 0.12,
      domainColor: "currentColor",
      domainOpacity: 0.5,
      tickColor: "currentColor",
      tickOpacity: 0.5,
      tickSize: 4,
    },
    legend: { ...text, labelFontSize: fontPx, rowPadding: 4, columnPadding: 18, offset: 10 },
    text: { fill: "currentColor", fontSize: fontPx },
  };
}

/** Builds a chart block whose two layouts show the same data. */
export function chartBlock(
  about: {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    readonly data?: TableContent;
  },
  draw: (layout: ChartLayout) => VegaLiteSpec,
): ChartBlock {
  return { kind: "chart", ...about, vegaLite: draw(WIDE), vegaLiteNarrow: draw(NARROW) };
}

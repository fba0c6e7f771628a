import type { VegaLiteSpec } from "../charts/theme.js";
import { fieldOf, rowsOf, type TipField, type TipRow } from "./tip-rows.js";
import type { UnitSpec } from "./unit-spec.js";

/** A chart as a page draws it live. */
export interface LiveChart {
  /** In Vega's grammar, compiled. */
  readonly spec: object;
  /** What is told of a mark under the pointer, by the name Vega gives to the group of marks. */
  readonly tips: Readonly<Record<string, readonly TipRow[]>>;
  /** Lines and areas over a scale: told together, for the place of the pointer. */
  readonly lines: readonly LiveLines[];
  /** A part of its horizontal scale can be chosen. */
  readonly zooms: boolean;
  /** Entries of its legend can be singled out. */
  readonly picks: boolean;
}

/** Lines of one layer, for a tooltip at any place of the horizontal scale. */
export interface LiveLines {
  /** Name of the data. */
  readonly data: string;
  readonly x: TipField;
  readonly y: TipField;
  /** Field that tells the lines apart; absent for a single one. */
  readonly series?: string;
  /** A value holds until the next one; otherwise the nearest one is told. */
  readonly steps: boolean;
}

/** Opacity of what was not singled out. */
const FADED = 0.12;

/** What Vega-Lite draws these marks with where a chart does not say. */
const OPACITY_OF: Readonly<Record<string, number>> = { point: 0.7, tick: 0.7 };

/**
 * A chart with tooltips, a legend to single out entries with, and a scale to zoom, compiled for the page.
 *
 * What is seen at first is what the static drawing shows.
 */
export async function liveChart(chart: VegaLiteSpec): Promise<LiveChart> {
  const spec = structuredClone(chart) as Record<string, unknown>;
  const units = (spec["layer"] ?? [spec]) as UnitSpec[];
  for (const unit of units) {
    unit.encoding ??= {};
    if (typeof unit.mark === "string") unit.mark = { type: unit.mark };
  }
  const tips: Record<string, readonly TipRow[]> = {};
  const lines: LiveLines[] = [];
  for (const [index, unit] of units.entries()) {
    const found = linesOf(unit, `lines-${index}`);
    if (found !== undefined) {
      (unit["data"] as Record<string, unknown>)["name"] = found.data;
      lines.push(found);
      continue;
    }
    if (unit.mark.type === "line" || unit.mark.type === "area") continue;
    const rows = rowsOf(unit, spec["data"]);
    if (rows.length === 0) continue;
    unit.mark["tooltip"] = { content: "data" };
    tips[spec["layer"] === undefined ? "marks" : `layer_${index}_marks`] = rows;
  }
  const picks = letPick(units);
  const zooms = units.some(isZoomable);
  const { compile } = await import("vega-lite");
  const compiled = compile(spec as unknown as Parameters<typeof compile>[0])
    .spec as unknown as VegaSpec;
  if (zooms) letZoom(compiled);
  return { spec: compiled, tips, lines, zooms, picks };
}

function linesOf(unit: UnitSpec, data: string): LiveLines | undefined {
  const { x, y, y2, color } = unit.encoding;
  const isLine = unit.mark.type === "line" || unit.mark.type === "area";
  if (!isLine || y2 !== undefined || !isOnScale(x) || !isOnScale(y)) return undefined;
  if (unit["data"] === undefined) return undefined;
  return {
    data,
    x: fieldOf(x),
    y: fieldOf(y),
    ...(typeof color?.["field"] === "string" ? { series: color["field"] } : {}),
    steps: unit.mark["interpolate"] === "step-after",
  };
}

type OnScale = Record<string, unknown> & { readonly field: string };

function isOnScale(channel: Record<string, unknown> | undefined): channel is OnScale {
  return channel?.["type"] === "quantitative" && typeof channel["field"] === "string";
}

/** Clicking an entry of the legend fades the others; again, or beside the legend, brings them back. */
function letPick(units: readonly UnitSpec[]): boolean {
  const field = units.map(({ encoding }) => pickedField(encoding["color"])).find(Boolean);
  if (field === undefined) return false;
  const owner = units.find(({ encoding }) => pickedField(encoding["color"]) === field)!;
  owner["params"] = [
    { name: "picked", select: { type: "point", fields: [field] }, bind: "legend" },
  ];
  for (const { mark, encoding } of units) {
    if (encoding["color"]?.["field"] !== field || encoding["opacity"] !== undefined) continue;
    const value = (mark["opacity"] as number | undefined) ?? OPACITY_OF[mark.type] ?? 1;
    encoding["opacity"] = { condition: { param: "picked", value }, value: FADED };
  }
  return true;
}

function pickedField(color: Record<string, unknown> | undefined): string | undefined {
  const { field, type, legend } = color ?? {};
  return typeof field === "string" && type === "nominal" && legend ? field : undefined;
}

/** A part of a scale says more only where both axes are scales. */
function isZoomable({ mark, encoding }: UnitSpec): boolean {
  const { x, y } = encoding;
  return ["line", "area", "point", "rect"].includes(mark.type) && isOnScale(x) && isOnScale(y);
}

/** Room above and below the plot in which marks may stand, such as the strip of GPUs in use, in pixels. */
const BESIDE_PX = 80;
const CLIP = `'M0,-${BESIDE_PX}h' + width + 'v' + (height + ${2 * BESIDE_PX}) + 'h-' + width + 'z'`;

/** Lets the page set what the horizontal scale shows; marks on it then end at the sides of the plot. */
function letZoom(spec: VegaSpec): void {
  const x = spec.scales.find(({ name }) => name === "x")!;
  x["domainRaw"] = { signal: "zoomed" };
  spec.signals = [...(spec.signals ?? []), { name: "zoomed", value: null }];
  for (const mark of spec.marks) {
    if (isOnX(mark) && mark.clip !== true) mark.clip = { path: { signal: CLIP } };
  }
}

/** What is needed here of Vega's grammar. */
interface VegaSpec {
  signals?: readonly unknown[];
  readonly scales: Record<string, unknown>[];
  readonly marks: VegaMark[];
}

interface VegaMark {
  clip?: unknown;
  readonly encode?: {
    readonly update?: { readonly x?: { readonly scale?: string }; readonly x2?: unknown };
  };
  readonly marks?: readonly VegaMark[];
}

function isOnX({ encode, marks = [] }: VegaMark): boolean {
  return encode?.update?.x?.scale === "x" || marks.some(isOnX);
}

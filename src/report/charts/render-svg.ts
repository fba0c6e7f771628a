import { escapeHtml } from "../format/escape.js";
import { textWidthPx } from "./text-width.js";
import type { VegaLiteSpec } from "./theme.js";

/** What a reader who does not see the drawing is told, and the prefix of every id inside it. */
export interface SvgLabels {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/**
 * Draws a Vega-Lite spec as one SVG element, in Node and without a canvas.
 *
 * The result follows the colour of the text around it, names itself to screen readers, scales to
 * its container and shares no id with another chart. The same spec gives the same text on the same
 * engine. Vega is loaded here and not at start: only those who draw pay for it.
 */
export async function renderSvg(spec: VegaLiteSpec, labels: SvgLabels): Promise<string> {
  if (!/^[a-z][a-z0-9-]*$/.test(labels.id)) {
    throw new Error(`report: chart id must be letters, digits and hyphens, got "${labels.id}"`);
  }
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  useTextWidths(vega);
  const logger = vega.logger(vega.Error);
  const compiled = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0], {
    logger,
  });
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: "none",
    logLevel: vega.Error,
  });
  try {
    const svg = await view.toSVG();
    return withHatches(namedSvg(uniqueIds(lighterSvg(svg), labels.id), labels), labels.id);
  } finally {
    view.finalize();
  }
}

/** Vega's own estimate is 0.8 em per character, which leaves holes in legends. */
function useTextWidths(vega: object): void {
  // Vega documents no type for this hook; it reads the function at every measurement.
  const { textMetrics } = vega as {
    readonly textMetrics: {
      width(item: { readonly fontSize?: number; readonly limit?: number }, text: unknown): number;
    };
  };
  textMetrics.width = ({ fontSize = 11, limit = 0 }, text) => {
    const widthPx = textWidthPx(String(text ?? "").trim(), fontSize);
    // Vega cuts longer labels to the limit, so that is the space they take.
    return limit > 0 ? Math.min(widthPx, limit) : widthPx;
  };
}

/** Applies a change to the tags of an SVG and never to the text between them, which people wrote. */
function inTags(svg: string, change: (tag: string) => string): string {
  return svg.replace(/<[^>]*>/g, change);
}

/** Drops what Vega writes for its own interaction and digits no screen can show. */
function lighterSvg(svg: string): string {
  return inTags(svg, (tag) => {
    if (/^<path class="(?:foreground|background)".*(?:d=""|d="M0,0h0v0h0Z")/.test(tag)) return "";
    return tag
      .replace(/ (?:aria-hidden|aria-roledescription|aria-label|role|pointer-events)="[^"]*"/g, "")
      .replace(/ opacity="1"/g, "")
      .replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
        attribute.replace(/\d+\.\d{3,}/g, (digits) =>
          String(Math.round(Number(digits) * 100) / 100),
        ),
      );
  });
}

/** Vega numbers clip paths and gradients per process; in one page two charts would share them. */
function uniqueIds(svg: string, prefix: string): string {
  const names = new Map<string, string>();
  for (const [tag] of svg.matchAll(/<[^>]*>/g)) {
    const id = / id="([^"]+)"/.exec(tag)?.[1];
    if (id !== undefined && !names.has(id)) names.set(id, `${prefix}-${names.size + 1}`);
  }
  return inTags(svg, (tag) =>
    tag
      .replace(/ id="([^"]+)"/, (whole, id: string) => ` id="${names.get(id) ?? whole}"`)
      .replace(/url\(#([^)]+)\)/g, (whole, id: string) => {
        const renamed = names.get(id);
        return renamed === undefined ? whole : `url(#${renamed})`;
      }),
  );
}

function namedSvg(svg: string, { id, title, description }: SvgLabels): string {
  const start = /^<svg [^>]*>/.exec(svg)?.[0];
  const viewBox = /viewBox="([\d. -]+)"/.exec(start ?? "")?.[1];
  if (start === undefined || viewBox === undefined) {
    throw new Error(`report: Vega drew no SVG for chart "${id}"`);
  }
  const [, , width, height] = viewBox.split(" ");
  const root =
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart-drawing" id="${id}" viewBox="${viewBox}" ` +
    `width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">` +
    `<title id="${id}-title">${escapeHtml(title)}</title>` +
    `<desc id="${id}-desc">${escapeHtml(description.replaceAll("\n", " "))}</desc>`;
  return root + svg.slice(start.length);
}

/**
 * Colours that look alike without colour get a pattern: reserved and fragmented have the same
 * luminance, so reserved is hatched.
 */
const HATCHED = { fill: "#56B4E9", line: "#0b4a6f" };

function withHatches(svg: string, id: string): string {
  if (!svg.includes(`fill="${HATCHED.fill}"`)) return svg;
  const pattern =
    `<defs><pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" ` +
    `patternTransform="rotate(45)"><rect width="6" height="6" fill="${HATCHED.fill.toLowerCase()}"/>` +
    `<path d="M0,0V6" stroke="${HATCHED.line}" stroke-width="1.6"/></pattern></defs>`;
  const end = svg.indexOf("</desc>") + "</desc>".length;
  return (
    svg.slice(0, end) +
    pattern +
    inTags(svg.slice(end), (tag) =>
      tag.replace(`fill="${HATCHED.fill}"`, `fill="url(#${id}-hatch)"`),
    )
  );
}

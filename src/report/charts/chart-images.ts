import { createRequire } from "node:module";

import type { ChartBlock, ReportDocument } from "../block.js";
import { renderSvg } from "./render-svg.js";

/** Kinds of pictures charts are drawn as. */
export const IMAGE_KINDS = ["svg", "png"] as const;
/** A kind of picture. */
export type ImageKind = (typeof IMAGE_KINDS)[number];

/** A picture to keep beside the report. */
export interface ImageFile {
  /** Such as `charts/queue-length.png`. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Colours of a picture that stands alone: those of a page on paper. */
const STANDALONE =
  "<style>svg{color:#1b1d21;background:#fff;font-family:'DejaVu Sans',sans-serif}</style>";

/** Pixels of a PNG per pixel of the drawing: sharp on paper and on dense screens. */
const PNG_SCALE = 2;

/** Draws every chart of a report. */
export async function chartImages(
  report: ReportDocument,
  kinds: readonly ImageKind[],
): Promise<readonly ImageFile[]> {
  if (kinds.length === 0) return [];
  const charts = report.sections.flatMap(({ blocks }) =>
    blocks.filter((block): block is ChartBlock => block.kind === "chart"),
  );
  const files: ImageFile[] = [];
  for (const { id, title, description, vegaLite } of charts) {
    const svg = standalone(await renderSvg(vegaLite, { id: `chart-${id}`, title, description }));
    if (kinds.includes("svg")) files.push({ name: `charts/${id}.svg`, content: `${svg}\n` });
    if (kinds.includes("png")) files.push({ name: `charts/${id}.png`, content: await pngOf(svg) });
  }
  return files;
}

function standalone(svg: string): string {
  return svg.replace(/^(<svg [^>]*>)/u, `$1${STANDALONE}`);
}

async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const require = createRequire(import.meta.url);
  const font = (name: string): string => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  // resvg knows no currentColor from a style sheet, and takes the one family it is given for all.
  const drawn = svg.replaceAll("currentColor", "#1b1d21");
  const image = new Resvg(drawn, {
    background: "#ffffff",
    fitTo: { mode: "zoom", value: PNG_SCALE },
    font: {
      loadSystemFonts: false,
      fontFiles: [font("DejaVuSans"), font("DejaVuSans-Bold")],
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
    },
  });
  return image.render().asPng();
}

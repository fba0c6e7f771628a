import type { ReportDocument } from "./block.js";

/** A Vega-Lite specification to keep beside the report. */
export interface ChartFile {
  /** Name inside the output folder, such as `charts/queue-length.vl.json`. */
  readonly name: string;
  readonly text: string;
}

/** The charts of a report as Vega-Lite JSON, data included, so that people can redraw them. */
export function chartFiles(report: ReportDocument): readonly ChartFile[] {
  return report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.kind === "chart"
        ? [
            {
              name: `charts/${block.id}.vl.json`,
              text: `${JSON.stringify(block.vegaLite, null, 1)}\n`,
            },
          ]
        : [],
    ),
  );
}

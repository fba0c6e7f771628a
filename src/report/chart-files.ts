import type { ReportDocument } from "./block.js";
import { chartName } from "./chart-name.js";
import { reportJson } from "./report-json.js";
import { tableJson } from "./table-json.js";

/** A text file to keep beside the report. */
export interface ChartFile {
  /** Name inside the output folder, such as `charts/queue-length.vl.json`. */
  readonly name: string;
  readonly text: string;
}

/**
 * The charts of a report as Vega-Lite JSON, data included, so that people can redraw them, and the report as its
 * blocks, so that `headroom report` can write its pages again.
 */
export function chartFiles(report: ReportDocument): readonly ChartFile[] {
  const charts = report.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.kind === "chart"
        ? [{ name: chartName(block.id), text: `${tableJson(block.vegaLite)}\n` }]
        : [],
    ),
  );
  return [...charts, { name: "report.json", text: reportJson(report) }];
}

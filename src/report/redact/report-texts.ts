/** A text file of a report. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** Keys of JSON documents whose values are words of Headroom, whatever somebody is called. */
export const FIXED_KEYS = new Set([
  ...["schema", "version", "verdict", "comparison", "unit", "provenance", "metric", "currency"],
  ...["kind", "align", "tone", "status", "better", "sha256", "href", "mark", "type", "field"],
]);
/** In `report.json` and charts also names of tables; ids of other documents may hold names. */
export const FIXED_IN_PAGES = new Set([...FIXED_KEYS, "fullTable"]);

/** Name of a chart's specification: folder, id, ending. */
export const CHART_FILE = /^(charts\/)(.*)(\.vl\.json)$/u;

/** A cell without the apostrophe that keeps spreadsheets from running a text. */
export function asWritten(cell: string): string {
  return cell.replace(/^'(?=[=+\-@\t\r\n])/u, "");
}

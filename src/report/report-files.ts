import type { ReportDocument } from "./block.js";
import { chartFiles } from "./chart-files.js";
import { writeHtml } from "./html/html.js";
import { writeMarkdown } from "./markdown.js";
import { withoutWhatIf, withWhatIf, type WhatIfAnswer } from "./what-if/what-if-part.js";

/** A file of a report: its name inside the output folder, and its content in chunks. */
export interface ReportFile<Chunk extends string | Uint8Array = string> {
  readonly name: string;
  readonly chunks: Iterable<Chunk>;
}

/** Files of a report, and what whoever asked for them should know about them. */
export interface ReportFiles<Chunk extends string | Uint8Array = string> {
  readonly files: readonly ReportFile<Chunk>[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/** What the page of a report can do beyond showing it. */
export interface PageOptions {
  readonly whatIf?: WhatIfAnswer | undefined;
  /** True makes its charts answer the pointer. */
  readonly interactive?: boolean | undefined;
}

/**
 * Every file of a report: its data, then the charts, the blocks and the pages made of them.
 *
 * @param data files that hold the figures themselves, such as `result.json` and `jobs.csv`
 */
export async function reportFiles<Chunk extends string | Uint8Array = string>(
  report: ReportDocument,
  data: readonly ReportFile<Chunk>[],
  { whatIf, interactive }: PageOptions = {},
): Promise<ReportFiles<Chunk | string>> {
  const { html, warning } = await writeHtml(withWhatIf(report, whatIf), { interactive });
  return {
    files: [
      ...data,
      ...chartFiles(report).map(({ name, text }) => ({ name, chunks: [text] })),
      { name: "report.md", chunks: [writeMarkdown(report)] },
      { name: "report.html", chunks: [html] },
    ],
    warnings: [...(warning === undefined ? [] : [warning]), ...withoutWhatIf(whatIf)],
  };
}

/** A document as the JSON file that stands beside its report. */
export function documentFile(name: string, document: unknown): ReportFile {
  return { name, chunks: [`${JSON.stringify(document, null, 2)}\n`] };
}

import { chartImages, type ImageKind } from "./charts/chart-images.js";
import { redactFiles } from "./redact/redact-files.js";
import type { PrivateNames } from "./redact/redactor.js";
import type { ReportFile } from "./report-files.js";
import { parseReportJson } from "./report-json.js";

/** How the files of a report are finished. */
export interface FinishOptions {
  /** Present to put pseudonyms in place of names; holds those that the files may not tell by themselves. */
  readonly redact?: Partial<PrivateNames> | undefined;
  readonly charts?: readonly ImageKind[] | undefined;
  /** As the pages were made: those with pseudonyms are made anew. */
  readonly interactive?: boolean | undefined;
}

/**
 * What becomes of a report's files last: pseudonyms in all of them, and pictures of its charts.
 */
export async function finishFiles(
  files: readonly ReportFile<string | Uint8Array>[],
  { redact, charts = [], interactive }: FinishOptions,
): Promise<readonly ReportFile<string | Uint8Array>[]> {
  if (redact === undefined && charts.length === 0) return files;
  const binary = files.filter(({ name }) => name.endsWith(".parquet"));
  const texts = files
    .filter((file) => !binary.includes(file))
    .map(({ name, chunks }) => ({ name, text: [...chunks].join("") }));
  const all = redact === undefined ? texts : await redactFiles(texts, redact, { interactive });
  const textOf = (name: string): string => all.find((file) => file.name === name)?.text ?? "";
  const report = parseReportJson(textOf("report.json"), textOf);
  const images = await chartImages(report, charts);
  return [
    ...binary,
    ...all.map(({ name, text }) => ({ name, chunks: [text] })),
    ...images.map(({ name, content }) => ({ name, chunks: [content] })),
  ];
}

import { chartImages, type ImageKind } from "./charts/chart-images.js";
import { redactFiles } from "./redact/redact-files.js";
import type { PrivateNames } from "./redact/redactor.js";
import { parseReportJson } from "./report-json.js";

/** A file of a report, text in chunks. */
interface TextChunks {
  readonly name: string;
  readonly chunks: Iterable<string>;
}

/** A file to write, text or bytes. */
export interface FinishedFile {
  readonly name: string;
  readonly chunks: Iterable<string | Uint8Array>;
}

/**
 * What becomes of a report's files last: pseudonyms in all of them, and pictures of its charts.
 *
 * @param options `redact` holds names that the files may not tell by themselves
 */
export async function finishFiles(
  files: readonly TextChunks[],
  options: { readonly redact?: Partial<PrivateNames>; readonly charts?: readonly ImageKind[] },
): Promise<readonly FinishedFile[]> {
  const { redact, charts = [] } = options;
  if (redact === undefined && charts.length === 0) return files;
  const texts = files.map(({ name, chunks }) => ({ name, text: [...chunks].join("") }));
  const all = redact === undefined ? texts : await redactFiles(texts, redact);
  const textOf = (name: string): string => all.find((file) => file.name === name)?.text ?? "";
  const report = parseReportJson(textOf("report.json"), textOf);
  const images = await chartImages(report, charts);
  return [
    ...all.map(({ name, text }) => ({ name, chunks: [text] })),
    ...images.map(({ name, content }) => ({ name, chunks: [content] })),
  ];
}

import { redactFiles } from "../report/redact/redact-files.js";

/**
 * A document of a fleet as the terminal shows it: with pseudonyms where `--redact` asks for them, the same as in files.
 *
 * @param files paths that the document does not list, as they were written
 */
export async function shownDocument<Document>(
  document: Document,
  { redact }: { readonly redact?: true },
  files: readonly string[],
): Promise<Document> {
  if (redact !== true) return document;
  const [file] = await redactFiles([{ name: "document.json", text: JSON.stringify(document) }], {
    files,
  });
  return JSON.parse(file!.text) as Document;
}

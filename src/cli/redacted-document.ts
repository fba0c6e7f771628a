import { InputError } from "../diagnostics/problem.js";
import { refuseFiguresAsNames } from "../report/redact/fleet-redactor.js";
import { redactFiles } from "../report/redact/redact-files.js";
import type { LoadedSweep } from "../studies/sweep/load-sweep.js";

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

/**
 * Looks before the first run for what `--redact` cannot do.
 *
 * @throws InputError when the table is binary, or a name reads as a figure
 */
export function checkRedactedSweep({ spec, names }: LoadedSweep): void {
  if (names !== undefined) refuseFiguresAsNames(names, spec.scenario);
  if (spec.table === "csv") return;
  throw new InputError([
    {
      file: spec.file,
      rule: "conflicting-fields",
      path: "table",
      message: "--redact cannot put pseudonyms into a Parquet table",
      help: "write it as CSV: table: csv",
    },
  ]);
}

import type { ResultDocument } from "./result-document.js";

/** The bytes of `result.json`, and of what `headroom run --json` prints. */
export function resultText(document: ResultDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

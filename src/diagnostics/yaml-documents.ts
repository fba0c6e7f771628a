import type { LocatedNode } from "./located-node.js";
import { InputError } from "./problem.js";
import { parseYaml, YAML_LIMITS } from "./yaml-source.js";

/** A whole cluster's objects with their status fit easily. */
const TEXT_LENGTH_MAX = 64_000_000;
const DOCUMENTS_MAX = 10_000;

/**
 * The documents of a YAML stream, each with the lines of the file it stands in; empty ones are left out.
 *
 * @throws InputError for what is no YAML, and for more documents than can be meant
 */
export function parseYamlDocuments(file: string, text: string): readonly LocatedNode[] {
  const lines = text.split("\n");
  const starts = [
    0,
    ...lines.flatMap((line, index) => (/^---(\s|$)/.test(line) ? [index + 1] : [])),
  ];
  if (starts.length > DOCUMENTS_MAX) {
    const message = `the file has ${starts.length} documents, at most ${DOCUMENTS_MAX} are read`;
    throw new InputError([{ file, rule: "file-too-large", message }]);
  }
  return starts.flatMap((start, index) => {
    const end = (starts[index + 1] ?? lines.length + 1) - 1;
    const body = lines.slice(start, end);
    if (body.every((line) => /^\s*(#.*)?$/.test(line) || /^(\.\.\.)\s*$/.test(line))) return [];
    // Blank lines in place of the documents before it keep line numbers those of the file.
    const padded = `${"\n".repeat(start)}${body.join("\n")}`;
    return [parseYaml(file, padded, { ...YAML_LIMITS, textLengthMax: TEXT_LENGTH_MAX })];
  });
}

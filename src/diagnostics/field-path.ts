/** One step into a document: the name of a field, or the position in a list counted from 0. */
export type PathPart = string | number;

/** `["cluster", "nodes", 0, "count"]` as people write it: `cluster.nodes[0].count`. The root is "". */
export function formatPath(path: readonly PathPart[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** The same place in the schema, where every list has one kind of item: `cluster.nodes[].count`. */
export function schemaPath(path: readonly PathPart[]): string {
  return path
    .map((part) => (typeof part === "number" ? "[]" : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

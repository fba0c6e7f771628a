import { Document, isMap, isScalar, isSeq, visit } from "yaml";

import type { WorkloadParameters } from "../synthetic/parameters.js";

/** Keys whose entries stand on one line each. */
const ENTRIES_IN_LINE = new Set(["hosts", "tenants", "parts"]);

/** The parameters as YAML that reads back to the same numbers. */
export function workloadParametersYaml(parameters: WorkloadParameters): string {
  const document = new Document(parameters, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      if (!isSeq(value)) return;
      if (value.items.every((item) => isScalar(item))) value.flow = true;
      if (isScalar(key) && ENTRIES_IN_LINE.has(String(key.value))) {
        for (const item of value.items) if (isMap(item)) item.flow = true;
      }
    },
  });
  return document
    .toString({ lineWidth: 0, flowCollectionPadding: true })
    .replaceAll(LONG_LIST, (_, indent: string, key: string, values: string) => {
      const inner = `${indent}  `;
      return `${indent}${key} [\n${broken(values.split(", "), inner)}\n${inner}]`;
    });
}

/** A key with a list of more numbers than fit a line; the package would write one of them per line. */
const LONG_LIST = /^( *)(\w+:) \[ ([-\d.e, ]{100,}) \]$/gm;
const LINE_LENGTH = 110;

/** The values in lines of usual length, each with a comma at its end. */
function broken(values: readonly string[], indent: string): string {
  const lines: string[] = [];
  for (const value of values) {
    const last = lines.at(-1);
    if (last === undefined || last.length + value.length + 2 > LINE_LENGTH) {
      lines.push(`${indent}${value},`);
    } else lines[lines.length - 1] = `${last} ${value},`;
  }
  return lines.join("\n");
}

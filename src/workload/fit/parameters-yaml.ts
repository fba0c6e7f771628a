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
  return document.toString({ lineWidth: 110, flowCollectionPadding: true });
}

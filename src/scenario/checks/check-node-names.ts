import type { CheckContext } from "../check-context.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { expandNodeNames } from "../node-names.js";
import { fieldOf, listAt } from "./duplicates.js";

const NODES = ["cluster", "nodes"] as const;

/** Names of nodes must be names, no more than there are nodes, and each used once. */
export function checkNodeNames(context: CheckContext): void {
  const firstGroup = new Map<string, number>();
  listAt(context, NODES).forEach((group, index) => {
    const path = [...NODES, index, "names"];
    const written = listAt(context, path).filter((name) => typeof name === "string");
    const wrong = written.findIndex((name) => expandNodeNames([name]) === undefined);
    if (wrong !== -1) {
      context.report({
        path: [...path, wrong],
        rule: "bad-text",
        message: `${formatPath([...path, wrong])}: "${written[wrong]!.slice(0, 100)}" is no name of a node, such as gpu001 or gpu[001-016]`,
      });
      return;
    }
    const names = expandNodeNames(written) ?? [];
    const count = fieldOf(group, "count");
    if (typeof count === "number" && names.length > Math.max(0, count)) {
      context.report({
        path,
        part: "key",
        rule: "conflicting-fields",
        message: `${formatPath(path)} has ${names.length} names for ${count} nodes`,
        help: "name the nodes that stay, or raise count",
      });
    }
    for (const name of names) {
      const first = firstGroup.get(name);
      if (first !== undefined) {
        context.report({
          path,
          part: "key",
          rule: "duplicate-name",
          message: `${formatPath(path)}: the node "${name}" is named twice${first === index ? "" : `; the first is in ${formatPath([...NODES, first])}`}`,
        });
        return;
      }
      firstGroup.set(name, index);
    }
  });
}

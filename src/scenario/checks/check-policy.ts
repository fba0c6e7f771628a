import { findNodeSku } from "../../hardware/find-node-sku.js";
import type { CheckContext } from "../check-context.js";
import { fieldOf, listAt, textOf } from "./duplicates.js";

const PLACEMENT = ["policy", "placement"] as const;

/** What a policy needs of the cluster. */
export function checkPolicy(context: CheckContext): void {
  if (context.valueAt(PLACEMENT) !== "consolidate") return;
  const gpusOfPartition = new Map<string, { readonly gpus: number; readonly group: string }>();
  for (const group of listAt(context, ["cluster", "nodes"])) {
    const sku = findNodeSku(textOf(group, "sku") ?? "");
    const gpus = sku?.gpuCount ?? fieldOf(group, "gpus");
    const isEmpty = fieldOf(group, "count") === 0;
    if (typeof gpus !== "number" || gpus === 0 || isEmpty) continue;
    const name = textOf(group, "name") ?? "";
    const partition = textOf(group, "partition") ?? "";
    const known = gpusOfPartition.get(partition);
    if (known === undefined) gpusOfPartition.set(partition, { gpus, group: name });
    else if (known.gpus !== gpus) {
      context.report({
        path: PLACEMENT,
        rule: "conflicting-fields",
        message:
          `placement consolidate needs GPU nodes of one size in a partition; ` +
          `"${known.group}" has ${known.gpus} GPUs per node and "${name}" has ${gpus}`,
      });
      return;
    }
  }
}

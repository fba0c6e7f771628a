import { findNodeSku } from "../../hardware/find-node-sku.js";
import type { CheckContext } from "../check-context.js";
import { DEFAULTS } from "../defaults.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";

/** System pods must leave something of a node. */
export function checkReserved(context: CheckContext, { cluster }: ScenarioSpec): void {
  cluster.nodes.forEach((group, index) => {
    const { reserved } = group;
    if (reserved === undefined) return;
    const sku = group.sku === undefined ? undefined : findNodeSku(group.sku);
    const has = {
      cpu: group.cpu ?? sku?.cpuMilli,
      memory: group.memory ?? sku?.memoryBytes,
      pods: group.pods ?? DEFAULTS.podsPerNode,
    };
    for (const key of ["cpu", "memory", "pods"] as const) {
      const all = has[key];
      if (all === undefined || (reserved[key] ?? 0) < all) continue;
      context.report({
        path: ["cluster", "nodes", index, "reserved", key],
        rule: "out-of-range",
        message: `reserved.${key} of ${group.name} is all its nodes have: nothing is left for jobs`,
      });
    }
  });
}

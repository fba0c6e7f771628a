import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { findNodeSku } from "../../hardware/find-node-sku.js";
import type { CheckContext } from "../check-context.js";
import { DEFAULTS } from "../defaults.js";
import { keptOfNode } from "../reserved.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";

/** System pods must leave something of a node. */
export function checkReserved(context: CheckContext, { cluster }: ScenarioSpec): void {
  cluster.nodes.forEach((group, index) => {
    const { reserved } = group;
    if (reserved === undefined) return;
    const path = ["cluster", "nodes", index, "reserved"] as const;
    checkRuleFields(context, path, reserved);
    const sku = group.sku === undefined ? undefined : findNodeSku(group.sku);
    const has = {
      cpu: group.cpu ?? sku?.cpuMilli,
      memory: group.memory ?? sku?.memoryBytes,
      pods: group.pods ?? DEFAULTS.podsPerNode,
    };
    // Machines without figures are refused elsewhere.
    const kept = keptOfNode(group, {
      cpuMilli: has.cpu ?? Infinity,
      memoryBytes: has.memory ?? Infinity,
    });
    const keeps = { cpu: kept.cpuMilli, memory: kept.memoryBytes, pods: kept.pods };
    for (const key of ["cpu", "memory", "pods"] as const) {
      const all = has[key];
      if (all === undefined || keeps[key] < all) continue;
      const byRule = reserved[key] === undefined && reserved.rule !== undefined;
      context.report({
        path: [...path, byRule ? "rule" : key],
        rule: "out-of-range",
        message: byRule
          ? `reserved.rule of ${group.name} keeps all the ${key} its nodes have: nothing is left for jobs`
          : `reserved.${key} of ${group.name} is all its nodes have: nothing is left for jobs`,
      });
    }
  });
}

type ReservedInput = NonNullable<ScenarioSpec["cluster"]["nodes"][number]["reserved"]>;

/** Fields that only a rule reads would be read by nobody without one. */
function checkRuleFields(
  context: CheckContext,
  path: readonly PathPart[],
  reserved: ReservedInput,
): void {
  if (reserved.rule !== undefined) return;
  for (const key of ["maxPods", "os", "agents"] as const) {
    if (reserved[key] === undefined) continue;
    context.report({
      path: [...path, key],
      part: "key",
      rule: "incomplete-fields",
      message: `${formatPath([...path, key])} is read by a rule, and none is named`,
      help: "add rule: aks-1.29, or give cpu, memory and pods",
    });
  }
}

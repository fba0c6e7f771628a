import { childOf, type LocatedNode } from "../diagnostics/located-node.js";
import type { Report } from "./check-content.js";
import type { NodeLabels } from "./gpu-config.js";
import type { KaitoManifest } from "./manifest/manifest.js";

/**
 * Labels KAITO sets on what it manages itself, and passes over in a selector.
 * Source: kaito-project/kaito api/v1beta1, reservedSelectorLabelKeys (names of Workspace, RAGEngine and InferenceSet).
 */
const isReserved = (label: string): boolean => /^(karpenter\.)?kaito\.sh\//.test(label);

/**
 * What KAITO refuses of a label selector.
 *
 * @returns true where it is in order
 */
export function checkSelector({ places }: KaitoManifest, report: Report): boolean {
  const selector = selectorOf(places["resource"]);
  if (selector === undefined) return true;
  let holds = true;
  const refuse = (node: LocatedNode, message: string): void => {
    holds = false;
    report(node, "resource.labelSelector", message);
  };
  const expressions = childOf(selector, "matchExpressions");
  if (expressions?.kind === "list") {
    for (const item of expressions.items) {
      const operator = childOf(item, "operator");
      const values = childOf(item, "values");
      if (operator?.kind === "scalar" && operator.value !== "In")
        refuse(
          operator,
          `Only allow matchLabels or 'IN' matchExpression, got "${String(operator.value)}"`,
        );
      else if (values?.kind !== "list" || values.items.length !== 1)
        refuse(
          values ?? item,
          'operator "In" without a single value cannot be converted into the old label selector format',
        );
    }
  }
  const labels = childOf(selector, "matchLabels");
  if (
    labels?.kind === "map" &&
    labels.entries.size > 0 &&
    [...labels.entries.keys()].every(isReserved)
  )
    refuse(labels, "matchLabels must contain at least one non-reserved label");
  return holds;
}

function selectorOf(resource: LocatedNode | undefined): LocatedNode | undefined {
  const selector = resource?.kind === "map" ? resource.entries.get("labelSelector") : undefined;
  return selector?.kind === "map" ? selector : undefined;
}

/** The nodes a manifest selects: those with all labels of `matchLabels` that are not reserved; all without any. */
export function selectedNodes(
  { places }: KaitoManifest,
  nodes: readonly NodeLabels[],
): readonly NodeLabels[] {
  const selector = selectorOf(places["resource"]);
  const labels = selector === undefined ? undefined : childOf(selector, "matchLabels");
  if (labels?.kind !== "map") return nodes;
  const wanted = [...labels.entries].filter(([label]) => !isReserved(label));
  return nodes.filter((node) =>
    wanted.every(
      ([label, value]) => value.kind === "scalar" && node[label] === String(value.value),
    ),
  );
}

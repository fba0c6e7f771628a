import { findNodeSku } from "../../hardware/find-node-sku.js";
import { SCORERS_WITH_OPTIONS, type ScorerOptions } from "../../policy/placement/scorer-options.js";
import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "./duplicates.js";

const PLACEMENT = ["policy", "placement"] as const;
const QUEUE = ["policy", "queue"] as const;
const SCORERS = [...PLACEMENT, "scorers"] as const;
const SCORER_OPTIONS = ["resources", "skipUnrequestedGpu", "curve"] as const;

/** Options of placements, and whose they are. */
const PLACEMENT_OPTIONS = { profile: "topology", within: "contiguous" } as const;

/** What the queue policy needs of the cluster, and the placement of its options and the cluster. */
export function checkPolicy(context: CheckContext): void {
  checkShared(context);
  checkPlacement(context);
  listAt(context, SCORERS).forEach((scorer, index) => {
    checkScorer(context, scorer, [...SCORERS, index]);
  });
  checkConsolidate(context);
}

/** True when every partition is to have its own nodes and queue. */
function hasOwnPartitions(context: CheckContext): boolean {
  return context.valueAt(["policy", "partitions"]) !== "shared";
}

/** One order of borrowing and lending runs over all nodes, so partitions cannot each have their own. */
function checkShared(context: CheckContext): void {
  const queue = context.valueAt(QUEUE);
  if (queue !== "fair-share" && textOf(queue, "name") !== "fair-share") return;
  if (!hasOwnPartitions(context)) return;
  const names = new Set<string>();
  for (const group of listAt(context, ["cluster", "nodes"])) {
    const partition = fieldOf(group, "partition");
    names.add(typeof partition === "string" ? `"${partition}"` : "the default partition");
  }
  if (names.size < 2) return;
  context.report({
    path: QUEUE,
    rule: "conflicting-fields",
    message: `queue fair-share needs nodes that all jobs share, got nodes of ${[...names].join(", ")}`,
    help: "write partitions: shared below policy, leave the partitions of cluster.nodes out, or choose another queue policy",
  });
}

function placementName(context: CheckContext): string | undefined {
  const placement = context.valueAt(PLACEMENT);
  return typeof placement === "string" ? placement : textOf(placement, "name");
}

function checkPlacement(context: CheckContext): void {
  const placement = context.valueAt(PLACEMENT);
  if (typeof placement !== "object" || placement === null) return;
  const hasName = fieldOf(placement, "name") !== undefined;
  const hasScorers = fieldOf(placement, "scorers") !== undefined;
  if (hasName === hasScorers) {
    context.report({
      path: PLACEMENT,
      rule: hasName ? "conflicting-fields" : "incomplete-fields",
      message: `policy.placement must have one of name and scorers, got ${hasName ? "both" : "none"}`,
      help: "headroom explain policy.placement",
    });
  }
  for (const [option, owner] of Object.entries(PLACEMENT_OPTIONS)) {
    if (fieldOf(placement, option) === undefined || placementName(context) === owner) continue;
    context.report({
      path: [...PLACEMENT, option],
      part: "key",
      rule: "conflicting-fields",
      message: `policy.placement.${option} is an option of ${owner}, got ${placementName(context) ?? "scorers"}`,
      help: `leave it out, or write name: ${owner}`,
    });
  }
}

function checkScorer(context: CheckContext, scorer: unknown, path: readonly PathPart[]): void {
  const name = textOf(scorer, "name") ?? "";
  const taken: readonly (keyof ScorerOptions)[] = SCORERS_WITH_OPTIONS[name] ?? [];
  for (const option of SCORER_OPTIONS) {
    if (fieldOf(scorer, option) === undefined || taken.includes(option)) continue;
    const owners = Object.entries(SCORERS_WITH_OPTIONS)
      .filter(([, options]) => options.includes(option))
      .map(([owner]) => owner);
    context.report({
      path: [...path, option],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath([...path, option])} is an option of ${owners.join(", ")}, got ${name}`,
    });
  }
  checkDuplicates(context, [...path, "resources"], { key: "resource", what: "resource" });
  const corners = listAt(context, [...path, "curve"]);
  corners.forEach((corner, index) => {
    const before = index === 0 ? undefined : fieldOf(corners[index - 1], "utilization");
    const here = fieldOf(corner, "utilization");
    if (typeof before !== "number" || typeof here !== "number" || here > before) return;
    const at = [...path, "curve", index, "utilization"];
    context.report({
      path: at,
      rule: "out-of-range",
      message: `${formatPath(at)} must be above that of the corner before it (${before}), got ${here}`,
    });
  });
}

function checkConsolidate(context: CheckContext): void {
  if (placementName(context) !== "consolidate") return;
  const isOwn = hasOwnPartitions(context);
  const gpusOfPartition = new Map<string, { readonly gpus: number; readonly group: string }>();
  for (const group of listAt(context, ["cluster", "nodes"])) {
    const sku = findNodeSku(textOf(group, "sku") ?? "");
    const gpus = sku?.gpuCount ?? fieldOf(group, "gpus");
    const isEmpty = fieldOf(group, "count") === 0;
    if (typeof gpus !== "number" || gpus === 0 || isEmpty) continue;
    const name = textOf(group, "name") ?? "";
    const partition = isOwn ? (textOf(group, "partition") ?? "") : "";
    const known = gpusOfPartition.get(partition);
    if (known === undefined) gpusOfPartition.set(partition, { gpus, group: name });
    else if (known.gpus !== gpus) {
      context.report({
        path: PLACEMENT,
        rule: "conflicting-fields",
        message:
          `placement consolidate needs GPU nodes of one size in a partition; ` +
          `"${known.group}" has ${known.gpus} GPUs per node and "${name}" has ${gpus}`,
        help: "choose consolidate-first, which takes nodes of any size",
      });
      return;
    }
  }
}

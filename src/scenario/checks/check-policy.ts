import { findNodeSku } from "../../hardware/find-node-sku.js";
import type { CheckContext } from "../check-context.js";
import { fieldOf, listAt, textOf } from "./duplicates.js";

const PLACEMENT = ["policy", "placement"] as const;
const QUEUE = ["policy", "queue"] as const;

/** What the queue policy needs of the placement, and the placement of the cluster. */
export function checkPolicy(context: CheckContext): void {
  checkPair(context);
  checkShared(context);
  checkConsolidate(context);
}

/** Reservations need a place that can be foreseen: the simulation refuses the same pairs, without a line to show. */
function checkPair(context: CheckContext): void {
  const queue = context.valueAt(QUEUE);
  const name = typeof queue === "string" ? queue : textOf(queue, "name");
  const placement = context.valueAt(PLACEMENT);
  if (placement === undefined || placement === null) return;
  if (name === "conservative-backfill" && placement !== "pool") {
    const given = typeof placement === "string" ? placement : "scorers of its own";
    reportPair(context, `queue ${name} needs the placement pool, got ${given}`, "placement: pool");
  }
  if (name === "easy-backfill" && placement === "consolidate") {
    const message = `queue ${name} needs the placement pool or a policy for nodes, got consolidate`;
    reportPair(context, message, "placement: pack");
  }
}

function reportPair(context: CheckContext, message: string, instead: string): void {
  const help = `write ${instead}, or choose another queue policy`;
  context.report({ path: PLACEMENT, rule: "conflicting-fields", message, help });
}

/** One order of borrowing and lending runs over all nodes, so partitions cannot each have their own. */
function checkShared(context: CheckContext): void {
  const queue = context.valueAt(QUEUE);
  if (queue !== "fair-share" && textOf(queue, "name") !== "fair-share") return;
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
    help: "leave the partitions of cluster.nodes out, or choose another queue policy",
  });
}

function checkConsolidate(context: CheckContext): void {
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

import { sha256 } from "../../base/sha256.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import type { ResolvedConfiguration } from "../../scenario/resolved.js";
import type { BacktestPolicy } from "./backtest-document.js";

/** Queue and placement in the one form in which equal rules are equal texts: every option, in the order of its name. */
export function identifyPolicy({
  queue,
  placement,
}: ResolvedConfiguration["policy"]): Pick<BacktestPolicy, "queue" | "placement"> {
  const entry = QUEUE_POLICIES.find(({ name }) => name === queue.name);
  const defaults = (entry?.options ?? []).map((option) => [option.name, option.default] as const);
  const options = { ...Object.fromEntries(defaults), ...queue.options };
  const sorted = Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    queue: { name: queue.name, options: Object.fromEntries(sorted) },
    placement: placement.kind === "named" ? placement.name : placement.scorers,
  };
}

/** The queue and placement for a sentence: `easy-backfill with pack`. */
export function policyWords({
  queue,
  placement,
}: Pick<BacktestPolicy, "queue" | "placement">): string {
  const where =
    typeof placement === "string"
      ? placement
      : placement.map(({ name, weight }) => `${weight} × ${name}`).join(" + ");
  return `${queue.name} with ${where}`;
}

/** SHA-256 over what every node has, in their order: names of nodes do not matter to any policy, their order does. */
export function clusterFingerprint({ nodes }: ClusterSpec): string {
  const lines = nodes.map((node) =>
    JSON.stringify([
      node.gpuModel,
      node.gpuCount,
      node.cpuMilli,
      node.memoryBytes,
      node.podsMax,
      node.partition ?? "",
    ]),
  );
  return sha256(lines.join("\n"));
}

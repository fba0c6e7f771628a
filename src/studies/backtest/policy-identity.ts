import { sha256 } from "../../base/sha256.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import type { ResolvedConfiguration } from "../../scenario/resolved.js";
import type { BacktestPolicy } from "./backtest-document.js";

/** Queue and placement in the one form in which equal rules are equal texts: every option, in the order of its name. */
export function identifyPolicy({
  queue,
  placement,
  quotas,
}: ResolvedConfiguration["policy"]): Pick<BacktestPolicy, "queue" | "placement" | "quotas"> {
  const entry = QUEUE_POLICIES.find(({ name }) => name === queue.name);
  const defaults = (entry?.options ?? []).map((option) => [option.name, option.default] as const);
  const options = { ...Object.fromEntries(defaults), ...queue.options };
  const sorted = Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    queue: { name: queue.name, options: Object.fromEntries(sorted) },
    placement: placement.kind === "named" ? placement.name : placement.scorers,
    ...(quotas === undefined ? {} : { quotas: sha256(canonicalText(quotas)) }),
  };
}

/** One text for equal values: fields in the order of their names, lists in their own. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
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

/** What every node is told by; the memory of a model follows from its name. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set([
  "gpuModel",
  "gpuCount",
  "cpuMilli",
  "memoryBytes",
  "podsMax",
  "partition",
  "gpuMemoryBytes",
]);

/**
 * SHA-256 over what every node has, in their order: names of nodes do not matter to any policy, their order does.
 * How GPUs are partitioned and where nodes stand counts where it is told.
 */
export function clusterFingerprint({ nodes }: ClusterSpec): string {
  const lines = nodes.map(({ name: _, ...node }) => {
    const { gpuModel, gpuCount, cpuMilli, memoryBytes, podsMax, partition = "" } = node;
    const plain = [gpuModel, gpuCount, cpuMilli, memoryBytes, podsMax, partition];
    const more = Object.entries(node).filter(([key]) => !PLAIN_FIELDS.has(key));
    return more.length === 0
      ? JSON.stringify(plain)
      : canonicalText([...plain, Object.fromEntries(more)]);
  });
  return sha256(lines.join("\n"));
}

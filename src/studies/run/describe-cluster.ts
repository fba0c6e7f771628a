import type { ClusterSpec, NodeSpec } from "../../cluster/spec.js";

/** The cluster as people would name it. */
export interface ClusterDescription {
  readonly nodes: number;
  readonly gpus: number;
  /** One line per kind of node: "8 × H100-80GB node (8 GPUs, 192 cores, 2048 GiB)". */
  readonly kinds: readonly string[];
  /** For a sentence: "8 nodes × 8 H100-80GB (64 GPUs)". */
  readonly sentence: string;
}

/** How the GPUs of a node are handed out, in words. */
const MODES = {
  whole: "whole GPUs only",
  mig: "cut by MIG",
  "time-slicing": "time-sliced",
  mps: "shared by MPS",
} as const;
const MILLI = 1000;
const BYTES_PER_GIB = 1024 * 1024 * 1024;

/** Groups equal nodes in order of first appearance. */
export function describeCluster(cluster: ClusterSpec): ClusterDescription {
  const kinds = new Map<string, { node: NodeSpec; count: number }>();
  for (const node of cluster.nodes) {
    const key = [
      node.gpuModel,
      node.gpuCount,
      node.cpuMilli,
      node.memoryBytes,
      node.partition ?? "",
      node.partitioning?.mode ?? "",
    ].join("|");
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { node, count: 1 });
    else kind.count++;
  }
  const all = [...kinds.values()];
  const gpus = cluster.nodes.reduce((sum, node) => sum + node.gpuCount, 0);
  return {
    nodes: cluster.nodes.length,
    gpus,
    kinds: all.map(({ node, count }) => kindLine(node, count)),
    sentence: sentence(all, cluster.nodes.length, gpus),
  };
}

function kindLine(node: NodeSpec, count: number): string {
  const cores = `${node.cpuMilli / MILLI} cores`;
  const memory = `${Math.round(node.memoryBytes / BYTES_PER_GIB)} GiB`;
  const gpus = node.gpuCount === 0 ? "no GPU" : `${node.gpuCount} × ${node.gpuModel}`;
  const partition = node.partition ? `, partition ${node.partition}` : "";
  const mode = node.partitioning === undefined ? "" : ` (${MODES[node.partitioning.mode]})`;
  return `${count} × node with ${gpus}${mode}, ${cores}, ${memory}${partition}`;
}

function sentence(
  kinds: readonly { node: NodeSpec; count: number }[],
  nodes: number,
  gpus: number,
): string {
  const [only] = kinds;
  const total = `${gpus} GPU${gpus === 1 ? "" : "s"}`;
  if (kinds.length === 1 && only !== undefined && only.node.gpuCount > 0) {
    const { count, node } = only;
    return `${count} node${count === 1 ? "" : "s"} × ${node.gpuCount} ${node.gpuModel} (${total})`;
  }
  return `${nodes} ${nodes === 1 ? "node" : "nodes"} with ${total}`;
}

import { findGpu } from "../../hardware/find-gpu.js";
import type { NodeSku } from "../../hardware/node-sku.js";
import { topologyOfSku, type NodeTopology } from "../../hardware/topology.js";
import type { CollectiveNode } from "./types.js";

/** What became of a machine of the catalogue. */
export type SkuNode =
  | { readonly kind: "node"; readonly node: CollectiveNode; readonly topology: NodeTopology }
  /** Why no collective can be asked of it, in words. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * The GPUs of a machine of the catalogue as the collective model takes them.
 *
 * @param gpus indices within the machine; all of them when absent
 */
export function nodeOfSku(sku: NodeSku, gpus?: readonly number[]): SkuNode {
  if (sku.gpuCount === 0) return { kind: "refused", reason: `${sku.name} has no GPU` };
  if (sku.gpuModel === undefined) {
    return { kind: "refused", reason: `the catalogue does not say which GPU ${sku.name} has` };
  }
  const found = findGpu(sku.gpuModel);
  if (found.kind !== "found") {
    return { kind: "refused", reason: `the catalogue has no GPU ${sku.gpuModel}` };
  }
  const topology = topologyOfSku(sku);
  if (topology === undefined) {
    return { kind: "refused", reason: `the topology of ${sku.name} is not known` };
  }
  const all = Array.from({ length: topology.gpuCount }, (_unused, gpu) => gpu);
  return { kind: "node", topology, node: { gpu: found.gpu, topology, gpus: gpus ?? all } };
}

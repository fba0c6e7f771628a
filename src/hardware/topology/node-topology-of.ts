import { findNodeSku } from "../find-node-sku.js";
import type { NodeSku } from "../node-sku.js";
import type { NodeTopology } from "./node-topology.js";
import { SKU_TOPOLOGIES } from "./sku-topologies.js";

/** How the GPUs of a machine hang together, by any name of it; undefined when the catalogue does not know it. */
export function nodeTopologyOf(name: string): NodeTopology | undefined {
  const sku = findNodeSku(name);
  return sku === undefined ? undefined : topologyOfSku(sku);
}

/** The same for a machine of the catalogue. A machine with at most one GPU is its own topology. */
export function topologyOfSku(sku: NodeSku): NodeTopology | undefined {
  if (sku.topology !== undefined) return sku.topology;
  const known = SKU_TOPOLOGIES[sku.name];
  if (known !== undefined || sku.gpuCount > 1) return known;
  return { gpuCount: sku.gpuCount, provenance: "published", sources: sku.sources };
}

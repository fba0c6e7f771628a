import { foldName } from "./fold-name.js";
import type { NodeSku } from "./node-sku.js";
import { NODE_SKUS_AZURE } from "./node-skus-azure.js";
import { NODE_SKUS_OTHERS } from "./node-skus-others.js";

/** Every machine the catalogue knows. */
export const NODE_SKUS: readonly NodeSku[] = [...NODE_SKUS_AZURE, ...NODE_SKUS_OTHERS];

const BY_NAME: ReadonlyMap<string, NodeSku> = new Map(
  NODE_SKUS.flatMap((sku) =>
    [sku.name, ...sku.aliases].map((name) => [foldName(name), sku] as const),
  ),
);

/** Machines that exist and cannot be simulated as nodes, with the reason. */
const REFUSED: ReadonlyMap<string, string> = new Map(
  ["NV6ads_A10_v5", "NV12ads_A10_v5", "NV18ads_A10_v5"].flatMap((name) =>
    [name, `Standard_${name}`].map((alias) => [
      foldName(alias),
      "has a fraction of an A10, and a node here has whole GPUs",
    ]),
  ),
);

/** Finds a machine by name; the match is exact after folding case and punctuation. */
export function findNodeSku(name: string): NodeSku | undefined {
  return BY_NAME.get(foldName(name));
}

/** Why a machine that exists is not in the catalogue, or undefined. */
export function refusedNodeSku(name: string): string | undefined {
  return REFUSED.get(foldName(name));
}

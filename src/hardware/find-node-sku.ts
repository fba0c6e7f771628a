import { foldName } from "./fold-name.js";
import type { NodeSku } from "./node-sku.js";
import { NODE_SKUS_AZURE } from "./node-skus-azure.js";
import { NODE_SKUS_AWS } from "./node-skus-aws.js";
import { NODE_SKUS_ARC, NODE_SKUS_NVIDIA, NODE_SKUS_PCIE } from "./node-skus-hosts.js";

/** Machines by who offers them, in the order lists show. */
export const NODE_SKU_GROUPS: Readonly<Record<string, readonly NodeSku[]>> = {
  "Azure virtual machines": NODE_SKUS_AZURE,
  "Azure Local (AKS on Arc)": NODE_SKUS_ARC,
  "AWS instances": NODE_SKUS_AWS,
  "NVIDIA hosts, baseboards and trays": NODE_SKUS_NVIDIA,
  "PCIe servers and edge": NODE_SKUS_PCIE,
};

/** Every machine the catalogue knows. */
export const NODE_SKUS: readonly NodeSku[] = Object.values(NODE_SKU_GROUPS).flat();

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

import type { NodeSpec } from "../cluster/spec.js";
import { sourceText } from "../hardware/sources.js";
import { gpuDomainLevels, nodeTopologyOf } from "../hardware/topology.js";
import type { Assumption } from "./resolved.js";

const KINDS = { nvlink: "NVLink", "pcie-switch": "PCIe switch", numa: "NUMA node" } as const;
const PROVENANCE = { published: "published", inferred: "assumed", given: "given" } as const;

/**
 * Which GPUs of a machine are close to each other, tightest kind of group first; undefined when they are all
 * alike or nobody published it.
 *
 * @param machine name in the catalogue
 */
export function resolveGpuGroups(
  machine: string | undefined,
  gpuCount: number,
  assume: (assumption: Assumption) => void,
): NodeSpec["gpuDomains"] {
  const topology = machine === undefined ? undefined : nodeTopologyOf(machine);
  if (topology === undefined || topology.gpuCount !== gpuCount) return undefined;
  const levels = gpuDomainLevels(topology);
  if (levels.length === 0) return undefined;
  assume({
    id: `gpu-groups:${machine}`,
    what: `GPUs of ${machine} that are close to each other, by which placement chooses among free ones`,
    value: levels
      .map(({ kind, groups }) => {
        const lists = groups.map((gpus) => `{${gpus.join(", ")}}`).join(" ");
        return `${KINDS[kind]} ${lists}`;
      })
      .join("; "),
    provenance: PROVENANCE[topology.provenance],
    source: sourceText(topology.sources),
  });
  return levels.map(({ groups }) => groups);
}

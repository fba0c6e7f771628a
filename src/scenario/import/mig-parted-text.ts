import { stringify } from "yaml";

import type { MigPacking } from "../../hardware/mig.js";
import { migMixOf } from "../../hardware/mig.js";

/**
 * Writes a packing as a mig-parted configuration file: one configuration for every kind of node, with the nodes
 * it is for in a comment. GPUs are dealt to nodes in order, the last node may have fewer.
 */
export function migPartedText(packing: MigPacking, gpusPerNode: number): string {
  const gpus = packing.layouts.flatMap(({ gpus: count, placements }) =>
    Array.from({ length: count }, () => migMixOf(placements)),
  );
  const kinds = new Map<
    string,
    { readonly rules: object[]; readonly used: number; nodes: number }
  >();
  for (let first = 0; first < gpus.length; first += gpusPerNode) {
    const own = gpus.slice(first, first + gpusPerNode);
    const rules = rulesOf(own);
    const key = JSON.stringify(rules);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { rules, used: own.length, nodes: 1 });
    else known.nodes += 1;
  }
  const named = [...kinds.values()].map((kind, index) => ({
    ...kind,
    name: `headroom-${index + 1}`,
  }));
  const comments = named.map(
    ({ name, nodes, used }) =>
      `# ${name}: ${nodes} ${nodes === 1 ? "node" : "nodes"}, ${used} of ${gpusPerNode} GPUs used`,
  );
  const configs = Object.fromEntries(named.map(({ name, rules }) => [name, rules]));
  return [
    `# Made by headroom mig pack: ${packing.gpus} GPUs${packing.isProven ? ", the fewest" : ""}.`,
    ...comments,
    stringify(
      { version: "v1", "mig-configs": configs },
      { lineWidth: 0, aliasDuplicateObjects: false },
    ),
  ].join("\n");
}

/** One rule per layout of a node, with the GPUs that have it. */
function rulesOf(mixes: readonly Readonly<Record<string, number>>[]): object[] {
  const byMix = new Map<string, { readonly devices: number[]; readonly mix: object }>();
  mixes.forEach((mix, device) => {
    const key = JSON.stringify(mix);
    const known = byMix.get(key);
    if (known === undefined) byMix.set(key, { devices: [device], mix });
    else known.devices.push(device);
  });
  return [...byMix.values()].map(({ devices, mix }) => ({
    devices,
    "mig-enabled": true,
    "mig-devices": mix,
  }));
}

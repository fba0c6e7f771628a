import type { NodeTopology } from "./node-topology.js";

/** One kind of group that GPUs of a node form. */
export interface GpuDomainLevel {
  readonly kind: "nvlink" | "pcie-switch" | "numa";
  /** GPUs of each group, ascending; groups by their first GPU. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * Groups of GPUs that are closer to each other than to the others, tightest kind first, each nested in the
 * next. Empty when all GPUs are alike: behind an NVSwitch, or with nothing known.
 *
 * A kind is left out when it tells no GPUs apart (one group, or every GPU alone) and when it would cut a
 * tighter group in two: NVLink pairs that span NUMA nodes are pairs, whatever the NUMA nodes say.
 */
export function gpuDomainLevels(topology: NodeTopology): readonly GpuDomainLevel[] {
  const { gpuCount, nvswitch, numaNodes, pcieSwitches } = topology;
  if (nvswitch !== undefined && nvswitch.gpus.length === gpuCount) return [];
  const candidates: readonly GpuDomainLevel[] = [
    { kind: "nvlink", groups: nvlinkCliques(topology) },
    { kind: "pcie-switch", groups: switchGroups(pcieSwitches, undefined) },
    { kind: "pcie-switch", groups: switchGroups(pcieSwitches, true) },
    { kind: "numa", groups: (numaNodes ?? []).map(({ gpus }) => gpus) },
  ];
  const levels: GpuDomainLevel[] = [];
  for (const { kind, groups } of candidates) {
    const several = tidy(groups);
    const tellsApart = several.length > 0 && several[0]!.length < gpuCount;
    const tighter = levels.at(-1)?.groups ?? [];
    const isNested = tighter.every((inner) =>
      several.some((outer) => inner.every((gpu) => outer.includes(gpu))),
    );
    const isNew =
      several.length !== tighter.length ||
      several.some((group, index) => group.length !== tighter[index]!.length);
    if (tellsApart && isNested && isNew) levels.push({ kind, groups: several });
  }
  return levels;
}

/** The domains as placement takes them: `NodeSpec.gpuDomains`, or undefined when all GPUs are alike. */
export function gpuDomainsOf(
  topology: NodeTopology,
): readonly (readonly (readonly number[])[])[] | undefined {
  const levels = gpuDomainLevels(topology);
  return levels.length === 0 ? undefined : levels.map(({ groups }) => groups);
}

/** GPUs behind one bridge, or behind several. */
function switchGroups(
  pcieSwitches: NodeTopology["pcieSwitches"],
  hasSeveralBridges: true | undefined,
): readonly (readonly number[])[] {
  return (pcieSwitches ?? [])
    .filter((each) => each.hasSeveralBridges === hasSeveralBridges)
    .map(({ gpus }) => gpus);
}

/** Groups of two or more, ascending. */
function tidy(groups: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return groups
    .filter(({ length }) => length > 1)
    .map((group) => [...group].sort((left, right) => left - right))
    .sort((left, right) => left[0]! - right[0]!);
}

/**
 * Sets of GPUs that are all linked to each other directly, largest first, each GPU in one: pairs under a
 * bridge, quads in the mesh of eight V100. Greedy from the lowest GPU, which is exact for these.
 */
function nvlinkCliques({
  gpuCount,
  nvswitch,
  nvlinks,
}: NodeTopology): readonly (readonly number[])[] {
  const isLinked = (left: number, right: number): boolean =>
    nvlinks?.some(({ between }) => between.includes(left) && between.includes(right)) === true;
  const taken = new Set<number>(nvswitch?.gpus ?? []);
  const groups: (readonly number[])[] = nvswitch === undefined ? [] : [nvswitch.gpus];
  for (let first = 0; first < gpuCount; first += 1) {
    if (taken.has(first)) continue;
    const group = [first];
    for (let gpu = first + 1; gpu < gpuCount; gpu += 1) {
      if (!taken.has(gpu) && group.every((member) => isLinked(member, gpu))) group.push(gpu);
    }
    for (const gpu of group) taken.add(gpu);
    groups.push(group);
  }
  return groups;
}

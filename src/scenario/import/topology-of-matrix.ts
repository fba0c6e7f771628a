import type { GpuSpec } from "../../hardware/gpu-spec.js";
import type { TopologyMatrix } from "./nvidia-smi-topo.js";

/** A topology as a catalogue file writes it. */
export interface TopologyPart {
  readonly numa?: readonly DevicesPart[];
  readonly switches?: readonly (DevicesPart & { readonly severalBridges?: true })[];
  readonly nvswitch?: { readonly generation: number; readonly linksPerGpu: number };
  readonly nvlinks?: readonly {
    readonly between: readonly [number, number];
    readonly links: number;
    readonly generation: number;
  }[];
  readonly nics?: readonly { readonly link: string }[];
}

interface DevicesPart {
  readonly gpus: readonly number[];
  readonly nics?: readonly number[];
}

/** NVLink generation by the first digits of the compute capability. */
const GENERATIONS: Readonly<Record<string, number>> = { "7": 2, "8": 3, "9": 4, "10": 5 };

/**
 * Turns the ways between devices into parts: NVLink from NV#, PCIe switches from PIX and PXB, NUMA nodes from the
 * affinity column.
 *
 * NVLink hides how two GPUs are joined over PCIe, so GPUs behind one switch are found through adapters there.
 * The same number of links between all of more than two GPUs, beyond what one GPU has, is an NVLink switch.
 *
 * @param options.nicLink link of every adapter; adapters are left out when absent, since the table has no rates
 */
export function topologyOfMatrix(
  matrix: TopologyMatrix,
  options: { readonly gpu?: GpuSpec; readonly nicLink?: string },
): TopologyPart {
  const { gpuCount, nics, ways } = matrix;
  const nicCount = options.nicLink === undefined ? 0 : nics.length;
  const devices = gpuCount + nicCount;
  const part = (members: readonly number[]): DevicesPart => {
    const own = members.filter((each) => each >= gpuCount).map((each) => each - gpuCount);
    const gpus = members.filter((each) => each < gpuCount);
    return { gpus, ...(own.length === 0 ? {} : { nics: own }) };
  };
  const single = groups(devices, (left, right) => ways[left]![right] === "PIX");
  const several = groups(devices, (left, right) => ["PIX", "PXB"].includes(ways[left]![right]!));
  const isNew = (group: readonly number[]): boolean =>
    !single.some((other) => other.join(",") === group.join(","));
  const switches = [
    ...single.map(part),
    ...several.filter(isNew).map((group) => ({ ...part(group), severalBridges: true as const })),
  ].filter(({ gpus }) => gpus.length > 0);
  const numa = numaParts(matrix, nicCount);
  return {
    ...(numa === undefined ? {} : { numa }),
    ...(switches.length === 0 ? {} : { switches }),
    ...nvlinkPart(matrix, options.gpu),
    ...(nicCount === 0 ? {} : { nics: nics.map(() => ({ link: options.nicLink! })) }),
  };
}

/** NUMA nodes by the affinity of their GPUs; undefined when the host says none. */
function numaParts(
  { gpuCount, ways, numaOfGpu }: TopologyMatrix,
  nicCount: number,
): readonly DevicesPart[] | undefined {
  if (numaOfGpu.some((id) => id === undefined)) return undefined;
  const ids = [...new Set(numaOfGpu as readonly number[])].sort((left, right) => left - right);
  return ids.map((id) => {
    const gpus = numaOfGpu.flatMap((own, gpu) => (own === id ? [gpu] : []));
    // An adapter is on the NUMA node from which no way to it crosses nodes.
    const own = Array.from({ length: nicCount }, (_, nic) => nic).filter((nic) =>
      gpus.some((gpu) => ways[gpu]![gpuCount + nic] !== "SYS"),
    );
    return { gpus, ...(own.length === 0 ? {} : { nics: own }) };
  });
}

/** Devices that reach each other directly or through one another; groups of two or more. */
function groups(
  count: number,
  isJoined: (left: number, right: number) => boolean,
): readonly (readonly number[])[] {
  const home = Array.from({ length: count }, (_, index) => index);
  for (let left = 0; left < count; left += 1) {
    for (let right = left + 1; right < count; right += 1) {
      if (!isJoined(left, right) || home[left] === home[right]) continue;
      const [kept, gone] = [home[left]!, home[right]!];
      for (let each = 0; each < count; each += 1) if (home[each] === gone) home[each] = kept;
    }
  }
  return [...new Set(home)]
    .map((first) => home.flatMap((each, index) => (each === first ? [index] : [])))
    .filter(({ length }) => length > 1);
}

function nvlinkPart(
  { gpuCount, ways }: TopologyMatrix,
  gpu: GpuSpec | undefined,
): Pick<TopologyPart, "nvswitch" | "nvlinks"> {
  const capability = gpu?.computeCapability?.split(".")[0] ?? "";
  const generation = gpu?.nvlink?.generation ?? GENERATIONS[capability] ?? 1;
  const pairs = [];
  for (let left = 0; left < gpuCount; left += 1) {
    for (let right = left + 1; right < gpuCount; right += 1) {
      const links = Number(/^NV(\d+)$/.exec(ways[left]![right]!)?.[1] ?? 0);
      if (links > 0) pairs.push({ between: [left, right] as const, links, generation });
    }
  }
  const [first] = pairs;
  if (first === undefined) return {};
  const isAllToAll =
    gpuCount > 2 &&
    pairs.length === (gpuCount * (gpuCount - 1)) / 2 &&
    pairs.every(({ links }) => links === first.links);
  const linksMax = gpu?.nvlink?.links ?? 18;
  return isAllToAll && first.links * (gpuCount - 1) > linksMax
    ? { nvswitch: { generation, linksPerGpu: first.links } }
    : { nvlinks: pairs };
}

import type { DeviceLink, DeviceState, GpuInventory } from "../../backend.js";
import type { Nvml } from "./nvml.js";

/** nvmlClockType_t: multiprocessors and memory. */
const CLOCK_SM = 1;
const CLOCK_MEMORY = 2;
const MHZ = 1e6;

/** nvmlComputeMode_t. */
const COMPUTE_MODES = ["default", "exclusive-thread", "prohibited", "exclusive-process"];

/** nvmlGpuVirtualizationMode_t. */
const VIRTUALIZATIONS = ["none", "passthrough", "vgpu", "host-vgpu", "host-vsga"];

/** Reasons for a lower clock (nvmlClocksEventReasons): an idle GPU is no reason to doubt a figure. */
const THROTTLE_REASONS: readonly (readonly [bigint, string])[] = [
  [0x2n, "application-clock"],
  [0x4n, "power-cap"],
  [0x8n, "hardware-slowdown"],
  [0x10n, "sync-boost"],
  [0x20n, "thermal"],
  [0x40n, "hardware-thermal"],
  [0x80n, "power-brake"],
  [0x100n, "display-clock"],
];

/** nvmlGpuTopologyLevel_t. */
const TOPOLOGY: Readonly<Record<number, string>> = {
  0: "same-board",
  10: "pcie-switch",
  20: "pcie-switches",
  30: "pcie-host-bridge",
  40: "numa-node",
  50: "system",
};

/** nvmlGpuP2PCapsIndex_t: NVLink; 0 is "works". */
const P2P_NVLINK = 2;

/** Links that a GPU has at most, with room for new ones. */
const NVLINKS_MAX = 36;

/** What NVML says of a GPU; what it does not know is left out. */
export function readInventory(
  nvml: Nvml,
  handle: bigint,
  known: Pick<GpuInventory, "uuid" | "pciBusId" | "computeCapability" | "multiprocessors"> & {
    readonly more: Readonly<Record<string, string>>;
  },
): GpuInventory {
  const { more, ...identity } = known;
  const uuid = nvml.text("nvmlDeviceGetUUID", handle);
  const mig = readMig(nvml, handle);
  const clocks = readClocks(nvml, handle);
  const powerLimitMilliwatts = nvml.number("nvmlDeviceGetPowerManagementLimit", handle);
  const ecc = nvml.pair("nvmlDeviceGetEccMode", handle);
  const computeMode = named(COMPUTE_MODES, nvml.number("nvmlDeviceGetComputeMode", handle));
  const virtualization = named(
    VIRTUALIZATIONS,
    nvml.number("nvmlDeviceGetVirtualizationMode", handle),
  );
  const pcie = readPcie(nvml, handle);
  return {
    ...identity,
    ...(identity.uuid === undefined && uuid !== undefined ? { uuid } : {}),
    ...(mig === undefined ? {} : { mig }),
    ...(Object.keys(clocks).length === 0 ? {} : { clocks }),
    ...(powerLimitMilliwatts === undefined ? {} : { powerLimitW: powerLimitMilliwatts / 1000 }),
    ...(ecc === undefined ? {} : { eccEnabled: ecc[0] === 1 }),
    ...(computeMode === undefined ? {} : { computeMode }),
    ...(virtualization === undefined ? {} : { virtualization }),
    more: { ...more, ...(pcie === undefined ? {} : { pcie }) },
  };
}

/** Clocks, temperature, power and reasons for throttling now. */
export function readDeviceState(nvml: Nvml, handle: bigint): DeviceState {
  const smMegahertz = nvml.number("nvmlDeviceGetClockInfo", handle, CLOCK_SM);
  const memoryMegahertz = nvml.number("nvmlDeviceGetClockInfo", handle, CLOCK_MEMORY);
  const temperatureC = nvml.number("nvmlDeviceGetTemperature", handle, 0);
  const powerMilliwatts = nvml.number("nvmlDeviceGetPowerUsage", handle);
  const reasons = nvml.wide("nvmlDeviceGetCurrentClocksThrottleReasons", handle);
  return {
    ...(smMegahertz === undefined ? {} : { smClockHz: smMegahertz * MHZ }),
    ...(memoryMegahertz === undefined ? {} : { memoryClockHz: memoryMegahertz * MHZ }),
    ...(temperatureC === undefined ? {} : { temperatureC }),
    ...(powerMilliwatts === undefined ? {} : { powerW: powerMilliwatts / 1000 }),
    ...(reasons === undefined
      ? {}
      : {
          throttleReasons: THROTTLE_REASONS.filter(([bit]) => (reasons & bit) !== 0n).map(
            ([, reason]) => reason,
          ),
        }),
  };
}

/** How the GPUs of a host are joined, each pair once. */
export function readLinks(nvml: Nvml, handles: readonly bigint[]): readonly DeviceLink[] {
  const links: DeviceLink[] = [];
  handles.forEach((left, from) => {
    handles.slice(from + 1).forEach((right, offset) => {
      const to = from + 1 + offset;
      if (nvml.number("nvmlDeviceGetP2PStatus", left, right, P2P_NVLINK) === 0) {
        const count = activeNvlinks(nvml, left);
        links.push({ from, to, kind: "nvlink", ...(count === 0 ? {} : { links: count }) });
        return;
      }
      const level = nvml.number("nvmlDeviceGetTopologyCommonAncestor", left, right);
      const kind = level === undefined ? undefined : TOPOLOGY[level];
      if (kind !== undefined) links.push({ from, to, kind });
    });
  });
  return links;
}

function activeNvlinks(nvml: Nvml, handle: bigint): number {
  let active = 0;
  for (let link = 0; link < NVLINKS_MAX; link++) {
    const state = nvml.number("nvmlDeviceGetNvLinkState", handle, link);
    if (state === undefined) break;
    if (state === 1) active += 1;
  }
  return active;
}

function readMig(nvml: Nvml, handle: bigint): GpuInventory["mig"] {
  const mode = nvml.pair("nvmlDeviceGetMigMode", handle);
  if (mode === undefined) return { mode: "not-supported", instances: [] };
  if (mode[0] !== 1) return { mode: "disabled", instances: [] };
  const count = nvml.number("nvmlDeviceGetMaxMigDeviceCount", handle) ?? 0;
  const instances = Array.from({ length: count }, (_, index) => {
    const instance = nvml.wide("nvmlDeviceGetMigDeviceHandleByIndex", handle, index);
    if (instance === undefined) return [];
    const name = nvml.text("nvmlDeviceGetName", instance) ?? "";
    const uuid = nvml.text("nvmlDeviceGetUUID", instance);
    const profile = /MIG (\S+)/.exec(name)?.[1] ?? (name === "" ? "unknown" : name);
    return [{ profile, ...(uuid === undefined ? {} : { uuid }) }];
  }).flat();
  return { mode: "enabled", instances };
}

function readClocks(nvml: Nvml, handle: bigint): NonNullable<GpuInventory["clocks"]> {
  const megahertz = {
    smHz: nvml.number("nvmlDeviceGetClockInfo", handle, CLOCK_SM),
    smMaxHz: nvml.number("nvmlDeviceGetMaxClockInfo", handle, CLOCK_SM),
    memoryHz: nvml.number("nvmlDeviceGetClockInfo", handle, CLOCK_MEMORY),
    memoryMaxHz: nvml.number("nvmlDeviceGetMaxClockInfo", handle, CLOCK_MEMORY),
  };
  const set = nvml.number("nvmlDeviceGetApplicationsClock", handle, CLOCK_SM);
  const usual = nvml.number("nvmlDeviceGetDefaultApplicationsClock", handle, CLOCK_SM);
  return {
    ...Object.fromEntries(
      Object.entries(megahertz).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value * MHZ]],
      ),
    ),
    ...(set === undefined || usual === undefined ? {} : { locked: set !== usual }),
  };
}

function readPcie(nvml: Nvml, handle: bigint): string | undefined {
  const generation = nvml.number("nvmlDeviceGetCurrPcieLinkGeneration", handle);
  const generationMax = nvml.number("nvmlDeviceGetMaxPcieLinkGeneration", handle);
  const width = nvml.number("nvmlDeviceGetCurrPcieLinkWidth", handle);
  if (generation === undefined || width === undefined) return undefined;
  const best = generationMax === undefined ? "" : ` (Gen${generationMax} at most)`;
  return `Gen${generation} x${width} now${best}`;
}

function named(names: readonly string[], index: number | undefined): string | undefined {
  return index === undefined ? undefined : (names[index] ?? String(index));
}

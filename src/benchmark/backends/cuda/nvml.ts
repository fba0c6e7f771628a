import { driverFolders } from "./library-folders.js";
import { openLibrary, textOf, type Koffi, type NativeValue } from "./native-library.js";

const P = "void *";

/** Functions of NVML that are used (nvml.h). A device is a pointer. */
const NVML_PROTOTYPES = {
  nvmlInit_v2: [],
  nvmlShutdown: [],
  nvmlSystemGetDriverVersion: [P, "uint32_t"],
  nvmlDeviceGetHandleByPciBusId_v2: ["str", P],
  nvmlDeviceGetName: [P, P, "uint32_t"],
  nvmlDeviceGetUUID: [P, P, "uint32_t"],
  nvmlDeviceGetClockInfo: [P, "int", P],
  nvmlDeviceGetMaxClockInfo: [P, "int", P],
  nvmlDeviceGetApplicationsClock: [P, "int", P],
  nvmlDeviceGetDefaultApplicationsClock: [P, "int", P],
  nvmlDeviceGetTemperature: [P, "int", P],
  nvmlDeviceGetPowerUsage: [P, P],
  nvmlDeviceGetPowerManagementLimit: [P, P],
  nvmlDeviceGetCurrentClocksThrottleReasons: [P, P],
  nvmlDeviceGetEccMode: [P, P, P],
  nvmlDeviceGetComputeMode: [P, P],
  nvmlDeviceGetVirtualizationMode: [P, P],
  nvmlDeviceGetMigMode: [P, P, P],
  nvmlDeviceGetMaxMigDeviceCount: [P, P],
  nvmlDeviceGetMigDeviceHandleByIndex: [P, "uint32_t", P],
  nvmlDeviceGetCurrPcieLinkGeneration: [P, P],
  nvmlDeviceGetMaxPcieLinkGeneration: [P, P],
  nvmlDeviceGetCurrPcieLinkWidth: [P, P],
  nvmlDeviceGetNvLinkState: [P, "uint32_t", P],
  nvmlDeviceGetP2PStatus: [P, P, "int", P],
  nvmlDeviceGetTopologyCommonAncestor: [P, P, P],
} as const;

type NvmlName = keyof typeof NVML_PROTOTYPES;

/** NVML, started. Everything it does not know on this machine is undefined, never an error. */
export interface Nvml {
  /** Version of the NVIDIA driver, such as `580.95.05`. */
  readonly driverVersion: string | undefined;
  /** Handle of the GPU at a place of the PCI bus. */
  deviceAt(pciBusId: string): bigint | undefined;
  /** One number (of 32 bits) that a function leaves in its last argument. */
  number(name: NvmlName, ...args: readonly NativeValue[]): number | undefined;
  /** Two numbers, such as the current mode and the one after a restart. */
  pair(name: NvmlName, ...args: readonly NativeValue[]): readonly [number, number] | undefined;
  /** One number of 64 bits: a handle or a set of flags. */
  wide(name: NvmlName, ...args: readonly NativeValue[]): bigint | undefined;
  /** Text. */
  text(name: NvmlName, ...args: readonly NativeValue[]): string | undefined;
  /** Ends it. */
  close(): void;
}

/** Starts NVML; a string says why it cannot. */
export function openNvml(koffi: Koffi): Nvml | string {
  const library = openLibrary(
    koffi,
    { names: ["libnvidia-ml.so.1"], folders: driverFolders() },
    NVML_PROTOTYPES,
  );
  if (typeof library === "string") return library;
  const { functions } = library;
  const started = functions.nvmlInit_v2();
  if (started !== 0) return `NVML does not start (status ${started})`;
  const call = (name: NvmlName, args: readonly NativeValue[]): boolean =>
    library.has(name) && functions[name](...args) === 0;
  return { ...readers(call), ...addressing(call), close: () => void functions.nvmlShutdown() };
}

type Call = (name: NvmlName, args: readonly NativeValue[]) => boolean;

function readers(call: Call): Pick<Nvml, "number" | "pair" | "wide" | "text"> {
  return {
    number(name, ...args) {
      const value = new Uint32Array(1);
      return call(name, [...args, value]) ? value[0]! : undefined;
    },
    pair(name, ...args) {
      const [first, second] = [new Uint32Array(1), new Uint32Array(1)];
      return call(name, [...args, first, second]) ? [first[0]!, second[0]!] : undefined;
    },
    wide(name, ...args) {
      const value = new BigUint64Array(1);
      return call(name, [...args, value]) ? value[0]! : undefined;
    },
    text(name, ...args) {
      const buffer = new Uint8Array(96);
      return call(name, [...args, buffer, buffer.length]) ? textOf(buffer) : undefined;
    },
  };
}

function addressing(call: Call): Pick<Nvml, "driverVersion" | "deviceAt"> {
  const version = new Uint8Array(96);
  return {
    driverVersion: call("nvmlSystemGetDriverVersion", [version, version.length])
      ? textOf(version)
      : undefined,
    deviceAt(pciBusId) {
      const handle = new BigUint64Array(1);
      return call("nvmlDeviceGetHandleByPciBusId_v2", [pciBusId, handle]) ? handle[0]! : undefined;
    },
  };
}

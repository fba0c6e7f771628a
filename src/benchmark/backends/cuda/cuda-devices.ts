import type { DeviceDescription, DeviceLink, GpuInventory } from "../../backend.js";
import type { Dtype } from "../../kernels/kernel-spec.js";
import { deviceAttribute, type CudaDriver } from "./driver.js";
import { readInventory, readLinks } from "./gpu-inventory.js";
import { textOf } from "./native-library.js";
import type { Nvml } from "./nvml.js";

/** Oldest architecture that the kernels are compiled for: Turing. */
const CAPABILITY_MIN = 7.5;

/** One device as CUDA counts them. */
export interface CudaDevice {
  readonly description: DeviceDescription;
  /** The driver's handle. */
  readonly handle: number;
  /** NVML's handle of the GPU; absent where NVML is not there or does not know it. */
  readonly nvmlHandle?: bigint;
  /** Why it cannot run the kernels; absent when it can. */
  readonly refusal?: string;
  /** Shared memory that a block may ask for. */
  readonly sharedBytesMax: number;
}

/** Every device that the driver shows to this process. */
export function listDevices(driver: CudaDriver, nvml: Nvml | undefined): readonly CudaDevice[] {
  const { functions, check } = driver;
  const count = new Int32Array(1);
  check(functions.cuDeviceGetCount(count), "count the GPUs");
  return Array.from({ length: count[0]! }, (_, index) => {
    const handle = new Int32Array(1);
    check(functions.cuDeviceGet(handle, index), `find GPU ${index}`);
    return describeDevice(driver, nvml, index, handle[0]!);
  });
}

/** How the devices are joined, by their numbers. */
export function linksOf(
  nvml: Nvml | undefined,
  devices: readonly CudaDevice[],
): readonly DeviceLink[] {
  const handles = devices.map(({ nvmlHandle }) => nvmlHandle);
  if (nvml === undefined || handles.includes(undefined)) return [];
  return readLinks(nvml, handles as bigint[]);
}

function describeDevice(
  driver: CudaDriver,
  nvml: Nvml | undefined,
  index: number,
  handle: number,
): CudaDevice {
  const { functions, check } = driver;
  const name = new Uint8Array(256);
  check(functions.cuDeviceGetName(name, name.length, handle), `ask for the name of GPU ${index}`);
  const memory = new BigUint64Array(1);
  check(functions.cuDeviceTotalMem_v2(memory, handle), `ask for the memory of GPU ${index}`);
  const bus = new Uint8Array(32);
  const hasBus = functions.cuDeviceGetPCIBusId(bus, bus.length, handle) === 0;
  const pciBusId = hasBus ? textOf(bus) : undefined;
  const major = deviceAttribute(driver, handle, "capabilityMajor");
  const minor = deviceAttribute(driver, handle, "capabilityMinor");
  const capability = major + minor / 10;
  const nvmlHandle = pciBusId === undefined ? undefined : nvml?.deviceAt(pciBusId);
  const cacheBytes = deviceAttribute(driver, handle, "cacheBytes");
  const isInstance = / MIG \d/.test(textOf(name));
  const uuid = readUuid(driver, handle, isInstance ? "MIG" : "GPU");
  const identity = {
    ...(uuid === undefined ? {} : { uuid }),
    ...(pciBusId === undefined ? {} : { pciBusId }),
    computeCapability: `${major}.${minor}`,
    multiprocessors: deviceAttribute(driver, handle, "multiprocessors"),
    more: { cache: `${(cacheBytes / 2 ** 20).toFixed(0)} MiB` },
  };
  const inventory: GpuInventory =
    nvml === undefined || nvmlHandle === undefined
      ? identity
      : readInventory(nvml, nvmlHandle, identity);
  return {
    handle,
    sharedBytesMax: deviceAttribute(driver, handle, "sharedBytesMax"),
    ...(nvmlHandle === undefined ? {} : { nvmlHandle }),
    ...(capability < CAPABILITY_MIN
      ? { refusal: `compute capability ${major}.${minor}; the kernels need 7.5 (Turing) or newer` }
      : {}),
    description: {
      index,
      name: textOf(name),
      label: "hardware",
      labelReason: "the NVIDIA driver lists it",
      api: "CUDA driver",
      vendor: "NVIDIA",
      ...(nvml?.driverVersion === undefined ? {} : { driver: nvml.driverVersion }),
      memoryBytes: Number(memory[0]),
      timer: "device",
      dtypes: dtypesOf(capability),
      inventory,
    },
  };
}

/** tf32 and bf16 came with Ampere (8.0), fp8 with Ada (8.9) and Hopper. */
function dtypesOf(capability: number): readonly Dtype[] {
  return [
    "fp32",
    "fp16",
    ...(capability >= 8 ? (["tf32", "bf16"] as const) : []),
    ...(capability >= 8.9 ? (["fp8-e4m3"] as const) : []),
  ];
}

/** Of the GPU, or of the MIG instance that the process was given. */
function readUuid(
  { functions }: CudaDriver,
  handle: number,
  kind: "GPU" | "MIG",
): string | undefined {
  const bytes = new Uint8Array(16);
  if (functions.cuDeviceGetUuid_v2(bytes, handle) !== 0) return undefined;
  const text = Buffer.from(bytes).toString("hex");
  const parts = [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20)];
  return `${kind}-${parts.join("-")}-${text.slice(20)}`;
}

import { BackendError } from "../../backend.js";
import { driverError } from "./driver-errors.js";
import { driverFolders } from "./library-folders.js";
import { loadKoffi, openLibrary, type Koffi, type NativeLibrary } from "./native-library.js";

const P = "void *";
const D = "uint64_t";

/** Functions of libcuda that are used (CUDA driver API, cuda.h); a device pointer is a number of 64 bits. */
const DRIVER_PROTOTYPES = {
  cuInit: ["uint32_t"],
  cuDriverGetVersion: [P],
  cuDeviceGetCount: [P],
  cuDeviceGet: [P, "int"],
  cuDeviceGetName: [P, "int", "int"],
  cuDeviceTotalMem_v2: [P, "int"],
  cuDeviceGetAttribute: [P, "int", "int"],
  cuDeviceGetPCIBusId: [P, "int", "int"],
  cuDeviceGetUuid_v2: [P, "int"],
  cuDevicePrimaryCtxRetain: [P, "int"],
  cuDevicePrimaryCtxRelease_v2: ["int"],
  cuCtxCreate_v2: [P, "uint32_t", "int"],
  cuCtxDestroy_v2: [P],
  cuCtxSetCurrent: [P],
  cuCtxSynchronize: [],
  cuStreamCreate: [P, "uint32_t"],
  cuStreamDestroy_v2: [P],
  cuStreamSynchronize: [P],
  cuStreamBeginCapture_v2: [P, "int"],
  cuStreamEndCapture: [P, P],
  cuGraphInstantiateWithFlags: [P, P, D],
  cuGraphLaunch: [P, P],
  cuGraphExecDestroy: [P],
  cuGraphDestroy: [P],
  cuEventCreate: [P, "uint32_t"],
  cuEventRecord: [P, P],
  cuEventElapsedTime: [P, P, P],
  cuEventDestroy_v2: [P],
  cuMemAlloc_v2: [P, "size_t"],
  cuMemFree_v2: [D],
  cuMemHostAlloc: [P, "size_t", "uint32_t"],
  cuMemFreeHost: [P],
  cuMemsetD8_v2: [D, "uint8_t", "size_t"],
  cuMemcpyHtoD_v2: [D, P, "size_t"],
  cuMemcpyDtoH_v2: [P, D, "size_t"],
  cuMemcpyHtoDAsync_v2: [D, P, "size_t", P],
  cuMemcpyDtoHAsync_v2: [P, D, "size_t", P],
  cuModuleLoadDataEx: [P, P, "uint32_t", P, P],
  cuModuleUnload: [P],
  cuModuleGetFunction: [P, P, "str"],
  cuFuncSetAttribute: [P, "int", "int"],
  cuLaunchKernel: [P, ...Array<string>(7).fill("uint32_t"), P, P, P],
} as const;

/** Functions of libcuda by name. */
export type DriverFunctions = NativeLibrary<typeof DRIVER_PROTOTYPES>["functions"];

/** The CUDA driver of this machine, initialised. */
export interface CudaDriver {
  readonly koffi: Koffi;
  readonly functions: DriverFunctions;
  /** Where libcuda was found. */
  readonly path: string;
  /** Version of CUDA that the driver is made for, such as `13.0`. */
  readonly version: string;
  /** @throws BackendError when the call did not succeed; `what` follows "failed to" */
  check(code: number, what: string): void;
}

/** Attributes of devices (cuda.h, CUdevice_attribute). */
export const DEVICE_ATTRIBUTES = {
  multiprocessors: 16,
  integrated: 18,
  computeMode: 20,
  cacheBytes: 38,
  capabilityMajor: 75,
  capabilityMinor: 76,
  sharedBytesMax: 97,
} as const;

/** The first with all functions above (graphs, identities of MIG instances); it is of 2021. */
const VERSION_MIN = 11_040;

/**
 * Loads libcuda and initialises it. Needs no GPU to find out that there is none.
 *
 * @throws BackendError `unavailable` with the reason: no driver, no device, too old
 */
export async function loadDriver(): Promise<CudaDriver> {
  if (process.platform !== "linux") {
    throw new BackendError(
      "unavailable",
      `CUDA's libraries are looked for on Linux only, this is ${process.platform}`,
    );
  }
  const koffi = await loadKoffi();
  const library = openLibrary(
    koffi,
    { names: ["libcuda.so.1"], folders: driverFolders() },
    DRIVER_PROTOTYPES,
  );
  if (typeof library === "string") {
    throw new BackendError(
      "unavailable",
      library,
      "it comes with the NVIDIA driver; in a container, start it with the GPU (--gpus all)",
    );
  }
  const { functions, path } = library;
  const check = (code: number, what: string): void => {
    if (code !== 0) throw driverError(code, what);
  };
  check(functions.cuInit(0), "start CUDA");
  const version = new Int32Array(1);
  check(functions.cuDriverGetVersion(version), "ask for the driver's version");
  if (version[0]! < VERSION_MIN) {
    throw new BackendError(
      "unavailable",
      `the driver is too old: it is made for CUDA ${versionText(version[0]!)}, CUDA 11.4 is needed`,
      "install a newer NVIDIA driver",
    );
  }
  return { koffi, functions, path, check, version: versionText(version[0]!) };
}

/** `12080` → `12.8`. */
function versionText(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}

/** One attribute of a device. */
export function deviceAttribute(
  { functions, check }: CudaDriver,
  device: number,
  attribute: keyof typeof DEVICE_ATTRIBUTES,
): number {
  const value = new Int32Array(1);
  check(
    functions.cuDeviceGetAttribute(value, DEVICE_ATTRIBUTES[attribute], device),
    `ask for a device's ${attribute}`,
  );
  return value[0]!;
}

import { BackendError, type Backend, type BackendProbe } from "../../backend.js";
import { loadCublas } from "./cublas.js";
import { linksOf, listDevices, type CudaDevice } from "./cuda-devices.js";
import { createCudaSession } from "./cuda-session.js";
import { openContext } from "./device-context.js";
import { loadDriver, type CudaDriver } from "./driver.js";
import { namedFolders } from "./library-folders.js";
import { loadNccl } from "./nccl.js";
import { openNvml, type Nvml } from "./nvml.js";

/** NVIDIA GPUs through the CUDA driver, cuBLAS, NVML and NCCL, called without a compiler. */
export function createCudaBackend(): Backend {
  return {
    name: "cuda",
    summary: "NVIDIA GPUs: CUDA driver with kernels of our own, cuBLAS, NVML, NCCL",
    async probe(): Promise<BackendProbe> {
      try {
        return await probe();
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        return {
          available: false,
          reason: error.message,
          ...(error.help === undefined ? {} : { help: error.help }),
        };
      }
    },
    async open(deviceIndex, options) {
      const driver = await loadDriver();
      const nvml = startNvml(driver);
      const devices = listDevices(driver, nvml);
      const device = devices[deviceIndex];
      if (device === undefined) {
        nvml?.close();
        throw new BackendError(
          "unavailable",
          devices.length === 0
            ? NO_DEVICE
            : `cuda has no device ${deviceIndex}, only 0 to ${devices.length - 1}`,
        );
      }
      const context = openContext(driver, device.handle, options?.sharesProcess === true);
      return createCudaSession({
        ...{ device, devices, context, nvml },
        cublas: loadCublas(driver.koffi),
        nccl: devices.length < 2 ? "there is one GPU only" : loadNccl(driver.koffi),
      });
    },
  };
}

const NO_DEVICE = "the driver is there and sees no CUDA device";

async function probe(): Promise<BackendProbe> {
  const driver = await loadDriver();
  const started = openNvml(driver.koffi);
  const nvml = typeof started === "string" ? undefined : started;
  try {
    const devices = listDevices(driver, nvml);
    if (devices.length === 0) return { available: false, reason: NO_DEVICE };
    const cublas = loadCublas(driver.koffi);
    const nccl = loadNccl(driver.koffi);
    const links = linksOf(nvml, devices);
    return {
      available: true,
      devices: devices.map(({ description }) => description),
      versions: {
        cuda: driver.version,
        ...(nvml?.driverVersion === undefined ? {} : { driver: nvml.driverVersion }),
        ...(typeof cublas === "string" ? {} : { cublas: cublas.version }),
        ...(typeof nccl === "string" ? {} : { nccl: nccl.version }),
      },
      ...(links.length === 0 ? {} : { links }),
      notes: [
        ...refusals(devices),
        ...(typeof started === "string" ? [`no inventory: ${started}`] : []),
        ...(typeof cublas === "string" ? [`no matrix products: ${cublas}`] : []),
        ...(typeof nccl === "string" && devices.length > 1 ? [`no all-reduce: ${nccl}`] : []),
        ...(namedFolders().length === 0 ? [] : [`libcuda is taken from ${driver.path}`]),
      ],
    };
  } finally {
    nvml?.close();
  }
}

function refusals(devices: readonly CudaDevice[]): readonly string[] {
  return devices.flatMap(({ refusal, description }) =>
    refusal === undefined ? [] : [`device ${description.index} runs nothing: ${refusal}`],
  );
}

function startNvml(driver: CudaDriver): Nvml | undefined {
  const started = openNvml(driver.koffi);
  return typeof started === "string" ? undefined : started;
}

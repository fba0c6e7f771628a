import { BackendError, type Backend, type BackendProbe } from "../../backend.js";
import { listAdapters, WANTED_FEATURES } from "./adapters.js";
import { loadDawn, type Dawn } from "./load-dawn.js";
import { createWebgpuSession } from "./webgpu-session.js";

const NO_ADAPTER = {
  reason: "Dawn finds no adapter: no GPU driver with Vulkan, Metal or Direct3D 12",
  help: "install the GPU's driver; for a software adapter install Chromium or Chrome, or name a folder with SwiftShader in HEADROOM_SWIFTSHADER",
};

/** WebGPU through Dawn in Node, with shaders of our own and timestamps of the device. */
export function createWebgpuBackend(): Backend {
  return {
    name: "webgpu",
    summary: "WebGPU in Node (Dawn), own WGSL kernels, device timestamps",
    async probe(): Promise<BackendProbe> {
      let dawn: Dawn;
      try {
        dawn = await loadDawn();
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        return {
          available: false,
          reason: error.message,
          ...(error.help === undefined ? {} : { help: error.help }),
        };
      }
      const adapters = await listAdapters(dawn.gpu);
      if (adapters.length === 0) return { available: false, ...NO_ADAPTER };
      return {
        available: true,
        devices: adapters.map(({ description }) => description),
        versions: { webgpu: dawn.version },
      };
    },
    async open(deviceIndex) {
      const { gpu } = await loadDawn();
      const adapters = await listAdapters(gpu);
      const found = adapters[deviceIndex];
      if (found === undefined) {
        throw new BackendError(
          "unavailable",
          adapters.length === 0
            ? NO_ADAPTER.reason
            : `webgpu has no device ${deviceIndex}, only 0 to ${adapters.length - 1}`,
          NO_ADAPTER.help,
        );
      }
      const { adapter, description } = found;
      const { limits } = adapter;
      const device = await adapter.requestDevice({
        requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
        requiredLimits: {
          maxBufferSize: limits.maxBufferSize,
          maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        },
      });
      return createWebgpuSession(device, description);
    },
  };
}

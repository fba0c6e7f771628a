import type { Backend, BackendName } from "../backend.js";

/** Every backend, loaded when it is asked for: none of their packages is needed by another command. */
export const BACKENDS: Readonly<Partial<Record<BackendName, () => Promise<Backend>>>> = {
  cuda: async () => (await import("./cuda/cuda-backend.js")).createCudaBackend(),
  gpujs: async () => (await import("./gpujs/gpujs-backend.js")).createGpujsBackend(),
  tfjs: async () => (await import("./tfjs/tfjs-backend.js")).createTfjsBackend(),
  webgpu: async () => (await import("./webgpu/webgpu-backend.js")).createWebgpuBackend(),
};

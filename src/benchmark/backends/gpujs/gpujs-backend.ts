import { BackendError, type Backend, type BackendProbe } from "../../backend.js";
import { createGpujsSession } from "./gpujs-session.js";
import { loadGpujs } from "./load-gpujs.js";

/** gpu.js on WebGPU, headless-gl, WebAssembly or plain JavaScript; the class that ran is recorded. */
export function createGpujsBackend(): Backend {
  return {
    name: "gpujs",
    summary: "gpu.js on WebGPU or headless-gl, else WebAssembly and JavaScript",
    async probe(): Promise<BackendProbe> {
      try {
        const { version, devices } = await loadGpujs();
        return {
          available: true,
          devices: devices.map(({ description }) => description),
          versions: { "gpu.js": version },
          ...(devices.some(({ mode }) => mode === "headlessgl")
            ? {}
            : {
                notes: ["headless-gl is not installed (npm install --no-save gl@8.1.6 builds it)"],
              }),
        };
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const help = error.help === undefined ? {} : { help: error.help };
        return { available: false, reason: error.message, ...help };
      }
    },
    async open(deviceIndex) {
      const { module, devices } = await loadGpujs();
      const device = devices[deviceIndex];
      if (device === undefined) {
        throw new BackendError(
          "unavailable",
          `gpujs has no device ${deviceIndex}, only 0 to ${devices.length - 1}`,
        );
      }
      return createGpujsSession(new module.GPU({ mode: device.mode }), device);
    },
  };
}

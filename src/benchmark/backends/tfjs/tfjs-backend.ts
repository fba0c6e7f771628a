import { BackendError, type Backend, type BackendProbe } from "../../backend.js";
import { loadTfjs } from "./load-tfjs.js";
import { createTfjsSession } from "./tfjs-session.js";

/** TensorFlow.js: libtensorflow with CUDA where tfjs-node-gpu is installed, else WebGPU, WebAssembly and JavaScript. */
export function createTfjsBackend(): Backend {
  return {
    name: "tfjs",
    summary: "TensorFlow.js on CUDA (tfjs-node-gpu) or WebGPU, else WebAssembly and JavaScript",
    async probe(): Promise<BackendProbe> {
      try {
        const { devices, versions, notes } = await loadTfjs();
        return {
          available: true,
          devices: devices.map(({ description }) => description),
          versions,
          ...(notes.length === 0 ? {} : { notes }),
        };
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const help = error.help === undefined ? {} : { help: error.help };
        return { available: false, reason: error.message, ...help };
      }
    },
    async open(deviceIndex) {
      const { tf, devices } = await loadTfjs();
      const device = devices[deviceIndex];
      if (device === undefined) {
        throw new BackendError(
          "unavailable",
          `tfjs has no device ${deviceIndex}, only 0 to ${devices.length - 1}`,
        );
      }
      if (!(await tf.setBackend(device.backend))) {
        throw new BackendError("unavailable", `TensorFlow.js cannot start ${device.backend}`);
      }
      await tf.ready();
      // Small tensors would be computed by JavaScript under the name of the GPU.
      if (device.backend === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
      return createTfjsSession(tf, device);
    },
  };
}

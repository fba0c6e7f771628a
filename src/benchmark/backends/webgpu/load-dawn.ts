/// <reference types="@webgpu/types" />
import { createRequire } from "node:module";

import { BackendError } from "../../backend.js";

/** Dawn in this thread. The object has to be kept: adapters and devices die with it. */
export interface Dawn {
  readonly gpu: GPU;
  readonly version: string;
}

let loaded: Promise<Dawn> | undefined;

/**
 * Loads Dawn once per thread and puts the constants of WebGPU (GPUBufferUsage, …) into the global scope.
 *
 * @throws BackendError `unavailable` when the package is missing or does not load on this system
 */
export function loadDawn(): Promise<Dawn> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Dawn> {
  try {
    const { create, globals } = await import("webgpu");
    Object.assign(globalThis, globals);
    // Quantised to 100 µs otherwise, a defence that only pages in a browser need.
    const gpu = create(["disable-dawn-features=timestamp_quantization"]);
    const require = createRequire(import.meta.url);
    const { version } = require("webgpu/package.json") as { readonly version: string };
    return { gpu, version };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    throw new BackendError(
      "unavailable",
      missing
        ? "the package webgpu is not installed"
        : `the package webgpu does not load: ${error instanceof Error ? error.message : String(error)}`,
      missing
        ? "npm install --include=optional, on Linux, macOS or Windows (x64 or arm64)"
        : "headroom bench devices --json has the whole message",
    );
  }
}

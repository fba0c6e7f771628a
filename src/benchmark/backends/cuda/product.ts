import type { DeviceMemory } from "./device-context.js";

/** Work space of cuBLAS: what it takes by itself on Hopper (cuBLAS manual, section 2.1.8). */
export const WORKSPACE_BYTES = 32 * 1024 * 1024;

/** Puts one product onto the stream. */
export interface Product {
  readonly implementation: string;
  submit(): void;
  dispose(): void;
}

/** Memory of one product. */
export interface ProductMemory {
  readonly a: DeviceMemory;
  readonly b: DeviceMemory;
  readonly c: DeviceMemory;
  readonly workspace: DeviceMemory;
}

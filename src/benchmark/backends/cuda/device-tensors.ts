import { encodeDtype } from "../../kernels/dtype.js";
import type { HostTensor } from "../../kernels/kernel-spec.js";
import type { DeviceContext, DeviceMemory } from "./device-context.js";

/** An array's bytes as the device holds them. */
export function tensorBytes(tensor: HostTensor): Uint8Array {
  const { values, dtype } = tensor;
  if (values instanceof Float32Array && dtype !== "i32") return encodeDtype(values, dtype);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Copies bytes to the device and waits for it. */
export function uploadTensor(
  { driver: { functions, check } }: DeviceContext,
  memory: DeviceMemory,
  bytes: Uint8Array,
): void {
  if (bytes.byteLength === 0) return;
  const what = `copy ${bytes.byteLength} bytes to the GPU`;
  check(functions.cuMemcpyHtoD_v2(memory.address, bytes, bytes.byteLength), what);
  // The driver may come back when the bytes are in its own buffer; kernels run on a stream that does not wait for them.
  check(functions.cuCtxSynchronize(), what);
}

/** Copies bytes from the device and waits for it. */
export function readBytes(
  { driver: { functions, check } }: DeviceContext,
  memory: DeviceMemory,
  count: number,
): Uint8Array {
  const bytes = new Uint8Array(count);
  if (count === 0) return bytes;
  check(
    functions.cuMemcpyDtoH_v2(bytes, memory.address, count),
    `copy ${count} bytes from the GPU`,
  );
  return bytes;
}

/// <reference types="@webgpu/types" />
import type { PreparedKernel } from "../../backend.js";
import type { HostTensor, KernelSpec } from "../../kernels/kernel-spec.js";
import type { DeviceWatch } from "./device-watch.js";
import { readBuffer } from "./read-buffer.js";

type TransferSpec = Extract<KernelSpec, { readonly kernel: "host-to-device" | "device-to-host" }>;

/**
 * Copies between ordinary host memory and a device buffer: `queue.writeBuffer` one way; a copy to a mappable
 * buffer, mapping it and copying out of it the other way. That is what a WebGPU program can do.
 */
export function prepareTransfer(
  device: GPUDevice,
  watch: DeviceWatch,
  spec: TransferSpec,
  input: HostTensor,
): Promise<PreparedKernel> {
  const { bytes } = spec.shape;
  const padded = new Uint8Array(Math.ceil(bytes / 4) * 4);
  padded.set(input.values as Uint8Array);
  const buffer = device.createBuffer({
    size: padded.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  const isUpload = spec.kernel === "host-to-device";
  let arrived: Uint8Array | undefined;
  if (!isUpload) device.queue.writeBuffer(buffer, 0, padded);
  const once = async (): Promise<void> => {
    if (isUpload) {
      device.queue.writeBuffer(buffer, 0, padded);
      // Writes are gathered until something is submitted: without it only the host's copy would be timed.
      device.queue.submit([]);
      await device.queue.onSubmittedWorkDone();
    } else {
      arrived = await readBuffer(device, buffer, bytes);
    }
  };
  return Promise.resolve({
    implementation: isUpload ? "queue.writeBuffer" : "copyBufferToBuffer and mapAsync",
    run: (launches) =>
      watch.guard("copy between host and device", async () => {
        const startMs = performance.now();
        for (let launch = 0; launch < launches; launch++) await once();
        return { hostS: (performance.now() - startMs) / 1000 };
      }),
    read: () =>
      watch.guard("read the result", async () => ({
        shape: [bytes],
        dtype: "u8" as const,
        values: arrived ?? (await readBuffer(device, buffer, bytes)),
      })),
    dispose() {
      buffer.destroy();
      return Promise.resolve();
    },
  });
}

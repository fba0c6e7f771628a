/// <reference types="@webgpu/types" />

/** The first `count` bytes of a buffer with COPY_SRC, on the host. */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  count: number,
): Promise<Uint8Array> {
  const size = Math.ceil(count / 4) * 4;
  const mapped = device.createBuffer({
    size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, mapped, 0, size);
  device.queue.submit([encoder.finish()]);
  await mapped.mapAsync(GPUMapMode.READ);
  const bytes = new Uint8Array(mapped.getMappedRange().slice(0, count));
  mapped.destroy();
  return bytes;
}

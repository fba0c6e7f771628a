/// <reference types="@webgpu/types" />

/** Device timestamps at the beginning and the end of one compute pass. */
export interface PassTimer {
  /** For `beginComputePass`. */
  readonly passDescriptor: GPUComputePassDescriptor;
  /** Adds the commands that fetch the timestamps; before the encoder is finished. */
  resolve(encoder: GPUCommandEncoder): void;
  /** Seconds between the two; undefined where the device has no timestamps or gave nonsense. */
  readS(): Promise<number | undefined>;
  dispose(): void;
}

/** A timer for passes of this device; without timestamps it measures nothing. */
export function createPassTimer(device: GPUDevice): PassTimer {
  if (!device.features.has("timestamp-query")) {
    return {
      passDescriptor: {},
      resolve: () => undefined,
      readS: () => Promise.resolve(undefined),
      dispose: () => undefined,
    };
  }
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const mapped = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  return {
    passDescriptor: {
      timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    },
    resolve(encoder) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, mapped, 0, 16);
    },
    async readS() {
      await mapped.mapAsync(GPUMapMode.READ);
      const [begin, end] = new BigInt64Array(mapped.getMappedRange().slice(0));
      mapped.unmap();
      // WebGPU allows a device to give zeros or to go backwards after a reset: then the host's clock counts.
      return begin === undefined || end === undefined || end <= begin
        ? undefined
        : Number(end - begin) / 1e9;
    },
    dispose() {
      querySet.destroy();
      resolved.destroy();
      mapped.destroy();
    },
  };
}

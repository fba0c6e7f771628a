import type { PreparedKernel, Timing } from "../../backend.js";
import type { HostTensor, KernelSpec } from "../../kernels/kernel-spec.js";
import type { DeviceContext } from "./device-context.js";
import { uploadTensor } from "./device-tensors.js";
import { createTimedLaunches } from "./timed-launches.js";

type TransferSpec = Extract<KernelSpec, { readonly kernel: "host-to-device" | "device-to-host" }>;

/**
 * Copies between host and device. Page-locked memory goes by the GPU's copy engine, timed by its own clock; ordinary
 * memory goes through the driver's staging buffers, which is the host's work and timed by the host.
 */
export function prepareTransfer(
  context: DeviceContext,
  spec: TransferSpec,
  input: HostTensor,
): PreparedKernel {
  const { functions, check } = context.driver;
  const { bytes } = spec.shape;
  const isUpload = spec.kernel === "host-to-device";
  const isPinned = spec.hostMemory === "pinned";
  const what = `copy ${bytes} bytes ${isUpload ? "to" : "from"} the GPU`;
  const owned: (() => void)[] = [];
  const dispose = (): void => {
    for (const free of owned.splice(0).reverse()) free();
  };
  try {
    const data = input.values as Uint8Array;
    const device = context.allocate(bytes);
    owned.push(device.free);
    const pinned = isPinned ? context.allocatePinned(bytes) : undefined;
    if (pinned !== undefined) owned.push(pinned.free);
    const host = pinned?.view ?? new Uint8Array(bytes);
    if (isUpload) host.set(data);
    else uploadTensor(context, device, data);
    const { address, stream } = { address: device.address, stream: context.stream };
    const copy = (): void => {
      const code =
        pinned === undefined
          ? isUpload
            ? functions.cuMemcpyHtoD_v2(address, host, bytes)
            : functions.cuMemcpyDtoH_v2(host, address, bytes)
          : isUpload
            ? functions.cuMemcpyHtoDAsync_v2(address, pinned.address, bytes, stream)
            : functions.cuMemcpyDtoHAsync_v2(pinned.address, address, bytes, stream);
      if (code !== 0) check(code, what);
    };
    const run = isPinned
      ? timedRun(context, copy, owned)
      : (launches: number) => hostRun(context, copy, launches);
    return {
      implementation: `cuMemcpy${isUpload ? "HtoD" : "DtoH"}${isPinned ? "Async, pinned" : ", pageable"}`,
      run: (launches) => Promise.resolve().then(() => run(launches)),
      read: () =>
        Promise.resolve().then(() => {
          const arrived = new Uint8Array(bytes);
          if (isUpload) check(functions.cuMemcpyDtoH_v2(arrived, address, bytes), what);
          else arrived.set(host);
          return { shape: [bytes], dtype: "u8" as const, values: arrived };
        }),
      dispose: () => Promise.resolve().then(dispose),
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function timedRun(
  context: DeviceContext,
  copy: () => void,
  owned: (() => void)[],
): (launches: number) => Timing {
  const timed = createTimedLaunches(context, copy, false);
  owned.push(timed.dispose);
  return (launches) => timed.run(launches);
}

function hostRun(context: DeviceContext, copy: () => void, launches: number): Timing {
  const { functions, check } = context.driver;
  context.use();
  const startMs = performance.now();
  for (let launch = 0; launch < launches; launch++) copy();
  // A small copy may return before it has arrived.
  check(functions.cuCtxSynchronize(), "wait for the copies");
  return { hostS: (performance.now() - startMs) / 1000 };
}

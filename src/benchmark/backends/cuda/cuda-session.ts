import { BackendError, type BackendSession, type PreparedKernel } from "../../backend.js";
import { dtypeFacts } from "../../kernels/dtype.js";
import type { HostTensor, KernelSpec, KernelSpecOf } from "../../kernels/kernel-spec.js";
import { prepareAllReduce } from "./all-reduce-kernel.js";
import type { Cublas } from "./cublas.js";
import type { CudaDevice } from "./cuda-devices.js";
import type { DeviceContext } from "./device-context.js";
import { readDeviceState } from "./gpu-inventory.js";
import { createKernelModules } from "./kernel-modules.js";
import {
  decodeSharedBytes,
  GRID_Y_MAX,
  HEAD_DIM_MAX,
  kernelPlan,
  paddedDepth,
} from "./kernel-plan.js";
import { prepareLaunches } from "./launch-kernel.js";
import { prepareMatmul } from "./matmul-kernel.js";
import type { Nccl } from "./nccl.js";
import type { Nvml } from "./nvml.js";
import { preparePtx } from "./ptx-kernel.js";
import { prepareTransfer } from "./transfer-kernel.js";

/** What a session works with; a string says why a library is not there. */
export interface CudaParts {
  readonly device: CudaDevice;
  /** Every device of the host, for work on several. */
  readonly devices: readonly CudaDevice[];
  readonly context: DeviceContext;
  readonly cublas: Cublas | string;
  readonly nccl: Nccl | string;
  readonly nvml: Nvml | undefined;
}

/** An open CUDA device. */
export function createCudaSession(parts: CudaParts): BackendSession {
  const { device, context, nvml } = parts;
  const modules = createKernelModules(context);
  const { nvmlHandle } = device;
  return {
    device: device.description,
    supports: (spec) => supportText(parts, spec) ?? true,
    async prepare(spec, inputs): Promise<PreparedKernel> {
      const refusal = supportText(parts, spec);
      if (refusal !== undefined) throw new BackendError("unsupported", refusal);
      const plan = kernelPlan(spec);
      if (plan !== undefined) await modules.need(plan.module);
      if (isLaunch(spec)) await modules.need("streams");
      context.use();
      return prepare(parts, modules, spec, inputs);
    },
    ...(nvml === undefined || nvmlHandle === undefined
      ? {}
      : { readState: () => readDeviceState(nvml, nvmlHandle) }),
    dispose() {
      context.dispose();
      nvml?.close();
      return Promise.resolve();
    },
  };
}

function prepare(
  { context, cublas, nccl, devices }: CudaParts,
  modules: ReturnType<typeof createKernelModules>,
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): PreparedKernel {
  const { kernel } = spec;
  if (kernel === "matmul") return prepareMatmul(context, cublas as Cublas, spec, inputs);
  if (kernel === "host-to-device" || kernel === "device-to-host") {
    return prepareTransfer(context, spec, inputs[0]!);
  }
  if (kernel === "launch-latency" || kernel === "empty-dispatch") {
    return prepareLaunches(context, modules, kernel);
  }
  if (kernel === "all-reduce") {
    const handles = devices.map(({ handle }) => handle);
    return prepareAllReduce(context.driver, handles, nccl as Nccl, spec, inputs);
  }
  return preparePtx(context, modules, spec, inputs);
}

function isLaunch({ kernel }: KernelSpec): boolean {
  return kernel === "launch-latency" || kernel === "empty-dispatch";
}

function supportText(parts: CudaParts, spec: KernelSpec): string | undefined {
  const { device, cublas } = parts;
  if (device.refusal !== undefined) return device.refusal;
  if (isLaunch(spec) || spec.kernel === "host-to-device" || spec.kernel === "device-to-host") {
    return undefined;
  }
  const { dtypes } = device.description;
  if (!dtypes.includes(spec.dtype) && !(spec.dtype === "bf16" && spec.kernel !== "matmul")) {
    return `this GPU computes in ${dtypes.join(", ")}, not in ${spec.dtype}`;
  }
  if (spec.kernel === "all-reduce") return allReduceText(parts, spec);
  if (spec.kernel === "matmul") return matmulText(cublas, spec);
  return gridText(device, spec);
}

function allReduceText(
  { nccl, devices, device }: CudaParts,
  { shape }: KernelSpecOf<"all-reduce">,
): string | undefined {
  if (devices.length < shape.gpus) {
    return `it needs ${shape.gpus} GPUs, there ${devices.length === 1 ? "is" : "are"} ${devices.length}`;
  }
  if (shape.gpus < 2) return "an all-reduce is between two GPUs at least";
  if (device.description.index !== 0) return "it is run once, from the first GPU";
  return typeof nccl === "string" ? nccl : undefined;
}

function matmulText(cublas: Cublas | string, spec: KernelSpecOf<"matmul">): string | undefined {
  if (typeof cublas === "string") {
    return `${cublas}; products are left to it (a CUDA toolkit or PyTorch brings it, ${"HEADROOM_CUDA_LIBRARIES"} names its folder)`;
  }
  if (spec.dtype !== "fp8-e4m3") return undefined;
  if (typeof cublas.lt === "string") return cublas.lt;
  const { n, k } = spec.shape;
  if (n % 16 === 0 && k % 16 === 0) return undefined;
  return `products of 8-bit numbers need n and k in multiples of 16, not ${n} and ${k}`;
}

/** Limits of a launch: blocks in the second dimension, shared memory, memory of the device. */
function gridText(device: CudaDevice, spec: KernelSpec): string | undefined {
  if ("headDim" in spec.shape) {
    const { batch, heads, kvHeads, headDim } = spec.shape;
    if (headDim > HEAD_DIM_MAX) return `heads of at most ${HEAD_DIM_MAX} numbers, not ${headDim}`;
    if (batch * heads > GRID_Y_MAX) return `at most ${GRID_Y_MAX} heads in all sequences together`;
    const needed = decodeSharedBytes(heads / kvHeads, paddedDepth(headDim));
    if (spec.kernel === "attention-decode" && needed > device.sharedBytesMax) {
      return `${needed} bytes of shared memory are needed, a block has ${device.sharedBytesMax}`;
    }
  }
  if (spec.kernel === "transpose" && Math.ceil(spec.shape.rows / 32) > GRID_Y_MAX) {
    return `at most ${32 * GRID_Y_MAX} rows`;
  }
  if (spec.dtype === "none" || dtypeFacts(spec.dtype).bytes === 0) return "no number format given";
  return undefined;
}

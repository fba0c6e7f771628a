/// <reference types="@webgpu/types" />
import {
  BackendError,
  type BackendSession,
  type DeviceDescription,
  type PreparedKernel,
} from "../../backend.js";
import { dtypeFacts } from "../../kernels/dtype.js";
import type { KernelSpec } from "../../kernels/kernel-spec.js";
import { createDeviceWatch, type DeviceWatch } from "./device-watch.js";
import { kernelPlan } from "./kernel-plan.js";
import { prepareLaunches } from "./launch-kernels.js";
import { prepareShader } from "./shader-kernel.js";
import { prepareTransfer } from "./transfer-kernels.js";

/** Head sizes beyond it do not fit the attention shader's registers. */
const HEAD_DIM_MAX = 512;

/** An open WebGPU device. */
export function createWebgpuSession(
  device: GPUDevice,
  description: DeviceDescription,
): BackendSession {
  const watch = createDeviceWatch(device);
  return {
    device: description,
    supports: (spec) => supportText(device, description, spec) ?? true,
    async prepare(spec, inputs): Promise<PreparedKernel> {
      const refusal = supportText(device, description, spec);
      if (refusal !== undefined) throw new BackendError("unsupported", refusal);
      return watch.guard("prepare the kernel", () => prepare(device, watch, spec, inputs));
    },
    dispose() {
      device.destroy();
      return Promise.resolve();
    },
  };
}

async function prepare(
  device: GPUDevice,
  watch: DeviceWatch,
  spec: KernelSpec,
  inputs: Parameters<BackendSession["prepare"]>[1],
): Promise<PreparedKernel> {
  if (spec.kernel === "host-to-device" || spec.kernel === "device-to-host") {
    return prepareTransfer(device, watch, spec, inputs[0]!);
  }
  if (spec.kernel === "launch-latency" || spec.kernel === "empty-dispatch") {
    return prepareLaunches(device, watch, spec.kernel);
  }
  return prepareShader(device, watch, spec, inputs);
}

function supportText(
  device: GPUDevice,
  { dtypes }: DeviceDescription,
  spec: KernelSpec,
): string | undefined {
  if (spec.kernel === "all-reduce") return "WebGPU has no way from one GPU to another";
  if (spec.kernel === "launch-latency" || spec.kernel === "empty-dispatch") return undefined;
  if (spec.kernel === "host-to-device" || spec.kernel === "device-to-host") {
    if (spec.hostMemory === "pinned") return "WebGPU has no page-locked host memory";
    return sizeText(device, spec.shape.bytes);
  }
  if (!dtypes.includes(spec.dtype)) {
    return `WebGPU on this device computes in ${dtypes.join(" and ")}, not in ${spec.dtype}`;
  }
  if ("headDim" in spec.shape && spec.shape.headDim > HEAD_DIM_MAX) {
    return `heads of at most ${HEAD_DIM_MAX} numbers, not ${spec.shape.headDim}`;
  }
  return sizeText(device, largestBuffer(spec));
}

function sizeText(device: GPUDevice, bytes: number): string | undefined {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  if (bytes <= limit) return undefined;
  return `a buffer of ${bytes} bytes is needed, the device allows ${limit}`;
}

function largestBuffer(spec: KernelSpec): number {
  const { bytes } = dtypeFacts(spec.dtype);
  const output = kernelPlan(spec)?.output ?? [];
  const counts = [output.reduce((product, length) => product * length, 1)];
  if (spec.kernel === "matmul") {
    counts.push(spec.shape.m * spec.shape.k, spec.shape.k * spec.shape.n);
  } else if (spec.kernel === "gather") {
    counts.push(spec.shape.tableRows * spec.shape.columns);
  } else if (spec.kernel === "reduction") {
    counts.push(spec.shape.elements);
  } else if (spec.kernel === "attention-decode") {
    const { batch, kvHeads, context, headDim } = spec.shape;
    counts.push(batch * kvHeads * context * headDim);
  }
  return Math.max(...counts) * bytes;
}

import { findGpu } from "../../hardware/find-gpu.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import type { KernelCost } from "../kernels/kernel-costs.js";
import type { Dtype, KernelSpec } from "../kernels/kernel-spec.js";
import type { Roofline } from "../result-document.js";

/** Data rate of one direction of a PCIe x16 slot by generation, bytes per second (PCI-SIG: 16, 32, 64 GT/s, 128b/130b; Gen6 in flits). */
const PCIE_X16: Readonly<Record<string, number>> = { Gen3: 15.75e9, Gen4: 31.5e9, Gen5: 63e9 };

/**
 * The least time the data sheet of a known GPU allows: the larger of operations over peak rate and bytes
 * over memory bandwidth. Undefined when the GPU is not in the catalogue or the figure is not published.
 */
export function rooflineOf(
  deviceName: string,
  spec: KernelSpec,
  cost: KernelCost,
): Roofline | undefined {
  const found = findGpu(deviceName);
  // Drivers name the form where there are several and this is not the usual one: "NVIDIA H200" is the SXM module.
  const isOfDriver = deviceName.startsWith("NVIDIA ");
  if (found.kind !== "found" || (found.assumed && !isOfDriver)) return undefined;
  const { gpu } = found;
  if (spec.kernel === "launch-latency" || spec.kernel === "empty-dispatch") return undefined;
  if (spec.kernel === "host-to-device" || spec.kernel === "device-to-host") {
    const generation = /^(Gen\d) x16$/.exec(gpu.pcie ?? "")?.[1];
    const rate = generation === undefined ? undefined : PCIE_X16[generation];
    return bound(gpu, "pcie", cost.bytes, rate, `PCIe ${generation ?? ""} x16`);
  }
  if (spec.kernel === "all-reduce") {
    const both = gpu.nvlink?.bothWaysBytesPerS;
    const rate = both === undefined ? undefined : both / 2;
    return bound(gpu, "nvlink", cost.bytes, rate, "NVLink, one direction");
  }
  const memory = bound(gpu, "memory", cost.bytes, gpu.memoryBytesPerS, "memory bandwidth");
  if (spec.kernel !== "matmul" && !spec.kernel.startsWith("attention")) return memory;
  const compute = bound(gpu, "compute", cost.flops, peak(gpu, spec.dtype), `${spec.dtype} peak`);
  if (memory === undefined || compute === undefined) return undefined;
  return compute.leastTimeS > memory.leastTimeS ? compute : memory;
}

function bound(
  gpu: GpuSpec,
  limit: Roofline["limit"],
  amount: number,
  rate: number | undefined,
  what: string,
): Roofline | undefined {
  if (rate === undefined || amount === 0) return undefined;
  const unit = limit === "compute" ? "TFLOP/s" : "GB/s";
  const figure = limit === "compute" ? rate / 1e12 : rate / 1e9;
  return {
    gpu: gpu.name,
    leastTimeS: amount / rate,
    limit,
    basis: `${what} ${figure} ${unit}, ${gpu.sources.join(", ")}`,
  };
}

function peak(gpu: GpuSpec, dtype: Dtype): number | undefined {
  switch (dtype) {
    case "fp32":
      return gpu.fp32FlopPerS;
    case "tf32":
      return gpu.tf32FlopPerS;
    case "fp16":
      return gpu.fp16FlopPerS;
    case "bf16":
      return gpu.bf16FlopPerS;
    case "fp8-e4m3":
      return gpu.fp8FlopPerS;
    case "u8":
    case "none":
      return undefined;
  }
}

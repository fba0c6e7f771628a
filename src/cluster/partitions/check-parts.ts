import { WHOLE_GPU_MILLI } from "../gpu-milli.js";
import type { AllocationTable } from "../allocation-table.js";
import type { NodeSpec } from "../spec.js";
import type { ClusterView } from "../view.js";
import type { Partitions } from "./partitions.js";

/**
 * Recomputes from the live allocations what is given away of GPUs with parts, and checks every layout
 * against its placement table.
 *
 * @returns compute of the busy parts, and of idle ones on closed GPUs, in thousandths of a GPU
 * @throws InvariantError at the first difference
 */
export function checkParts(
  view: ClusterView & { readonly partitions: Partitions },
  table: AllocationTable,
): { readonly milliBusy: number; readonly milliOut: number } {
  const { partitions, gpuOffset, spec, gpuCount } = view;
  if (!partitions.isUsed) return { milliBusy: 0, milliOut: 0 };
  const busyBits = new Int32Array(gpuCount);
  const replicas = new Int32Array(gpuCount);
  const memoryBytes = new Float64Array(gpuCount);
  for (let slot = 0; slot < table.slots; slot += 1) {
    const node = table.nodeAt(slot);
    if (node < 0 || !partitions.hasParts(node)) continue;
    const isMig = partitions.modeOf(node) === "mig";
    for (let entry = table.firstEntryAt(slot); entry >= 0; entry = table.entryAfter(entry)) {
      const gpu = table.entryGpu(entry);
      if (isMig) busyBits[gpu]! |= 1 << table.entryPart(entry);
      else {
        replicas[gpu]! += 1;
        memoryBytes[gpu]! += table.gpuMemoryBytesAt(slot);
      }
    }
  }
  let milliBusy = 0;
  let milliOut = 0;
  spec.nodes.forEach((node, n) => {
    if (!partitions.hasParts(n)) return;
    for (let gpu = 0; gpu < node.gpuCount; gpu += 1) {
      const at = gpuOffset[n]! + gpu;
      const busyMilli = checkGpu(node, at, partitions, {
        busyBits: busyBits[at]!,
        replicas: replicas[at]!,
        memoryBytes: memoryBytes[at]!,
      });
      milliBusy += busyMilli;
      if (view.nodeClosed[n] === 1 || view.gpuClosed[at] === 1)
        milliOut += WHOLE_GPU_MILLI - busyMilli;
    }
  });
  return { milliBusy, milliOut };
}

function checkGpu(
  { partitioning }: NodeSpec,
  gpu: number,
  { mig, replicas }: Partitions,
  want: { readonly busyBits: number; readonly replicas: number; readonly memoryBytes: number },
): number {
  if (partitioning?.mode === "mig") {
    mig.check(gpu, want.busyBits);
    return (mig.busySlices(gpu) * WHOLE_GPU_MILLI) / mig.table(gpu).geometry.computeSlices;
  }
  if (partitioning?.mode !== "time-slicing" && partitioning?.mode !== "mps") return 0;
  replicas.check(gpu, want.replicas, want.memoryBytes);
  return (want.replicas * WHOLE_GPU_MILLI) / partitioning.replicas;
}

import { InvariantError } from "../base/assert.js";
import type { AllocationTable } from "./allocation-table.js";
import { checkParts } from "./partitions/check-parts.js";
import type { Partitions } from "./partitions/partitions.js";
import { WHOLE_GPU_MILLI } from "./gpu-milli.js";
import { nonzeroCpuMilli, nonzeroMemoryBytes } from "./nonzero-request.js";
import type { ClusterView, ReadonlyNumbers } from "./view.js";

/**
 * Recomputes every column of a cluster from its spec and its live allocations.
 *
 * Nothing of the incremental bookkeeping is used, so an error in it cannot hide itself.
 *
 * @throws InvariantError at the first difference
 */
export function checkColumns(
  view: ClusterView & { readonly partitions: Partitions },
  table: AllocationTable,
): void {
  const want = recompute(view, table);
  const parts = checkParts(view, table);
  compare("cpuMilliFree", view.cpuMilliFree, want.cpuMilliFree);
  compare("memoryBytesFree", view.memoryBytesFree, want.memoryBytesFree);
  compare("podsFree", view.podsFree, want.podsFree);
  compare("gpuMilliFree", view.gpuMilliFree, want.gpuMilliFree);
  compare("nodeGpuMilliFree", view.nodeGpuMilliFree, want.nodeGpuMilliFree);
  compare("nodeGpusWhole", view.nodeGpusWhole, want.nodeGpusWhole);
  compare("nonzeroCpuMilliUsed", view.nonzeroCpuMilliUsed, want.nonzeroCpuMilliUsed);
  compare("nonzeroMemoryBytesUsed", view.nonzeroMemoryBytesUsed, want.nonzeroMemoryBytesUsed);
  compare("podsByGpuKind", view.podsByGpuKind, want.podsByGpuKind);
  compare("nodeGpuKinds", view.nodeGpuKinds, want.nodeGpuKinds);
  const used = want.used + parts.milliBusy;
  const out = want.out + parts.milliOut;
  if (differ(view.gpuMilliUsed, used) || differ(view.gpuMilliOut, out)) {
    throw new InvariantError(
      `cluster: gpuMilliUsed is ${view.gpuMilliUsed} and gpuMilliOut ${view.gpuMilliOut}, recomputed ${used} and ${out}`,
    );
  }
}

interface Columns {
  readonly cpuMilliFree: number[];
  readonly memoryBytesFree: number[];
  readonly podsFree: number[];
  readonly gpuMilliFree: number[];
  readonly nodeGpuMilliFree: number[];
  readonly nodeGpusWhole: number[];
  readonly nonzeroCpuMilliUsed: number[];
  readonly nonzeroMemoryBytesUsed: number[];
  readonly podsByGpuKind: number[];
  readonly nodeGpuKinds: number[];
  /** Thousandths of a GPU given away, and out of service without being given away. */
  used: number;
  out: number;
}

function recompute(view: ClusterView, table: AllocationTable): Columns {
  const { nodes } = view.spec;
  const zero = (): number[] => nodes.map(() => 0);
  const want: Columns = {
    cpuMilliFree: nodes.map((node) => node.cpuMilli),
    memoryBytesFree: nodes.map((node) => node.memoryBytes),
    podsFree: nodes.map((node) => node.podsMax),
    gpuMilliFree: nodes.flatMap((node, n) =>
      new Array<number>(node.gpuCount).fill(view.partitions.hasParts(n) ? 0 : WHOLE_GPU_MILLI),
    ),
    nodeGpuMilliFree: zero(),
    nodeGpusWhole: zero(),
    nonzeroCpuMilliUsed: zero(),
    nonzeroMemoryBytesUsed: zero(),
    podsByGpuKind: new Array<number>(nodes.length * view.gpuKindStride).fill(0),
    nodeGpuKinds: zero(),
    used: 0,
    out: 0,
  };
  for (let slot = 0; slot < table.slots; slot += 1) takeAllocation(view, table, slot, want);
  for (const column of [
    want.cpuMilliFree,
    want.memoryBytesFree,
    want.podsFree,
    want.gpuMilliFree,
  ]) {
    if (column.some((free) => free < 0))
      throw new InvariantError("cluster: more is given away than exists");
  }
  nodes.forEach((node, n) => {
    if (view.partitions.hasParts(n)) return;
    const free = want.gpuMilliFree.slice(view.gpuOffset[n]!, view.gpuOffset[n + 1]!);
    want.used += node.gpuCount * WHOLE_GPU_MILLI - sum(free);
  });
  takeClosed(view, want);
  nodes.forEach((_node, n) => {
    const gpus = want.gpuMilliFree.slice(view.gpuOffset[n]!, view.gpuOffset[n + 1]!);
    want.nodeGpuMilliFree[n] = view.partitions.hasParts(n)
      ? view.partitions.idleMilliOn(n)
      : sum(gpus);
    want.nodeGpusWhole[n] = gpus.filter((free) => free === WHOLE_GPU_MILLI).length;
    const kinds = want.podsByGpuKind.slice(n * view.gpuKindStride, (n + 1) * view.gpuKindStride);
    want.nodeGpuKinds[n] = kinds.filter((pods) => pods > 0).length;
  });
  return want;
}

function takeAllocation(
  view: ClusterView,
  table: AllocationTable,
  slot: number,
  want: Columns,
): void {
  const node = table.nodeAt(slot);
  if (node < 0) return;
  const cpuMilli = table.cpuMilliAt(slot);
  const memoryBytes = table.memoryBytesAt(slot);
  const gpuMilli = table.gpuMilliAt(slot);
  let gpuCount = 0;
  for (let entry = table.firstEntryAt(slot); entry >= 0; entry = table.entryAfter(entry)) {
    const gpu = table.entryGpu(entry);
    if (gpu < view.gpuOffset[node]! || gpu >= view.gpuOffset[node + 1]!) {
      throw new InvariantError(
        `cluster: an allocation on node ${node} holds GPU ${gpu} of another node`,
      );
    }
    want.gpuMilliFree[gpu]! -= gpuMilli;
    gpuCount += 1;
  }
  want.cpuMilliFree[node]! -= cpuMilli;
  want.memoryBytesFree[node]! -= memoryBytes;
  want.podsFree[node]! -= 1;
  want.nonzeroCpuMilliUsed[node]! += nonzeroCpuMilli(cpuMilli);
  want.nonzeroMemoryBytesUsed[node]! += nonzeroMemoryBytes(memoryBytes);
  if (gpuCount > 0) {
    const kind = gpuMilli < WHOLE_GPU_MILLI ? 0 : gpuCount;
    want.podsByGpuKind[node * view.gpuKindStride + kind]! += 1;
  }
}

/** What is out of service and not given away is not free. */
function takeClosed(view: ClusterView, want: Columns): void {
  for (let node = 0; node < view.nodeCount; node += 1) {
    const nodeClosed = view.nodeClosed[node] === 1;
    if (nodeClosed) {
      want.cpuMilliFree[node] = 0;
      want.memoryBytesFree[node] = 0;
      want.podsFree[node] = 0;
    }
    for (let gpu = view.gpuOffset[node]!; gpu < view.gpuOffset[node + 1]!; gpu += 1) {
      if (!nodeClosed && view.gpuClosed[gpu] !== 1) continue;
      want.out += want.gpuMilliFree[gpu]!;
      want.gpuMilliFree[gpu] = 0;
    }
  }
}

function compare(column: string, have: ReadonlyNumbers, want: readonly number[]): void {
  if (have.length !== want.length) {
    throw new InvariantError(
      `cluster: ${column} has ${have.length} entries, recomputed ${want.length}`,
    );
  }
  for (let i = 0; i < want.length; i += 1) {
    if (have[i] !== want[i]) {
      throw new InvariantError(`cluster: ${column}[${i}] is ${have[i]}, recomputed ${want[i]}`);
    }
  }
}

/** Parts of a GPU are fractions of thousandths, so their sum depends on its order in the last digits. */
function differ(left: number, right: number): boolean {
  return Math.abs(left - right) > 1e-6;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

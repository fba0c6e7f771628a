import type { ClusterState, ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { GangBook } from "./gang-book.js";
import type { GangParts } from "./types.js";

/**
 * Puts a gang back exactly where it was, or nowhere when some of its room is taken.
 *
 * @param requestOf what one part asks for, by its number of GPUs
 * @param occupy allocates one part and adds it to the book
 * @returns a gang handle, or -1
 */
export function takeBack(options: {
  readonly cluster: ClusterState;
  readonly book: GangBook;
  readonly parts: GangParts;
  requestOf(gpuCount: number): PodRequest;
  occupy(node: number, request: PodRequest, gpus: Int32Array): void;
  release(allocation: number): void;
}): number {
  const { cluster, book, parts, requestOf, occupy, release } = options;
  // A copy: the book writes the parts anew as they are placed.
  const values = parts.values.slice(0, parts.length);
  book.begin();
  for (let index = 0; index < values.length;) {
    const node = values[index]!;
    const gpuCount = values[index + 1]!;
    const gpus = values.subarray(index + 2, index + 2 + gpuCount);
    const request = requestOf(gpuCount);
    if (!canTake(cluster, node, request, gpus)) {
      book.rollBack(release);
      return -1;
    }
    occupy(node, request, gpus);
    index += 2 + gpuCount;
  }
  return book.finish();
}

function canTake(
  cluster: ClusterView,
  node: number,
  request: PodRequest,
  gpus: Int32Array,
): boolean {
  if (cluster.podsFree[node]! < 1) return false;
  if (cluster.cpuMilliFree[node]! < request.cpuMilli) return false;
  if (cluster.memoryBytesFree[node]! < request.memoryBytes) return false;
  if (cluster.partitions.isUsed || request.gpuPart !== undefined)
    return request.gpuCount === 0 || cluster.partitions.canTake(node, request, gpus);
  const offset = cluster.gpuOffset[node]!;
  for (const gpu of gpus) if (cluster.gpuMilliFree[offset + gpu]! < request.gpuMilli) return false;
  return true;
}

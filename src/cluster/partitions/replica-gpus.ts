import { InvariantError } from "../../base/assert.js";

/** Time-sliced and MPS GPUs of a cluster: replicas in use, and memory promised to their pods. */
export class ReplicaGpus {
  readonly #used: Int16Array;
  readonly #memoryBytesUsed: Float64Array;

  constructor(gpuCount: number) {
    this.#used = new Int16Array(gpuCount);
    this.#memoryBytesUsed = new Float64Array(gpuCount);
  }

  used(gpu: number): number {
    return this.#used[gpu]!;
  }

  memoryBytesUsed(gpu: number): number {
    return this.#memoryBytesUsed[gpu]!;
  }

  take(gpu: number, memoryBytes: number): void {
    this.#used[gpu]! += 1;
    this.#memoryBytesUsed[gpu]! += memoryBytes;
  }

  give(gpu: number, memoryBytes: number): void {
    if (this.#used[gpu] === 0)
      throw new InvariantError(`cluster: a replica of GPU ${gpu} is freed and none was in use`);
    this.#used[gpu]! -= 1;
    this.#memoryBytesUsed[gpu]! -= memoryBytes;
  }

  /** @throws InvariantError when the books differ from what was recomputed */
  check(gpu: number, usedWanted: number, memoryBytesWanted: number): void {
    if (this.#used[gpu] === usedWanted && this.#memoryBytesUsed[gpu] === memoryBytesWanted) return;
    throw new InvariantError(
      `cluster: GPU ${gpu} has ${this.#used[gpu]} replicas and ${this.#memoryBytesUsed[gpu]} bytes in use, recomputed ${usedWanted} and ${memoryBytesWanted}`,
    );
  }
}

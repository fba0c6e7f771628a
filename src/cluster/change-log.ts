import type { ReadonlyNumbers } from "./view.js";

/**
 * Which node changed at which revision, for caches that refresh only what changed.
 *
 * The last changes sit in a ring. A reader further behind than the ring reaches is served from the
 * per-node revisions instead, so no reader is ever told "unknown".
 */
export class ChangeLog {
  readonly nodeRevision: Float64Array;
  readonly #ring: Int32Array;
  readonly #mask: number;
  #revision = 0;

  constructor(nodeCount: number) {
    let capacity = 64;
    while (capacity < nodeCount) capacity *= 2;
    this.#ring = new Int32Array(capacity);
    this.#mask = capacity - 1;
    // Doubles: a long run passes 2^31 changes.
    this.nodeRevision = new Float64Array(nodeCount);
  }

  /** Changes so far. */
  get revision(): number {
    return this.#revision;
  }

  /** Notes a change of one node. */
  note(node: number): void {
    this.#revision += 1;
    this.nodeRevision[node] = this.#revision;
    this.#ring[this.#revision & this.#mask] = node;
  }

  /** Copies the distinct nodes changed after `revision` into `out`; returns how many. */
  changedSince(revision: number, out: Int32Array): number {
    if (this.#revision - revision > this.#ring.length)
      return changedByScan(this.nodeRevision, revision, out);
    let count = 0;
    for (let at = revision + 1; at <= this.#revision; at += 1) {
      const node = this.#ring[at & this.#mask]!;
      // Only a node's last change counts, which keeps the answer free of duplicates.
      if (this.nodeRevision[node] === at) {
        out[count] = node;
        count += 1;
      }
    }
    return count;
  }
}

function changedByScan(nodeRevision: ReadonlyNumbers, revision: number, out: Int32Array): number {
  let count = 0;
  for (let node = 0; node < nodeRevision.length; node += 1) {
    if (nodeRevision[node]! > revision) {
      out[count] = node;
      count += 1;
    }
  }
  return count;
}

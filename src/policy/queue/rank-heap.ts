/**
 * Waiting jobs of one queue, smallest rank first.
 *
 * A binary heap of plain numbers: a push of a rank larger than all others costs one step, so a queue
 * in order of arrival stays cheap however long it grows.
 */
export interface RankHeap {
  readonly size: number;
  /** Smallest rank; -1 when empty. */
  peek(): number;
  push(rank: number): void;
  /** Removes and returns the smallest rank; -1 when empty. */
  pop(): number;
  /** The ranks in no order, without a copy; only `size` of them are valid. */
  readonly ranks: Int32Array;
}

/** @param capacity ranks to make room for at first; it grows by doubling */
export function createRankHeap(capacity = 8): RankHeap {
  let ranks = new Int32Array(Math.max(1, capacity));
  let size = 0;

  function push(rank: number): void {
    if (size === ranks.length) {
      const larger = new Int32Array(size * 2);
      larger.set(ranks);
      ranks = larger;
    }
    let slot = size++;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (ranks[parent]! <= rank) break;
      ranks[slot] = ranks[parent]!;
      slot = parent;
    }
    ranks[slot] = rank;
  }

  function pop(): number {
    if (size === 0) return -1;
    const smallest = ranks[0]!;
    const last = ranks[--size]!;
    let slot = 0;
    for (let child = 1; child < size; child = 2 * slot + 1) {
      if (child + 1 < size && ranks[child + 1]! < ranks[child]!) child++;
      if (ranks[child]! >= last) break;
      ranks[slot] = ranks[child]!;
      slot = child;
    }
    ranks[slot] = last;
    return smallest;
  }

  return {
    get size() {
      return size;
    },
    get ranks() {
      return ranks;
    },
    peek: () => (size === 0 ? -1 : ranks[0]!),
    push,
    pop,
  };
}

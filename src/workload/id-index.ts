/** Finds the row of an id without holding a second copy of the ids. */
export interface IdIndex {
  /**
   * Enters `ids[row]`.
   *
   * @returns the row that already has this id, or -1 when it is new
   */
  add(row: number): number;
  /** Row of the id, or -1 when no row has it. */
  rowOf(id: string): number;
}

/** Fuller tables need long walks to the next free slot. */
const FILL_MAX = 0.7;

/**
 * Creates an index over a growing list of ids.
 *
 * An open-addressing table of row numbers: 8 bytes a row at a million, against about 40 for a `Set`.
 */
export function createIdIndex(ids: readonly string[]): IdIndex {
  // Row + 1 per slot; 0 is empty. The length is a power of two, at most 70 % full.
  let slots = new Int32Array(2048);
  let used = 0;

  /** Slot that holds the id, or the empty slot where it belongs. */
  const slotOf = (table: Int32Array, id: string): number => {
    const mask = table.length - 1;
    let slot = hashOf(id) & mask;
    for (;;) {
      const entry = table[slot]!;
      if (entry === 0 || ids[entry - 1] === id) return slot;
      slot = (slot + 1) & mask;
    }
  };
  const grow = (): void => {
    const larger = new Int32Array(slots.length * 2);
    for (const entry of slots) if (entry !== 0) larger[slotOf(larger, ids[entry - 1]!)] = entry;
    slots = larger;
  };
  return {
    add(row) {
      if (used >= slots.length * FILL_MAX) grow();
      const slot = slotOf(slots, ids[row]!);
      const entry = slots[slot]!;
      if (entry !== 0) return entry - 1;
      slots[slot] = row + 1;
      used += 1;
      return -1;
    },
    rowOf: (id) => slots[slotOf(slots, id)]! - 1,
  };
}

/** 32-bit FNV-1a over UTF-16 code units with a final mix, so that numbered ids spread over the table. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  return hash ^ (hash >>> 15);
}

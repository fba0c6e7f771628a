import type { GangParts } from "./types.js";

/**
 * Which cluster allocations belong to which gang, and where the gang placed last went.
 *
 * Linked cells in typed arrays: a run places millions of gangs and must not allocate for each.
 */
export interface GangBook {
  readonly lastParts: GangParts;
  /** Starts writing down a new gang; forgets the parts of the one before. */
  begin(): void;
  /** Adds one allocation to the gang being written. */
  add(
    allocation: number,
    node: number,
    gpus: { readonly [index: number]: number },
    gpuCount: number,
  ): void;
  /** Ends the gang and returns its handle. */
  finish(): number;
  /** Hands every allocation of the gang finished last to `visit`; until the next `begin`. */
  forEachOfLast(visit: (allocation: number) => void): void;
  /** Hands every allocation of the gang to `visit` and forgets the gang. */
  drain(gang: number, visit: (allocation: number) => void): void;
  /** Hands every allocation of the unfinished gang to `visit` and forgets it. */
  rollBack(visit: (allocation: number) => void): void;
  /** Gangs finished and not drained. */
  readonly liveCount: number;
}

const NONE = -1;

class LinkedGangBook implements GangBook {
  liveCount = 0;
  private allocations = new Int32Array(64);
  private next = new Int32Array(64);
  private used = 0;
  private freeCell = NONE;
  private head = NONE;
  private values = new Int32Array(64);
  private length = 0;
  private readonly parts: GangParts;

  constructor() {
    const partsLength = (): number => this.length;
    const partsValues = (): Int32Array => this.values;
    this.parts = {
      get values() {
        return partsValues();
      },
      get length() {
        return partsLength();
      },
    };
  }

  get lastParts(): GangParts {
    return this.parts;
  }

  begin(): void {
    this.head = NONE;
    this.length = 0;
  }

  add(
    allocation: number,
    node: number,
    gpus: { readonly [index: number]: number },
    gpuCount: number,
  ): void {
    const cell = this.takeCell();
    this.allocations[cell] = allocation;
    this.next[cell] = this.head;
    this.head = cell;
    if (this.length + 2 + gpuCount > this.values.length) {
      this.values = grown(this.values, this.length + 2 + gpuCount);
    }
    this.values[this.length++] = node;
    this.values[this.length++] = gpuCount;
    for (let index = 0; index < gpuCount; index++) this.values[this.length++] = gpus[index]!;
  }

  finish(): number {
    this.liveCount++;
    return this.head;
  }

  forEachOfLast(visit: (allocation: number) => void): void {
    for (let cell = this.head; cell !== NONE; cell = this.next[cell]!)
      visit(this.allocations[cell]!);
  }

  drain(gang: number, visit: (allocation: number) => void): void {
    this.liveCount--;
    this.freeChain(gang, visit);
  }

  rollBack(visit: (allocation: number) => void): void {
    this.freeChain(this.head, visit);
    this.begin();
  }

  private freeChain(head: number, visit: (allocation: number) => void): void {
    let cell = head;
    while (cell !== NONE) {
      visit(this.allocations[cell]!);
      const following = this.next[cell]!;
      this.next[cell] = this.freeCell;
      this.freeCell = cell;
      cell = following;
    }
  }

  private takeCell(): number {
    if (this.freeCell !== NONE) {
      const cell = this.freeCell;
      this.freeCell = this.next[cell]!;
      return cell;
    }
    if (this.used === this.allocations.length) {
      this.allocations = grown(this.allocations, this.used + 1);
      this.next = grown(this.next, this.used + 1);
    }
    return this.used++;
  }
}

function grown(column: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, column.length * 2));
  larger.set(column);
  return larger;
}

/** An empty book. */
export function createGangBook(): GangBook {
  return new LinkedGangBook();
}

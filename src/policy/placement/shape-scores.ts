/** Score of a node that cannot take the shape; real scores are >= 0. */
export const INFEASIBLE = -1;

/** Nodes per block: the best node is found in n / 64 + 64 steps instead of n. */
const BLOCK_BITS = 6;
const BLOCK = 1 << BLOCK_BITS;

/**
 * Scores of one pod shape on every candidate node, with the best of each block of 64 at hand.
 *
 * Positions are candidate numbers in node order, so "first" means lowest node order.
 */
export class ShapeScores {
  /** Cluster revision the scores belong to; -1 before the first fill. */
  revision = -1;
  /** Number of the last `choose` that used them, for dropping the least used. */
  lastUse = 0;
  feasibleCount = 0;
  readonly #totals: Float64Array;
  readonly #blockBest: Float64Array;

  constructor(candidates: number) {
    this.#totals = new Float64Array(candidates).fill(INFEASIBLE);
    this.#blockBest = new Float64Array(Math.ceil(candidates / BLOCK)).fill(INFEASIBLE);
  }

  /** The score at a position, or INFEASIBLE. */
  at(position: number): number {
    return this.#totals[position]!;
  }

  /** Sets the score at a position. */
  set(position: number, total: number): void {
    const before = this.#totals[position]!;
    if (before === total) return;
    if (before === INFEASIBLE) this.feasibleCount += 1;
    else if (total === INFEASIBLE) this.feasibleCount -= 1;
    this.#totals[position] = total;
    const block = position >> BLOCK_BITS;
    const best = this.#blockBest[block]!;
    if (total > best) this.#blockBest[block] = total;
    else if (before === best) this.#blockBest[block] = this.#bestOfBlock(block);
  }

  /** First position with the highest score; -1 when no node is feasible. */
  best(): number {
    const blockBest = this.#blockBest;
    let best = INFEASIBLE;
    let block = -1;
    for (let b = 0; b < blockBest.length; b += 1) {
      if (blockBest[b]! > best) {
        best = blockBest[b]!;
        block = b;
      }
    }
    if (block < 0) return -1;
    let position = block << BLOCK_BITS;
    while (this.#totals[position] !== best) position += 1;
    return position;
  }

  /** Writes the positions of all feasible nodes, in order; `out` has room for `feasibleCount`. */
  feasible(out: Int32Array): void {
    let count = 0;
    for (let position = 0; count < this.feasibleCount; position += 1) {
      if (this.#totals[position]! !== INFEASIBLE) {
        out[count] = position;
        count += 1;
      }
    }
  }

  #bestOfBlock(block: number): number {
    const end = Math.min((block + 1) << BLOCK_BITS, this.#totals.length);
    let best = INFEASIBLE;
    for (let position = block << BLOCK_BITS; position < end; position += 1) {
      if (this.#totals[position]! > best) best = this.#totals[position]!;
    }
    return best;
  }
}

/**
 * xoshiro128** 1.1 of Blackman and Vigna (public domain, https://prng.di.unimi.it): 128 bits of
 * state, period 2^128 - 1, passes the usual test batteries.
 *
 * Chosen because it needs 32-bit operations only, which JavaScript has, and keeps its state in four
 * words that a hash of a name can fill.
 */
export class Xoshiro128 {
  private readonly state: Int32Array;

  /**
   * @param words four 32-bit words
   * @throws RangeError when all are zero: the generator would return nothing else
   */
  constructor(words: readonly [number, number, number, number]) {
    this.state = Int32Array.from(words, (word) => word | 0);
    if (this.state.every((word) => word === 0)) {
      throw new RangeError("xoshiro: the state must not be all zeros");
    }
  }

  /** The next 32 bits, as a signed integer. */
  next(): number {
    const state = this.state;
    const first = state[0]!;
    const second = state[1]!;
    const product = Math.imul(second, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const third = state[2]! ^ first;
    const fourth = state[3]! ^ second;
    state[0] = first ^ fourth;
    state[1] = second ^ third;
    state[2] = third ^ (second << 9);
    state[3] = (fourth << 11) | (fourth >>> 21);
    return result;
  }
}

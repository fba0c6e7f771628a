/**
 * A running 128-bit hash of numbers and strings, for record streams and names of random streams.
 *
 * The same values in the same order give the same digest on every engine. Not for security: whoever
 * knows the function can make two inputs with one digest. For files use `sha256`.
 */
export interface NumberHash {
  /** Adds one double by its bits; -0 differs from 0, and every NaN counts as the same NaN. */
  addNumber(value: number): void;
  /** Adds one integer modulo 2^32; cheaper than `addNumber`. */
  addInteger(value: number): void;
  /** Adds a string by its length and UTF-16 code units. */
  addText(text: string): void;
  /** The digest of everything added so far: four unsigned 32-bit words. Adding may go on after it. */
  words(): readonly [number, number, number, number];
  /** The digest as 32 lower-case hexadecimal digits. */
  hex(): string;
}

const numberView = new Float64Array(1);
const wordView = new Int32Array(numberView.buffer);
numberView[0] = 1;
const HIGH = wordView[0] === 0 ? 1 : 0;
const LOW = 1 - HIGH;

/** Odd multipliers of MurmurHash3 (public domain), one pair per lane. */
const MULTIPLIERS = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;

/** An empty hash. `seed` separates digests of different uses of the same values. */
export function createNumberHash(seed: number = 0): NumberHash {
  return new LaneHash(seed);
}

/** The 128-bit digest of one string, as four unsigned 32-bit words. */
export function hashText(
  text: string,
  seed: number = 0,
): readonly [number, number, number, number] {
  const hash = createNumberHash(seed);
  hash.addText(text);
  return hash.words();
}

/** Four 32-bit lanes, each fed with every word and with its neighbour's state. */
class LaneHash implements NumberHash {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private count = 0;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = (seed ^ 0x9e3779b9) | 0;
    this.c = (seed ^ 0x7f4a7c15) | 0;
    this.d = (seed ^ 0x85ebca6b) | 0;
  }

  addNumber(value: number): void {
    numberView[0] = Number.isNaN(value) ? NaN : value;
    // Engines may keep other bits in a NaN, so its words are set here.
    if (Number.isNaN(value)) {
      this.addInteger(0x7ff80000);
      this.addInteger(0);
      return;
    }
    this.addInteger(wordView[HIGH]!);
    this.addInteger(wordView[LOW]!);
  }

  addInteger(value: number): void {
    this.count = (this.count + 1) | 0;
    this.a = (mixWord(this.a ^ this.d, value, MULTIPLIERS[0], 15) + 0x561ccd1b) | 0;
    this.b = (mixWord(this.b ^ this.a, value, MULTIPLIERS[1], 16) + 0x0bcaa747) | 0;
    this.c = (mixWord(this.c ^ this.b, value, MULTIPLIERS[2], 17) + 0x96cd1c35) | 0;
    this.d = (mixWord(this.d ^ this.c, value, MULTIPLIERS[3], 18) + 0x32ac3b17) | 0;
  }

  addText(text: string): void {
    this.addInteger(text.length);
    for (let i = 0; i < text.length; i++) this.addInteger(text.charCodeAt(i));
  }

  words(): readonly [number, number, number, number] {
    const a = this.a ^ this.count;
    const b = this.b ^ a;
    const c = this.c ^ b;
    const d = this.d ^ c;
    const last = finish(d + a);
    const third = finish(c + last);
    const second = finish(b + third);
    const first = finish(a + second);
    return [first, second, third, last];
  }

  hex(): string {
    return this.words()
      .map((word) => word.toString(16).padStart(8, "0"))
      .join("");
  }
}

function mixWord(lane: number, value: number, multiplier: number, turn: number): number {
  const word = Math.imul(value, multiplier);
  const turned = lane ^ Math.imul((word << turn) | (word >>> (32 - turn)), 0xcc9e2d51);
  return Math.imul((turned << 13) | (turned >>> 19), 5) | 0;
}

/** The finaliser of MurmurHash3: every input bit flips every output bit with odds near one half. */
function finish(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

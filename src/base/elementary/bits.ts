/**
 * The two 32-bit words of a double, and exact scaling by powers of two.
 *
 * One shared view serves every function: JavaScript runs one function at a time, and nothing here
 * calls out between a write and the read that belongs to it.
 */
const doubleView = new Float64Array(1);
const wordView = new Int32Array(doubleView.buffer);

/** Which half holds sign and exponent depends on the byte order of the machine. */
function findHighIndex(): 0 | 1 {
  doubleView[0] = 1;
  return wordView[0] === 0 ? 1 : 0;
}
const HIGH = findHighIndex();
const LOW = HIGH === 1 ? 0 : 1;

const EXPONENT_MIN = -1074;
const EXPONENT_MAX = 1023;

/** Every power of two a double can hold; a table look-up is exact and faster than building bits. */
const powersOfTwo = new Float64Array(EXPONENT_MAX - EXPONENT_MIN + 1);
function fillPowersOfTwo(): void {
  let value = 5e-324;
  for (let index = 0; index < powersOfTwo.length; index++) {
    powersOfTwo[index] = value;
    value *= 2;
  }
}
fillPowersOfTwo();

/** Sign, exponent and the upper 20 bits of the fraction, as a signed 32-bit integer. */
export function highWord(x: number): number {
  doubleView[0] = x;
  return wordView[HIGH]!;
}

/** The lower 32 bits of the fraction, as a signed 32-bit integer. */
export function lowWord(x: number): number {
  doubleView[0] = x;
  return wordView[LOW]!;
}

/** The double with these two words. */
export function fromWords(high: number, low: number): number {
  wordView[HIGH] = high;
  wordView[LOW] = low;
  return doubleView[0]!;
}

/**
 * `x` with the lower 32 bits of its fraction cleared: the head of a head-and-tail pair.
 *
 * Subtracts their value instead of storing a zero word: a processor cannot forward two partial
 * stores to one load, and waits.
 */
export function clearLowWord(x: number): number {
  doubleView[0] = x;
  const field = (wordView[HIGH]! >> 20) & 0x7ff;
  const low = (wordView[LOW]! >>> 0) * powersOfTwo[field === 0 ? 0 : field - 1]!;
  return x < 0 ? x + low : x - low;
}

/** Exactly 2^exponent, for an integer exponent in -1074..1023. */
export function powerOfTwo(exponent: number): number {
  return powersOfTwo[exponent - EXPONENT_MIN]!;
}

/**
 * `x` times 2^exponent, rounded once.
 *
 * Below the normal range the first factor keeps a double normal, hence exact, so that only the last
 * multiplication rounds; two roundings would give a wrong last bit.
 */
export function scaleByPowerOfTwo(x: number, exponent: number): number {
  let value = x;
  let left = exponent;
  // Two steps reach any double from any other; what is still left over or under then is 0 or Infinity.
  for (let step = 0; step < 2 && left > EXPONENT_MAX; step++) {
    value *= powerOfTwo(EXPONENT_MAX);
    left -= EXPONENT_MAX;
  }
  for (let step = 0; step < 2 && left < -1022; step++) {
    // 53 bits of headroom stay, so that this product is exact whenever the next one matters.
    value *= powerOfTwo(-1022 + 53);
    left += 1022 - 53;
  }
  return value * powerOfTwo(left > EXPONENT_MAX ? EXPONENT_MAX : left < -1022 ? -1022 : left);
}

import { exp, log, pow } from "../base/elementary.js";
import { createNumberHash } from "../base/hash.js";
import { normalQuantile } from "./normal-quantile.js";
import { Xoshiro128 } from "./xoshiro.js";

/**
 * Random numbers of one purpose, such as `arrivals` or `failures`.
 *
 * All are reproducible to the last bit on every engine. `uniform`, `exponential`, `normal`,
 * `logNormal` and `weibull` use exactly two 32-bit draws each and grow with the uniform behind them,
 * so that runs with common random numbers stay in step.
 */
export interface RandomStream {
  readonly name: string;
  /** 32 random bits, 0..2^32-1. */
  uint32(): number;
  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** Each of 0..limit-1 with exactly the same probability. @throws RangeError unless limit is an integer in 1..2^53-1 */
  integerBelow(limit: number): number;
  /** Exponential with this mean, ≥ 0. @throws RangeError unless the mean is positive and finite */
  exponential(mean: number): number;
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number;
  /** exp(mu + sigma z) with z standard normal. @throws RangeError unless mu is finite and sigma ≥ 0 */
  logNormal(parameters: { readonly mu: number; readonly sigma: number }): number;
  /** Weibull; shape 1 is the exponential with mean `scale`. @throws RangeError unless both are positive and finite */
  weibull(parameters: { readonly shape: number; readonly scale: number }): number;
  /** Gamma with mean shape * scale. Rejects some draws, so it uses a varying number. @throws RangeError unless both are positive and finite */
  gamma(parameters: { readonly shape: number; readonly scale: number }): number;
  /** Puts the values into random order, in place; every order is equally likely. */
  shuffle(values: Int32Array): void;
  /** One of the items, each equally likely. @throws RangeError when there are none */
  pick<Item>(items: readonly Item[]): Item;
  /**
   * The stream of a part of this purpose, such as one tenant. Depends on the two names only: not on
   * what was drawn here, and not on other forks. The same name gives the same stream object again.
   */
  fork(name: string): RandomStream;
}

/** All random streams of one run. */
export interface RandomStreams {
  readonly rootSeed: number;
  /**
   * The stream with this name. Depends on the root seed and the name only, so a new consumer does
   * not shift the others. The same name gives the same stream object again, which goes on.
   */
  stream(name: string): RandomStream;
}

/**
 * Creates the named streams of one root seed.
 *
 * @throws RangeError unless the seed is an integer within ±(2^53-1)
 */
export function createRandomStreams(rootSeed: number): RandomStreams {
  if (!Number.isSafeInteger(rootSeed)) {
    throw new RangeError(`streams: rootSeed must be an integer within ±(2^53-1), got ${rootSeed}`);
  }
  const root = createNumberHash();
  root.addNumber(rootSeed === 0 ? 0 : rootSeed); // -0 is the seed 0
  const children = new Children(root.words());
  return { rootSeed, stream: (name) => children.get(name, name) };
}

type Key = readonly [number, number, number, number];

/** Streams by name under one key; made when first asked for. */
class Children {
  private readonly streams = new Map<string, XoshiroStream>();

  constructor(private readonly key: Key) {}

  get(name: string, fullName: string): RandomStream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      const hash = createNumberHash();
      for (const word of this.key) hash.addInteger(word);
      hash.addText(name);
      stream = new XoshiroStream(fullName, hash.words());
      this.streams.set(name, stream);
    }
    return stream;
  }
}

const TWO_26 = 67_108_864;
const TWO_32 = 4_294_967_296;
const TWO_53 = 9_007_199_254_740_992;

class XoshiroStream implements RandomStream {
  private readonly generator: Xoshiro128;
  private children: Children | undefined;

  constructor(
    readonly name: string,
    private readonly key: Key,
  ) {
    // All-zero words, one chance in 2^128, would be no state.
    this.generator = new Xoshiro128(key.some((word) => word !== 0) ? key : [1, 2, 3, 4]);
  }

  uint32(): number {
    return this.generator.next() >>> 0;
  }

  uniform(): number {
    const high = this.generator.next() >>> 5;
    const low = this.generator.next() >>> 6;
    return (high * TWO_26 + low) / TWO_53;
  }

  integerBelow(limit: number): number {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`streams: limit must be an integer in 1..2^53-1, got ${limit}`);
    }
    // Draws above the last whole multiple of the limit would favour small results: draw again.
    if (limit <= TWO_32) {
      const fair = TWO_32 - (TWO_32 % limit);
      let drawn = this.generator.next() >>> 0;
      while (drawn >= fair) drawn = this.generator.next() >>> 0;
      return drawn % limit;
    }
    const fair = TWO_53 - (TWO_53 % limit);
    let drawn = this.uniform() * TWO_53;
    while (drawn >= fair) drawn = this.uniform() * TWO_53;
    return drawn % limit;
  }

  exponential(mean: number): number {
    requirePositive("mean", mean);
    return -mean * log(1 - this.uniform()) + 0; // + 0 turns -0 into 0
  }

  normal(): number {
    return normalQuantile(this.uniformInside());
  }

  logNormal(parameters: { readonly mu: number; readonly sigma: number }): number {
    const { mu, sigma } = parameters;
    if (!Number.isFinite(mu)) throw new RangeError(`streams: mu must be finite, got ${mu}`);
    if (!(sigma >= 0 && sigma < Infinity)) {
      throw new RangeError(`streams: sigma must be >= 0 and finite, got ${sigma}`);
    }
    return exp(mu + sigma * this.normal());
  }

  weibull(parameters: { readonly shape: number; readonly scale: number }): number {
    const { shape, scale } = parameters;
    requirePositive("shape", shape);
    requirePositive("scale", scale);
    return scale * pow(-log(1 - this.uniform()), 1 / shape);
  }

  gamma(parameters: { readonly shape: number; readonly scale: number }): number {
    const { shape, scale } = parameters;
    requirePositive("shape", shape);
    requirePositive("scale", scale);
    if (shape >= 1) return scale * this.gammaFromOne(shape);
    // A gamma of shape + 1, times U^(1/shape), is one of this shape (Marsaglia and Tsang, section 6).
    return scale * this.gammaFromOne(shape + 1) * pow(this.uniformInside(), 1 / shape);
  }

  shuffle(values: Int32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.integerBelow(last + 1);
      const kept = values[last]!;
      values[last] = values[other]!;
      values[other] = kept;
    }
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError("streams: items must not be empty");
    return items[this.integerBelow(items.length)]!;
  }

  fork(name: string): RandomStream {
    this.children ??= new Children(this.key);
    return this.children.get(name, `${this.name}/${name}`);
  }

  /** Uniform in (0, 1): the middle of one of 2^52 equal cells, never an end. */
  private uniformInside(): number {
    return (Math.floor(this.uniform() * (TWO_53 / 2)) + 0.5) / (TWO_53 / 2);
  }

  /** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000), for shape >= 1. */
  private gammaFromOne(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const z = this.normal();
      const base = 1 + c * z;
      if (base <= 0) continue;
      const v = base * base * base;
      if (log(this.uniformInside()) < 0.5 * z * z + d - d * v + d * log(v)) return d * v;
    }
  }
}

function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`streams: ${name} must be positive and finite, got ${value}`);
  }
}

import * as elementary from "../../src/base/elementary.js";
import { createNumberHash, type NumberHash } from "../../src/base/hash.js";
import { createEngine } from "../../src/engine/engine.js";
import { createRandomStreams, type RandomStream } from "../../src/engine/streams.js";
import { type EventKind, PHASES } from "../../src/engine/types.js";
import { Xoshiro128 } from "../../src/engine/xoshiro.js";

/**
 * One thing whose result must be the same bits everywhere.
 *
 * This module runs in every engine under test, the browser included: no `node:` imports, here or in
 * what it imports.
 */
export interface NamedDigest {
  readonly name: string;
  /** Computes the thing and hashes every number of it, in order. */
  compute(): string;
}

const VALUES = 1_000_000;

type ElementaryName = keyof typeof elementary;
type Argument = (bits: RandomBits) => number;

/** Doubles made of random bits, by integer operations and exact divisions only. */
class RandomBits {
  private readonly generator = new Xoshiro128([20, 26, 11, 21]);
  private readonly number = new Float64Array(1);
  private readonly words = new Int32Array(this.number.buffer);

  /** Uniform in [0, 1). */
  share(): number {
    return (this.generator.next() >>> 0) / 4_294_967_296;
  }

  /** Any double at all: every exponent, both signs, subnormals, infinities and NaN. */
  anyDouble(): number {
    this.words[0] = this.generator.next();
    this.words[1] = this.generator.next();
    return this.number[0]!;
  }
}

const between =
  (low: number, high: number): Argument =>
  (bits) =>
    low + (high - low) * bits.share();

/** The everyday range of each function; every second input is any double at all. */
const everyday: Readonly<Record<ElementaryName, readonly Argument[]>> = {
  exp: [between(-30, 30)],
  expm1: [between(-2, 2)],
  log: [between(0, 1000)],
  log1p: [between(-0.9, 10)],
  log2: [between(0, 1000)],
  log10: [between(0, 1000)],
  pow: [between(0, 20), between(-20, 20)],
  sin: [between(-1000, 1000)],
  cos: [between(-1000, 1000)],
  tan: [between(-1000, 1000)],
  asin: [between(-1, 1)],
  acos: [between(-1, 1)],
  atan: [between(-5, 5)],
  atan2: [between(-5, 5), between(-5, 5)],
  sinh: [between(-5, 5)],
  cosh: [between(-5, 5)],
  tanh: [between(-5, 5)],
  cbrt: [between(-1000, 1000)],
  hypot: [between(-5, 5), between(-5, 5)],
};

function elementaryDigest(name: ElementaryName): NamedDigest {
  const compute = elementary[name] as (x: number, y: number) => number;
  const [first, second = between(0, 0)] = everyday[name] as readonly [Argument, Argument?];
  return {
    name: `elementary/${name}`,
    compute() {
      const hash = createNumberHash();
      const bits = new RandomBits();
      for (let i = 0; i < VALUES; i += 2) {
        hash.addNumber(compute(first(bits), second(bits)));
        hash.addNumber(compute(bits.anyDouble(), bits.anyDouble()));
      }
      return hash.hex();
    },
  };
}

/** Powers of numbers close to 1 with huge exponents take a branch of their own. */
const powNearOneDigest: NamedDigest = {
  name: "elementary/pow near 1",
  compute() {
    const hash = createNumberHash();
    const bits = new RandomBits();
    for (let i = 0; i < VALUES / 10; i++) {
      const x = 1 + between(-1e-6, 1e-6)(bits);
      hash.addNumber(elementary.pow(x, between(-1e10, 1e10)(bits)));
    }
    return hash.hex();
  },
};

const draws: Readonly<Record<string, (stream: RandomStream) => number>> = {
  uint32: (stream) => stream.uint32(),
  uniform: (stream) => stream.uniform(),
  integerBelow: (stream) => stream.integerBelow(1_000_003),
  exponential: (stream) => stream.exponential(3),
  normal: (stream) => stream.normal(),
  logNormal: (stream) => stream.logNormal({ mu: 1, sigma: 2 }),
  weibull: (stream) => stream.weibull({ shape: 0.7, scale: 3 }),
  gamma: (stream) => stream.gamma({ shape: 0.6, scale: 2 }),
};

function streamDigest(name: string, draw: (stream: RandomStream) => number): NamedDigest {
  return {
    name: `streams/${name}`,
    compute() {
      const hash = createNumberHash();
      const stream = createRandomStreams(7).stream(name).fork("digest");
      for (let i = 0; i < VALUES; i++) hash.addNumber(draw(stream));
      return hash.hex();
    },
  };
}

/** An engine run with ties, rounds, cancelled timers and times from the elementary functions. */
const engineDigest: NamedDigest = {
  name: "engine/run",
  compute() {
    const hash = createNumberHash();
    const random = createRandomStreams(11).stream("engine");
    const engine = createEngine();
    const recent = new Float64Array(1024);
    const kinds: EventKind[] = PHASES.map((phase, index) =>
      engine.defineEvent(phase, phase, (payload) => {
        hash.addNumber(engine.nowS);
        hash.addInteger(index);
        hash.addInteger(payload);
        scheduleNext(payload);
      }),
    );
    const scheduleNext = (payload: number): void => {
      const choice = random.integerBelow(8);
      const ahead = choice === 0 ? 0 : choice < 3 ? choice : random.exponential(100);
      const kind = kinds[random.integerBelow(kinds.length)]!;
      const id = engine.schedule(kind, engine.nowS + ahead, payload);
      const victim = random.integerBelow(recent.length);
      // A cancelled event is replaced, so that the number pending stays.
      if (choice === 7 && engine.cancel(recent[victim] as typeof id)) {
        engine.schedule(kind, engine.nowS + 1, payload);
      }
      recent[victim] = id;
    };
    for (let payload = 0; payload < 20_000; payload++) scheduleNext(payload);
    const outcome = engine.run({ untilS: Infinity, eventsMax: VALUES });
    hashOutcome(hash, outcome);
    return hash.hex();
  },
};

function hashOutcome(
  hash: NumberHash,
  outcome: { readonly reason: string; readonly endS: number; readonly eventsHandled: number },
): void {
  hash.addText(outcome.reason);
  hash.addNumber(outcome.endS);
  hash.addNumber(outcome.eventsHandled);
}

/** Everything that is compared between engines; add the digest of a new part of the simulation here. */
export const digests: readonly NamedDigest[] = [
  ...(Object.keys(elementary) as ElementaryName[]).sort().map(elementaryDigest),
  powNearOneDigest,
  ...Object.keys(draws)
    .sort()
    .map((name) => streamDigest(name, draws[name]!)),
  engineDigest,
];

/** All digests by name: what an engine under test is asked for. */
export function computeDigests(): Record<string, string> {
  return Object.fromEntries(digests.map((digest) => [digest.name, digest.compute()]));
}

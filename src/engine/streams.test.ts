import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalQuantile } from "./normal-quantile.js";
import { createRandomStreams, type RandomStream } from "./streams.js";
import { Xoshiro128 } from "./xoshiro.js";

describe("known answers", () => {
  test("xoshiro128** agrees with the authors' C code from state 1, 2, 3, 4", () => {
    const generator = new Xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => generator.next() >>> 0)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
    expect(() => new Xoshiro128([0, 0, 0, 0])).toThrow("xoshiro: the state must not be all zeros");
  });

  test.each([
    // mpmath, rounded to doubles.
    [1e-300, -37.0470962993612],
    [1e-16, -8.222082216130435],
    [0.001, -3.0902323061678136],
    [0.074, -1.4466320671589785],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.975, 1.9599639845400543],
    [0.999999, 4.753424308817087],
  ])("normalQuantile(%s)", (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(z)));
  });

  test("streams of seed 42 stay what they were: committed results rest on them", () => {
    const stream = createRandomStreams(42).stream("arrivals");
    expect({
      uint32: [stream.uint32(), stream.uint32()],
      uniform: stream.uniform(),
      below: [stream.integerBelow(10), stream.integerBelow(2 ** 40)],
      exponential: stream.exponential(3),
      normal: stream.normal(),
      logNormal: stream.logNormal({ mu: 1, sigma: 0.5 }),
      weibull: stream.weibull({ shape: 0.7, scale: 2 }),
      gamma: [stream.gamma({ shape: 2.5, scale: 2 }), stream.gamma({ shape: 0.3, scale: 1 })],
      fork: stream.fork("tenant a").uint32(),
    }).toMatchInlineSnapshot(`
      {
        "below": [
          2,
          1070427181075,
        ],
        "exponential": 5.574032862164177,
        "fork": 1393141930,
        "gamma": [
          4.779361783532426,
          0.001047649144531817,
        ],
        "logNormal": 3.6109713588266965,
        "normal": -0.4402583849245128,
        "uint32": [
          3964198279,
          3157987091,
        ],
        "uniform": 0.3193426715007145,
        "weibull": 0.31797359542488357,
      }
    `);
  });
});

describe("names", () => {
  test("a stream depends on seed and name, not on who asked first or drew how much", () => {
    const left = createRandomStreams(7);
    const right = createRandomStreams(7);
    left.stream("noise").uniform();
    const wanted = [left.stream("a"), left.stream("b")].map((stream) => stream.uint32());
    const got = [right.stream("b"), right.stream("a")].map((stream) => stream.uint32()).reverse();
    expect(got).toEqual(wanted);
  });

  test("the same name is the same stream, which goes on", () => {
    const streams = createRandomStreams(7);
    expect(streams.stream("a")).toBe(streams.stream("a"));
    expect(streams.stream("a").fork("x")).toBe(streams.stream("a").fork("x"));
    expect(streams.stream("a").fork("x").name).toBe("a/x");
  });

  test("names, seeds and forks give different streams, also where their text is the same", () => {
    const firsts = new Set<string>();
    const add = (stream: RandomStream): void => {
      firsts.add(`${stream.uint32()} ${stream.uint32()}`);
    };
    for (const seed of [0, 1, -1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      const streams = createRandomStreams(seed);
      for (const name of ["", "a", "b", "a/b", "ab", "a "]) add(streams.stream(name));
      add(streams.stream("a").fork("b"));
      add(streams.stream("b").fork("a"));
      add(streams.stream("").fork("a/b"));
      add(streams.stream("a").fork("b").fork("c"));
    }
    expect(firsts.size).toBe(6 * 10);
  });

  test("forks do not depend on what the parent drew", () => {
    const left = createRandomStreams(3).stream("a");
    const right = createRandomStreams(3).stream("a");
    left.uniform();
    left.fork("other").uniform();
    expect(left.fork("x").uint32()).toBe(right.fork("x").uint32());
  });

  test.each([0.5, NaN, Infinity, 2 ** 53])("root seed %s is refused", (seed) => {
    expect(() => createRandomStreams(seed)).toThrow(
      RangeError(`streams: rootSeed must be an integer within ±(2^53-1), got ${seed}`),
    );
  });

  test("streams of neighbouring seeds and names are not correlated", () => {
    const columns = [1, 2, 3].flatMap((seed) =>
      ["job 1", "job 2"].map((name) => {
        const stream = createRandomStreams(seed).stream(name);
        return Float64Array.from({ length: 20_000 }, () => stream.uniform() - 0.5);
      }),
    );
    columns.forEach((left, i) => {
      columns.slice(0, i).forEach((right) => {
        const correlation =
          left.reduce((sum, value, k) => sum + value * right[k]!, 0) * (12 / left.length);
        // Five standard deviations of a correlation of independent columns.
        expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(left.length));
      });
    });
  });
});

describe("contracts", () => {
  test("normal, exponential and weibull grow with the uniform behind them and use one each", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (leftSeed, rightSeed) => {
        const at = (seed: number): RandomStream => createRandomStreams(seed).stream("x");
        const order = Math.sign(at(leftSeed).uniform() - at(rightSeed).uniform());
        const samplers: ((stream: RandomStream) => number)[] = [
          (stream) => stream.normal(),
          (stream) => stream.exponential(2),
          (stream) => stream.weibull({ shape: 0.5, scale: 2 }),
          (stream) => stream.logNormal({ mu: 0, sigma: 2 }),
        ];
        for (const sample of samplers) {
          const [left, right] = [at(leftSeed), at(rightSeed)];
          expect(Math.sign(sample(left) - sample(right))).toBe(order);
          const plain = at(leftSeed);
          plain.uniform();
          expect(left.uint32()).toBe(plain.uint32());
        }
      }),
    );
  });

  test.each<[string, (stream: RandomStream) => unknown, string]>([
    [
      "limit 0",
      (stream) => stream.integerBelow(0),
      "streams: limit must be an integer in 1..2^53-1, got 0",
    ],
    [
      "limit 1.5",
      (stream) => stream.integerBelow(1.5),
      "streams: limit must be an integer in 1..2^53-1, got 1.5",
    ],
    [
      "limit 2^53",
      (stream) => stream.integerBelow(2 ** 53),
      "streams: limit must be an integer in 1..2^53-1, got 9007199254740992",
    ],
    [
      "mean 0",
      (stream) => stream.exponential(0),
      "streams: mean must be positive and finite, got 0",
    ],
    [
      "mean NaN",
      (stream) => stream.exponential(NaN),
      "streams: mean must be positive and finite, got NaN",
    ],
    [
      "mu",
      (stream) => stream.logNormal({ mu: Infinity, sigma: 1 }),
      "streams: mu must be finite, got Infinity",
    ],
    [
      "sigma",
      (stream) => stream.logNormal({ mu: 0, sigma: -1 }),
      "streams: sigma must be >= 0 and finite, got -1",
    ],
    [
      "weibull shape",
      (stream) => stream.weibull({ shape: 0, scale: 1 }),
      "streams: shape must be positive and finite, got 0",
    ],
    [
      "gamma scale",
      (stream) => stream.gamma({ shape: 1, scale: Infinity }),
      "streams: scale must be positive and finite, got Infinity",
    ],
    ["nothing to pick", (stream) => stream.pick([]), "streams: items must not be empty"],
  ])("%s", (_name, use, message) => {
    expect(() => use(createRandomStreams(1).stream("x"))).toThrow(RangeError(message));
  });

  test("pick and shuffle of one item need no luck", () => {
    const stream = createRandomStreams(1).stream("x");
    const single = Int32Array.of(5);
    stream.shuffle(single);
    stream.shuffle(new Int32Array(0));
    expect(single[0]).toBe(5);
    expect(stream.pick(["only"])).toBe("only");
    expect(stream.integerBelow(1)).toBe(0);
    expect(stream.logNormal({ mu: 0, sigma: 0 })).toBe(1);
  });
});

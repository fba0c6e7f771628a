import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as elementary from "./elementary.js";
import { scaleByPowerOfTwo } from "./elementary/bits.js";

type Name = keyof typeof elementary;
type Arguments = readonly number[];
const names = Object.keys(elementary) as Name[];
const ours = elementary as unknown as Readonly<Record<Name, (...values: number[]) => number>>;
const engines = Math as unknown as Readonly<Record<Name, (...values: number[]) => number>>;

const numbers = new Float64Array(1);
const bits = new BigInt64Array(numbers.buffer);

/** Doubles between two doubles; 0 and -0 count as the same. */
function ulpsApart(left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number.isNaN(left) && Number.isNaN(right) ? 0 : Infinity;
  }
  const order = (value: number): bigint => {
    numbers[0] = value;
    return bits[0]! < 0n ? -(bits[0]! & 0x7fffffffffffffffn) : bits[0]!;
  };
  const difference = order(left) - order(right);
  return Number(difference < 0n ? -difference : difference);
}

/** Functions whose error bound is 2 ulps; all others stay below 1. */
const looser = new Set<Name>(["atan2", "cosh", "log10", "sinh", "tanh"]);

describe("known answers", () => {
  const answers = JSON.parse(
    readFileSync(new URL("./elementary/known-answers.json", import.meta.url), "utf8"),
  ) as Readonly<Record<Name, readonly Arguments[]>>;

  test.each(names)("%s agrees with mpmath", (name) => {
    const rows = answers[name];
    expect(rows.length).toBe(60);
    for (const row of rows) {
      const given = row.slice(0, -1);
      const off = ulpsApart(ours[name](...given), row.at(-1)!);
      expect(off, `${name}(${given.join(", ")})`).toBeLessThanOrEqual(looser.has(name) ? 2 : 1);
    }
  });
});

const special = [
  0,
  -0,
  1,
  -1,
  2,
  -2,
  0.5,
  -0.5,
  3,
  -3,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  1e300,
  -1e300,
  9007199254740992,
  -9007199254740991,
  2147483648,
  2147483649,
  18446744073709551616,
  0.1,
  Math.PI,
  Math.PI / 2,
  Math.E,
  1024,
  -1074,
  -1075,
  709.782712893384,
  -745.1332191019411,
  710,
  1e-10,
  -1e-10,
  1 - 2 ** -53,
  1 + 2 ** -52,
];

/** What ECMA-262 fixes exactly: signs of zero, infinities and NaN. The rest is compared in ulps below. */
function isExact(value: number): boolean {
  return value === 0 || !Number.isFinite(value);
}

describe("special values follow ECMA-262's Math functions", () => {
  test.each(names)("%s", (name) => {
    const rows: Arguments[] =
      ours[name].length === 2
        ? special.flatMap((left) => special.map((right) => [left, right]))
        : special.map((value) => [value]);
    for (const row of rows) {
      const want = engines[name](...row);
      const got = ours[name](...row);
      if (isExact(want)) expect(got, `${name}(${row.join(", ")})`).toBe(want);
      else expect(ulpsApart(got, want), `${name}(${row.join(", ")})`).toBeLessThanOrEqual(2);
    }
  });
});

/** A small linear congruential generator: the inputs below are the same in every run. */
function createInputs(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Inputs over the range that matters for each function. */
function drawArguments(name: Name, next: () => number): Arguments {
  const uniform = (low: number, high: number): number => low + (high - low) * next();
  const magnitude = (low: number, high: number): number => 2 ** uniform(low, high);
  switch (name) {
    case "exp":
      return [next() < 0.5 ? uniform(-745, 709) : uniform(-3, 3)];
    case "expm1":
    case "sinh":
    case "cosh":
      return [next() < 0.5 ? uniform(-40, 700) : uniform(-1, 1)];
    case "tanh":
      return [uniform(-20, 20)];
    case "log":
    case "log2":
    case "log10":
      return [next() < 0.5 ? magnitude(-1074, 1023) : uniform(0.5, 2)];
    case "log1p":
      return [next() < 0.5 ? magnitude(-60, 900) : uniform(-0.999, 2)];
    case "sin":
    case "cos":
    case "tan":
      return [next() < 0.5 ? uniform(-10, 10) : uniform(-1, 1) * magnitude(0, 900)];
    case "asin":
    case "acos":
      return [uniform(-1, 1)];
    case "atan":
      return [next() < 0.5 ? uniform(-4, 4) : magnitude(-30, 60)];
    case "cbrt":
      return [uniform(-1, 1) * magnitude(-1000, 1000)];
    case "pow":
      return next() < 0.5
        ? [magnitude(-20, 20), uniform(-40, 40)]
        : [uniform(-8, 8), Math.round(uniform(-50, 50))];
    case "atan2":
    case "hypot":
      return [uniform(-1, 1) * magnitude(-20, 20), uniform(-1, 1) * magnitude(-20, 20)];
  }
}

const COMPARISONS = 100_000;

describe(`${COMPARISONS} inputs against this engine's Math`, () => {
  // Both sides may err by the bound: the engine's hypot by 2 ulps, for one.
  const tolerance = (name: Name): number => (looser.has(name) || name === "hypot" ? 2 : 1);
  const version = process.versions.v8.split(".")[0]!;

  test.each(names)("%s", (name) => {
    const next = createInputs(20_261_121);
    let worst = 0;
    let differing = 0;
    let worstArguments: Arguments = [];
    for (let i = 0; i < COMPARISONS; i++) {
      const row = drawArguments(name, next);
      const got = ours[name](...row);
      const want = engines[name](...row);
      if (got === want) continue;
      const apart = ulpsApart(got, want);
      if (apart > 0) differing++;
      if (apart > worst) {
        worst = apart;
        worstArguments = row;
      }
    }
    expect(worst, `${name}(${worstArguments.join(", ")})`).toBeLessThanOrEqual(tolerance(name));
    // V8 11 (Node 20) computes all but these two by fdlibm, as we do.
    if (version === "11" && name !== "pow" && name !== "hypot") expect(differing).toBe(0);
  });
});

describe("properties", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test("odd functions are odd and even ones even, to the last bit", () => {
    fc.assert(
      fc.property(finite, (x) => {
        for (const name of ["sin", "tan", "atan", "asin", "sinh", "tanh", "cbrt"] as const) {
          expect(ours[name](-x)).toBe(-ours[name](x));
        }
        for (const name of ["cos", "cosh"] as const) expect(ours[name](-x)).toBe(ours[name](x));
      }),
    );
  });

  test("exp and log never decrease", () => {
    fc.assert(
      fc.property(finite, finite, (left, right) => {
        const [low, high] = left < right ? [left, right] : [right, left];
        expect(elementary.exp(low)).toBeLessThanOrEqual(elementary.exp(high));
        const [small, large] = [
          Math.min(Math.abs(low), Math.abs(high)),
          Math.max(Math.abs(low), Math.abs(high)),
        ];
        expect(elementary.log(small)).toBeLessThanOrEqual(elementary.log(large));
      }),
    );
  });

  test("powers of integers are exact wherever a double holds them", () => {
    for (let base = 2; base <= 50; base++) {
      let exact = 1n;
      for (let exponent = 0; exact <= 2n ** 53n; exponent++) {
        expect(elementary.pow(base, exponent), `${base}^${exponent}`).toBe(Number(exact));
        expect(elementary.pow(-base, exponent)).toBe(
          exponent % 2 === 0 ? Number(exact) : -Number(exact),
        );
        exact *= BigInt(base);
      }
    }
  });

  test("powers of two and ten have exact logarithms and roots", () => {
    for (let exponent = -1074; exponent <= 1023; exponent++) {
      const value = scaleByPowerOfTwo(1, exponent);
      expect(elementary.log2(value)).toBe(exponent);
      expect(elementary.pow(2, exponent)).toBe(value);
    }
    for (let exponent = 0; exponent <= 22; exponent++) {
      expect(elementary.log10(Number(`1e${exponent}`))).toBe(exponent);
    }
    for (let root = -100; root <= 100; root++) expect(elementary.cbrt(root ** 3)).toBe(root);
    for (const [a, b, c] of [
      [3, 4, 5],
      [5, 12, 13],
      [3e-320, 4e-320, 5e-320],
      [3e307, 4e307, 5e307],
    ]) {
      expect(ulpsApart(elementary.hypot(a!, b!), c!)).toBeLessThanOrEqual(1);
    }
  });

  test("scaling by a power of two rounds once, also into the subnormal range", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.integer({ min: -1130, max: 1023 }),
        (x, exponent) => {
          // The decimal conversion of the engine is correctly rounded: an independent way to the same double.
          numbers[0] = x;
          const fraction = bits[0]! & 0xfffffffffffffn;
          const power = Number((bits[0]! >> 52n) & 0x7ffn) - 1075 + exponent;
          const digits =
            (fraction | 0x10000000000000n) *
            5n ** BigInt(Math.max(0, -power)) *
            2n ** BigInt(Math.max(0, power));
          expect(scaleByPowerOfTwo(x, exponent)).toBe(Number(`${digits}e${power < 0 ? power : 0}`));
        },
      ),
    );
    expect(scaleByPowerOfTwo(5e-324, 2097)).toBe(2 ** 1023);
    expect(scaleByPowerOfTwo(1, 5000)).toBe(Infinity);
    expect(scaleByPowerOfTwo(1, -5000)).toBe(0);
    expect(scaleByPowerOfTwo(NaN, 3)).toBeNaN();
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { createNumberHash, hashText } from "./hash.js";

function digestOf(values: readonly number[]): string {
  const hash = createNumberHash();
  for (const value of values) hash.addNumber(value);
  return hash.hex();
}

test("digests stay what they were: committed results carry them", () => {
  expect(createNumberHash().hex()).toMatchInlineSnapshot(`"7bcf96d77d9605378ad4912cdebf9264"`);
  expect(digestOf([0, 1, -1, 0.1, 1e300])).toMatchInlineSnapshot(
    `"ffee1eed00d5b52ce07455625ee9aa1b"`,
  );
  expect(hashText("arrivals")).toMatchInlineSnapshot(`
    [
      1921240947,
      532657218,
      3213515606,
      2822879394,
    ]
  `);
});

test("tells apart what differs: order, sign of zero, splits of text", () => {
  const digests = [
    digestOf([]),
    digestOf([0]),
    digestOf([-0]),
    digestOf([0, 0]),
    digestOf([1, 2]),
    digestOf([2, 1]),
    digestOf([NaN]),
    digestOf([Infinity]),
    digestOf([-Infinity]),
    digestOf([5e-324]),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  const split = createNumberHash();
  split.addText("ab");
  split.addText("c");
  const other = createNumberHash();
  other.addText("a");
  other.addText("bc");
  expect(split.hex()).not.toBe(other.hex());
  expect(createNumberHash(1).hex()).not.toBe(createNumberHash(2).hex());
});

test("every NaN is the same NaN", () => {
  const view = new Float64Array(new BigUint64Array([0x7ff8000000000001n]).buffer);
  expect(digestOf([view[0]!])).toBe(digestOf([NaN]));
});

test("a digest read on the way changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const hash = createNumberHash();
      for (const value of values) {
        hash.addNumber(value);
        hash.hex();
      }
      expect(hash.hex()).toBe(digestOf(values));
    }),
  );
});

test("one flipped input bit flips about half of the 128 output bits", () => {
  const before = hashText("stream 0");
  let flipped = 0;
  let trials = 0;
  for (let bit = 0; bit < 16; bit++) {
    for (let seed = 0; seed < 64; seed++) {
      const left = createNumberHash(seed);
      const right = createNumberHash(seed);
      left.addInteger(seed * 977);
      right.addInteger((seed * 977) ^ (1 << bit));
      right.words().forEach((word, lane) => {
        for (let rest = word ^ left.words()[lane]!; rest !== 0; rest &= rest - 1) flipped++;
        trials += 32;
      });
    }
  }
  expect(before.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
  expect(flipped / trials).toBeGreaterThan(0.495);
  expect(flipped / trials).toBeLessThan(0.505);
});

test("100 000 close inputs give 100 000 digests, also in each half", () => {
  const whole = new Set<string>();
  const half = new Set<string>();
  for (let i = 0; i < 100_000; i++) {
    const digest = digestOf([i]);
    whole.add(digest);
    half.add(digest.slice(0, 16));
  }
  expect(whole.size).toBe(100_000);
  expect(half.size).toBe(100_000);
});

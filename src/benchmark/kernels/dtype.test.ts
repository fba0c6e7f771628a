import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeDtype, dtypeFacts, encodeDtype, roundToDtype } from "./dtype.js";
import type { Dtype } from "./kernel-spec.js";

const FORMATS: readonly Dtype[] = ["fp32", "tf32", "fp16", "bf16", "fp8-e4m3"];

const bitsOf = (value: number, dtype: Dtype): number =>
  [...encodeDtype(Float32Array.of(value), dtype)].reduceRight((sum, byte) => sum * 256 + byte, 0);

describe("number formats", () => {
  test.each([
    ["fp16", 1, 0x3c00],
    ["fp16", -2.5, 0xc100],
    ["fp16", 65504, 0x7bff],
    ["fp16", 2 ** -24, 0x0001],
    ["bf16", 1, 0x3f80],
    ["bf16", 3.140625, 0x4049],
    ["fp8-e4m3", 1, 0x38],
    ["fp8-e4m3", 448, 0x7e],
    ["fp8-e4m3", 2 ** -9, 0x01],
    ["fp8-e4m3", -1.5, 0xbc],
  ] as const)("%s holds %d as 0x%s", (dtype, value, bits) => {
    expect(bitsOf(value, dtype)).toBe(bits);
  });

  test("ties go to the even neighbour, also across a power of two", () => {
    const values = Float32Array.of(1 + 1 / 2048, 1 + 3 / 2048, 2 - 1 / 2048);
    roundToDtype(values, "fp16");
    expect([...values]).toEqual([1, 1 + 2 / 1024, 2]);
    const narrow = Float32Array.of(1 + 1 / 16, 1 + 3 / 16, 2 - 1 / 16);
    roundToDtype(narrow, "fp8-e4m3");
    expect([...narrow]).toEqual([1, 1.25, 2]);
  });

  test("property: rounding is idempotent, within the unit roundoff, and survives the layout", () => {
    const number = fc.float({ min: Math.fround(0.02), max: 400, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), number, fc.boolean(), (dtype, size, negative) => {
        const value = negative ? -size : size;
        const once = Float32Array.of(value);
        roundToDtype(once, dtype);
        expect(Math.abs(once[0]! - value)).toBeLessThanOrEqual(
          dtypeFacts(dtype).inputRoundoff * Math.abs(value),
        );
        const twice = Float32Array.from(once);
        roundToDtype(twice, dtype);
        expect(twice).toEqual(once);
        expect(decodeDtype(encodeDtype(once, dtype), dtype, 1)).toEqual(once);
      }),
    );
  });

  test("every finite bit pattern of fp16, bf16 and fp8 comes back as itself", () => {
    for (const [dtype, count, width] of [
      ["fp16", 65536, 2],
      ["bf16", 65536, 2],
      ["fp8-e4m3", 256, 1],
    ] as const) {
      const bits = width === 2 ? new Uint16Array(count) : new Uint8Array(count);
      for (let i = 0; i < count; i++) bits[i] = i;
      const numbers = decodeDtype(new Uint8Array(bits.buffer), dtype, count);
      const back = encodeDtype(numbers, dtype);
      const wide = width === 2 ? new Uint16Array(back.buffer) : back;
      const wrong = [...wide].filter((got, i) => !Number.isNaN(numbers[i]!) && got !== i);
      expect(wrong).toEqual([]);
    }
  });
});

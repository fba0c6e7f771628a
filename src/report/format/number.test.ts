import { describe, expect, test } from "vitest";

import { formatDuration, formatMoment } from "./duration.js";
import { MINUS, NO_BREAK_SPACE, formatCount, formatShare, formatSignificant } from "./number.js";
import { formatDifference, formatQuantity } from "./quantity.js";

const plain = (text: string): string => text.replaceAll(NO_BREAK_SPACE, " ").replaceAll(MINUS, "-");

describe("numbers for people", () => {
  test.each([
    ["zero", 0, "0"],
    ["exact", 15, "15"],
    ["rounded", 8.1504, "8.15"],
    ["large", 1_234_567, "1,230,000"],
    ["negative", -3.14159, "-3.14"],
  ])("%s: %d is %s", (_name, value, text) => {
    expect(plain(formatSignificant(value))).toBe(text);
  });

  test("counts keep every digit", () => {
    expect(formatCount(82_247)).toBe("82,247");
    expect(plain(formatCount(-1_000_000))).toBe("-1,000,000");
  });

  test("what is no number is refused", () => {
    expect(() => formatSignificant(Number.NaN)).toThrow(RangeError);
  });

  test.each([
    ["nearly all is not all", 0.99999, ">99.9 %"],
    ["all", 1, "100 %"],
    ["none", 0, "0 %"],
    ["usual", 0.48215, "48.2 %"],
    ["under a percent", 0.00736, "0.736 %"],
    ["more than none", 3.98e-8, "<0.001 %"],
    ["the least that is written out", 0.00001, "0.001 %"],
  ])("share: %s", (_name, share, text) => {
    expect(plain(formatShare(share))).toBe(text);
  });
});

describe("durations for people", () => {
  test.each([
    [0, "0 s"],
    [0.25, "250 ms"],
    [59.94, "59.9 s"],
    [60, "1 min"],
    [900, "15 min"],
    [672.31, "11.2 min"],
    [3600, "1 h"],
    [14_800, "4.11 h"],
    [172_799, "2 d"],
    [-14_800, "-4.11 h"],
    [2_540_160, "29.4 d"],
  ])("%d s is %s", (durationS, text) => {
    expect(plain(formatDuration(durationS))).toBe(text);
  });

  test("moments count days and clock from the start of the trace", () => {
    expect(plain(formatMoment(3 * 86_400 + 4 * 3600 + 5 * 60 + 59))).toBe("day 3, 04:05");
  });
});

describe("quantities in the units of the result document", () => {
  test.each([
    [14_800, "s", "4.11 h"],
    [0.5478, "share", "54.8 %"],
    [4110, "jobs", "4,110 jobs"],
    [2.84567, "", "2.85"],
  ])("%d %s is %s", (value, unit, text) => {
    expect(plain(formatQuantity(value, unit))).toBe(text);
  });

  test("differences carry a sign, and shares differ by points", () => {
    expect(plain(formatDifference(-11_520, "s"))).toBe("-3.2 h");
    expect(plain(formatDifference(0.0478, "share"))).toBe("+4.78 points");
    expect(plain(formatDifference(0, "jobs"))).toBe("0 jobs");
  });
});

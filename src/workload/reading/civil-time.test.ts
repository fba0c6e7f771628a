import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatTime, parseTime } from "./civil-time.js";

describe("parseTime", () => {
  test.each<[string, number, string]>([
    ["1970-01-01T00:00:00Z", 0, "stated"],
    ["2026-01-05T08:00:00", 1_767_600_000, "none"],
    ["2026-01-05 08:00:00", 1_767_600_000, "none"],
    ["2026-01-05T08:00:00+02:00", 1_767_592_800, "stated"],
    ["2026-01-05T08:00:00-0530", 1_767_619_800, "stated"],
    ["2026-01-05 08:00:00 UTC", 1_767_600_000, "stated"],
    ["2026-01-05T08:00:00.25Z", 1_767_600_000.25, "stated"],
    ["2026-01-05T08:00+00", 1_767_600_000, "stated"],
    ["2000-02-29T00:00:00Z", 951_782_400, "stated"],
    ["1767600000", 1_767_600_000, "epoch"],
    ["1767600000.5", 1_767_600_000.5, "epoch"],
    ["0", 0, "epoch"],
  ])("%s", (text, epochS, zone) => {
    expect(parseTime(text)).toEqual({ epochS, zone });
  });

  test.each([
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-01-05T24:00:00Z",
    "2026-01-05T08:60:00Z",
    "2026-01-05T08:00:60Z",
    "1969-12-31T23:59:59Z",
    "2026-01-05T08:00:00+15:00",
    "2026-01-05",
    "05/01/2026 08:00",
    "Unknown",
    "None",
    "",
    "-5",
    "1e9",
    "999999999999",
    " 2026-01-05T08:00:00Z",
  ])("refuses %s", (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  test("agrees with the built-in calendar in UTC, both ways", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (epochS) => {
        const text = new Date(epochS * 1000).toISOString().replace(".000Z", "Z");
        expect(formatTime(epochS)).toBe(text);
        expect(parseTime(text)).toEqual({ epochS, zone: "stated" });
      }),
    );
  });
});

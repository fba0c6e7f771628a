import { describe, expect, test } from "vitest";

import { formatQuantity, formatRange } from "./format-quantity.js";

describe("quantities in sentences", () => {
  test.each([
    [1, "jobs", "1 job"],
    [0, "jobs", "0 jobs"],
    [2, "jobs", "2 jobs"],
    [1.04, "jobs", "1.04 jobs"],
    [1.0001, "nodes", "1 node"],
    [1, "GPU hours", "1 GPU hour"],
    [1, "GPUs", "1 GPU"],
    [1, "misses", "1 miss"],
    [1, "pieces", "1 piece"],
    [1, "USD", "1 USD"],
    [1, "", "1"],
    [1, "s", "1 s"],
    [0.9996, "share", ">99.9 %"],
    [123_456_789, "requests", "123,456,789 requests"],
  ])("%d %s is %s", (value, unit, words) => {
    expect(formatQuantity(value, unit)).toBe(words);
  });

  test("of a range the unit is said once, where it is one", () => {
    expect(formatRange(500, 1000, "s")).toBe("8.33 to 16.7 min");
    expect(formatRange(45, 126, "s")).toBe("45 s to 2.1 min");
    expect(formatRange(0.496, 2.75, "outages")).toBe("0.496 to 2.75 outages");
    expect(formatRange(1, 2, "outages")).toBe("1 outage to 2 outages");
    expect(formatRange(0.964, 0.967, "share")).toBe("96.4 to 96.7 %");
    expect(formatRange(0, 3, "")).toBe("0 to 3");
  });
});

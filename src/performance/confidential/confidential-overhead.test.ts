import { describe, expect, test } from "vitest";

import {
  CONFIDENTIAL_OVERHEADS,
  confidentialOverhead,
  confidentialOverheads,
  confidentialSpeed,
} from "./confidential-overhead.js";

describe("confidential computing", () => {
  test("an H100 loses at most 8 % of inference", () => {
    const overhead = confidentialOverhead("H100 SXM5-80GB", "inference")!;
    expect(confidentialSpeed(overhead)).toBeCloseTo(0.92, 12);
  });

  test("nobody published training on Hopper, or anything on an L40S", () => {
    expect(confidentialOverhead("H100 SXM5-80GB", "training")).toBeUndefined();
    expect(confidentialOverhead("L40S", "inference")).toBeUndefined();
  });

  test("all that was published of one GPU, and nothing of another", () => {
    expect(confidentialOverheads("H200 SXM-141GB").map(({ what }) => what)).toEqual([
      "inference",
      "model loading",
    ]);
    expect(confidentialOverheads("A100 SXM4-80GB")).toEqual([]);
  });

  test("every range is a range of shares", () => {
    for (const { throughputLost } of CONFIDENTIAL_OVERHEADS) {
      const [low, high] = throughputLost;
      expect(low).toBeGreaterThan(0);
      expect(high).toBeGreaterThanOrEqual(low);
      expect(high).toBeLessThan(1);
    }
  });
});

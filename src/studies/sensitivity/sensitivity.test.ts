import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import type { PointOutcome, PointRunner } from "./evaluate-points.js";
import { overlayOf, parseVary, valueText, type Factor } from "./factor.js";
import { findFlip } from "./find-flip.js";
import { morrisEffects, morrisTrajectories } from "./morris.js";

describe("Morris", () => {
  test("a linear model has its coefficients as effects, without spread, on every walk", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (coefficients, count, seed) => {
          const k = coefficients.length;
          const walks = morrisTrajectories(k, count, createRandomStreams(seed).stream("test"));
          const outputs = walks.map(({ points }) =>
            points.map((point) =>
              point.reduce((sum, at, index) => sum + at * coefficients[index]!, 0),
            ),
          );
          morrisEffects(walks, outputs, k).forEach(({ meanAbsolute, mean, deviation }, index) => {
            expect(meanAbsolute).toBeCloseTo(Math.abs(coefficients[index]!), 9);
            expect(mean).toBeCloseTo(coefficients[index]!, 9);
            expect(deviation).toBeCloseTo(0, 9);
          });
        },
      ),
    );
  });

  test("walks stay in the range, change one factor at a time, and every factor once", () => {
    const walks = morrisTrajectories(5, 40, createRandomStreams(1).stream("test"));
    for (const { points, changed } of walks) {
      expect(points).toHaveLength(6);
      expect([...changed].sort()).toEqual([0, 1, 2, 3, 4]);
      for (const at of points.flat()) {
        expect(at).toBeGreaterThan(-1e-9);
        expect(at).toBeLessThan(1 + 1e-9);
      }
    }
  });

  test("an interaction shows as spread", () => {
    const walks = morrisTrajectories(2, 60, createRandomStreams(3).stream("test"));
    const outputs = walks.map(({ points }) => points.map(([first, second]) => first! * second!));
    const [effect] = morrisEffects(walks, outputs, 2);
    expect(effect!.deviation).toBeGreaterThan(0.2);
  });
});

describe("ranges", () => {
  test("a field with its ends, whole numbers, units", () => {
    const factor = parseVary("cluster.nodes[a=b].count=6..10") as Factor;
    expect(factor).toMatchObject({
      path: "cluster.nodes[a=b].count",
      low: 6,
      high: 10,
      isWhole: true,
    });
    expect(overlayOf(factor, 7.4).value).toBe("7");
    const hours = parseVary("faults.repair=1.5h..8h") as Factor;
    expect(overlayOf(hours, 2.25).value).toBe("2.25h");
    expect(valueText(hours, 2.25)).toBe("2.25 h");
    expect((parseVary("a=1.0..4.0") as Factor).isWhole).toBeUndefined();
  });

  test.each([
    ["workload.load", "must have the form"],
    ["workload.load=2..1", "less than the second"],
    ["workload.load=1..1", "less than the second"],
    ["faults.repair=1h..8d", "same unit"],
    ["policy.queue=sjf..las", "must be numbers"],
    ["workload.load=1..NaN", "must be numbers"],
    ["workload.load=1..1e999", "must be numbers"],
  ])("%s is refused", (text, message) => {
    expect(parseVary(text)).toMatchObject({
      rule: "bad-set",
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("where the decision changes", () => {
  const outcome = (met: boolean): PointOutcome => ({
    values: new Map(),
    goals: [{ id: "goal", actual: 0, met }],
    inputs: [],
  });
  /** Met up to a value of the one factor. */
  const runner = (limit: number): PointRunner => ({
    runs: 0,
    run: (points: readonly (readonly ScenarioOverlay[])[]) =>
      Promise.resolve(
        points.map(([overlay]) => outcome(Number.parseFloat(overlay!.value) <= limit)),
      ),
  });
  const at = (value: number, met: boolean) => ({ value, outcome: outcome(met) });
  const factor = (text: string): Factor => parseVary(text) as Factor;

  test("is found to a hundredth of the range", async () => {
    const flip = await findFlip(factor("x=0.5..2.5"), at(1, true), at(2.5, false), runner(1.7));
    expect(flip.value).toBeGreaterThan(1.7);
    expect(flip.value).toBeLessThan(1.7 + 0.021);
    expect(flip).toMatchObject({ side: "above", goalsMet: false, goals: ["goal"] });
    expect(flip.text).toMatch(/^above 1\.7/u);
  });

  test("is the first whole number beyond it", async () => {
    const down = await findFlip(factor("x=2..20"), at(20, false), at(2, true), runner(7));
    expect(down).toMatchObject({ value: 7, text: "7 or less", side: "below", goalsMet: true });
    const up = await findFlip(factor("x=2..20"), at(2, true), at(20, false), runner(7));
    expect(up).toMatchObject({ value: 8, text: "8 or more" });
  });
});

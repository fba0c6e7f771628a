import { describe, expect, test } from "vitest";

import { sweepAnswer } from "./sweep-answer.js";
import type { SweptPoint } from "./sweep-document.js";

const axis = (name: string, values: readonly unknown[]) => ({
  path: name,
  name,
  isNumeric: true,
  values,
});
const LOAD = axis("load", [0.75, 1, 1.25]);
const NODES = axis("nodes", [6, 8]);

function point(values: readonly unknown[], goalsMet: number, mean: number | null = 60): SweptPoint {
  return { point: 1, values, goalsMet, figures: { "jobs.waitS.p95": { mean } as never } };
}

const metrics = [{ path: "jobs.waitS.p95", unit: "s" }] as const;
const answer = (points: readonly SweptPoint[], ...axes: readonly ReturnType<typeof axis>[]) =>
  sweepAnswer(points, 2, { axes, metrics, failedPoints: 0 });

describe("the answer of a sweep", () => {
  test("names the points that meet the goals, by the first axis", () => {
    const points = [
      point([0.75, 6], 2, 0),
      point([0.75, 8], 2),
      point([1, 6], 1),
      point([1, 8], 2),
      point([1.25, 6], 0, 7200),
      point([1.25, 8], 1),
    ];
    expect(answer(points, LOAD, NODES)).toBe(
      "3 of 6 points meet both goals on average: load 0.75 with every value of nodes; load 1 with nodes 8. " +
        "The p95 wait goes from 0 s (load 0.75, nodes 6) to 2 h (load 1.25, nodes 6).",
    );
  });

  test("one axis, one point, all and none", () => {
    const points = [point([0.75], 2), point([1], 2), point([1.25], 1)];
    expect(answer(points, LOAD)).toBe(
      "2 of 3 points meet both goals on average: load 0.75, 1. The p95 wait is 1 min everywhere.",
    );
    expect(answer(points.slice(0, 2), LOAD)).toContain("All 2 points meet both goals on average.");
    expect(answer(points.slice(2), LOAD)).toContain("The one point does not meet both goals");
    expect(answer([point([1], 1), point([2], 0)], LOAD)).toContain(
      "None of the 2 points meets both goals on average.",
    );
  });

  test("of more than two axes only the count is said; a figure without values is not", () => {
    const points = [point([1, 2, 3], 2, null), point([1, 2, 4], 0, null)];
    expect(answer(points, LOAD, NODES, axis("x", [3, 4]))).toBe(
      "1 of 2 points meets both goals on average.",
    );
  });
});

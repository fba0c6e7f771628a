import { describe, expect, test } from "vitest";

import type { PodRequest } from "../workload/job-table.js";
import { typicalPods, type CountedShape } from "./idle-classes.js";

function shape(count: number, changes: Partial<PodRequest> = {}): CountedShape {
  const request = {
    cpuMilli: 1000,
    memoryBytes: 1,
    gpuCount: 1,
    gpuMilli: 1000,
    gpuModels: [],
    ...changes,
  };
  return { request, count };
}

describe("typicalPods", () => {
  test("stops at the first shape that brings the pods covered to 95 %", () => {
    const shapes = [
      shape(4, { cpuMilli: 1 }),
      shape(90, { cpuMilli: 2 }),
      shape(5, { cpuMilli: 3 }),
      shape(1, { cpuMilli: 4 }),
    ];
    const typical = typicalPods(shapes);
    expect(typical.map(({ request, count }) => [request.cpuMilli, count])).toEqual([
      [2, 90],
      [3, 5],
    ]);
    // (90 / 100) / (95 / 100) and (5 / 100) / (95 / 100), each division rounded.
    expect(typical.map(({ weight }) => weight)).toEqual([0.9 / 0.95, 0.05 / 0.95]);
  });

  test("keeps plain shares when every shape is needed", () => {
    expect(
      typicalPods([shape(3, { cpuMilli: 1 }), shape(1, { cpuMilli: 2 })]).map(
        ({ weight }) => weight,
      ),
    ).toEqual([0.75, 0.25]);
  });

  test("counts shapes that differ only in memory as one", () => {
    const typical = typicalPods([shape(1, { memoryBytes: 5 }), shape(2, { memoryBytes: 7 })]);
    expect(typical).toHaveLength(1);
    expect(typical[0]).toMatchObject({ count: 3, weight: 1 });
  });

  test("breaks ties by more CPU, larger share, more GPUs, later model list", () => {
    const inOrder = [
      shape(1, { cpuMilli: 2, gpuMilli: 100 }),
      shape(1, { cpuMilli: 1, gpuMilli: 1000, gpuCount: 8 }),
      shape(1, { cpuMilli: 1, gpuMilli: 1000, gpuCount: 2, gpuModels: ["T4"] }),
      shape(1, { cpuMilli: 1, gpuMilli: 1000, gpuCount: 2, gpuModels: ["A10", "T4"] }),
      shape(1, { cpuMilli: 1, gpuMilli: 1000, gpuCount: 2 }),
      shape(1, { cpuMilli: 1, gpuMilli: 500 }),
    ];
    for (const shuffled of [[...inOrder].reverse(), [3, 0, 5, 2, 1, 4].map((i) => inOrder[i]!)]) {
      expect(typicalPods(shuffled).map(({ request }) => request)).toEqual(
        inOrder.map(({ request }) => request),
      );
    }
  });

  test("ignores shapes without pods", () => {
    expect(typicalPods([shape(0, { cpuMilli: 9 }), shape(2)])).toHaveLength(1);
  });

  test.each([[[]], [[shape(0)]]])("refuses a workload without pods", (shapes) => {
    expect(() => typicalPods(shapes)).toThrow(/at least one shape with a count > 0/);
  });

  test.each([-1, 0.5, Number.NaN])("refuses the count %s", (count) => {
    expect(() => typicalPods([shape(count)])).toThrow(
      new RangeError(`typical pods: a count must be a whole number >= 0, got ${count}`),
    );
  });
});

import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { parseSweep } from "./parse-sweep.js";

const HEAD = "schema: headroom/sweep/v1\nname: s\nscenario: ../tiny.yaml\n";

function messageOf(rest: string): string {
  try {
    parseSweep("sweeps/s.yaml", HEAD + rest);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.every(({ line }) => line !== undefined)).toBe(true);
    return error.problems
      .map(({ message, suggestion }) => `${message} ${suggestion ?? ""}`)
      .join("; ");
  }
  return "";
}

describe("a sweep file", () => {
  test.each([
    ["axes: []\n", "the space is empty"],
    ["axes: [{ path: workload.load, values: [] }]\n", "the space is empty: the axis has no values"],
    ["points: []\n", "the space is empty"],
    ["{}\n", ""],
    [
      "axes: [{ path: workload.load, from: 1, to: 0.5, steps: 2 }]\n",
      "to must be larger than from",
    ],
    ["axes: [{ path: workload.load, from: 1, to: 2 }]\n", "needs steps"],
    ["axes: [{ path: workload.load, values: [1], from: 1 }]\n", "not both"],
    ["axis: []\n", "axes"],
    ["design: latin-hypercube\naxes: [{ path: workload.load, from: 1, to: 2 }]\n", "needs samples"],
    ["samples: 5\naxes: [{ path: workload.load, values: [1] }]\n", "samples has no meaning"],
    [
      "axes: [{ path: workload.load, values: [1] }, { path: workload.load, values: [2] }]\n",
      'two axes have the name "workload.load"',
    ],
    [
      "replications: 10000\naxes: [{ path: a, from: 0, to: 1, steps: 1000 }]\n",
      "1000 points and 10000000 runs",
    ],
    ["metrics: [jobs.waitS.p96]\naxes: [{ path: a, values: [1] }]\n", "jobs.waitS.p95"],
  ])("%j", (rest, message) => {
    if (rest !== "{}\n") expect(messageOf(rest)).toContain(message);
    else expect(messageOf("")).toContain("the space is empty");
  });

  test("a grid is every combination, the last axis fastest; paths of files begin at the sweep file", () => {
    const { spec } = parseSweep(
      "sweeps/s.yaml",
      `${HEAD}axes:
  - { name: load, path: workload.load, from: 0.1, to: 0.3, steps: 3 }
  - { path: workload.trace, values: [../a.csv] }
  - { path: run.until, from: 1, to: 2, steps: 2, unit: h }
`,
    );
    expect(spec.scenario).toBe("tiny.yaml");
    expect(spec.points).toHaveLength(6);
    expect(spec.points.map(({ values }) => values[0]!.value)).toEqual([
      0.1, 0.1, 0.2, 0.2, 0.3, 0.3,
    ]);
    expect(spec.points[0]!.values.map((value) => value!.text)).toEqual(["0.1", '"a.csv"', '"1h"']);
  });

  test("a Latin hypercube uses each slice of each axis once, and its seed decides", () => {
    const cube = (seed: number): readonly number[] =>
      parseSweep(
        "s.yaml",
        `${HEAD}design: latin-hypercube\nsamples: 50\nseed: ${seed}\naxes: [{ path: a, from: 0, to: 1 }]\n`,
      ).spec.points.map(({ values }) => Number(values[0]!.value));
    const slices = cube(1).map((value) => Math.floor(value * 50));
    expect([...slices].sort((left, right) => left - right)).toEqual(
      Array.from({ length: 50 }, (_, slice) => slice),
    );
    expect(cube(1)).toEqual(cube(1));
    expect(cube(2)).not.toEqual(cube(1));
  });
});

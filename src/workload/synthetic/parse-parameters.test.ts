import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import type { Problem } from "../../diagnostics/problem.js";
import { parseWorkloadParameters } from "./parse-parameters.js";

const hours = `[${new Array(168).fill(1).join(", ")}]`;
const valid = `schema: headroom/workload/v1
description: test
seed: 1
weeks: 1
jobsPerWeek: 10
hourOfWeekWeights: ${hours}
kinds:
  - name: one
    weight: 1
    workers: 1
    gpusPerWorker: 1
    hosts: [{ weight: 1, cpuMilli: 0, memoryMib: 0 }]
    durationS: { model: quantiles, valuesS: [1, 2] }
    batch: { continueProbability: 0, gapMeanS: 0 }
    tenants: [{ name: a, weight: 1 }]
`;

function problemsOf(text: string): readonly Problem[] {
  try {
    parseWorkloadParameters("w.yaml", text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("parseWorkloadParameters", () => {
  test("reads a complete document", () => {
    const parameters = parseWorkloadParameters("w.yaml", valid);
    expect(parameters.kinds[0]!.durationS).toEqual({ model: "quantiles", valuesS: [1, 2] });
    expect(parameters.kinds[0]).not.toHaveProperty("walltime");
  });

  test.each<[string, string, string, number, RegExp]>([
    ["an unknown field", valid.replace("weeks:", "weekz: 1\nweeks:"), "weekz", 4, /unknown field/],
    [
      "a wrong sum of weights",
      valid.replace("    weight: 1\n", "    weight: 0\n"),
      "kinds",
      8,
      /above 0/,
    ],
    [
      "falling quantiles",
      valid.replace("[1, 2]", "[2, 1]"),
      "kinds[0].durationS.valuesS",
      13,
      /must not fall/,
    ],
    ["too few hours", valid.replace(hours, "[1, 2]"), "hourOfWeekWeights", 6, /168 values/],
    [
      "an endless batch",
      valid.replace("continueProbability: 0", "continueProbability: 1"),
      "kinds[0].batch.continueProbability",
      14,
      /0.999/,
    ],
    ["no seed", valid.replace("seed: 1\n", ""), "seed", 1, /number/],
  ])("%s is located", (_name, text, path, line, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path, line, file: "w.yaml" });
    expect(problems[0]!.message).toMatch(message);
  });

  test("two kinds of one name would share their random streams", () => {
    const kind = valid.slice(valid.indexOf("  - name"));
    expect(problemsOf(valid + kind)[0]!.message).toMatch(/names of the kinds must differ/);
  });

  test("names the nearest field", () => {
    expect(problemsOf(valid.replace("weeks:", "weks: 1\nweeks:"))[0]!.suggestion).toBe("weeks");
  });
});

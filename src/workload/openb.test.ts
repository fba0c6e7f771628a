import { describe, expect, test } from "vitest";

import { InputError, type Problem } from "../diagnostics/problem.js";
import { readOpenbArrivals } from "./openb-arrivals.js";
import { readOpenbNodes, readOpenbPods } from "./openb.js";

const MIB = 1024 * 1024;
const NODE_HEADER = "sn,cpu_milli,memory_mib,gpu,model\n";
const POD_HEADER = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos\n";

function problemsOf(read: () => unknown): readonly Problem[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error("no problem was found");
}

describe("readOpenbNodes", () => {
  test("reads sizes in base units", () => {
    expect(
      readOpenbNodes(`${NODE_HEADER}a,64000,262144,2,P100\nb,32000,1024,0,\n`, "nodes.csv"),
    ).toEqual([
      {
        name: "a",
        cpuMilli: 64_000,
        memoryBytes: 262_144 * MIB,
        podsMax: 1001,
        gpuCount: 2,
        gpuModel: "P100",
      },
      {
        name: "b",
        cpuMilli: 32_000,
        memoryBytes: 1024 * MIB,
        podsMax: 1001,
        gpuCount: 0,
        gpuModel: "",
      },
    ]);
  });

  test("reads CR LF, a byte order mark and columns in another order", () => {
    const text = "\uFEFFmodel,gpu,sn,memory_mib,cpu_milli\r\nT4,1,x,1,2\r\n";
    expect(readOpenbNodes(text, "nodes.csv")).toMatchObject([
      { name: "x", cpuMilli: 2, gpuModel: "T4" },
    ]);
  });

  test.each<[string, string, Partial<Problem>]>([
    ["a number", "a,64k,1,0,", { line: 2, col: 3, rule: "not-a-number", path: "cpu_milli" }],
    ["a fraction", "a,1,1.5,0,", { line: 2, col: 5, rule: "not-whole", path: "memory_mib" }],
    ["a negative count", "a,1,1,-1,T4", { line: 2, col: 7, rule: "out-of-range", path: "gpu" }],
    ["a model for GPUs", "a,1,1,1,", { line: 2, rule: "missing-value", path: "model" }],
    ["a name", ",1,1,0,", { line: 2, col: 1, rule: "missing-value", path: "sn" }],
    ["all fields", "a,1,1", { line: 2, rule: "field-count" }],
    ["a second name", "a,1,1,0,\na,1,1,0,", { line: 3, col: 1, rule: "doubled-name", path: "sn" }],
  ])("wants %s", (_what, rows, want) => {
    const [problem] = problemsOf(() => readOpenbNodes(NODE_HEADER + rows, "nodes.csv"));
    expect(problem).toMatchObject({ file: "nodes.csv", ...want });
  });

  test("says the value and the rule", () => {
    const [problem] = problemsOf(() =>
      readOpenbNodes(`${NODE_HEADER}a,1,1,5000,T4\n`, "nodes.csv"),
    );
    expect(problem!.message).toBe("gpu must be a whole number from 0 to 1024, got 5000");
  });

  test("reports all broken rows at once", () => {
    expect(
      problemsOf(() => readOpenbNodes(`${NODE_HEADER}a,x,1,0,\nb,1,y,0,\n`, "n")).map(
        ({ line }) => line,
      ),
    ).toEqual([2, 3]);
  });

  test.each([
    ["", "no-rows"],
    [NODE_HEADER, "no-rows"],
    ["sn,cpu_milli\na,1\n", "missing-column"],
  ])("refuses %j", (text, rule) => {
    expect(problemsOf(() => readOpenbNodes(text, "n"))[0]!.rule).toBe(rule);
  });
});

describe("readOpenbPods", () => {
  test("shares equal requests as one shape, in order of appearance", () => {
    const rows =
      "p0,1000,16,1,500,,LS\np1,0,0,0,0,,BE\np2,1000,16,1,500,,BE\np3,1000,16,1,500,V100M16|V100M32,LS\n";
    const pods = readOpenbPods(POD_HEADER + rows, "pods.csv");
    expect(pods.names).toEqual(["p0", "p1", "p2", "p3"]);
    expect([...pods.shape]).toEqual([0, 1, 0, 2]);
    expect(pods.shapes).toEqual([
      { cpuMilli: 1000, memoryBytes: 16 * MIB, gpuCount: 1, gpuMilli: 500, gpuModels: [] },
      { cpuMilli: 0, memoryBytes: 0, gpuCount: 0, gpuMilli: 0, gpuModels: [] },
      {
        cpuMilli: 1000,
        memoryBytes: 16 * MIB,
        gpuCount: 1,
        gpuMilli: 500,
        gpuModels: ["V100M16", "V100M32"],
      },
    ]);
  });

  test("works without gpu_spec, caps gpu_milli at 1000 and drops it without GPUs", () => {
    const text = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,1,2000\nb,1,1,0,300\n";
    expect(readOpenbPods(text, "pods.csv").shapes.map(({ gpuMilli }) => gpuMilli)).toEqual([
      1000, 0,
    ]);
  });

  test.each<[string, string, Partial<Problem>]>([
    [
      "a share of a GPU",
      "a,1,1,1,0,,",
      {
        col: 9,
        rule: "out-of-range",
        message: "gpu_milli must be 1..1000 for a pod with GPUs, got 0",
      },
    ],
    [
      "whole GPUs when several",
      "a,1,1,2,500,,",
      {
        col: 9,
        rule: "out-of-range",
        message: "gpu_milli must be 1000 for a pod with 2 GPUs, got 500",
      },
    ],
    ["a share at all", "a,1,1,1,,,", { col: 9, rule: "not-a-number" }],
  ])("wants %s", (_what, row, want) => {
    const [problem] = problemsOf(() => readOpenbPods(POD_HEADER + row, "pods.csv"));
    expect(problem).toMatchObject({ file: "pods.csv", line: 2, path: "gpu_milli", ...want });
  });
});

describe("readOpenbArrivals", () => {
  const counts = { pods: 3, nodes: 2 };
  const read = (document: unknown): unknown =>
    readOpenbArrivals(JSON.stringify(document), "a.json", counts);

  test("reads orders, workload and seed", () => {
    expect(read({ workload: "w", seed: 42, arrivals: [2, 0, 2], nodeOrder: [1, 0] })).toEqual({
      workload: "w",
      seed: 42,
      arrivals: Int32Array.from([2, 0, 2]),
      nodeOrder: Int32Array.from([1, 0]),
    });
    expect(read({ arrivals: [], nodeOrder: [0, 1] })).toMatchObject({
      workload: "",
      seed: undefined,
    });
  });

  test.each<[unknown, string, string]>([
    [
      { arrivals: [3], nodeOrder: [0, 1] },
      "out-of-range",
      "arrivals[0] must be a row 0..2 of the list, got 3",
    ],
    [
      { arrivals: [0.5], nodeOrder: [0, 1] },
      "out-of-range",
      "arrivals[0] must be a row 0..2 of the list, got 0.5",
    ],
    [
      { arrivals: [0], nodeOrder: [0, 0] },
      "not-a-permutation",
      "nodeOrder must name each of the 2 nodes once",
    ],
    [
      { arrivals: [0], nodeOrder: [0] },
      "not-a-permutation",
      "nodeOrder must name each of the 2 nodes once",
    ],
    [{ nodeOrder: [0, 1] }, "missing-field", "arrivals must be a list of rows"],
    [null, "json", "must be a JSON object"],
  ])("refuses %j", (document, rule, message) => {
    expect(problemsOf(() => read(document))[0]).toMatchObject({ file: "a.json", rule, message });
  });

  test("refuses what is not JSON", () => {
    expect(problemsOf(() => readOpenbArrivals("{", "a.json", counts))[0]!.rule).toBe("json");
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { specId } from "../kernels/kernel-costs.js";
import { parseSuite } from "./parse-suite.js";

const HEAD = "schema: headroom/benchmark-suite/v1\nname: mine\n";

function problemsOf(text: string) {
  try {
    parseSuite("mine.yaml", text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("parseSuite", () => {
  test("lists and grids unfold in the order written; sizes are named in one order", () => {
    const suite = parseSuite(
      "mine.yaml",
      `${HEAD}cases:
  - kernel: matmul
    dtypes: [fp32, bf16]
    shapes: [{ k: 4, m: 2, n: 3 }]
    grid: { m: [1, 2], n: [8], k: [16] }
    tenants: [2, 1, 2]
    labels: [layer]
  - kernel: host-to-device
    shapes: [{ bytes: 4096 }]
  - kernel: empty-dispatch
`,
    );
    expect(suite.cases.map(({ spec }) => specId(spec))).toEqual([
      "matmul/fp32/m2-n3-k4",
      "matmul/fp32/m1-n8-k16",
      "matmul/fp32/m2-n8-k16",
      "matmul/bf16/m2-n3-k4",
      "matmul/bf16/m1-n8-k16",
      "matmul/bf16/m2-n8-k16",
      "host-to-device/u8/b4096/pinned",
      "host-to-device/u8/b4096/pageable",
      "empty-dispatch",
    ]);
    expect(suite.cases[0]).toMatchObject({ tenants: [1, 2], labels: ["layer"] });
    expect(suite.sampling).toMatchObject({ processes: 10, samples: 20, sampleS: 0.002 });
  });

  test("sampling has units", () => {
    const text = `${HEAD}sampling: { processes: 12, sampleTime: 500us, caseTime: 3s, budget: 5m, precision: 1% }\ncases: [{ kernel: empty-dispatch }]\n`;
    expect(parseSuite("mine.yaml", text).sampling).toEqual({
      processes: 12,
      processesMax: 20,
      precision: 0.01,
      samples: 20,
      warmUpSamples: 3,
      sampleS: 0.0005,
      caseS: 3,
      budgetS: 300,
    });
  });

  test.each([
    ["cases: [{ kernal: matmul }]", 3, "unknown-field", /kernal/, "kernel"],
    [
      "cases: [{ kernel: matmull, shapes: [{ m: 1, n: 1, k: 1 }] }]",
      3,
      "unknown-name",
      /matmull/,
      "matmul",
    ],
    [
      "cases: [{ kernel: copy, shapes: [{ element: 5 }] }]",
      3,
      "unknown-field",
      /no size "element"/,
      "elements",
    ],
    [
      "cases: [{ kernel: matmul, shapes: [{ m: 1, n: 1 }] }]",
      3,
      "missing-field",
      /k is missing/,
      undefined,
    ],
    ["cases: [{ kernel: matmul }]", 3, "missing-field", /needs shapes or a grid/, undefined],
    [
      "cases: [{ kernel: copy, shapes: [{ elements: 0 }] }]",
      3,
      "out-of-range",
      /at least 1, got 0/,
      undefined,
    ],
    [
      "cases: [{ kernel: copy, shapes: [{ elements: 1.5 }] }]",
      3,
      "wrong-type",
      /a whole number/,
      undefined,
    ],
    [
      "cases: [{ kernel: softmax, dtypes: [fp8-e4m3], shapes: [{ rows: 1, columns: 1 }] }]",
      3,
      "unknown-name",
      /not run in fp8/,
      undefined,
    ],
    [
      "cases: [{ kernel: add, hostMemory: [pinned], shapes: [{ elements: 1 }] }]",
      3,
      "conflicting-fields",
      /moves nothing/,
      undefined,
    ],
    [
      "cases: [{ kernel: copy, shapes: [{ elements: 5 }] }, { kernel: copy, shapes: [{ elements: 5 }] }]",
      3,
      "duplicate-name",
      /in cases\[0\] already/,
      undefined,
    ],
    [
      "cases: [{ kernel: attention-decode, shapes: [{ batch: 1, heads: 3, kvHeads: 2, headDim: 8, context: 9 }] }]",
      3,
      "conflicting-fields",
      /multiple of kvHeads/,
      undefined,
    ],
    [
      "sampling: { sampleTime: 2 }\ncases: [{ kernel: empty-dispatch }]",
      3,
      "bad-quantity",
      /needs a unit/,
      undefined,
    ],
    [
      "sampling: { processes: 5, processesMax: 3 }\ncases: [{ kernel: empty-dispatch }]",
      3,
      "out-of-range",
      /at least processes/,
      undefined,
    ],
    ["cases: []", 3, "out-of-range", /at least 1 item/, undefined],
    [
      "cases: [{ kernel: empty-dispatch, backends: [metal] }]",
      3,
      "unknown-name",
      /metal/,
      undefined,
    ],
    [
      "cases: [{ kernel: matmul, grid: { m: [1,2,3,4,5,6,7,8,9,10,11,12,13], n: [1,2,3,4,5,6,7,8,9,10,11,12,13], k: [1,2,3,4,5,6,7,8,9,10,11,12,13] } }]",
      3,
      "out-of-range",
      /2197 shapes/,
      undefined,
    ],
  ])("%s", (body, line, rule, message, suggestion) => {
    const [problem] = problemsOf(`${HEAD}${body}\n`);
    expect(problem).toMatchObject({ file: "mine.yaml", line, rule });
    expect(problem!.message).toMatch(message);
    expect(problem!.suggestion).toBe(suggestion);
    expect(problem!.help).toBeDefined();
  });

  test("all problems are told at once; a missing schema is one of them", () => {
    const found = problemsOf("name: Mine!\ncases: [{ kernel: copy, colour: red }]\n");
    expect(found.map(({ rule }) => rule)).toEqual([
      "missing-field",
      "out-of-range",
      "unknown-field",
    ]);
  });

  const SUITES = new URL("../../../bench/suites/", import.meta.url);
  test.each(readdirSync(SUITES).filter((name) => name.endsWith(".yaml")))(
    "bench/suites/%s is valid, and named after its file",
    (name) => {
      const suite = parseSuite(name, readFileSync(new URL(name, SUITES), "utf8"));
      expect(`${suite.name}.yaml`).toBe(name);
      expect(suite.cases.length).toBeGreaterThan(0);
    },
  );
});

// Replications, generated workloads and trust: what may stand beside what, and what comes out resolved.
import { describe, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";
import type { ResolvedScenario } from "./resolved.js";

interface Parts {
  readonly workload?: string;
  readonly placement?: string;
  readonly rest?: string;
}

function resolve({
  workload = "{ generate: week.yaml }",
  placement = "pack",
  rest = "",
}: Parts): ResolvedScenario {
  const text = `schema: headroom/scenario/v1
name: s
cluster: { nodes: [{ name: n, count: 1, gpu: H100, gpus: 8, cpu: 8, memory: 1GiB }] }
workload: ${workload}
policy: { queue: fifo-skip, placement: ${placement} }
${rest}
`;
  return resolveScenario(parseScenario({ file: "folder/s.yaml", text }));
}

function problemsOf(parts: Parts): readonly { rule: string; path?: string; message: string }[] {
  try {
    resolve(parts);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const TRACE = "{ trace: jobs.csv }";
const JOBS = "{ jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 1 }] }";

describe("resolved", () => {
  test("defaults: one run, everything counts", () => {
    const { base, backtest } = resolve({ workload: TRACE });
    expect(base.statistics).toEqual({
      replications: 1,
      confidence: 0.95,
      warmUpS: undefined,
      precision: undefined,
      interval: "replications",
    });
    expect(backtest).toBeUndefined();
  });

  test("every field in base units; files relative to the folder of the scenario", () => {
    const { base, backtest } = resolve({
      rest:
        "run: { replications: 40, confidence: 99%, warmup: 2d, precision: 5% }\n" +
        "trust: { backtest: past/backtest.json }",
    });
    expect(base.statistics).toEqual({
      replications: 40,
      confidence: 0.99,
      warmUpS: 172_800,
      precision: 0.05,
      interval: "replications",
    });
    expect(base.workload).toMatchObject({
      kind: "generate",
      parameters: { written: "week.yaml", path: "folder/week.yaml" },
    });
    expect(backtest).toMatchObject({ path: "folder/past/backtest.json" });
  });

  test("one long run with batch means, warm-up found by rule", () => {
    const { statistics } = resolve({ rest: "run: { interval: batch-means, warmup: auto }" }).base;
    expect(statistics).toMatchObject({ replications: 1, interval: "batch-means", warmUpS: "auto" });
  });
});

describe("replications need something random", () => {
  const replicated = { rest: "run: { replications: 10 }" };

  test.each([
    ["a trace", { ...replicated, workload: TRACE }],
    ["jobs of the scenario", { ...replicated, workload: JOBS }],
    [
      "weighted scorers without a random one",
      { ...replicated, workload: TRACE, placement: "{ scorers: [{ name: fgd, weight: 1 }] }" },
    ],
  ])("refused for %s, with the reason", (_name, parts) => {
    expect(problemsOf(parts)).toMatchObject([
      {
        rule: "nothing-random",
        path: "run.replications",
        message: expect.stringContaining("every run would be the same"),
      },
    ]);
  });

  test.each([
    ["a generated workload", replicated],
    ["a scaled load", { ...replicated, workload: "{ trace: jobs.csv, load: 1.25 }" }],
    ["random placement", { ...replicated, workload: TRACE, placement: "random" }],
    [
      "a random scorer",
      { ...replicated, workload: TRACE, placement: "{ scorers: [{ name: random, weight: 1 }] }" },
    ],
    [
      "a variant with a scaled load",
      {
        rest: "run: { replications: 10 }\nvariants: [{ name: more, set: { workload.load: 2 } }]",
        workload: TRACE,
      },
    ],
    ["one replication of a trace", { rest: "run: { replications: 1 }", workload: TRACE }],
  ])("accepted for %s", (_name, parts) => {
    expect(problemsOf(parts)).toEqual([]);
  });
});

describe("what does not go together", () => {
  test.each([
    [
      "two sources of jobs",
      { workload: "{ trace: a.csv, generate: b.yaml }" },
      "conflicting-fields",
      "workload.generate",
    ],
    ["no source of jobs", { workload: "{ load: 2 }" }, "missing-field", "workload.trace"],
    [
      "a format for generated jobs",
      { workload: "{ generate: b.yaml, format: headroom-csv }" },
      "conflicting-fields",
      "workload.format",
    ],
    [
      "batch means and replications",
      { rest: "run: { replications: 2, interval: batch-means }" },
      "conflicting-fields",
      "run.interval",
    ],
    [
      "precision with too few replications",
      { rest: "run: { replications: 9, precision: 5% }" },
      "incomplete-fields",
      "run.precision",
    ],
    [
      "warm-up by rule for a trace",
      { rest: "run: { warmup: auto }", workload: TRACE },
      "incomplete-fields",
      "run.warmup",
    ],
    [
      "a variant with replications of its own",
      { rest: "run: { replications: 20 }\nvariants: [{ name: v, set: { run.replications: 30 } }]" },
      "conflicting-fields",
      "run.replications",
    ],
    [
      "confidence as a whole number",
      { rest: "run: { confidence: 95 }" },
      "missing-unit",
      "run.confidence",
    ],
    [
      "confidence of a coin",
      { rest: "run: { confidence: 0.4 }" },
      "out-of-range",
      "run.confidence",
    ],
    [
      "a precision of everything",
      { rest: "run: { precision: 0.9, replications: 20 }" },
      "out-of-range",
      "run.precision",
    ],
    ["a warm-up without unit", { rest: "run: { warmup: 5 }" }, "missing-unit", "run.warmup"],
    [
      "too many replications",
      { rest: "run: { replications: 1001 }" },
      "out-of-range",
      "run.replications",
    ],
    [
      "parameters out of the folder",
      { workload: "{ generate: ../../etc/x.yaml }" },
      "path-outside",
      "workload.generate",
    ],
    [
      "a backtest out of the folder",
      { rest: "trust: { backtest: ../../x.json }" },
      "path-outside",
      "trust.backtest",
    ],
  ] as const)("%s", (_name, parts, rule, path) => {
    expect(problemsOf(parts)).toMatchObject([{ rule, path }]);
  });

  test("trust belongs to the whole scenario, not to a variant", () => {
    const rest = "variants: [{ name: v, set: { trust.backtest: x.json } }]";
    expect(problemsOf({ rest })).toMatchObject([{ rule: "bad-set" }]);
  });
});

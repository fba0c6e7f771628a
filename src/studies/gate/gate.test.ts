import { describe, expect, test } from "vitest";

import { readBenchmarkResult } from "../../benchmark/regression/read-result.js";
import { DEFAULT_VERDICT_SETTINGS } from "../../benchmark/regression/verdict-settings.js";
import type { BenchmarkResult } from "../../benchmark/result-document.js";
import { benchmarkResult } from "../../benchmark/testing/result-fixture.js";
import { InputError } from "../../diagnostics/problem.js";
import { compareBenchmarks } from "./compare-benchmarks.js";
import { gateScenarios } from "./gate-scenarios.js";
import { bestSplit, changePoints, historyEntry, readHistory } from "./history.js";
import { readScenarioBaseline, type ScenarioFigures } from "./scenario-baseline.js";

const TIMES = [1, 1.01, 0.99, 1.005, 0.995, 1.002, 0.998, 1.003].map((time) => time * 1e-3);
const slower = (factor: number): number[] => TIMES.map((time) => time * factor);
const OPTIONS = {
  settings: DEFAULT_VERDICT_SETTINGS,
  allowDifferentMachine: false,
  allowNoisy: false,
};
const compare = (base: BenchmarkResult, after: BenchmarkResult, options = OPTIONS) =>
  compareBenchmarks(
    { file: "base.json", result: base },
    { file: "new.json", result: after },
    options,
  );
const BASE = benchmarkResult({
  build: "base",
  cases: [
    { id: "a", times: TIMES },
    { id: "b", times: TIMES },
  ],
});

describe("comparing results", () => {
  test("names the case that got slower, first", () => {
    const after = benchmarkResult({
      build: "new",
      cases: [
        { id: "a", times: TIMES },
        { id: "b", times: slower(1.1), change: { plantedWork: 1.1 } },
      ],
    });
    const outcome = compare(BASE, after);
    expect(outcome.status).toBe("regression");
    expect(outcome.cases.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["b", "regression"],
      ["a", "no change shown"],
    ]);
    expect(outcome.sentence).toContain("Worse: b (10 % slower");
    expect(outcome.cases[0]!.reason).toContain("planted on purpose");
    expect(outcome.warnings).toEqual([]);
  });

  test("a case that is gone cannot be told; one whose result is wrong is a regression", () => {
    const [a] = BASE.cases;
    const gone = compare(BASE, {
      ...BASE,
      session: { ...BASE.session, build: "new" },
      cases: [a!],
    });
    expect(gone.status).toBe("cannot measure");
    const check = {
      passed: false,
      outputs: 1,
      outputsCompared: 1,
      worstErrorShare: 9,
      tolerance: "none",
      failure: "output 3 is 4, expected 5",
    };
    const wrong = benchmarkResult({
      build: "new",
      cases: [
        { id: "a", times: TIMES },
        { id: "b", times: [], change: { status: "failed", check } },
      ],
    });
    const outcome = compare(BASE, wrong);
    expect(outcome.status).toBe("regression");
    expect(outcome.cases[0]!.reason).toContain("output 3 is 4");
  });

  test("a new case passes and is said", () => {
    const after = benchmarkResult({
      build: "new",
      cases: [...["a", "b", "c"].map((id) => ({ id, times: TIMES }))],
    });
    const outcome = compare(BASE, after);
    expect(outcome.status).toBe("pass");
    expect(outcome.sentence).toContain("1 without a baseline");
  });

  test("another machine is refused with the fields that differ, or compared with a warning", () => {
    const other = benchmarkResult({
      build: "new",
      cpu: "Xeon",
      cases: [
        { id: "a", times: TIMES },
        { id: "b", times: TIMES },
      ],
    });
    expect(() => compare(BASE, other)).toThrow(/host\.cpu: EPYC → Xeon/);
    const allowed = compare(BASE, other, { ...OPTIONS, allowDifferentMachine: true });
    expect(allowed.warnings[0]).toContain("different machines");
  });

  test("sessions apart are warned about, and suites without a common case refused", () => {
    const apart = benchmarkResult({
      build: "only",
      session: "t",
      cases: [{ id: "a", times: TIMES }],
    });
    expect(compare(BASE, apart).warnings[0]).toContain("separate sessions");
    const strangers = benchmarkResult({ build: "new", cases: [{ id: "z", times: TIMES }] });
    expect(() => compare(benchmarkResult({ build: "base", cases: [] }), strangers)).toThrow(
      /no case in common/,
    );
  });
});

describe("reading results", () => {
  const broken = (change: (document: Record<string, unknown>) => void): string => {
    const document = JSON.parse(JSON.stringify(BASE)) as Record<string, unknown>;
    change(document);
    return JSON.stringify(document);
  };
  const sample = (value: unknown) => (document: Record<string, unknown>) => {
    const cases = document["cases"] as { runs: { tenants: { samplesS: unknown[] }[] }[] }[];
    cases[0]!.runs[0]!.tenants[0]!.samplesS[1] = value;
  };
  test.each([
    ["no JSON", "{", /is not JSON/],
    ["NaN", '{"a": NaN}', /holds NaN/],
    ["something else", '{"name":"x"}', /schema is missing/],
    [
      "another version",
      '{"schema":"headroom/benchmark-result/v2"}',
      /this version of Headroom reads/,
    ],
    ["no cases", broken((document) => (document["cases"] = [])), /at least one case/],
    [
      "a negative time",
      broken(sample(-1)),
      /samplesS\[1\] must be a positive number of seconds, got -1/,
    ],
    ["no number", broken(sample(null)), /got null/],
    [
      "the same case twice",
      broken((d) => (d["cases"] as unknown[]).push((d["cases"] as unknown[])[0])),
      /twice/,
    ],
  ])("%s is refused", (_name, text, message) => {
    expect(() => readBenchmarkResult("r.json", text)).toThrow(message);
    try {
      readBenchmarkResult("r.json", text);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).problems).toHaveLength(1);
    }
  });

  test("a good one is read as it is", () => {
    expect(readBenchmarkResult("r.json", JSON.stringify(BASE))).toEqual(
      JSON.parse(JSON.stringify(BASE)),
    );
  });
});

describe("simulated capacity", () => {
  const figures = (value: number, change: Partial<ScenarioFigures> = {}): ScenarioFigures => ({
    path: "s.yaml",
    seed: 1,
    inputs: { "s.yaml": "1" },
    figures: { "jobs.waitS.p95": { value }, "more nodes: jobs.completed": { value: 100 } },
    goals: { "wait p95": true },
    ...change,
  });
  const gate = (base: ScenarioFigures, now: ScenarioFigures, tolerances = {}) =>
    gateScenarios(
      {
        file: "b.json",
        sha256: "0",
        document: { schema: "headroom/gate-baseline/v1", version: "0.1.0", scenarios: [base] },
      },
      [now],
      { toleranceDefault: 0.01, tolerances, metrics: [] },
    );

  test.each([
    ["the same", figures(100), "pass"],
    ["within the tolerance", figures(100.9), "pass"],
    ["worse", figures(102), "regression"],
    ["better", figures(50), "pass"],
    ["a goal missed", figures(100, { goals: { "wait p95": false } }), "regression"],
    [
      "fewer jobs completed in a variant",
      figures(100, {
        figures: { "jobs.waitS.p95": { value: 100 }, "more nodes: jobs.completed": { value: 90 } },
      }),
      "regression",
    ],
    ["another seed", figures(100, { seed: 2 }), "cannot measure"],
  ])("%s", (_name, now, status) => {
    expect(gate(figures(100), now).status).toBe(status);
  });

  test("a tolerance of its own, and intervals over replications", () => {
    expect(gate(figures(100), figures(104), { "jobs.waitS.p95": 0.05 }).status).toBe("pass");
    const wide = (value: number, half: number): ScenarioFigures =>
      figures(value, {
        figures: { "jobs.waitS.p95": { value, interval: [value - half, value + half] } },
      });
    expect(gate(wide(100, 10), wide(110, 10)).status).toBe("pass");
    expect(gate(wide(100, 3), wide(110, 3)).status).toBe("regression");
  });

  test("from nothing to something is worse, and inputs that changed are named", () => {
    const outcome = gate(figures(0), figures(5, { inputs: { "s.yaml": "2" } }));
    expect(outcome.cases[0]!.reason).toContain("was 0");
    expect(outcome.warnings[0]).toContain("changed since the baseline: s.yaml");
  });

  test("a file that is no baseline is refused", () => {
    expect(() => readScenarioBaseline("b.json", "{}")).toThrow(/is no baseline/);
    expect(() => readScenarioBaseline("b.json", "[")).toThrow(/is not JSON/);
    expect(() =>
      readScenarioBaseline(
        "b.json",
        '{"schema":"headroom/gate-baseline/v1","version":"1","scenarios":[]}',
      ),
    ).toThrow(/at least one scenario/);
  });
});

describe("history", () => {
  test("the energy statistic of Matteson and James", () => {
    const split = bestSplit([1, 2, 1, 2, 1, 5, 6, 5, 6, 5], 2)!;
    expect(split.at).toBe(5);
    expect(split.statistic).toBeCloseTo(17, 9);
  });

  test("creep that no single run shows is found; a still history is not called one", () => {
    const outcome = compare(BASE, BASE);
    const entry = historyEntry(BASE, outcome);
    const series = (value: (index: number) => number) =>
      Array.from({ length: 24 }, (_, index) => ({
        ...entry,
        cases: { a: { timeS: value(index), verdict: "no change shown" as const } },
      }));
    const noise = (index: number): number => 1 + 0.002 * ((index * 7919) % 5);
    expect(changePoints(series(noise))).toEqual([]);
    const [found] = changePoints(series((index) => noise(index) * (index < 12 ? 1 : 1.06)));
    expect(found).toMatchObject({ caseId: "a", at: 12 });
    expect(found!.ratio).toBeCloseTo(1.06, 2);
  });

  test("a line that is no entry is named", () => {
    const good = JSON.stringify(historyEntry(BASE, compare(BASE, BASE)));
    expect(readHistory("h.jsonl", `${good}\n\n`)).toHaveLength(1);
    expect(() => readHistory("h.jsonl", `${good}\nnot json\n`)).toThrow(/line 2/);
  });
});

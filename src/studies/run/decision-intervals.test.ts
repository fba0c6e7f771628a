// Decisions that rest on intervals: what is shown, what is not, and at which confidence.
import { describe, expect, test } from "vitest";

import { decide, type DecidedRun } from "./decision.js";
import { evaluateGoals, type MetricEvidence } from "./evaluate-goals.js";
import type { GoalResult, ReplicationsResult, RunResult } from "./result-document.js";

const result = {
  jobs: {
    count: 10.5,
    completed: 10.5,
    neverPlaceable: 0,
    waiting: 0,
    running: 0,
    waitS: { p95: 600 },
  },
  gpu: { allocatedShare: 0.5 },
} as unknown as Omit<RunResult, "goals">;

const target = {
  id: "p95 wait",
  metric: "jobs.waitS.p95",
  comparison: "atMost",
  unit: "s",
} as const;

function judge(low: number, high: number, over: Partial<GoalResult> = {}): GoalResult {
  const interval = { mean: 600, low, high };
  const [goal] = evaluateGoals([{ ...target, target: 900, ...over }], result, () => ({ interval }));
  return goal!;
}

const replications: ReplicationsResult = {
  method: "replications",
  count: 20,
  confidence: 0.95,
  warmUp: { asked: "auto", detected: true, endS: 7200 },
  precision: null,
  intervals: {},
  overloadedCount: 0,
};

function run(
  goals: readonly GoalResult[],
  over: { name?: string; overloaded?: boolean } = {},
): DecidedRun {
  const { name, overloaded = false } = over;
  const jobs = { ...result.jobs, overloaded };
  return {
    result: { ...result, goals, jobs, stopReason: "drained", replications },
    ...(name === undefined ? {} : { name }),
  };
}

describe("evaluateGoals", () => {
  test.each([
    ["met", 500, 900, "met"],
    ["not shown: its end is beyond the target", 500, 901, "not shown"],
    ["not shown: its beginning is on the good side", 900, 1000, "not shown"],
    ["missed", 901, 1000, "missed"],
  ])("an interval of which the goal is %s", (_name, low, high, verdict) => {
    expect(judge(low, high)).toMatchObject({
      verdict,
      met: verdict === "met",
      interval: [low, high],
    });
  });

  test("the other way round for a goal of at least", () => {
    expect(judge(900, 1000, { comparison: "atLeast" }).verdict).toBe("met");
    expect(judge(899, 1000, { comparison: "atLeast" }).verdict).toBe("not shown");
    expect(judge(800, 899, { comparison: "atLeast" }).verdict).toBe("missed");
  });

  test("an interval that was asked for and could not be had shows nothing; none asked for, the value decides", () => {
    const goals = [{ ...target, target: 900 }];
    const given = (evidence: MetricEvidence): GoalResult =>
      evaluateGoals(goals, result, () => evidence)[0]!;
    expect(given({ interval: "missing" })).toMatchObject({ verdict: "not shown", met: false });
    expect(given({ interval: "none" })).toMatchObject({ verdict: "met", met: true });
    expect(given({ interval: "none", perReplication: Float64Array.of(1, 899, 901) })).toMatchObject(
      {
        replicationsMet: 2,
      },
    );
  });
});

describe("decide", () => {
  const cluster = "8 GPUs";
  const question = "Are eight GPUs enough?";

  test("yes, with the confidence and the interval nearest to its target", () => {
    const goals = [judge(500, 700), judge(100, 899, { id: "wide" })];
    expect(decide({ cluster, question, base: run(goals), variants: [] })).toBe(
      "Yes, at 95 % confidence: 8 GPUs meet both goals (tightest: wide at 10 min (1.67 to 15 min), goal at most 15 min). " +
        "Figures are means of 20 replications after a warm-up of 2 h.",
    );
  });

  test("neither yes nor no while an interval holds its target", () => {
    const base = run([judge(500, 700), judge(500, 1000)]);
    const variants = [run([judge(500, 1000)], { name: "cheap", overloaded: true })];
    expect(decide({ cluster, question, base, variants })).toBe(
      "It is open, at 95 % confidence, whether 8 GPUs meet 1 of 2 goals: p95 wait at 10 min (8.33 to 16.7 min), goal at most 15 min. " +
        "Figures are means of 20 replications after a warm-up of 2 h. " +
        "With “cheap” it is not shown whether the goal is met: p95 wait at 10 min (8.33 to 16.7 min), goal at most 15 min, and waits do not settle.",
    );
  });

  test("a question that yes does not answer gets the finding with its confidence", () => {
    const other = "How many GPUs do we need?";
    expect(
      decide({ cluster, question: other, base: run([judge(500, 700)]), variants: [] }),
    ).toMatch(/^At 95 % confidence, 8 GPUs meet the goal \(p95 wait at 10 min /);
    expect(
      decide({ cluster, question: other, base: run([judge(901, 1000)]), variants: [] }),
    ).toMatch(/^At 95 % confidence, 8 GPUs miss the goal: p95 wait at /);
  });

  test("no as soon as one goal is missed for sure, with what is open beside it", () => {
    const text = decide({
      cluster,
      question,
      base: run([judge(901, 1000), judge(500, 1000, { id: "other" })]),
      variants: [],
    });
    expect(text).toMatch(
      /^No, at 95 % confidence: 8 GPUs miss 1 of 2 goals: p95 wait at .*; not shown either way: other at /,
    );
  });

  test("waits that did not settle are called out beside the answer", () => {
    const text = decide({
      cluster,
      question,
      base: run([judge(1, 2)], { overloaded: true }),
      variants: [],
    });
    expect(text).toContain(
      "Waits did not settle: they say how long the run is, not how the cluster does.",
    );
  });

  test("without goals the means are stated", () => {
    expect(decide({ cluster, question, base: run([]), variants: [] })).toContain(
      "8 GPUs completed 10.5 of 10.5 jobs; 95 % of them waited at most 10 min",
    );
  });
});

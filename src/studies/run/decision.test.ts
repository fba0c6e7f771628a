import { describe, expect, test } from "vitest";

import { decide, type DecidedRun } from "./decision.js";
import type { Distribution, GoalResult, JobsResult } from "./result-document.js";

const none: Distribution = { mean: null, p50: null, p95: null, p99: null, max: null };
const jobs: JobsResult = {
  count: 10,
  completed: 10,
  running: 0,
  waiting: 0,
  neverPlaceable: 0,
  jctS: none,
  waitS: { ...none, p95: 600 },
  slowdown: none,
  boundedSlowdown: none,
  makespanS: 1,
  gpuHours: 1,
  queueLengthMax: 0,
  queueLengthMean: 0,
  tenantFairness: null,
};
const gpu = { count: 16, allocatedShare: 0.9996, allocatedShareMax: 1, idleByClass: {} };

function goal(over: Partial<GoalResult>): GoalResult {
  const given = {
    id: "p95 wait",
    metric: "jobs.waitS.p95",
    comparison: "atMost",
    unit: "s",
  } as const;
  return { ...given, target: 3600, actual: 600, interval: null, met: true, ...over };
}

function run(
  goals: readonly GoalResult[],
  over: Partial<JobsResult> = {},
  name?: string,
): DecidedRun {
  const result = { goals, jobs: { ...jobs, ...over }, gpu, stopReason: "drained" } as const;
  return { result, ...(name === undefined ? {} : { name }) };
}

const question = "Are two nodes enough?";
const cluster = "2 nodes × 8 H100 (16 GPUs)";

describe("decide", () => {
  test("says yes with the goal that has least room, relative to its target", () => {
    const goals = [
      goal({}),
      goal({
        id: "use",
        metric: "gpu.allocatedShare",
        comparison: "atLeast",
        unit: "share",
        target: 0.5,
        actual: 0.52,
      }),
    ];
    expect(decide({ cluster, question, base: run(goals), variants: [] })).toBe(
      "Yes: 2 nodes × 8 H100 (16 GPUs) meet both goals (tightest: use at 52 %, goal at least 50 %).",
    );
  });

  test("says no with every goal that is missed, and what variants do", () => {
    const missed = goal({ actual: 7200, met: false });
    const text = decide({
      cluster,
      question,
      base: run([missed, goal({})]),
      variants: [run([goal({})], {}, "ten nodes"), run([missed], {}, "+25 %")],
    });
    expect(text).toBe(
      "No: 2 nodes × 8 H100 (16 GPUs) miss 1 of 2 goals: p95 wait at 2 h, goal at most 1 h. " +
        "With “ten nodes” the goal is met (p95 wait at 10 min, goal at most 1 h). " +
        "With “+25 %” it misses the goal: p95 wait at 2 h, goal at most 1 h.",
    );
  });

  test.each([
    ["How many nodes do we need?"],
    ["Which queue should they have?"],
    ["Reichen zwei Knoten?"],
    ["Do jobs wait?"],
    [null],
  ])("a question that yes does not answer gets the finding: %s", (other) => {
    const met = decide({ cluster, question: other, base: run([goal({})]), variants: [] });
    expect(met).toBe(
      "2 nodes × 8 H100 (16 GPUs) meet the goal (p95 wait at 10 min, goal at most 1 h).",
    );
    const base = run([goal({ actual: 7200, met: false })]);
    expect(
      decide({ cluster: "1 node × 8 H100 (8 GPUs)", question: other, base, variants: [] }),
    ).toBe("1 node × 8 H100 (8 GPUs) misses the goal: p95 wait at 2 h, goal at most 1 h.");
  });

  test("no yes where jobs have no place, or where figures only say how long the run was", () => {
    for (const over of [{ neverPlaceable: 1 }, { overloaded: true }]) {
      const text = decide({ cluster, question, base: run([goal({})], over), variants: [] });
      expect(text).toMatch(/^2 nodes × 8 H100 \(16 GPUs\) meet the goal /);
    }
  });

  test("a goal without a name of its own is called by its metric in words", () => {
    const text = decide({
      cluster,
      question,
      base: run([goal({ id: "jobs.waitS.p95 atMost" })]),
      variants: [],
    });
    expect(text).toContain("(p95 wait at 10 min, goal");
  });

  test("a goal without a value is missed and says so", () => {
    const text = decide({
      cluster,
      question: null,
      base: run([goal({ actual: null, met: false })]),
      variants: [],
    });
    expect(text).toContain("no value for p95 wait, goal at most 1 h");
  });

  test("jobs that no goal counts are named beside the answer", () => {
    const text = decide({
      cluster,
      question,
      base: run([goal({})], { neverPlaceable: 1, waiting: 2, running: 1 }),
      variants: [],
    });
    expect(text).toContain(
      "Not counted in this: 1 of 10 jobs can never be placed on it; 3 of 10 jobs had not ended when the run stopped.",
    );
  });

  test("without goals it states what happened and decides nothing", () => {
    expect(decide({ cluster, question: null, base: run([]), variants: [] })).toBe(
      "2 nodes × 8 H100 (16 GPUs) completed 10 of 10 jobs; 95 % of them waited at most 10 min; " +
        "jobs held >99.9 % of the GPU time. No goals were set, so nothing is decided.",
    );
  });
});

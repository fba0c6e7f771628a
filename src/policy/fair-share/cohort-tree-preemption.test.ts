import { describe, expect, it } from "vitest";
import type { PreemptionCase } from "./testing/preemption-case.js";
import { targetsIn } from "./testing/preemption-case.js";
import type { SmallCohort, SmallQueue } from "./testing/small-tree.js";
import { smallSpec, smallTree } from "./testing/small-tree.js";

interface TreeCase extends PreemptionCase {
  readonly queues: Readonly<Record<string, SmallQueue>>;
  readonly cohorts: Readonly<Record<string, SmallCohort>>;
}

// From pkg/scheduler/preemption/preemption_hierarchical_test.go.
describe("reclaiming in a tree of cohorts", () => {
  const reclaimAny = { within: "lower-priority", reclaim: "any" } as const;
  const withBorrow = {
    within: "lower-priority",
    reclaim: "lower-priority",
    borrowUpTo: 0,
  } as const;
  it.each<TreeCase>([
    {
      what: "reclaims what belongs to the cohort from a queue outside it",
      cohorts: { r: {}, c: { parent: "r", cores: 2 } },
      queues: { q: { cohort: "c", ...reclaimAny }, q_borrowing: { cohort: "r" } },
      running: { admitted: ["q_borrowing", 0, 2] },
      incoming: ["q", 0, 2],
      expected: ["admitted: reclaim"],
    },
    {
      what: "leaves a queue within its nominal quota alone",
      cohorts: { r: {}, c: { parent: "r", cores: 2 } },
      queues: {
        q: { cohort: "c", ...reclaimAny },
        q_borrowing: { cohort: "r" },
        q_nominal: { cohort: "r", cores: 2 },
      },
      running: { borrowing: ["q_borrowing", 0, 2], nominal: ["q_nominal", -10, 2] },
      incoming: ["q", 0, 2],
      expected: ["borrowing: reclaim"],
    },
    {
      what: "takes those it has a claim on before its own",
      cohorts: { r: {}, c: { parent: "r", cores: 3 } },
      queues: { q: { cohort: "c", ...reclaimAny }, q_borrowing: { cohort: "r" } },
      running: { own: ["q", -2, 2], borrowing: ["q_borrowing", 1, 1] },
      incoming: ["q", 0, 1],
      expected: ["borrowing: reclaim"],
    },
    {
      what: "takes a neighbour without claim only when borrowing allows it",
      cohorts: { r: {}, c: { parent: "r", cores: 2 } },
      queues: { q: { cohort: "c", ...withBorrow }, q_same: { cohort: "c" } },
      running: { same: ["q_same", -1, 2] },
      incoming: ["q", 0, 2],
      expected: ["same: borrow"],
    },
    {
      what: "reclaims from the neighbour and from the other subtree for a queue within nominal",
      cohorts: { r: {}, c: { parent: "r", cores: 2 } },
      queues: {
        q: { cohort: "c", cores: 4, ...reclaimAny },
        q_same: { cohort: "c" },
        q_borrowing: { cohort: "r" },
      },
      running: { borrowing: ["q_borrowing", 0, 3], same: ["q_same", 0, 3] },
      incoming: ["q", 0, 4],
      expected: ["borrowing: reclaim", "same: reclaim"],
    },
    {
      what: "reclaims by claim, and from the neighbour by priority while borrowing",
      cohorts: { r: { cores: 1 }, c: { parent: "r", cores: 4 } },
      queues: {
        q: { cohort: "c", ...withBorrow },
        q_same: { cohort: "c" },
        q_borrowing: { cohort: "r" },
      },
      running: {
        "b-low": ["q_borrowing", -1, 2],
        "b-high": ["q_borrowing", 1, 2],
        same: ["q_same", -1, 1],
      },
      incoming: ["q", 0, 3],
      expected: ["b-low: reclaim", "same: borrow"],
    },
    {
      what: "the same with a workload of its own instead of the neighbour's",
      cohorts: { r: { cores: 1 }, c: { parent: "r", cores: 4 } },
      queues: { q: { cohort: "c", ...withBorrow }, q_borrowing: { cohort: "r" } },
      running: {
        "b-low": ["q_borrowing", -1, 2],
        "b-high": ["q_borrowing", 1, 2],
        own: ["q", -1, 1],
      },
      incoming: ["q", 0, 3],
      expected: ["b-low: reclaim", "own: own"],
    },
    {
      what: "takes nobody below a cohort that stays within its quota",
      cohorts: { r: {}, c: { parent: "r", cores: 2 }, other: { parent: "r", cores: 4 } },
      queues: {
        q: { cohort: "c", cores: 0, ...reclaimAny },
        q_same: { cohort: "c", cores: 1 },
        q_other: { cohort: "other" },
      },
      running: { other: ["q_other", -5, 4], same: ["q_same", 0, 1] },
      incoming: ["q", 0, 3],
      expected: [],
    },
    {
      what: "keeps to lending limits in the tree",
      cohorts: { r: {}, c: { parent: "r", cores: 2 } },
      queues: {
        q: { cohort: "c", cores: 3, lendingLimit: 2, ...reclaimAny },
        q_borrowing: { cohort: "r" },
      },
      running: { borrowing: ["q_borrowing", 0, 4] },
      incoming: ["q", 0, 5],
      expected: ["borrowing: reclaim"],
    },
    {
      what: "reaches far in the tree",
      cohorts: { root: {}, left: { parent: "root" }, right: { parent: "root" } },
      queues: {
        "cq-left": { cohort: "left", cores: 10, ...reclaimAny },
        "cq-right": { cohort: "right" },
      },
      running: { there: ["cq-right", 0, 5] },
      incoming: ["cq-left", 0, 8],
      expected: ["there: reclaim"],
    },
    {
      what: "picks the least priorities over a tree of three levels",
      cohorts: {
        r: {},
        c11: { parent: "r", cores: 4 },
        c12: { parent: "r", cores: 4 },
        c21: { parent: "c11", cores: 4 },
        c22: { parent: "c11", cores: 4 },
        c23: { parent: "c12", cores: 4 },
        c31: { parent: "c21", cores: 4 },
        c32: { parent: "c21", cores: 4 },
      },
      queues: {
        q1: { cohort: "c12" },
        q2: { cohort: "c23" },
        q3: { cohort: "c22" },
        q4: { cohort: "c32" },
        q5: { cohort: "c31", within: "lower-priority", reclaim: "any" },
      },
      running: {
        "q1-6": ["q1", -6, 4],
        "q1-5": ["q1", -5, 4],
        "q2-9": ["q2", -9, 4],
        "q2-10": ["q2", -10, 4],
        "q3-4": ["q3", -4, 4],
        "q3-3": ["q3", -3, 3],
        "q4-4": ["q4", 4, 2],
        "q4-2": ["q4", 2, 3],
      },
      incoming: ["q5", -2, 7],
      expected: ["q1-6: reclaim", "q2-10: reclaim"],
    },
  ])("$what", (row) => {
    expect(targetsIn(row.queues, row, row.cohorts)).toEqual(row.expected);
  });

  it("takes those already stopping before all others", () => {
    const queues = { q: { cohort: "c", cores: 0, ...reclaimAny }, other: { cohort: "r" } } as const;
    const tree = smallTree(smallSpec(queues, { r: {}, c: { parent: "r", cores: 3 } }), {
      calm: { in: "other", priority: -5, cores: 1 },
      stopping: { in: "other", priority: 7, cores: 1, stopping: true },
      third: { in: "other", priority: 9, cores: 1 },
    });
    expect(tree.targets("q", 0, 1)).toEqual(["stopping: reclaim"]);
  });
});

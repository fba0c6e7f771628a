import { describe, expect, it } from "vitest";
import type { FairStrategy } from "./quota-spec.js";
import type { PreemptionCase, WorkloadRow } from "./testing/preemption-case.js";
import { targetsIn } from "./testing/preemption-case.js";
import type { SmallCohort, SmallQueue } from "./testing/small-tree.js";

const RULES = { within: "lower-priority", reclaim: "any" } as const;

/** Queues a, b and c with 3 cores each, and one without. */
const FLAT: Readonly<Record<string, SmallQueue>> = {
  a: { cohort: "all", cores: 3, ...RULES },
  b: { cohort: "all", cores: 3, ...RULES },
  c: { cohort: "all", cores: 3, ...RULES },
  preemptible: { cohort: "all", cores: 0, ...RULES },
};

/** Workloads of priority 0 named after their queue and numbered, of the sizes given. */
function each(sizes: Readonly<Record<string, readonly number[]>>): Record<string, WorkloadRow> {
  return Object.fromEntries(
    Object.entries(sizes).flatMap(([queue, cores]) =>
      cores.map((size, index): [string, WorkloadRow] => [`${queue}${index + 1}`, [queue, 0, size]]),
    ),
  );
}

const units = (count: number): readonly number[] => Array.from({ length: count }, () => 1);

// Situations and outcomes are those of kueue's pkg/scheduler/preemption/preemption_fair_test.go, with the
// gate that lets owners reclaim as it is by default since v0.17.
describe("preemption by share in one cohort", () => {
  it.each<PreemptionCase>([
    {
      what: "an owner reclaims from the queue that borrows most",
      running: each({ a: units(3), b: units(5), c: units(1) }),
      incoming: ["c", 0, 1],
      expected: ["b1: reclaim"],
    },
    {
      what: "it looks at shares again after every workload",
      running: each({ a: [3, 1], b: [2, 3] }),
      incoming: ["c", 0, 3],
      expected: ["a1: reclaim"],
    },
    {
      what: "a borrower takes from one that borrows more",
      running: each({ a: units(3), b: units(5), c: units(1) }),
      incoming: ["a", 0, 1],
      expected: ["b1: fair"],
    },
    {
      what: "an owner takes what is enough from several",
      running: each({ a: [0.5, 0.5, 3], b: [0.5, 0.5, 3] }),
      incoming: ["c", 0, 2],
      expected: ["a1: reclaim", "b1: reclaim"],
    },
    {
      what: "nobody yields who is within nominal quota",
      running: each({ a: units(3), b: units(3), c: units(3) }),
      incoming: ["a", 0, 1],
      expected: [],
    },
    {
      what: "nobody yields when the preemptor's share would be larger",
      running: each({ a: units(3), b: units(5) }),
      incoming: ["a", 0, 2],
      expected: [],
    },
    {
      what: "own workloads of lower priority yield first",
      running: {
        a1_low: ["a", -1, 1],
        a2_low: ["a", -1, 1],
        a3: ["a", 0, 1],
        a4: ["a", 0, 1],
        ...each({ b: units(5) }),
      },
      incoming: ["a", 0, 2],
      expected: ["a1_low: own", "a2_low: own"],
    },
    {
      what: "own workloads and the share of others together",
      running: {
        a_low: ["a", -1, 1],
        a2: ["a", 0, 1],
        a3: ["a", 0, 1],
        ...each({ b: units(6) }),
      },
      incoming: ["a", 0, 2],
      expected: ["a_low: own", "b1: fair"],
    },
    {
      what: "an owner takes a huge workload",
      running: each({ b: [9] }),
      incoming: ["a", 0, 2],
      expected: ["b1: reclaim"],
    },
    {
      what: "a borrower does not take a huge workload that leaves its owner with less",
      running: each({ a: [2], b: [7] }),
      incoming: ["a", 0, 5],
      expected: [],
    },
    {
      what: "nobody is taken when that is not enough",
      running: each({ b: [2, 2, 3] }),
      incoming: ["a", 0, 6],
      expected: [],
    },
    {
      what: "own low priorities and the second strategy together",
      running: {
        a1_low: ["a", -1, 2],
        a2_low: ["a", -1, 1],
        ...each({ b: [3, 3] }),
      },
      incoming: ["a", 0, 4],
      expected: ["a1_low: own", "b1: fair"],
    },
    {
      what: "the smallest that will do, by the first strategy",
      running: each({ b: [2, 1, 2], c: [1] }),
      incoming: ["a", 0, 3.5],
      expected: ["b2: fair"],
    },
    {
      what: "one of each queue by the second strategy",
      running: each({ b: [2, 2.5], c: [2, 2.5] }),
      incoming: ["a", 0, 3.5],
      expected: ["b1: fair", "c1: fair"],
    },
    {
      what: "and they do not take it back",
      running: each({ a: [3.5], b: [2.5], c: [2.5] }),
      incoming: ["b", 0, 2],
      expected: [],
    },
    {
      what: "shares that would change places are left",
      running: each({ b: [3, 3], c: [3] }),
      incoming: ["a", 0, 4],
      expected: [],
    },
  ])("$what", (row) => {
    expect(targetsIn(FLAT, row, {}, "all")).toEqual(row.expected);
  });

  it("takes a smaller share of lower priority or a larger one, as the strategy says", () => {
    const running: Record<string, WorkloadRow> = {
      a1: ["a", 0, 3],
      b_low: ["b", 0, 5],
      b_high: ["b", 1, 1],
    };
    const take = (strategy: FairStrategy): readonly string[] =>
      targetsIn(FLAT, { what: "", running, incoming: ["a", 0, 1], expected: [] }, {}, [strategy]);
    expect(take("less-than-initial-share")).toEqual(["b_low: fair"]);
    expect(take("less-than-or-equal-to-final-share")).toEqual(["b_high: fair"]);
  });

  it("works within a queue that has no cohort", () => {
    const queues = { alone: { cores: 3, ...RULES } };
    const running: Record<string, WorkloadRow> = { low: ["alone", -1, 2], mid: ["alone", 0, 1] };
    const at = (priority: number): readonly string[] =>
      targetsIn(
        queues,
        { what: "", running, incoming: ["alone", priority, 1], expected: [] },
        {},
        "all",
      );
    expect(at(0)).toEqual(["low: own"]);
    expect(at(-1)).toEqual([]);
  });
});

interface TreeCase extends PreemptionCase {
  readonly queues: Readonly<Record<string, SmallQueue>>;
  readonly cohorts?: Readonly<Record<string, SmallCohort>>;
}

describe("preemption by weighted share and in a tree", () => {
  it.each<TreeCase>([
    {
      what: "weight 2 may borrow twice as much",
      queues: { ...FLAT, a: { ...FLAT["a"]!, weight: 2 } },
      running: each({ a: [3], b: units(6) }),
      incoming: ["a", 0, 2],
      expected: ["b1: fair", "b2: fair"],
    },
    {
      what: "weight 0 gives back everything borrowed",
      queues: { ...FLAT, b: { ...FLAT["b"]!, weight: 0 } },
      running: each({ a: units(1), b: units(8) }),
      incoming: ["a", 0, 3],
      expected: ["b1: fair", "b2: fair", "b3: fair"],
    },
    {
      what: "weight 0 keeps its nominal quota",
      queues: { ...FLAT, b: { ...FLAT["b"]!, weight: 0 } },
      running: each({ a: units(3), b: units(3), c: units(3) }),
      incoming: ["a", 0, 1],
      expected: [],
    },
    {
      what: "a queue of weight 0 reclaims its nominal quota",
      queues: {
        a: { cohort: "all", cores: 2, weight: 0, ...RULES },
        b: { cohort: "all", ...RULES },
      },
      running: each({ b: [2] }),
      incoming: ["a", 0, 2],
      expected: ["b1: reclaim"],
    },
    {
      what: "a borrower in a cohort that borrows nothing is left alone",
      queues: {
        a: { cohort: "left", ...RULES },
        b: { cohort: "right", ...RULES },
        b_lends: { cohort: "right", cores: 3 },
      },
      cohorts: { root: {}, left: { parent: "root" }, right: { parent: "root" } },
      running: each({ b: units(3) }),
      incoming: ["a", 0, 1],
      expected: [],
    },
    {
      what: "subtrees are weighed against each other where they meet",
      queues: {
        a: { cohort: "left", cores: 1, weight: 2, ...RULES },
        b: { cohort: "left", cores: 1, weight: 1, ...RULES },
        c: { cohort: "root", cores: 1, weight: 1, ...RULES },
        d: { cohort: "right", cores: 1, weight: 1, ...RULES },
        e: { cohort: "right", cores: 1, weight: 0.99, ...RULES },
      },
      cohorts: {
        root: { cores: 5 },
        left: { parent: "root", cores: 5, weight: 2 },
        right: { parent: "root", cores: 5, weight: 1 },
      },
      running: Object.fromEntries(
        ["b", "c", "d", "e"].flatMap((queue) =>
          [1, 2, 3, 4, 5].map((priority): [string, WorkloadRow] => [
            `${queue}${priority}`,
            [queue, priority, 1],
          ]),
        ),
      ),
      incoming: ["a", 0, 5],
      expected: ["b1: fair", "b2: fair", "c1: fair", "c2: fair", "e1: fair"],
    },
    {
      what: "a cohort yields before a queue of the same share",
      queues: {
        a: { cohort: "root", cores: 1, ...RULES },
        c: { cohort: "root", ...RULES },
        b: { cohort: "inner", ...RULES },
      },
      cohorts: { root: { cores: 1 }, inner: { parent: "root" } },
      running: each({ b: [1], c: [1] }),
      incoming: ["a", 0, 1],
      expected: ["b1: reclaim"],
    },
    {
      what: "deep in the tree the lighter side yields",
      queues: {
        a: { cohort: "c1", ...RULES, weight: 1.01 },
        b: { cohort: "c1", ...RULES, weight: 0.99 },
      },
      cohorts: { root: { cores: 10 }, c1: { parent: "root" } },
      running: each({ a: units(4), b: units(6) }),
      incoming: ["a", 0, 1],
      expected: ["b1: fair"],
    },
  ])("$what", (row) => {
    expect(targetsIn(row.queues, row, row.cohorts, "all")).toEqual(row.expected);
  });
});

import { describe, expect, it } from "vitest";
import type { PreemptionCase } from "./testing/preemption-case.js";
import { targetsIn } from "./testing/preemption-case.js";

// Situations and outcomes are those of kueue's own tables, pkg/scheduler/preemption/preemption_test.go.
describe("preemption in a queue of its own", () => {
  const queues = { q: { cores: 6, within: "lower-priority" } } as const;
  it.each<PreemptionCase>([
    {
      what: "takes the lowest priority",
      running: { low: ["q", -1, 2], mid: ["q", 0, 2], high: ["q", 1, 2] },
      incoming: ["q", 1, 2],
      expected: ["low: own"],
    },
    {
      what: "takes as many as are needed, lowest first",
      running: { low: ["q", -1, 2], mid: ["q", 0, 2], high: ["q", 1, 2] },
      incoming: ["q", 1, 3],
      expected: ["low: own", "mid: own"],
    },
    {
      what: "gives back those that a later one makes superfluous",
      running: { low: ["q", -1, 1], mid: ["q", 0, 2], high: ["q", 1, 3] },
      incoming: ["q", 1, 2],
      expected: ["mid: own"],
    },
    {
      what: "takes nobody of its own priority",
      running: { low: ["q", -1, 3], mid: ["q", 0, 3] },
      incoming: ["q", -1, 1],
      expected: [],
    },
    {
      what: "takes nobody when that would not be enough",
      running: { low: ["q", -1, 3], mid: ["q", 0, 3] },
      incoming: ["q", 0, 4],
      expected: [],
    },
  ])("$what", (row) => {
    expect(targetsIn(queues, row)).toEqual(row.expected);
  });
});

describe("preemption by time among equal priorities", () => {
  it("takes the one admitted last among those queued after the preemptor", () => {
    const queues = { q: { cores: 6, within: "lower-or-newer-equal-priority" } } as const;
    expect(
      targetsIn(queues, {
        what: "",
        running: { wl1: ["q", 2, 2, 0, 0], wl2: ["q", 1, 2, 1, 3], wl3: ["q", 1, 2, 0, 2] },
        incoming: ["q", 1, 2, 0, 1],
        expected: [],
      }),
    ).toEqual(["wl2: own"]);
    // Queued before both: nobody is newer than one that came last.
    expect(
      targetsIn(queues, {
        what: "",
        running: { wl1: ["q", 1, 3, 0, 0], wl2: ["q", 1, 3, 0, 1] },
        incoming: ["q", 1, 2, 0, 1],
        expected: [],
      }),
    ).toEqual([]);
  });
});

describe("reclaiming in a cohort", () => {
  const queues = {
    c1: {
      cohort: "cohort",
      cores: 6,
      borrowingLimit: 6,
      within: "lower-priority",
      reclaim: "lower-priority",
    },
    c2: { cohort: "cohort", cores: 6, borrowingLimit: 6, reclaim: "any" },
  } as const;
  it.each<PreemptionCase>([
    {
      what: "takes the lowest priority of the borrowing queue",
      running: { "c1-low": ["c1", -1, 3], "c2-mid": ["c2", 0, 3], "c2-high": ["c2", 1, 6] },
      incoming: ["c1", 1, 3],
      expected: ["c2-mid: reclaim"],
    },
    {
      what: "takes nobody of a queue within its nominal quota",
      running: { "c1-high": ["c1", 0, 6], "c2-low": ["c2", -1, 5] },
      incoming: ["c1", 0, 1],
      expected: [],
    },
    {
      what: "takes nobody when its own queue would still borrow and has no one lower",
      running: { "c1-high": ["c1", 1, 4], "c2-low-1": ["c2", -1, 4], "c2-low-2": ["c2", -1, 4] },
      incoming: ["c1", 1, 4],
      expected: [],
    },
    {
      what: "takes its own lower workload, not the other queue's",
      running: { "c1-med": ["c1", 0, 4], "c1-low": ["c1", -1, 4], "c2-low": ["c2", -1, 4] },
      incoming: ["c1", 1, 4],
      expected: ["c1-low: own"],
    },
    {
      what: "takes nobody of equal priority under lower-priority",
      running: { c1: ["c1", 0, 2], "c2-1": ["c2", 0, 4], "c2-2": ["c2", 0, 4] },
      incoming: ["c1", 0, 4],
      expected: [],
    },
    {
      what: "takes any priority under any, lowest first",
      running: { "c1-1": ["c1", 0, 4], "c1-2": ["c1", 1, 4], c2: ["c2", 0, 2] },
      incoming: ["c2", 0, 4],
      expected: ["c1-1: reclaim"],
    },
    {
      what: "takes of both queues where both are needed",
      running: {
        "c1-low": ["c1", -1, 3],
        "c1-mid": ["c1", 0, 2],
        "c2-low": ["c2", -1, 3],
        "c2-mid": ["c2", 0, 4],
      },
      incoming: ["c1", 0, 4],
      expected: ["c1-low: own", "c2-low: reclaim"],
    },
  ])("$what", (row) => {
    expect(targetsIn(queues, row)).toEqual(row.expected);
  });

  it("keeps to lending limits", () => {
    const lending = {
      lend1: {
        cohort: "cohort",
        cores: 6,
        lendingLimit: 4,
        within: "lower-priority",
        reclaim: "lower-priority",
      },
      lend2: { cohort: "cohort", cores: 6, lendingLimit: 2, reclaim: "any" },
    } as const;
    expect(
      targetsIn(lending, {
        what: "",
        running: {
          "lend1-low": ["lend1", -1, 3],
          "lend2-mid": ["lend2", 0, 3],
          "lend2-high": ["lend2", 1, 4],
        },
        incoming: ["lend1", 1, 3],
        expected: [],
      }),
    ).toEqual(["lend2-mid: reclaim"]);
    expect(
      targetsIn(lending, {
        what: "lend2 lends 2: lend1 can never have 9",
        running: { "lend2-low": ["lend2", -1, 10] },
        incoming: ["lend1", 0, 9],
        expected: [],
      }),
    ).toEqual([]);
  });

  it("takes its own workloads once the other queue no longer borrows", () => {
    const three = {
      a: { cohort: "cohort", cores: 2, within: "lower-priority", reclaim: "any" },
      b: { cohort: "cohort", cores: 2, within: "lower-priority", reclaim: "any" },
      c: { cohort: "cohort", cores: 2, within: "lower-priority", reclaim: "any" },
    } as const;
    expect(
      targetsIn(three, {
        what: "",
        running: {
          a1: ["a", -2, 1],
          a2: ["a", -2, 1],
          a3: ["a", -1, 1],
          b1: ["b", 0, 1],
          b2: ["b", 0, 1],
          b3: ["b", 0, 1],
        },
        incoming: ["a", 0, 2],
        expected: [],
      }),
    ).toEqual(["a1: own", "a2: own"]);
    expect(
      targetsIn(three, {
        what: "",
        running: {
          a1: ["a", -1, 1],
          b1: ["b", 0, 1],
          b2: ["b", 0, 1],
          b3: ["b", 0, 1],
          b4: ["b", 0, 1],
          b5: ["b", -1, 1],
        },
        incoming: ["a", 0, 2],
        expected: [],
      }),
    ).toEqual(["a1: own", "b5: reclaim"]);
  });
});

describe("preemption while borrowing", () => {
  const shared = { cohort: "cohort", reclaim: "lower-priority", borrowUpTo: 0 } as const;
  const queues = {
    a_standard: { ...shared, cores: 1, borrowingLimit: 12 },
    b_standard: { ...shared, cores: 1, borrowingLimit: 12 },
    a_best_effort: { ...shared, cores: 1, borrowingLimit: 12 },
    b_best_effort: { ...shared, cores: 0, borrowingLimit: 13 },
    shared: { cohort: "cohort", cores: 10 },
  } as const;
  it.each<PreemptionCase>([
    {
      what: "takes lower priorities up to the threshold",
      running: { a_low: ["a_best_effort", -1, 10], b_low: ["b_best_effort", -1, 1] },
      incoming: ["a_standard", 0, 10],
      expected: ["a_low: borrow"],
    },
    {
      what: "takes nobody above the threshold",
      running: { b: ["b_standard", 1, 10] },
      incoming: ["a_standard", 2, 10],
      expected: [],
    },
    {
      what: "takes above the threshold when it need not borrow",
      running: { b: ["b_standard", 1, 13] },
      incoming: ["a_standard", 2, 1],
      expected: ["b: reclaim"],
    },
    {
      what: "takes nobody of its own queue when that is never",
      running: { a: ["a_standard", 1, 13] },
      incoming: ["a_standard", 2, 1],
      expected: [],
    },
  ])("$what", (row) => {
    expect(targetsIn(queues, row)).toEqual(row.expected);
  });
});

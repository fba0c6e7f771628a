import { describe, expect, it } from "vitest";
import type { CycleDecision } from "./admission-cycle.js";
import type { CycleOptions } from "./quota-tree.js";
import type { Running, SmallTree } from "./testing/small-tree.js";
import { smallSpec, smallTree } from "./testing/small-tree.js";

interface Head {
  readonly queue: string;
  readonly cores: number;
  readonly priority?: number;
  readonly queuedS?: number;
  readonly preempting?: boolean;
}

/** What a cycle decides, in its order: "queue outcome". */
function cycle(
  { tree }: SmallTree,
  heads: readonly Head[],
  options?: CycleOptions,
): readonly string[] {
  const offered = heads.map(({ queue, cores, priority = 0, queuedS = 0, preempting = false }) => ({
    queue: tree.queueIndex(queue),
    preempting,
    request: { priority, queuedS, amounts: [cores * 1000] },
  }));
  const before = Array.from({ length: tree.layout.nodeCount }, (_, node) => tree.usageOf(node, 0));
  const decisions = tree.runCycle(offered, options);
  expect(before).toEqual(before.map((_, node) => tree.usageOf(node, 0)));
  tree.checkInvariants();
  const inWords = (decision: CycleDecision): string =>
    decision.outcome === "wait" ? decision.why : decision.outcome;
  return decisions.map((decision) => `${heads[decision.head]!.queue} ${inWords(decision)}`);
}

const NOBODY: Readonly<Record<string, Running>> = {};

describe("the order of admission, classically", () => {
  const open = smallSpec({
    a: { cohort: "all", cores: 4 },
    b: { cohort: "all", cores: 4 },
    c: { cohort: "all", cores: 4 },
  });

  it("is within quota before borrowing, then by priority, then by time, then by queue", () => {
    expect(
      cycle(smallTree(open, NOBODY), [
        { queue: "a", cores: 5, priority: 9 },
        { queue: "b", cores: 2, priority: 1, queuedS: 5 },
        { queue: "c", cores: 2, priority: 1, queuedS: 4 },
      ]),
    ).toEqual(["c admit", "b admit", "a admit"]);
    expect(
      cycle(smallTree(open, NOBODY), [
        { queue: "b", cores: 2, queuedS: 1 },
        { queue: "a", cores: 2, queuedS: 1 },
        { queue: "c", cores: 2, priority: 1, queuedS: 9 },
      ]),
    ).toEqual(["c admit", "a admit", "b admit"]);
  });

  it("lets those wait who no longer fit behind others of the same cycle", () => {
    expect(
      cycle(smallTree(open, NOBODY), [
        { queue: "a", cores: 7 },
        { queue: "b", cores: 6, priority: 1 },
      ]),
    ).toEqual(["b admit", "a overtaken"]);
  });

  it("asks the nodes in the order of the turns, and passes over a head without a place", () => {
    const asked: number[] = [];
    const heads = [
      { queue: "a", cores: 2 },
      { queue: "b", cores: 2, priority: 1 },
      { queue: "c", cores: 9 },
    ];
    const accept = (head: number): boolean => {
      asked.push(head);
      return head !== 1;
    };
    expect(cycle(smallTree(open, NOBODY), heads, { accept })).toEqual([
      "b no-place",
      "a admit",
      "c admit",
    ]);
    expect(asked).toEqual([1, 0, 2]);
  });
});

describe("heads that wait for those they pushed out", () => {
  it.each([undefined, "all"] as const)("go first (fair sharing: %s)", (fair) => {
    const queues = { a: { cohort: "all", cores: 2 }, b: { cohort: "all", cores: 2 } };
    const heads = [
      { queue: "a", cores: 2, priority: 9 },
      { queue: "b", cores: 3, preempting: true },
    ];
    const tree = smallTree(smallSpec(queues, {}, fair), NOBODY);
    expect(cycle(tree, heads)).toEqual(["b admit", "a overtaken"]);
    expect(cycle(tree, [heads[0]!, { ...heads[1]!, preempting: false }])).toEqual([
      "a admit",
      "b overtaken",
    ]);
  });
});

describe("preemption in a cycle", () => {
  const rules = { within: "lower-priority", reclaim: "any" } as const;
  const spec = smallSpec({
    a: { cohort: "all", cores: 4, ...rules },
    b: { cohort: "all", cores: 4, ...rules },
    c: { cohort: "all", cores: 4 },
  });

  it("names targets, and keeps what they free for the preemptor", () => {
    const tree = smallTree(spec, {
      c1: { in: "c", cores: 6 },
      c2: { in: "c", cores: 6 },
    });
    // Either target would do for either head; both pick c1, so the second waits for the next cycle.
    expect(
      cycle(tree, [
        { queue: "a", cores: 4 },
        { queue: "b", cores: 4, queuedS: 1 },
      ]),
    ).toEqual(["a preempt", "b overtaken"]);
  });

  it("pushes nobody out when told so", () => {
    const tree = smallTree(spec, { c1: { in: "c", cores: 12 } });
    const heads = [{ queue: "a", cores: 4 }];
    expect(cycle(tree, heads)).toEqual(["a preempt"]);
    expect(cycle(tree, heads, { withoutPreemption: true })).toEqual(["a nobody-to-preempt"]);
  });

  it("may let two heads preempt in one cycle when their targets differ", () => {
    const tree = smallTree(spec, {
      a_low: { in: "a", cores: 4, priority: -1 },
      b_low: { in: "b", cores: 4, priority: -1 },
      c1: { in: "c", cores: 4 },
    });
    expect(
      cycle(tree, [
        { queue: "a", cores: 4 },
        { queue: "b", cores: 4, queuedS: 1 },
      ]),
    ).toEqual(["a preempt", "b preempt"]);
  });

  it("does not give the room of a head that waits for its own to borrowers", () => {
    const quiet = smallSpec({
      a: { cohort: "all", cores: 4 },
      b: { cohort: "all", cores: 4 },
    });
    const tree = smallTree(quiet, { b1: { in: "b", cores: 6 } });
    // a waits for 4 of its own, 2 are free: b must not take them, though it would fit by borrowing.
    expect(
      cycle(tree, [
        { queue: "a", cores: 4 },
        { queue: "b", cores: 2, priority: 9 },
      ]),
    ).toEqual(["a nobody-to-preempt", "b overtaken"]);
  });

  it.each([
    [2, "admit"],
    [3, "overtaken"],
  ])("keeps no more than the borrowing limit lets it have: %i for another", (cores, outcome) => {
    const limited = smallSpec({
      a: { cohort: "all", cores: 4, borrowingLimit: 2 },
      b: { cohort: "all", cores: 4 },
      idle: { cohort: "all", cores: 4 },
    });
    // a may grow by 2 at most: the other 2 of the 4 that are free are for whoever fits.
    const tree = smallTree(limited, { a1: { in: "a", cores: 4 }, b1: { in: "b", cores: 4 } });
    const heads = [
      { queue: "a", cores: 4, priority: 1 },
      { queue: "b", cores },
    ];
    expect(cycle(tree, heads)).toEqual(["a nobody-to-preempt", `b ${outcome}`]);
  });

  it.each([
    ["any", ["a nobody-to-preempt", "b admit"]],
    ["lower-priority", ["a nobody-to-preempt", "b overtaken"]],
  ] as const)("gives it to them where the owner may reclaim from %s", (reclaim, expected) => {
    const spec4 = smallSpec({
      a: { cohort: "all", cores: 4, reclaim },
      b: { cohort: "all", cores: 4 },
    });
    // a asks for 3 beside its 3: it would borrow, and b is within its quota.
    const tree = smallTree(spec4, { a1: { in: "a", cores: 3 }, b1: { in: "b", cores: 3 } });
    const heads = [
      { queue: "a", cores: 3 },
      { queue: "b", cores: 2, queuedS: 1 },
    ];
    expect(cycle(tree, heads)).toEqual(expected);
  });

  it("refuses two heads of one queue", () => {
    const tree = smallTree(spec, NOBODY);
    expect(() =>
      cycle(tree, [
        { queue: "a", cores: 1 },
        { queue: "a", cores: 1 },
      ]),
    ).toThrow(/one head per queue/);
  });
});

describe("the order of admission by share", () => {
  it("is the smallest share after admission first, and not borrowing before all", () => {
    const spec = smallSpec(
      {
        a: { cohort: "all", cores: 2 },
        b: { cohort: "all", cores: 2 },
        c: { cohort: "all", cores: 2 },
        idle: { cohort: "all", cores: 6 },
      },
      {},
      "all",
    );
    const running = { a1: { in: "a", cores: 4 }, b1: { in: "b", cores: 3 } };
    const heads = [
      { queue: "a", cores: 1, priority: 9 },
      { queue: "b", cores: 1 },
      { queue: "c", cores: 2, queuedS: 7 },
    ];
    expect(cycle(smallTree(spec, running), heads)).toEqual(["c admit", "b admit", "a admit"]);
    // Equal shares: priority, then time.
    const equal = [
      { queue: "a", cores: 1 },
      { queue: "b", cores: 2, priority: 1 },
    ];
    expect(cycle(smallTree(spec, running), equal)).toEqual(["b admit", "a admit"]);
  });

  it("holds a tournament in every cohort", () => {
    // Left borrows more than right in total; within right, the queue that borrows less goes first.
    const spec = smallSpec(
      {
        l1: { cohort: "left" },
        l2: { cohort: "left" },
        r1: { cohort: "right" },
        r2: { cohort: "right" },
      },
      { root: { cores: 20 }, left: { parent: "root" }, right: { parent: "root" } },
      "all",
    );
    const running = {
      left: { in: "l1", cores: 6 },
      right: { in: "r1", cores: 4 },
    };
    const heads = [
      { queue: "l1", cores: 1, priority: 5 },
      { queue: "l2", cores: 1, priority: 4 },
      { queue: "r1", cores: 1, priority: 3 },
      { queue: "r2", cores: 1, priority: 2 },
    ];
    // Right 4 -> 5 -> 6 of 20 before left 6 -> 7; at 6 against 6 plus one each the shares are equal (7):
    // priority decides in favour of left's winner.
    expect(cycle(smallTree(spec, running), heads)).toEqual([
      "r2 admit",
      "r1 admit",
      "l2 admit",
      "l1 admit",
    ]);
  });

  it("halves the share of weight 2", () => {
    const queues = (weight: number) =>
      smallSpec(
        { a: { cohort: "all", weight }, b: { cohort: "all" }, idle: { cohort: "all", cores: 9 } },
        {},
        "all",
      );
    const heads = [
      { queue: "a", cores: 3 },
      { queue: "b", cores: 2 },
    ];
    expect(cycle(smallTree(queues(1), NOBODY), heads)).toEqual(["b admit", "a admit"]);
    expect(cycle(smallTree(queues(2), NOBODY), heads)).toEqual(["a admit", "b admit"]);
  });

  it("serves queues without a cohort too", () => {
    const spec = smallSpec({ alone: { cores: 1 }, a: { cohort: "all", cores: 1 } }, {}, "all");
    const heads = [
      { queue: "a", cores: 1 },
      { queue: "alone", cores: 1 },
    ];
    expect(cycle(smallTree(spec, NOBODY), heads)).toEqual(["alone admit", "a admit"]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createQuotaLayout } from "./quota-layout.js";
import type { QuotaLedger } from "./quota-ledger.js";
import {
  addUsage,
  available,
  borrowingReach,
  createQuotaLedger,
  removeUsage,
} from "./quota-ledger.js";
import type { SmallCohort, SmallQueue } from "./testing/small-tree.js";
import { smallSpec } from "./testing/small-tree.js";

/** Ledger of a tree and handles by name. */
function ledgerOf(
  queues: Readonly<Record<string, SmallQueue>>,
  cohorts: Readonly<Record<string, SmallCohort>> = {},
): { readonly ledger: QuotaLedger; readonly node: (name: string) => number } {
  const layout = createQuotaLayout(smallSpec(queues, cohorts));
  return { ledger: createQuotaLedger(layout), node: (name) => layout.nodeNames.indexOf(name) };
}

describe("what a queue may use", () => {
  // The team-a and team-b of kueue's concepts/cluster_queue.md: 9 and 12 CPUs in one cohort.
  it.each([
    ["everything the cohort has", {}, {}, 21],
    ["its nominal and the borrowing limit", { borrowingLimit: 1 }, {}, 10],
    ["its nominal and what the other lends", {}, { lendingLimit: 1 }, 10],
    ["the smaller of the two", { borrowingLimit: 3 }, { lendingLimit: 2 }, 11],
    ["its nominal alone", { borrowingLimit: 0 }, {}, 9],
  ])("is %s", (_, limitsA, limitsB, expected) => {
    const { ledger, node } = ledgerOf({
      a: { cohort: "all", cores: 9, ...limitsA },
      b: { cohort: "all", cores: 12, ...limitsB },
    });
    expect(available(ledger, node("a"), 0)).toBe(expected * 1000);
  });

  it("shrinks by what others borrow, and not by what they keep", () => {
    const { ledger, node } = ledgerOf({
      a: { cohort: "all", cores: 9 },
      b: { cohort: "all", cores: 12, lendingLimit: 5 },
    });
    // b's first 7 come out of what it keeps.
    addUsage(ledger, node("b"), 0, 7000);
    expect(available(ledger, node("a"), 0)).toBe(14_000);
    addUsage(ledger, node("b"), 0, 6000);
    expect(available(ledger, node("a"), 0)).toBe(8000);
    expect(available(ledger, node("b"), 0)).toBe(8000);
    removeUsage(ledger, node("b"), 0, 13_000);
    expect(available(ledger, node("a"), 0)).toBe(14_000);
  });

  it("includes the quota of cohorts above, for a queue with none of its own", () => {
    const { ledger, node } = ledgerOf(
      { q: { cohort: "inner" }, other: { cohort: "outer" } },
      { outer: { cores: 4 }, inner: { parent: "outer", cores: 12, lendingLimit: 3 } },
    );
    expect(available(ledger, node("q"), 0)).toBe(16_000);
    expect(available(ledger, node("other"), 0)).toBe(7000);
  });

  it("is its nominal quota without a cohort", () => {
    const { ledger, node } = ledgerOf({ q: { cores: 9 } });
    expect(available(ledger, node("q"), 0)).toBe(9000);
    addUsage(ledger, node("q"), 0, 10_000);
    expect(available(ledger, node("q"), 0)).toBe(-1000);
  });
});

describe("how far a queue borrows", () => {
  const { ledger, node } = ledgerOf(
    { q: { cohort: "inner", cores: 2 }, beside: { cohort: "inner", cores: 3 } },
    { outer: { cores: 4 }, inner: { parent: "outer" } },
  );
  it.each([
    [2, 0, true],
    [3, 1, true],
    [5, 1, true],
    [6, 2, false],
    [9, 2, false],
  ])("%i cores reach level %i", (cores, level, mayReclaim) => {
    expect(borrowingReach(ledger, node("q"), 0, cores * 1000)).toEqual({ level, mayReclaim });
  });
});

interface OracleNode {
  readonly name: string;
  readonly parent: string | undefined;
  readonly cores: number;
  readonly borrowingLimit: number;
  readonly lendingLimit: number;
}

/**
 * The balance T of KEP-79: what a subtree has left, negative when it borrows. A use is admissible when no
 * node falls below minus its borrowing limit, and no root below 0.
 */
function isAdmissible(nodes: readonly OracleNode[], usage: ReadonlyMap<string, number>): boolean {
  const balance = (node: OracleNode): number =>
    nodes
      .filter(({ parent }) => parent === node.name)
      .reduce(
        (sum, child) => sum + Math.min(child.lendingLimit, balance(child)),
        node.cores - (usage.get(node.name) ?? 0),
      );
  return nodes.every((node) => {
    const left = balance(node);
    return node.parent === undefined ? left >= 0 : left >= -node.borrowingLimit;
  });
}

const limit = fc.option(fc.nat(6), { nil: Number.POSITIVE_INFINITY });
const trees = fc
  .record({
    cohorts: fc.array(
      fc.record({ link: fc.nat(9), cores: fc.nat(6), borrowingLimit: limit, lendingLimit: limit }),
      { minLength: 1, maxLength: 4 },
    ),
    queues: fc.array(
      fc.record({ link: fc.nat(9), cores: fc.nat(6), borrowingLimit: limit, lendingLimit: limit }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ cohorts, queues }): readonly OracleNode[] => [
    ...queues.map(({ link, ...rest }, index) => ({
      name: `q${index}`,
      parent: `k${link % cohorts.length}`,
      ...rest,
    })),
    ...cohorts.map(({ link, ...rest }, index) => ({
      name: `k${index}`,
      parent: index === 0 ? undefined : `k${link % index}`,
      ...rest,
    })),
  ]);

/** The same tree as a ledger. */
function ledgerOfOracle(nodes: readonly OracleNode[]): ReturnType<typeof ledgerOf> {
  const finite = (value: number, field: string): object =>
    Number.isFinite(value) ? { [field]: value } : {};
  const entries = nodes.map((node) => [
    node.name,
    {
      cores: node.cores,
      ...(node.parent === undefined
        ? {}
        : {
            [node.name.startsWith("q") ? "cohort" : "parent"]: node.parent,
            ...finite(node.borrowingLimit, "borrowingLimit"),
            ...finite(node.lendingLimit, "lendingLimit"),
          }),
    },
  ]);
  const isQueue = ([name]: unknown[]): boolean => String(name).startsWith("q");
  return ledgerOf(
    Object.fromEntries(entries.filter(isQueue)) as Record<string, SmallQueue>,
    Object.fromEntries(entries.filter((entry) => !isQueue(entry))) as Record<string, SmallCohort>,
  );
}

describe("properties of the ledger", () => {
  it("agrees with the balances of KEP-79 on what may be admitted, step by step", () => {
    const steps = fc.array(fc.record({ queue: fc.nat(3), cores: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 12,
    });
    let admitted = 0;
    let refused = 0;
    fc.assert(
      fc.property(trees, steps, (nodes, requests) => {
        const { ledger, node } = ledgerOfOracle(nodes);
        const queues = nodes.filter(({ name }) => name.startsWith("q"));
        const usage = new Map<string, number>();
        for (const { queue, cores } of requests) {
          const { name } = queues[queue % queues.length]!;
          const after = new Map(usage).set(name, (usage.get(name) ?? 0) + cores);
          const isAllowed = cores * 1000 <= available(ledger, node(name), 0);
          expect(isAllowed).toBe(isAdmissible(nodes, after));
          if (!isAllowed) {
            refused += 1;
            continue;
          }
          admitted += 1;
          usage.set(name, after.get(name)!);
          addUsage(ledger, node(name), 0, cores * 1000);
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(admitted, refused)).toBeGreaterThan(100);
  });

  it("takes uses back in any order, even beyond the quotas", () => {
    const uses = fc.array(fc.record({ queue: fc.nat(3), cores: fc.integer({ min: 1, max: 5 }) }));
    fc.assert(
      fc.property(trees, uses, fc.infiniteStream(fc.nat()), (nodes, requests, picks) => {
        const { ledger, node } = ledgerOfOracle(nodes);
        const queues = nodes.filter(({ name }) => name.startsWith("q"));
        const live: { readonly at: number; readonly amount: number }[] = [];
        for (const { queue, cores } of requests) {
          const at = node(queues[queue % queues.length]!.name);
          addUsage(ledger, at, 0, cores * 1000);
          live.push({ at, amount: cores * 1000 });
        }
        while (live.length > 0) {
          const { value } = picks.next() as { readonly value: number };
          const [gone] = live.splice(value % live.length, 1);
          removeUsage(ledger, gone!.at, 0, gone!.amount);
          const fresh = createQuotaLedger(ledger.layout);
          for (const { at, amount } of live) addUsage(fresh, at, 0, amount);
          expect([...ledger.usage]).toEqual([...fresh.usage]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

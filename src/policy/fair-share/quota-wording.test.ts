import { describe, expect, it } from "vitest";
import type { QuotaQueueSpec, QuotaSpec } from "./quota-spec.js";
import type { QuotaTree } from "./quota-tree.js";
import { createQuotaTree } from "./quota-tree.js";

const gpus = (count: number): number => count * 1000;

function queue(name: string, quota: object, more: Partial<QuotaQueueSpec> = {}): QuotaQueueSpec {
  const resources = [{ resource: "gpu", nominal: 0, ...quota }];
  return {
    name,
    cohort: "research",
    groups: [{ resources: ["gpu"], flavors: [{ flavor: "h100", resources }] }],
    ...more,
  };
}

function research(queues: readonly QuotaQueueSpec[]): QuotaTree {
  const spec: QuotaSpec = {
    resources: [
      { name: "gpu", unit: "gpu-milli" },
      { name: "memory", unit: "bytes" },
    ],
    flavors: [{ name: "h100" }],
    queues,
  };
  return createQuotaTree(spec);
}

function hold(tree: QuotaTree, name: string, count: number): void {
  const at = { priority: 0, queuedS: 0, admittedS: 0 };
  tree.adopt(tree.queueIndex(name), { cells: [0], amounts: [gpus(count)] }, at);
}

const ask = (tree: QuotaTree, name: string, count: number): readonly [string, string] => {
  const request = { priority: 0, queuedS: 0, amounts: [gpus(count), 0] };
  const at = tree.queueIndex(name);
  return [tree.explain(at, request), tree.waitReason(at, request)];
};

describe("why a workload waits", () => {
  it("names the borrowers, the largest first", () => {
    const tree = research([
      queue("team-a", { nominal: gpus(4) }),
      queue("team-b", { nominal: gpus(8) }),
      queue("team-c", { nominal: gpus(4) }),
      queue("team-d", { nominal: 0 }),
    ]);
    hold(tree, "team-a", 10);
    hold(tree, "team-d", 2);
    expect(ask(tree, "team-b", 8)).toEqual([
      "cohort research: 8 GPUs in h100 asked for, 4 GPUs free; team-a borrows 6 GPUs over its nominal 4 GPUs, team-d borrows 2 GPUs over its nominal 0 GPUs",
      "cohort research: not enough gpu in h100; borrowed by team-a, team-d",
    ]);
  });

  it("names at most three and counts the rest", () => {
    const tree = research([
      queue("owner", { nominal: gpus(5) }),
      ...[1, 2, 3, 4, 5].map((index) => queue(`team-${index}`, {})),
    ]);
    for (const index of [1, 2, 3, 4, 5]) hold(tree, `team-${index}`, 1);
    expect(ask(tree, "owner", 1)[1]).toBe(
      "cohort research: not enough gpu in h100; borrowed by team-1, team-2, team-3 and 2 more",
    );
  });

  it("says when everybody is within quota", () => {
    const tree = research([
      queue("team-a", { nominal: gpus(4) }),
      queue("team-b", { nominal: gpus(4) }),
    ]);
    hold(tree, "team-a", 4);
    hold(tree, "team-b", 3);
    expect(ask(tree, "team-b", 2)).toEqual([
      "cohort research: 2 GPUs in h100 asked for, 1 GPU free; its queues use their own quota",
      "cohort research: not enough gpu in h100; its queues use their own quota",
    ]);
  });

  it("names the borrowing limit where that is what binds", () => {
    const tree = research([
      queue("team-a", { nominal: gpus(4), borrowingLimit: gpus(2) }),
      queue("team-b", { nominal: gpus(8) }),
    ]);
    hold(tree, "team-a", 5);
    expect(ask(tree, "team-a", 2)).toEqual([
      "queue team-a: 2 GPUs in h100 asked for, 1 GPU free; it may borrow at most 2 GPUs",
      "queue team-a: not enough gpu in h100; it may borrow no more",
    ]);
    expect(ask(tree, "team-a", 7)).toEqual([
      "queue team-a can never get so much gpu in h100: 7 GPUs asked for, at most 6 GPUs",
      "queue team-a can never get so much gpu in h100",
    ]);
  });

  it("names the queue itself when it stands alone", () => {
    const alone: QuotaQueueSpec = {
      name: "solo",
      groups: [
        {
          resources: ["gpu"],
          flavors: [{ flavor: "h100", resources: [{ resource: "gpu", nominal: gpus(4) }] }],
        },
      ],
    };
    const tree = research([alone]);
    hold(tree, "solo", 3.5);
    expect(ask(tree, "solo", 1)).toEqual([
      "queue solo: 1 GPU in h100 asked for, 0.5 GPUs free; 3.5 GPUs in use",
      "queue solo: not enough gpu in h100; its workloads hold it",
    ]);
    expect(ask(tree, "solo", 0.25)[0]).toBe("queue solo has room");
  });

  it("names holds, missing quota and missing flavors", () => {
    const held = research([queue("team-a", { nominal: gpus(4) }, { held: true })]);
    expect(ask(held, "team-a", 1)[0]).toBe("queue team-a is on hold");
    const tree = research([queue("team-a", { nominal: gpus(4) })]);
    const request = { priority: 0, queuedS: 0, amounts: [1000, 1] };
    expect(tree.explain(0, request)).toBe("queue team-a has no quota for memory");
    expect(tree.explain(0, { ...request, amounts: [1000, 0], allowsFlavor: () => false })).toBe(
      "queue team-a has no flavor whose nodes can run the workload",
    );
  });
});

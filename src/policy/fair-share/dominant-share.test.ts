import { describe, expect, it } from "vitest";
import { compareShares, dominantShare } from "./dominant-share.js";
import { createQuotaLayout } from "./quota-layout.js";
import { addUsage, createQuotaLedger } from "./quota-ledger.js";
import type { QuotaSpec } from "./quota-spec.js";
import type { SmallCohort, SmallQueue } from "./testing/small-tree.js";
import { smallSpec } from "./testing/small-tree.js";

interface PairOptions {
  readonly weight?: number;
  readonly lenderCpu?: number;
  readonly cohort?: boolean;
}

/** A queue with 2 CPUs and 5 GPUs beside a lender with 8 and 5. */
function pair({ weight = 1, lenderCpu = 8, cohort = true }: PairOptions): QuotaSpec {
  const queue = (name: string, cpu: number, gpu: number, fairWeight: number) => ({
    name,
    fairWeight,
    ...(cohort ? { cohort: "all" } : {}),
    groups: [
      {
        resources: ["cpu", "example.com/gpu"],
        flavors: [
          {
            flavor: "default",
            resources: [
              { resource: "cpu", nominal: cpu },
              { resource: "example.com/gpu", nominal: gpu },
            ],
          },
        ],
      },
    ],
  });
  return {
    resources: [
      { name: "cpu", unit: "count" },
      { name: "example.com/gpu", unit: "count" },
    ],
    flavors: [{ name: "default" }],
    queues: [queue("queue", 2, 5, weight), queue("lender", lenderCpu, 5, 1)],
    fairSharing: {},
  };
}

function shareOf(
  spec: QuotaSpec,
  name: string,
  usage: Readonly<Record<string, readonly number[]>>,
) {
  const layout = createQuotaLayout(spec);
  const ledger = createQuotaLedger(layout);
  for (const [queue, amounts] of Object.entries(usage)) {
    amounts.forEach((amount, cell) => {
      addUsage(ledger, layout.nodeNames.indexOf(queue), cell, amount);
    });
  }
  const { resource, ...share } = dominantShare(ledger, layout.nodeNames.indexOf(name));
  return { ...share, resource: layout.resourceNames[resource] };
}

// Figures of kueue's pkg/cache/scheduler/fair_sharing_test.go.
describe("the share of a queue", () => {
  const gpu = "example.com/gpu";
  it.each([
    ["is 0 within nominal quota", {}, [1, 2], 0, undefined],
    ["is what it borrows of what there is to lend", {}, [3, 7], 200, gpu],
    ["takes the resource with the larger part", {}, [3, 3], 100, "cpu"],
    ["counts the request", {}, [5, 7], 300, "cpu"],
    ["is halved by weight 2", { weight: 2 }, [2, 7], 100, gpu],
    ["is doubled by weight 1/2", { weight: 0.5 }, [2, 7], 400, gpu],
    ["is boundless at weight 0", { weight: 0 }, [2, 7], Number.POSITIVE_INFINITY, gpu],
    ["is 0 at weight 0 within nominal quota", { weight: 0 }, [2, 5], 0, undefined],
    ["is 0 without a cohort", { cohort: false }, [9, 9], 0, undefined],
  ])("%s", (_, options, usage, weighted, resource) => {
    const share = shareOf(pair(options), "queue", { queue: usage });
    expect(share.weighted).toBe(weighted);
    expect(share.resource).toBe(resource);
    expect(share.borrowing).toBe(weighted > 0);
  });

  it("is the same for two resources: the first name counts", () => {
    // 3 - 2 of 10 CPUs, 6 - 5 of 10 GPUs.
    expect(shareOf(pair({}), "queue", { queue: [3, 6] }).resource).toBe("cpu");
  });

  it("adds up what is borrowed over flavors", () => {
    const quota = (flavor: string, nominal: number) => ({
      flavor,
      resources: [{ resource: "cpu", nominal }],
    });
    const spec: QuotaSpec = {
      resources: [{ name: "cpu", unit: "count" }],
      flavors: [{ name: "on-demand" }, { name: "spot" }],
      queues: [
        {
          name: "queue",
          cohort: "all",
          groups: [{ resources: ["cpu"], flavors: [quota("on-demand", 20), quota("spot", 80)] }],
        },
        {
          name: "lender",
          cohort: "all",
          groups: [{ resources: ["cpu"], flavors: [quota("on-demand", 100), quota("spot", 0)] }],
        },
      ],
    };
    expect(shareOf(spec, "queue", { queue: [25, 10] }).weighted).toBe(25);
  });
});

describe("the share of a cohort", () => {
  const shares = (queue: SmallQueue, child: SmallCohort, rootCores: number) => {
    const spec = smallSpec(
      { queue: { cohort: "child", ...queue } },
      { root: { cores: rootCores }, child: { parent: "root", ...child } },
      "all",
    );
    const usage = { queue: [10_000] };
    return [shareOf(spec, "queue", usage).weighted, shareOf(spec, "child", usage).weighted];
  };
  it.each([
    ["quota below counts to the cohort", { cores: 5 }, { weight: 2 }, 45, [100, 50]],
    ["all quota at the root", {}, { weight: 2 }, 50, [200, 100]],
    [
      "a borrowing limit bounds what can be lent to the children",
      {},
      { cores: 0, borrowingLimit: 10 },
      50,
      [1000, 200],
    ],
  ])("%s", (_, queue, child, rootCores, expected) => {
    expect(shares(queue, child, rootCores)).toEqual(expected);
  });

  it("of a root is 0", () => {
    const spec = smallSpec({ queue: { cohort: "root" } }, { root: { cores: 4 } }, "all");
    expect(shareOf(spec, "root", { queue: [4000] }).weighted).toBe(0);
  });
});

describe("resources that nobody lends", () => {
  it("do not count, and still make a queue of weight 0 wait", () => {
    const spec = smallSpec({ q: { cohort: "all", weight: 0 } }, {}, "all");
    expect(shareOf(spec, "q", { q: [1000] })).toEqual({
      perMille: 0,
      weighted: Number.POSITIVE_INFINITY,
      borrowing: true,
      resource: undefined,
    });
  });
});

describe("the order of shares", () => {
  const share = (perMille: number, weighted: number) => ({
    perMille,
    weighted,
    resource: 0,
    borrowing: perMille > 0,
  });
  it("is by weighted share, and unweighted between two of weight 0", () => {
    expect(compareShares(share(400, 100), share(200, 200))).toBeLessThan(0);
    expect(compareShares(share(400, 200), share(200, 200))).toBe(0);
    const boundless = Number.POSITIVE_INFINITY;
    expect(compareShares(share(400, boundless), share(200, boundless))).toBeGreaterThan(0);
    expect(compareShares(share(100, boundless), share(900, 900))).toBeGreaterThan(0);
    expect(compareShares(share(900, 900), share(100, boundless))).toBeLessThan(0);
  });
});

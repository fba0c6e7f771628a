import { describe, expect, it } from "vitest";
import { checkQuotaSpec } from "./check-quota-spec.js";
import { createQuotaLayout } from "./quota-layout.js";
import type { CohortSpec, FairStrategy, QuotaQueueSpec, QuotaSpec } from "./quota-spec.js";

function queue(name: string, more: Partial<QuotaQueueSpec> = {}): QuotaQueueSpec {
  const resources = [{ resource: "gpu", nominal: 4000 }];
  return {
    name,
    groups: [{ resources: ["gpu"], flavors: [{ flavor: "h100", resources }] }],
    ...more,
  };
}

function withQuota(quota: object, more: Partial<QuotaQueueSpec> = {}): QuotaQueueSpec {
  const resources = [{ resource: "gpu", nominal: 4000, ...quota }];
  const groups = [{ resources: ["gpu"], flavors: [{ flavor: "h100", resources }] }];
  return queue("a", { groups, ...more });
}

function faults(
  queues: readonly QuotaQueueSpec[],
  cohorts: readonly CohortSpec[] = [],
  more: Partial<QuotaSpec> = {},
): readonly string[] {
  const spec: QuotaSpec = {
    resources: [
      { name: "gpu", unit: "gpu-milli" },
      { name: "cpu", unit: "cpu-milli" },
    ],
    flavors: [{ name: "h100" }, { name: "a100" }],
    queues,
    cohorts,
    ...more,
  };
  return checkQuotaSpec(spec).map(({ path, message }) => `${path}: ${message}`);
}

describe("faults of a quota spec", () => {
  it("are none in a good one", () => {
    expect(faults([queue("a", { cohort: "x" })], [{ name: "x", parent: "y" }])).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ["no queue", faults([]), "queues: there must be at least one queue"],
    [
      "a name twice",
      faults([queue("a"), queue("a")]),
      'queues[1].name: the name "a" is used twice',
    ],
    [
      "an unknown resource",
      faults([queue("a", { groups: [{ resources: ["tpu"], flavors: [] }] })]),
      'queues[0].groups[0].resources[0]: the resource "tpu" is not declared',
    ],
    [
      "an unknown flavor",
      faults([
        queue("a", { groups: [{ resources: [], flavors: [{ flavor: "b200", resources: [] }] }] }),
      ]),
      'queues[0].groups[0].flavors[0]: the flavor "b200" is not declared',
    ],
    [
      "a resource in two groups",
      faults([queue("a", { groups: [...queue("b").groups, { resources: ["gpu"], flavors: [] }] })]),
      'queues[0].groups[1].resources[0]: the resource "gpu" is in two groups',
    ],
    [
      "a flavor twice",
      faults([
        queue("a", {
          groups: [
            ...queue("b").groups,
            { resources: [], flavors: [{ flavor: "h100", resources: [] }] },
          ],
        }),
      ]),
      'queues[0].groups[1].flavors[0]: the flavor "h100" is used twice',
    ],
    [
      "a missing quota",
      faults([
        queue("a", {
          groups: [{ resources: ["gpu"], flavors: [{ flavor: "h100", resources: [] }] }],
        }),
      ]),
      'queues[0].groups[0].flavors[0]: flavor "h100" must have one quota for each of gpu, has none',
    ],
    [
      "a fraction",
      faults([withQuota({ nominal: 0.5 })]),
      "queues[0].groups[0].flavors[0].resources[0].nominal: nominal must be a whole number from 0 to 2^53 - 1, got 0.5",
    ],
    [
      "a limit without a cohort",
      faults([withQuota({ borrowingLimit: 1 })]),
      "queues[0].groups[0].flavors[0].resources[0].borrowingLimit: borrowingLimit has no meaning without a cohort above",
    ],
    [
      "a limit on a root cohort",
      faults([queue("a")], [{ name: "x", groups: withQuota({ lendingLimit: 1 }).groups }]),
      "cohorts[0].groups[0].flavors[0].resources[0].lendingLimit: lendingLimit has no meaning without a cohort above",
    ],
    [
      "a negative weight",
      faults([queue("a", { fairWeight: -1 })]),
      "queues[0].fairWeight: fairWeight must be a number >= 0, got -1",
    ],
    [
      "a circle of cohorts",
      faults(
        [queue("a")],
        [
          { name: "x", parent: "y" },
          { name: "y", parent: "x" },
        ],
      ),
      'cohorts[1].parent: cohort "y" is above itself',
    ],
    [
      "borrowing without reclaiming",
      faults([queue("a", { preemption: { borrowWithinCohort: { policy: "lower-priority" } } })]),
      "queues[0].preemption.borrowWithinCohort: borrowWithinCohort needs reclaimWithinCohort to be lower-priority or any, it is never",
    ],
    [
      "a preference that never matters",
      faults([queue("a", { fungibility: { preference: "preemption" } })]),
      "queues[0].fungibility.preference: a preference needs whenCanBorrow and whenCanPreempt to be try-next-flavor: otherwise the search stops before it matters",
    ],
    [
      "sums beyond whole numbers",
      faults([withQuota({ nominal: Number.MAX_SAFE_INTEGER }), queue("b")]),
      `queues: the quotas of gpu in flavor h100 sum to ${Number.MAX_SAFE_INTEGER + 4000}, more than 2^53 - 1`,
    ],
    [
      "strategies in a wrong order",
      faults([queue("a")], [], {
        fairSharing: {
          strategies: [
            "less-than-initial-share",
            "less-than-or-equal-to-final-share",
          ] as FairStrategy[],
        },
      }),
      "fairSharing.strategies: strategies must be one of [less-than-or-equal-to-final-share, less-than-initial-share], [less-than-or-equal-to-final-share], [less-than-initial-share], got [less-than-initial-share, less-than-or-equal-to-final-share]",
    ],
  ])("name %s", (_, found, expected) => {
    expect(found).toContain(expected);
  });

  it("keep a tree from being made", () => {
    const spec = { resources: [], flavors: [], queues: [queue("a")] };
    expect(() => createQuotaLayout(spec)).toThrow(/quota: queues\[0\]\.groups\[0\]/);
  });
});

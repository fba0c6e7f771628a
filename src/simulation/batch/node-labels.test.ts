import { describe, expect, test } from "vitest";
import {
  nodeSelectorKey,
  selectsNode,
  type NodeSelectorRule,
} from "../../workload/node-selector.js";
import { clusterOf, outcomesOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";

const [plain] = clusterOf([4]).nodes;
const cluster = {
  nodes: [
    { ...plain!, name: "n0", labels: { zone: "eu-1", tier: "spot" } },
    { ...plain!, name: "n1", labels: { zone: "eu-2" } },
    { ...plain!, name: "n2" },
  ],
};
const job = (nodeSelector: readonly NodeSelectorRule[], rest: Partial<TestJob> = {}): TestJob => ({
  submitS: 0,
  durationS: 10,
  gpuCount: 4,
  nodeSelector,
  ...rest,
});
const PLACEMENTS: readonly PlacementSpec[] = [
  { kind: "nodes", policy: "pack" },
  { kind: "nodes", policy: "spread" },
  { kind: "consolidate-first" },
  { kind: "contiguous" },
  { kind: "topology" },
];

test.each([
  [[{ label: "zone", in: ["a"] }], { zone: "a" }, true],
  [[{ label: "zone", in: ["a"] }], { zone: "b" }, false],
  [[{ label: "zone", in: ["a"] }], {}, false],
  [[{ label: "zone", notIn: ["a"] }], {}, true],
  [[{ label: "zone", notIn: ["a"] }], { zone: "a" }, false],
  [[{ label: "zone" }], { zone: "" }, true],
  [[{ label: "zone" }], {}, false],
  [[{ label: "constructor" }], {}, false],
  [[{ label: "zone", in: ["a", "b"], notIn: ["b"] }], { zone: "b" }, false],
])("%j on %j: %s", (selector, labels, want) => {
  expect(selectsNode(selector, labels as Record<string, string>)).toBe(want);
});

test("keys tell selectors apart", () => {
  expect(nodeSelectorKey([{ label: "a", in: ["b"] }])).not.toBe(
    nodeSelectorKey([{ label: "a", notIn: ["b"] }]),
  );
});

describe.each(PLACEMENTS)("%j", (placement) => {
  test.each(["fifo-skip", "easy-backfill"])(
    "under %s jobs run only where the labels suit them",
    (name) => {
      const rows = [
        job([{ label: "zone", in: ["eu-2", "eu-3"] }], { walltimeS: 10 }),
        job([{ label: "zone", in: ["eu-2"] }], { walltimeS: 10 }),
        job([{ label: "tier", notIn: ["spot"] }], { walltimeS: 10 }),
        job([{ label: "zone" }], { walltimeS: 10 }),
      ];
      const run = runJobs(rows, { cluster, placement, queue: { name } });
      expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
      expect([0, 1, 2, 3].map((row) => run.placementOf(row)[0]!.node)).toEqual([1, 1, 2, 0]);
      expect(Array.from(run.startS)).toEqual([0, 10, 0, 0]);
      expect(reasonOf(run, 1)).toMatch(/GPU|labels|room/);
    },
  );

  test("a gang is not split over nodes it does not select", () => {
    const run = runJobs([job([{ label: "zone" }], { workers: 3 })], { cluster, placement });
    expect(outcomesOf(run)).toEqual(["never-placeable"]);
  });

  test.each([
    [
      [{ label: "zone", in: ["eu-9"] }],
      "no node has a label the job selects: zone in (eu-9); the nearest value of zone is eu-1",
    ],
    [
      [{ label: "zones", in: ["eu-1"] }],
      "no node has a label the job selects: zones in (eu-1); the nearest label is zone",
    ],
    [
      [{ label: "zone", in: ["eu-2"] }, { label: "tier" }],
      "no node has all labels the job selects: zone in (eu-2) and tier exists",
    ],
  ] as const)("what nobody has is never placed: %j", (selector, reason) => {
    const run = runJobs([job(selector)], { cluster, placement });
    expect(outcomesOf(run)).toEqual(["never-placeable"]);
    expect(reasonOf(run, 0)).toBe(reason);
  });
});

test("a pool does not look at labels, and says so", () => {
  const run = runJobs([job([{ label: "zone", in: ["nowhere"] }])], { cluster });
  expect(run.warnings).toEqual([
    "The placement pool does not look at labels of nodes, which the jobs ask for.",
  ]);
});

import { describe, expect, test } from "vitest";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import { clusterOf, outcomesOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { BatchRun } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";

const queue = { name: "fair-share" };
const firstFit: PlacementSpec = { kind: "nodes", policy: "first-fit" };

const of = (
  tenant: string,
  submitS: number,
  gpuCount: number,
  more: Partial<TestJob> = {},
): TestJob => ({ tenant, submitS, gpuCount, durationS: 100, ...more });

describe("several flavors", () => {
  const flavored = (fungibility: QuotaSpec["queues"][number]["fungibility"] = {}): QuotaSpec => ({
    resources: [{ name: "gpu", unit: "gpu-milli" }],
    flavors: [
      { name: "new", gpuModel: "H100" },
      { name: "old", gpuModel: "A100" },
    ],
    queues: [
      {
        name: "a",
        fungibility,
        groups: [
          {
            resources: ["gpu"],
            flavors: ["new", "old"].map((flavor) => ({
              flavor,
              resources: [{ resource: "gpu", nominal: 2000 }],
            })),
          },
        ],
      },
    ],
  });
  const twoModels = {
    nodes: clusterOf([4, 4]).nodes.map((node, index) => ({
      ...node,
      gpuModel: index === 0 ? "A100" : "H100",
    })),
  };
  const run = (rows: readonly TestJob[], placement: PlacementSpec = firstFit) =>
    runJobs(rows, { queue, quotas: flavored(), cluster: twoModels, placement });
  const nodesOf = (result: BatchRun, jobs: readonly number[]) =>
    jobs.map((job) => result.placementOf(job)[0]?.node);

  test("a job gets the first flavor in the queue's order that has quota, and nodes of its model", () => {
    // Two of quota in each; first-fit alone would take node 0, the A100s.
    const result = run([0, 1, 2, 3, 4].map((submitS) => of("a", submitS, 1)));
    expect(Array.from(result.startS)).toEqual([0, 1, 2, 3, 100]);
    expect(nodesOf(result, [0, 1, 2, 3, 4])).toEqual([1, 1, 0, 0, 1]);
  });

  test("a job that accepts one model has the flavor of that model", () => {
    const rows = [0, 1, 2].map((submitS) => of("a", submitS, 1, { gpuModels: ["A100"] }));
    const result = run([...rows, of("a", 3, 1, { gpuModels: ["A100", "H100"] })]);
    expect(Array.from(result.startS)).toEqual([0, 1, 100, 3]);
    expect(nodesOf(result, [0, 1, 3])).toEqual([0, 0, 1]);
  });

  test("a model that no flavor has is never admitted", () => {
    const result = run([of("a", 0, 1, { gpuModels: ["B200"] })]);
    expect(outcomesOf(result)).toEqual(["never-placeable"]);
  });

  test("a job waits for the nodes of its flavor, whose quota it has first", () => {
    // Quota of H100 is free, the nodes are not: somebody without quota limits holds them.
    const quotas: QuotaSpec = {
      ...flavored(),
      queues: [
        ...flavored().queues,
        {
          name: "b",
          groups: [
            {
              resources: ["gpu"],
              flavors: [{ flavor: "new", resources: [{ resource: "gpu", nominal: 8000 }] }],
            },
          ],
        },
      ],
    };
    const { nodes } = twoModels;
    const result = runJobs([of("b", 0, 4, { workers: 2 }), of("a", 1, 1)], {
      queue,
      quotas,
      cluster: { nodes: [...nodes, { ...nodes[1]!, name: "n2" }] },
      placement: firstFit,
    });
    expect(Array.from(result.startS)).toEqual([0, 100]);
    expect(nodesOf(result, [0, 1])).toEqual([1, 1]);
    expect(reasonOf(result, 1)).toBe("not enough free GPUs");
  });

  test("CPU may have a flavor of its own without a model", () => {
    const spec = flavored();
    const quotas: QuotaSpec = {
      ...spec,
      resources: [
        { name: "gpu", unit: "gpu-milli" },
        { name: "cpu", unit: "cpu-milli" },
      ],
      flavors: [...spec.flavors, { name: "hosts" }],
      queues: spec.queues.map((one) => ({
        ...one,
        groups: [
          ...one.groups,
          {
            resources: ["cpu"],
            flavors: [{ flavor: "hosts", resources: [{ resource: "cpu", nominal: 3000 }] }],
          },
        ],
      })),
    };
    const rows = [0, 1, 2].map((submitS) => of("a", submitS, 1, { cpuMilli: 1500 }));
    const result = runJobs(rows, { queue, quotas, cluster: twoModels, placement: firstFit });
    // GPUs would do for four, CPU quota for two.
    expect(Array.from(result.startS)).toEqual([0, 1, 100]);
  });
});

import { describe, expect, test } from "vitest";

import { SCHEDULER } from "./testing/cluster-files.js";
import { CLUSTER, imported, problemsOf, resolved, whyOf } from "./testing/read-import.js";

describe("kube-scheduler", () => {
  test("score plugins become weighted scorers; everything else is listed", () => {
    const { text, ignored, notes } = imported(SCHEDULER);
    const { policy } = resolved(text, `${CLUSTER}policy: { queue: priority-preemption }\n`);
    expect(policy.placement).toEqual({
      kind: "scorers",
      scorers: [
        {
          name: "most-allocated",
          weight: 5,
          options: {
            resources: [
              { resource: "gpu", weight: 8 },
              { resource: "cpu", weight: 1 },
              { resource: "memory", weight: 1 },
            ],
            skipUnrequestedGpu: true,
          },
        },
        { name: "balanced-allocation", weight: 1 },
      ],
    });
    expect(whyOf(ignored)).toEqual([
      "6 profiles[0] batch",
      "13 plugins.score MyPlugin",
      "3 percentageOfNodesToScore",
      "4 KubeSchedulerConfiguration.leaderElection",
    ]);
    expect(notes.join("\n")).toContain("TaintToleration, NodeAffinity");
    expect(notes.join("\n")).not.toContain("ImageLocality");
  });

  const strategy = (text: string): string =>
    `kind: KubeSchedulerConfiguration\nprofiles:\n  - pluginConfig:\n      - name: NodeResourcesFit\n        args: { scoringStrategy: ${text} }\n`;
  const placementOf = (text: string) => imported(text).plain["policy"]!["placement"];

  const weighted = (gpu: number, cpu: number, memory: number) => [
    { resource: "gpu", weight: gpu },
    { resource: "cpu", weight: cpu },
    { resource: "memory", weight: memory },
  ];
  const gpuFirst = (gpu: number) =>
    `resources: [{ name: nvidia.com/gpu, weight: ${gpu} }, { name: cpu, weight: 1 }, { name: memory, weight: 1 }]`;

  test.each<[string, object]>([
    ["{ type: LeastAllocated }", { name: "least-allocated", weight: 1 }],
    [
      "{ type: MostAllocated, resources: [{ name: cpu, weight: 2 }, { name: memory, weight: 2 }] }",
      { name: "most-allocated", weight: 1 },
    ],
    [
      "{ type: MostAllocated, resources: [{ name: cpu, weight: 2 }, { name: memory, weight: 1 }] }",
      {
        name: "most-allocated",
        weight: 1,
        resources: [
          { resource: "cpu", weight: 2 },
          { resource: "memory", weight: 1 },
        ],
      },
    ],
    [
      `{ type: LeastAllocated, ${gpuFirst(5)} }`,
      {
        name: "least-allocated",
        weight: 1,
        resources: weighted(5, 1, 1),
        skipUnrequestedGpu: true,
      },
    ],
    [
      `{ type: RequestedToCapacityRatio, ${gpuFirst(3)}, requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 70, score: 10 }, { utilization: 100, score: 4 }] } }`,
      {
        name: "requested-to-capacity-ratio",
        weight: 1,
        resources: weighted(3, 1, 1),
        curve: [
          { utilization: 0, score: 0 },
          { utilization: 70, score: 10 },
          { utilization: 100, score: 4 },
        ],
        skipUnrequestedGpu: true,
      },
    ],
    [
      "{ type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 0, score: 10 }, { utilization: 100, score: 0 }] } }",
      {
        name: "requested-to-capacity-ratio",
        weight: 1,
        resources: [
          { resource: "cpu", weight: 1 },
          { resource: "memory", weight: 1 },
        ],
        curve: [
          { utilization: 0, score: 10 },
          { utilization: 100, score: 0 },
        ],
      },
    ],
  ])("%s is written down exactly", (text, scorer) => {
    const part = imported(strategy(text));
    expect(part.plain["policy"]!["placement"]).toEqual({
      scorers: [scorer, { name: "balanced-allocation", weight: 1 }],
    });
    expect(part.ignored).toEqual([]);
    // What is written can be read back.
    resolved(part.text, `${CLUSTER}policy: { queue: fifo-strict }\n`);
  });

  test("what scorers do not know is listed, what is out of range refused", () => {
    const part = imported(
      strategy(
        "{ type: MostAllocated, resources: [{ name: cpu, weight: 1 }, { name: example.com/fpga, weight: 3 }] }",
      ),
    );
    expect(whyOf(part.ignored)).toEqual(["5 scoringStrategy.resources example.com/fpga"]);
    const shape = (text: string): string =>
      strategy(`{ type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: ${text} } }`);
    expect(problemsOf(shape("[{ utilization: 101, score: 1 }]"))).toHaveLength(1);
    expect(
      problemsOf(shape("[{ utilization: 50, score: 1 }, { utilization: 50, score: 2 }]")),
    ).toHaveLength(1);
  });

  test("without scores kube draws a node", () => {
    const text =
      'kind: KubeSchedulerConfiguration\nprofiles:\n  - plugins: { score: { disabled: [{ name: "*" }] } }\n';
    expect(placementOf(text)).toBe("random");
  });

  test("a wrong type and a wrong weight are refused at their place", () => {
    expect(problemsOf(strategy("{ type: Fullest }"))).toEqual(["f:5:42 unknown-name"]);
    expect(problemsOf(SCHEDULER.replace("weight: 5", "weight: -5"))).toEqual([
      "f:12:47 wrong-type",
    ]);
  });
});

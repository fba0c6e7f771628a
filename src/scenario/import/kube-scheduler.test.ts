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
        { name: "pack", weight: 5 },
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

  test.each([
    ["{ type: LeastAllocated }", "least-allocated", 0],
    [
      "{ type: MostAllocated, resources: [{ name: cpu, weight: 2 }, { name: memory, weight: 2 }] }",
      "most-allocated",
      0,
    ],
    [
      "{ type: MostAllocated, resources: [{ name: cpu, weight: 2 }, { name: memory, weight: 1 }] }",
      "most-allocated",
      1,
    ],
    [
      "{ type: LeastAllocated, resources: [{ name: nvidia.com/gpu, weight: 5 }, { name: cpu, weight: 1 }, { name: memory, weight: 1 }] }",
      "spread",
      1,
    ],
    [
      "{ type: RequestedToCapacityRatio, resources: [{ name: nvidia.com/gpu, weight: 3 }, { name: cpu, weight: 1 }, { name: memory, weight: 1 }], requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 100, score: 10 }] } }",
      "requested-to-capacity-ratio",
      0,
    ],
    [
      "{ type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 0, score: 10 }, { utilization: 100, score: 0 }] } }",
      "requested-to-capacity-ratio",
      2,
    ],
  ])("%s is %s", (text, name, differences) => {
    const part = imported(strategy(text));
    expect(part.plain["policy"]!["placement"]).toEqual({
      scorers: [
        { name, weight: 1 },
        { name: "balanced-allocation", weight: 1 },
      ],
    });
    expect(part.ignored).toHaveLength(differences);
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

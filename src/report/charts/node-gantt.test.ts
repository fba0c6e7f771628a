import { describe, expect, test } from "vitest";

import type { NodeSchedule, ScheduledBar } from "../series/node-schedule.js";
import { nodeGantt } from "./node-gantt.js";
import { topologyMap } from "./topology-map.js";

const HOUR_S = 3600;

function schedule(bars: readonly ScheduledBar[], more: Partial<NodeSchedule> = {}): NodeSchedule {
  return {
    nodes: [
      { name: "a-0", gpuCount: 8, domains: ["b0", "r0"], heldShare: 0.75 },
      { name: "a-1", gpuCount: 8, domains: ["b0", "r1"], heldShare: 0.25 },
    ],
    levels: ["block", "rack"],
    bars,
    startS: 0,
    endS: 10 * HOUR_S,
    nameOf: (job) => `job-${job}`,
    tenantOf: (job) => (job % 2 === 0 ? "even" : "odd"),
    onParts: 0,
    stopped: 0,
    ...more,
  };
}

const BARS: readonly ScheduledBar[] = [
  { job: 0, node: 0, firstGpu: 2, gpus: 4, fromS: 0, toS: 2 * HOUR_S },
  { job: 1, node: 1, firstGpu: 0, gpus: 8, fromS: HOUR_S, toS: 5 * HOUR_S },
];

describe("the node Gantt", () => {
  test("has a line for every GPU, from the first node down, and bars by tenant", () => {
    const layers = nodeGantt(schedule(BARS))!.vegaLite["layer"] as readonly {
      readonly data: { readonly values: readonly unknown[] };
    }[];
    expect(layers[0]!.data.values).toEqual([
      { from: 1, to: 5, lane: 8, laneEnd: 16, tenant: "odd", job: "job-1", node: "a-1" },
      { from: 0, to: 2, lane: 2, laneEnd: 6, tenant: "even", job: "job-0", node: "a-0" },
    ]);
    expect(layers[1]!.data.values).toEqual([{ edge: 0 }, { edge: 8 }, { edge: 16 }]);
  });

  test("says what it leaves out, and is absent without a bar", () => {
    const many = Array.from({ length: 1000 }, (_, job) => ({ ...BARS[0]!, job, toS: 10 + job }));
    const { description } = nodeGantt(schedule(many, { onParts: 2, stopped: 1 }))!;
    expect(description).toContain("Of 1,000 bars the 450 with most GPU time are drawn");
    expect(description).toContain("2 jobs on parts of GPUs have no bar.");
    expect(description).toContain("1 job that was stopped is drawn where the last run was.");
    expect(nodeGantt(schedule([]))).toBeUndefined();
  });
});

test("the topology map has a row for every rack; none where nodes are not grouped", () => {
  const chart = topologyMap(schedule(BARS))!;
  expect(chart.description.replaceAll("\u00a0", " ")).toBe(
    "Most: a-0, 75 % of its GPU time; least: a-1, 25 %. A row is a rack, a cell a node, darker is more.",
  );
  expect(chart.data!.rows).toEqual([
    ["b0 / r0", "a-0", 75],
    ["b0 / r1", "a-1", 25],
  ]);
  expect(topologyMap(schedule(BARS, { levels: [] }))).toBeUndefined();
});

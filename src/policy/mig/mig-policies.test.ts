import { describe, expect, test } from "vitest";

import { createCluster } from "../../cluster/cluster.js";
import type { NodePartitioning, Repartitioning } from "../../cluster/partitions/partitioning.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { ClusterState } from "../../cluster/view.js";
import { migGeometryOf, migTableOf } from "../../hardware/mig/find-mig-geometry.js";
import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import { migMixOf } from "../../hardware/mig/mig-layout.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { PodRequest } from "../../workload/job-table.js";
import { addInstance, fillLayout, type OpenLayout } from "./fill-layout.js";
import { withInstanceShares } from "./instance-shares.js";
import { planLayouts } from "./plan-layouts.js";
import { withProfilesByShare } from "./profiles-by-share.js";
import { createRepartitionPolicy, type RepartitionStep } from "./repartition-policy.js";

const A100 = "A100 SXM4-80GB";
const TABLE = migTableOf(migGeometryOf(A100)!);
const indexOf = (name: string): number =>
  TABLE.geometry.profiles.findIndex((profile) => profile.name === name);

function node(gpuCount: number, partitioning: NodePartitioning, name = "n"): NodeSpec {
  return {
    name,
    cpuMilli: 64_000,
    memoryBytes: 2 ** 40,
    podsMax: 110,
    gpuCount,
    gpuModel: A100,
    gpuMemoryBytes: 80e9,
    partitioning,
  };
}

function pod(migProfiles: readonly string[], gpuCount = 1): PodRequest {
  return {
    cpuMilli: 1000,
    memoryBytes: 0,
    gpuCount,
    gpuMilli: 1000,
    gpuModels: [],
    gpuPart: { migProfiles, isMigOnly: true, gpuMemoryBytes: 0, isReplicaEnough: false },
  };
}

const whole: readonly MigPlacement[] = [{ profile: "7g.80gb", start: 0 }];
const halves: readonly MigPlacement[] = [
  { profile: "3g.40gb", start: 0 },
  { profile: "3g.40gb", start: 4 },
];

describe("filling a GPU", () => {
  test("a first 1g keeps room for the 4g", () => {
    const layout: OpenLayout = { placements: [], occupancy: 0 };
    expect(addInstance(TABLE, layout, indexOf("1g.10gb"))).toBe(true);
    expect(layout.placements).toEqual([{ profile: "1g.10gb", start: 6 }]);
    expect(addInstance(TABLE, layout, indexOf("4g.40gb"))).toBe(true);
    expect(addInstance(TABLE, layout, indexOf("3g.40gb"))).toBe(false);
  });

  test.each<[string, Readonly<Record<string, number>>, Readonly<Record<string, number>>]>([
    ["only 1g", { "1g.10gb": 1 }, { "1g.10gb": 7 }],
    ["only 3g", { "3g.40gb": 1 }, { "3g.40gb": 2 }],
    ["nothing: the largest", {}, { "7g.80gb": 1 }],
    // 2 : 2 : 3 of 7 slices.
    [
      "2 x 1g, 1 x 2g, 1 x 3g",
      { "1g.10gb": 2, "2g.20gb": 1, "3g.40gb": 1 },
      { "1g.10gb": 2, "2g.20gb": 1, "3g.40gb": 1 },
    ],
  ])("%s", (_what, wanted, want) => {
    const layout: OpenLayout = { placements: [], occupancy: 0 };
    const weights = TABLE.geometry.profiles.map(({ name }) => wanted[name] ?? 0);
    fillLayout(
      TABLE,
      layout,
      weights,
      weights.map(() => 0),
    );
    expect(migMixOf(layout.placements)).toEqual(want);
  });
});

describe("layouts by demand", () => {
  function planned(durations: Readonly<Record<string, number>>): Record<string, number> {
    const builder = createJobTableBuilder();
    Object.entries(durations).forEach(([profile, durationS]) => {
      builder.add({
        id: profile,
        submitS: 0,
        durationS,
        gpuCount: 1,
        gpuPart: pod([profile]).gpuPart,
      });
    });
    const cluster = planLayouts(
      {
        nodes: [
          node(4, { mode: "mig", layouts: "by-demand" }),
          node(4, { mode: "mig", layouts: "by-demand" }, "m"),
        ],
      },
      builder.build().jobs,
    );
    createCluster(cluster).checkInvariants();
    const all = cluster.nodes.flatMap(({ partitioning }) =>
      partitioning?.mode === "mig" && partitioning.layouts !== "by-demand"
        ? partitioning.layouts
        : [],
    );
    expect(all).toHaveLength(8);
    return { ...migMixOf(all.flat()) };
  }

  test("a profile that needs a whole GPU gets whole GPUs, in proportion to the slices it asks for", () => {
    // 7 slice-hours each: half of the GPUs whole, half in 1g.
    expect(planned({ "7g.80gb": 3600, "1g.10gb": 7 * 3600 })).toEqual({
      "7g.80gb": 4,
      "1g.10gb": 28,
    });
  });

  test("one profile alone has all", () => {
    expect(planned({ "3g.40gb": 60 })).toEqual({ "3g.40gb": 16 });
  });
});

describe("profiles by share", () => {
  test("the first entry that is large enough counts; what names profiles or several GPUs stays", () => {
    const builder = createJobTableBuilder();
    const add = (id: string, gpuMilli: number, gpuCount = 1): number =>
      builder.add({ id, submitS: 0, durationS: 1, gpuCount, gpuMilli });
    add("a", 100);
    add("b", 400);
    add("c", 1000);
    add("d", 1000, 2);
    builder.add({
      id: "e",
      submitS: 0,
      durationS: 1,
      gpuCount: 1,
      gpuPart: pod(["7g.80gb"]).gpuPart,
    });
    const { shapes } = withProfilesByShare(builder.build().jobs, [
      { gpuMilliMax: 150, profiles: ["1g.10gb"] },
      { gpuMilliMax: 500, profiles: ["3g.40gb", "4g.40gb"] },
    ]);
    expect(shapes.map(({ gpuPart }) => gpuPart?.migProfiles)).toEqual([
      ["1g.10gb"],
      ["3g.40gb", "4g.40gb"],
      undefined,
      undefined,
      ["7g.80gb"],
    ]);
  });
});

test("pods that ask for instances count by the compute of the first profile the cluster has", () => {
  const builder = createJobTableBuilder();
  [["2g.20gb"], ["1g.5gb", "3g.40gb"], ["9g.1gb"]].forEach((profiles, index) => {
    const { gpuPart } = pod(profiles);
    builder.add({ id: String(index), submitS: 0, durationS: 1, gpuCount: 1, gpuPart });
  });
  builder.add({ id: "whole", submitS: 0, durationS: 1, gpuCount: 1 });
  const layouts = [whole];
  const { shapes } = withInstanceShares(builder.build().jobs, {
    nodes: [node(1, { mode: "mig", layouts })],
  });
  expect(shapes.map(({ gpuMilli }) => gpuMilli)).toEqual([286, 429, 1000, 1000]);
});

describe("repartitioning", () => {
  const rules: Repartitioning = { durationS: 240, gpusAtOnceMax: 1 };
  const dynamic = (
    gpus: number,
    layout: readonly MigPlacement[],
    more: Partial<Repartitioning> = {},
  ): ClusterState =>
    createCluster({
      nodes: [
        node(gpus, {
          mode: "mig",
          layouts: Array.from({ length: gpus }, () => layout),
          repartitioning: { ...rules, ...more },
        }),
      ],
    });
  const weights = TABLE.geometry.profiles.map(({ name }) => (name === "1g.10gb" ? 1 : 0));
  const steps = (
    cluster: ClusterState,
    waiting: readonly [PodRequest, number, number][],
  ): readonly RepartitionStep[] =>
    createRepartitionPolicy(cluster, () => weights).steps(
      waiting.map(([request, pods, waitedS]) => ({ request, pods, waitedS })),
    );
  const mixOf = (step: RepartitionStep | undefined): unknown =>
    step?.kind === "repartition" ? migMixOf(step.layout) : step?.kind;

  test("an idle GPU gets what waits, and the expected mix beside it", () => {
    const cluster = dynamic(2, whole);
    const [first, ...others] = steps(cluster, [[pod(["3g.40gb"]), 1, 0]]);
    expect(mixOf(first)).toEqual({ "3g.40gb": 1, "1g.10gb": 4 });
    expect(others).toEqual([]);
  });

  test("a GPU that is in use stays as it is, and is drained when the wait is long enough", () => {
    const cluster = dynamic(1, whole, { drainAfterS: 600 });
    cluster.allocate(0, pod(["7g.80gb"]), [0]);
    expect(steps(cluster, [[pod(["1g.10gb"]), 1, 599]])).toEqual([]);
    expect(steps(cluster, [[pod(["1g.10gb"]), 1, 600]])).toEqual([
      { kind: "drain", node: 0, gpu: 0 },
    ]);
  });

  test("of GPUs in use the one with the fewest busy instances is drained, and no second for the same pod", () => {
    const cluster = dynamic(2, halves, { drainAfterS: 0, gpusAtOnceMax: 2 });
    for (const gpu of [0, 0, 1]) cluster.allocate(0, pod(["3g.40gb"]), [gpu]);
    expect(steps(cluster, [[pod(["4g.40gb"]), 1, 0]])).toEqual([
      { kind: "drain", node: 0, gpu: 1 },
    ]);
    cluster.drainGpu(0, 1);
    expect(steps(cluster, [[pod(["4g.40gb"]), 1, 0]])).toEqual([]);
  });

  test("a drained GPU is cut once it is empty, or goes back when nobody waits", () => {
    const cluster = dynamic(1, halves, { drainAfterS: 0 });
    const held = cluster.allocate(0, pod(["3g.40gb"]), [0]);
    cluster.drainGpu(0, 0);
    expect(steps(cluster, [[pod(["4g.40gb"]), 1, 0]])).toEqual([]);
    expect(steps(cluster, [])).toEqual([{ kind: "undrain", node: 0, gpu: 0 }]);
    cluster.release(held);
    expect(mixOf(steps(cluster, [[pod(["4g.40gb"]), 1, 0]])[0])).toEqual({
      "4g.40gb": 1,
      "1g.10gb": 3,
    });
  });

  test("what is being cut already counts, and no more GPUs change at once than allowed", () => {
    const cluster = dynamic(3, whole);
    const many: readonly [PodRequest, number, number][] = [[pod(["3g.40gb"]), 4, 0]];
    const [first, ...others] = steps(cluster, many);
    expect(mixOf(first)).toEqual({ "3g.40gb": 2 });
    expect(others).toEqual([]);
    if (first?.kind !== "repartition") throw new Error("expected a new layout");
    cluster.beginRepartition(0, 0, first.layout);
    expect(steps(cluster, many)).toEqual([]);
    expect(steps(cluster, [[pod(["3g.40gb"]), 2, 0]])).toEqual([]);
  });

  test("an idle GPU that has the instances already lacks something else", () => {
    expect(steps(dynamic(1, halves), [[pod(["3g.40gb"]), 2, 0]])).toEqual([]);
  });

  test("a GPU out of service is not cut", () => {
    const cluster = dynamic(2, whole);
    cluster.closeGpus(0, [0]);
    const [only, ...others] = steps(cluster, [[pod(["1g.10gb"]), 1, 0]]);
    expect(only).toMatchObject({ kind: "repartition", node: 0, gpu: 1 });
    expect(others).toEqual([]);
    cluster.closeNode(0);
    expect(steps(cluster, [[pod(["1g.10gb"]), 1, 0]])).toEqual([]);
  });

  test("nothing is cut where the host has no room for the pod", () => {
    const cluster = dynamic(1, whole);
    cluster.allocate(0, { ...pod([]), gpuCount: 0, gpuMilli: 0, cpuMilli: 63_500 }, []);
    expect(steps(cluster, [[pod(["1g.10gb"]), 1, 0]])).toEqual([]);
  });
});

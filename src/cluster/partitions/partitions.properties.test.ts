// No reachable state is illegal, and what changes a layout never touches a busy GPU.
import fc from "fast-check";
import { expect, test } from "vitest";

import { InvariantError } from "../../base/assert.js";
import { enumerateMigLayouts } from "../../hardware/mig/enumerate-mig-layouts.js";
import { migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import { checkMigPlacements } from "../../hardware/mig/mig-layout.js";
import type { PodRequest } from "../../workload/job-table.js";
import { createCluster } from "../cluster.js";
import type { NodeSpec } from "../spec.js";
import type { ClusterState } from "../view.js";

const GIB = 2 ** 30;
const GPUS = 2;
const MODELS = [
  "A100 SXM4-80GB",
  "H100 SXM5-80GB",
  "A30",
  "RTX PRO 6000 Blackwell Server",
] as const;
const LAYOUTS = new Map(MODELS.map((model) => [model, enumerateMigLayouts(migGeometryOf(model)!)]));
const PROFILES = [
  ...new Set(MODELS.flatMap((model) => migGeometryOf(model)!.profiles.map(({ name }) => name))),
];

const partitioned = fc
  .record({
    model: fc.constantFrom(...MODELS),
    mode: fc.constantFrom("open", "whole", "mig", "time-slicing", "mps"),
    layouts: fc.tuple(fc.nat(), fc.nat()),
    replicas: fc.integer({ min: 2, max: 5 }),
  })
  .map(({ model, mode, layouts, replicas }): NodeSpec => {
    const all = LAYOUTS.get(model)!;
    const partitioning =
      mode === "open"
        ? undefined
        : mode === "whole"
          ? { mode: "whole" as const }
          : mode === "mig"
            ? {
                mode: "mig" as const,
                layouts: layouts.map((pick) => all[pick % all.length]!.placements),
                repartitioning: { durationS: 240, gpusAtOnceMax: 2 },
              }
            : { mode: mode as "mps" | "time-slicing", replicas };
    return {
      name: "n",
      cpuMilli: 16_000,
      memoryBytes: 64 * GIB,
      podsMax: 12,
      gpuCount: GPUS,
      gpuModel: model,
      gpuMemoryBytes: 80e9,
      ...(partitioning === undefined ? {} : { partitioning }),
    };
  });

const requests = fc
  .record({
    gpuMilli: fc.constantFrom(100, 143, 250, 500, 1000),
    gpuCount: fc.integer({ min: 0, max: 3 }),
    migProfiles: fc.subarray(PROFILES, { maxLength: 3 }),
    isMigOnly: fc.boolean(),
    gpuMemoryBytes: fc.constantFrom(0, 5 * GIB, 15 * GIB, 39 * GIB),
    isReplicaEnough: fc.boolean(),
    hasPart: fc.boolean(),
  })
  .map(({ gpuMilli, gpuCount, hasPart, ...gpuPart }): PodRequest => ({
    cpuMilli: 500,
    memoryBytes: GIB,
    gpuCount,
    gpuMilli: gpuCount === 0 ? 0 : gpuCount > 1 ? 1000 : gpuMilli,
    gpuModels: [],
    ...(hasPart ? { gpuPart } : {}),
  }));

const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      "take",
      "take",
      "take",
      "give",
      "drain",
      "undrain",
      "cut",
      "finish",
      "close",
    ),
    pick: fc.nat(),
    gpu: fc.integer({ min: 0, max: GPUS - 1 }),
    request: requests,
    gpus: fc.array(fc.integer({ min: 0, max: GPUS - 1 }), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 60 },
);
type Step = typeof steps extends fc.Arbitrary<(infer Item)[]> ? Item : never;

/** Does a step when it is allowed, and expects a refusal when it is not. */
function apply(cluster: ClusterState, live: number[], step: Step): void {
  const { partitions } = cluster;
  const { what, gpu, request } = step;
  const isMig = partitions.modeOf(0) === "mig";
  const service = partitions.serviceOf(0, gpu);
  const attempt = (isAllowed: boolean, act: () => void): void => {
    if (isAllowed) act();
    else expect(act, what).toThrow(InvariantError);
  };
  switch (what) {
    case "take": {
      const gpus = step.gpus.slice(0, request.gpuCount);
      const hasRoom = cluster.podsFree[0]! > 0 && cluster.cpuMilliFree[0]! >= request.cpuMilli;
      const fits = request.gpuCount === 0 || partitions.canTake(0, request, gpus);
      if (fits && request.gpuCount > 0) expect(partitions.podsOn(0, request)).toBeGreaterThan(0);
      attempt(hasRoom && fits, () => live.push(cluster.allocate(0, request, gpus)));
      return;
    }
    case "give":
      if (live.length > 0) cluster.release(live.splice(step.pick % live.length, 1)[0]!);
      return;
    case "drain":
      if (isMig) attempt(service === "in-service", () => cluster.drainGpu(0, gpu));
      return;
    case "undrain":
      if (isMig) attempt(service === "draining", () => cluster.undrainGpu(0, gpu));
      return;
    case "cut": {
      if (!isMig) return;
      const all = LAYOUTS.get(cluster.spec.nodes[0]!.gpuModel as (typeof MODELS)[number])!;
      const { placements } = all[step.pick % all.length]!;
      const isIdle = partitions.busyPartsOf(0, gpu) === 0 && service !== "repartitioning";
      attempt(isIdle, () => cluster.beginRepartition(0, gpu, placements));
      return;
    }
    case "finish":
      if (isMig) attempt(service === "repartitioning", () => cluster.finishRepartition(0, gpu));
      return;
    case "close":
      if (cluster.gpuClosed[gpu] === 1) cluster.openGpus(0, [gpu]);
      else cluster.closeGpus(0, [gpu]);
  }
}

/** Instances of every GPU, or nothing where there are none. */
function busyInstances(cluster: ClusterState): string[] {
  return Array.from({ length: GPUS }, (_, gpu) =>
    cluster.partitions
      .instancesOf(0, gpu)
      .filter(({ isBusy }) => isBusy)
      .map(({ profile, start }) => `${gpu}:${profile}@${start}`),
  ).flat();
}

test("every state a cluster can reach is legal, and nothing but its own release frees a busy instance", () => {
  fc.assert(
    fc.property(partitioned, steps, (node, plan) => {
      const cluster = createCluster({ nodes: [node] });
      const live: number[] = [];
      for (const step of plan) {
        const before = busyInstances(cluster);
        apply(cluster, live, step);
        cluster.checkInvariants();
        if (step.what !== "give")
          expect(busyInstances(cluster)).toEqual(expect.arrayContaining(before));
        for (let gpu = 0; gpu < GPUS; gpu += 1) {
          const instances = cluster.partitions.instancesOf(0, gpu);
          const geometry = migGeometryOf(node.gpuModel)!;
          expect(checkMigPlacements(geometry, instances).kind).toBe("legal");
        }
      }
      for (const handle of live) cluster.release(handle);
      cluster.checkInvariants();
      expect(cluster.gpuMilliUsed).toBeCloseTo(0, 9);
      expect(busyInstances(cluster)).toEqual([]);
    }),
    { numRuns: 250 },
  );
});

test("a refused layout leaves the GPU as it was", () => {
  const layouts = Array.from({ length: GPUS }, () => [{ profile: "7g.80gb", start: 0 }]);
  const cluster = createCluster({
    nodes: [
      {
        name: "n",
        cpuMilli: 1000,
        memoryBytes: GIB,
        podsMax: 5,
        gpuCount: GPUS,
        gpuModel: "H100 SXM5-80GB",
        partitioning: { mode: "mig", layouts },
      },
    ],
  });
  const impossible = [
    { profile: "4g.40gb", start: 0 },
    { profile: "4g.40gb", start: 0 },
  ];
  expect(() => cluster.beginRepartition(0, 0, impossible)).toThrow(/overlaps another instance/);
  expect(cluster.partitions.serviceOf(0, 0)).toBe("in-service");
  cluster.checkInvariants();
});

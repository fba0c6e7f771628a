import { describe, expect, it } from "vitest";

import { clustersSpec, jobs, member, raceOf, runClusters } from "../clusters-fixture.js";
import type { RayClusterSpec, RayWorkSpec } from "./ray-spec.js";

function ray(work: RayWorkSpec["work"], changes: Partial<RayClusterSpec> = {}): RayClusterSpec {
  return {
    name: "ray",
    member: 0,
    tenant: "ray",
    workers: [{ name: "gpu", resources: { CPU: 8, GPU: 2 }, min: 0, max: 4, gpus: 2 }],
    work: [{ name: "work", submitS: 0, work }],
    admission: "whole",
    tickS: 5,
    bootS: 50,
    idleTimeoutS: 60,
    upscalingSpeed: 1_000,
    concurrentLaunchesMax: 1_000,
    ...changes,
  };
}

const TASKS = {
  kind: "tasks",
  count: 8,
  resources: { GPU: 1 },
  durationS: 100,
  durations: "fixed",
} as const;

function runRay(
  spec: RayClusterSpec,
  groups: Parameters<typeof clustersSpec>[1] = [],
  { pool = {}, durationS = 3_000 } = {},
) {
  const queue = { order: "skip", preemption: "never", graceS: 0, quotaGpus: { ray: 8 } } as const;
  const fleet = clustersSpec([member("a", 2, 4, { queue, pool })], groups, { ray: [spec] });
  const outcome = runClusters(fleet, durationS);
  return { outcome, ray: outcome.run.ray[0]!, work: outcome.run.ray[0]!.work[0]! };
}

describe("a Ray cluster on a member", () => {
  it("launches what its tasks need, works, and gives idle nodes back", () => {
    const { ray: cluster, work } = runRay(ray(TASKS));
    // Nothing is there at first, so one node is asked for, and five seconds later the other three.
    expect(work).toMatchObject({ startS: 50, endS: 155, restarts: 0 });
    expect(cluster).toMatchObject({ launches: 4, nodesMax: 4, admittedS: 0 });
    // Two GPUs from 0 s and six from 5 s on, until all is done at 155 s.
    expect(cluster.gpuSecondsHeld).toBe(2 * 155 + 6 * 150);
    expect(cluster.gpuSecondsUsed).toBe(8 * 100);
  });

  it("conservative upscaling doubles what is there", () => {
    const { work } = runRay(ray(TASKS, { upscalingSpeed: 1 }));
    // One node at 0 s; once asked for it counts: one more at 5 s, and two at 10 s.
    expect(work).toMatchObject({ startS: 50 });
    expect(work.endS).toBeGreaterThan(150);
  });

  it("is suspended until its tenant's quota has room for all it may grow to", () => {
    const blocker = jobs("blocker", {
      tenant: "ray",
      gpusPerWorker: 1,
      durationS: 1_000,
      placement: raceOf(0),
    });
    const work = [{ name: "work", submitS: 5, work: TASKS }];
    const { ray: cluster } = runRay(ray(TASKS, { work }), [blocker]);
    expect(cluster.admittedS).toBe(1_000);
    const free = runRay(ray(TASKS, { work, admission: "none" }), [blocker]);
    expect(free.ray.admittedS).toBe(5);
    // Seven GPUs are free, so three nodes come at once.
    expect(free.ray.nodesMax).toBe(3);
  });

  it("a strict group that no set of nodes can hold waits, and launches nothing", () => {
    const group = {
      kind: "group",
      strategy: "STRICT_SPREAD",
      bundles: Array.from({ length: 5 }, () => ({ GPU: 1 })),
      durationS: 10,
    } as const;
    const { ray: cluster, work } = runRay(ray(group), [], { durationS: 300 });
    expect(cluster.launches).toBe(0);
    expect(work.endS).toBeUndefined();
    expect(runRay(ray({ ...group, bundles: group.bundles.slice(1) })).work).toMatchObject({
      startS: 55,
      endS: 65,
    });
  });

  const train = {
    kind: "train",
    workersMin: 2,
    workersMax: 8,
    perWorker: { GPU: 1 },
    workerSeconds: 8_000,
    monitorS: 60,
    restartS: 20,
    checkpointS: 100,
  } as const;

  it("elastic training takes what there is, and more when it comes", () => {
    // Two workers at 50 s; the look at 110 s sees eight. Nothing was safe, so all is done from 130 s on.
    expect(runRay(ray(train)).work).toMatchObject({ startS: 50, restarts: 1, endS: 1_130 });
    // One node of four GPUs is taken until 500 s.
    const blocker = jobs("blocker", { gpusPerWorker: 4, durationS: 500, placement: raceOf(0) });
    const work = [{ name: "work", submitS: 5, work: train }];
    const late = runRay(ray(train, { work }), [blocker]).work;
    // Two workers at 55 s, four at 115 s, which work from 135 s on with checkpoints up to 535 s. The nodes of the
    // other four boot until 550 s; the look at 595 s sees them.
    const safe = 4 * 400;
    expect(late).toMatchObject({ startS: 55, restarts: 2, endS: 595 + 20 + (8_000 - safe) / 8 });
    expect(late.lostWorkerSeconds).toBe(2 * 60 + 4 * 20 + 4 * 60 + 8 * 20);
  });

  it("a fixed group waits for all of its workers and keeps the nodes that are there", () => {
    const fixed = { ...train, workersMin: 8 } as const;
    const blocker = jobs("blocker", { gpusPerWorker: 4, durationS: 500, placement: raceOf(0) });
    const { work, ray: cluster } = runRay(
      ray(fixed, { work: [{ name: "work", submitS: 5, work: fixed }] }),
      [blocker],
    );
    expect(work).toMatchObject({ startS: 550, endS: 1_550 });
    expect(cluster.launches).toBe(4);
  });

  it("goes on after nodes of the member fail", () => {
    const { outcome, work } = runRay(ray({ ...train, workerSeconds: 80_000 }), [], {
      pool: { loss: { meanLifeS: 5_000, repairS: 600 } },
      durationS: 30_000,
    });
    expect(outcome.run.ray[0]!.losses).toBeGreaterThan(0);
    expect(work.endS).toBeGreaterThan(10_050);
    expect(work.restarts).toBeGreaterThan(0);
    // Everything it did is either the work asked for or was lost.
    expect(work.workerSeconds - work.lostWorkerSeconds).toBeCloseTo(80_000, 3);
  });
});

import { describe, expect, test } from "vitest";

import { clusterOf, runJobs, type TestJob } from "../../simulation/batch/batch-fixture.js";
import type { BatchSpec } from "../../simulation/batch/batch-spec.js";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import { afterWarmUp } from "../replicate/after-warm-up.js";
import { computeResult, type Configuration } from "./run-configuration.js";

type Computed = ReturnType<typeof computeResult>;

function resultOf(
  rows: readonly TestJob[],
  options: Partial<BatchSpec> & { readonly fromS?: number } = {},
): Computed {
  const { fromS, ...spec } = options;
  const cluster = spec.cluster ?? clusterOf([4]);
  const run = runJobs(rows, spec);
  const configuration: Pick<Configuration, "cluster" | "queue" | "quotas"> = {
    cluster,
    queue: spec.queue ?? { name: "fifo-strict" },
    ...(spec.quotas === undefined ? {} : { quotas: spec.quotas }),
  };
  const overload = { overloaded: false, offeredLoad: null, warnings: [] };
  const watched = fromS === undefined ? run : afterWarmUp(run, fromS);
  return computeResult(configuration, run, overload, watched);
}

/** Tenant a holds all four GPUs for 10 s; b waits for them, then runs 10 s on two, and so does a's second job. */
const TWO_TENANTS: readonly TestJob[] = [
  { submitS: 0, durationS: 10, gpuCount: 4, tenant: "a" },
  { submitS: 0, durationS: 10, gpuCount: 2, tenant: "b" },
  { submitS: 5, durationS: 10, gpuCount: 2, tenant: "a" },
];

describe("fairness", () => {
  test("judges tenants by what they held while they waited, against an equal share", () => {
    const { fairness } = resultOf(TWO_TENANTS);
    expect(fairness?.entitlement).toBe("equal");
    expect(fairness?.tenants).toEqual([
      {
        name: "a",
        entitledShare: 0.5,
        // 4 GPUs for 10 s and 2 for 10 s of 4 GPUs over 20 s; waits from 5 to 10 with all four.
        heldShare: 60 / 80,
        heldShareWhileWaiting: 1,
        waitingHours: 5 / 3600,
      },
      {
        name: "b",
        entitledShare: 0.5,
        heldShare: 20 / 80,
        heldShareWhileWaiting: 0,
        waitingHours: 10 / 3600,
      },
    ]);
    // x = 2 and 0: (2 + 0)² / (2 · (4 + 0)).
    expect(fairness?.jainIndex).toBe(0.5);
  });

  test("is not shown for one tenant, and has no index when fewer than two waited", () => {
    expect(resultOf([{ submitS: 0, durationS: 1, tenant: "a" }])).not.toHaveProperty("fairness");
    const rows = TWO_TENANTS.slice(0, 2);
    expect(resultOf(rows).fairness).toMatchObject({
      jainIndex: null,
      tenants: [{ heldShareWhileWaiting: null, waitingHours: 0 }, { heldShareWhileWaiting: 0 }],
    });
  });

  test("a tenant that waited for less than a hundredth of the time does not count", () => {
    const rows = [...TWO_TENANTS, { submitS: 2_000, durationS: 100, tenant: "a" }];
    expect(resultOf(rows).fairness?.jainIndex).toBeNull();
  });

  test("entitlements are nominal quotas where there are some", () => {
    const queue = (name: string, nominal: number): QuotaSpec["queues"][number] => ({
      name,
      groups: [
        {
          resources: ["gpu"],
          flavors: [{ flavor: "any", resources: [{ resource: "gpu", nominal }] }],
        },
      ],
    });
    const quotas: QuotaSpec = {
      resources: [{ name: "gpu", unit: "gpu-milli" }],
      flavors: [{ name: "any" }],
      queues: [queue("a", 3000), queue("b", 1000)],
      cohorts: [],
    };
    const rows = [
      { submitS: 0, durationS: 10, gpuCount: 3, tenant: "a" },
      { submitS: 0, durationS: 10, gpuCount: 3, tenant: "a" },
      { submitS: 0, durationS: 20, tenant: "b" },
      { submitS: 0, durationS: 20, tenant: "b" },
    ];
    const { fairness } = resultOf(rows, { queue: { name: "fair-share" }, quotas });
    expect(fairness).toMatchObject({
      entitlement: "nominal-quota",
      jainIndex: 1,
      tenants: [
        { name: "a", entitledShare: 0.75, heldShareWhileWaiting: 0.75 },
        { name: "b", entitledShare: 0.25, heldShareWhileWaiting: 0.25 },
      ],
    });
  });

  test("counts from the end of a warm-up", () => {
    const { fairness } = resultOf(TWO_TENANTS, { fromS: 5 });
    expect(fairness?.tenants).toMatchObject([
      { heldShare: 40 / 60, waitingHours: 5 / 3600 },
      { heldShare: 20 / 60, waitingHours: 5 / 3600 },
    ]);
  });

  test("waiting for another job is no waiting for GPUs", () => {
    const rows = [
      { submitS: 0, durationS: 10, gpuCount: 2, tenant: "a" },
      { submitS: 0, durationS: 10, gpuCount: 2, tenant: "b" },
    ];
    const run = runJobs(rows);
    const jobs = {
      ...run.jobs,
      dependencyOffset: Int32Array.of(0, 0, 1),
      dependencies: Int32Array.of(0),
    };
    const after = resultOf(rows, { jobs });
    expect(after.fairness?.tenants.map((tenant) => tenant.waitingHours)).toEqual([0, 0]);
  });
});

describe("gangs and partitions", () => {
  test("GPUs that stand idle while gangs wait for more are added up", () => {
    // A gang of 4 waits 10 s beside 3 idle GPUs, then runs; a single GPU that waits is no gang.
    const rows = [
      { submitS: 0, durationS: 10, gpuCount: 1 },
      { submitS: 0, durationS: 10, gpuCount: 4 },
      { submitS: 0, durationS: 10, gpuCount: 1 },
    ];
    expect(resultOf(rows).gangWaits).toEqual({
      gangs: 1,
      idleGpuHours: 30 / 3600,
      idleShare: 30 / (4 * 30),
    });
    // Never more than the gangs ask for: 3 idle, 2 asked for.
    const small = [
      { submitS: 0, durationS: 10, gpuCount: 1 },
      { submitS: 0, durationS: 5, gpuCount: 4 },
      { submitS: 0, durationS: 5, gpuCount: 2 },
    ];
    const blocked = resultOf(small.slice(0, 2)).gangWaits!;
    expect(resultOf(small).gangWaits!.idleGpuHours).toBeCloseTo(blocked.idleGpuHours, 12);
    expect(resultOf([{ submitS: 0, durationS: 1 }])).not.toHaveProperty("gangWaits");
  });

  test("partitions with their own nodes have their own occupancy and queue", () => {
    const nodes = [...clusterOf([4], "a").nodes, ...clusterOf([2], "b").nodes];
    const rows = [
      { submitS: 0, durationS: 10, gpuCount: 2, partition: "a" },
      { submitS: 0, durationS: 5, gpuCount: 2, partition: "b" },
      { submitS: 0, durationS: 5, gpuCount: 2, partition: "b" },
      { submitS: 0, durationS: 5, gpuCount: 9, partition: "b" },
    ];
    const { partitions } = resultOf(rows, { cluster: { nodes } });
    expect(partitions.map(({ name, outcomes, lane }) => ({ name, outcomes, lane }))).toEqual([
      {
        name: "a",
        outcomes: { completed: 1, running: 0, waiting: 0, neverPlaceable: 0 },
        lane: { gpus: 4, allocatedShare: 0.5, queueLengthMean: 0, queueLengthMax: 0 },
      },
      {
        name: "b",
        outcomes: { completed: 2, running: 0, waiting: 0, neverPlaceable: 1 },
        lane: { gpus: 2, allocatedShare: 1, queueLengthMean: 0.5, queueLengthMax: 1 },
      },
    ]);
  });

  test("stops are told with their reasons", () => {
    const rows = [
      { submitS: 0, durationS: 100, gpuCount: 4, preemptible: true },
      { submitS: 10, durationS: 5, gpuCount: 4 },
    ];
    const { preemption, jobs } = resultOf(rows, { queue: { name: "srtf" } });
    expect(preemption).toEqual({
      stops: 1,
      jobsStopped: 1,
      gpuHoursLost: jobs.gpuHoursLost,
      reasons: [{ name: "stopped for a job that goes first", stops: 1 }],
    });
    expect(resultOf(TWO_TENANTS)).not.toHaveProperty("preemption");
  });

  test("all occupancy of a run is somebody's: lanes and tenants sum to the whole", () => {
    const nodes = [...clusterOf([4], "a").nodes, ...clusterOf([4], "b").nodes];
    const rows = Array.from({ length: 200 }, (_, index) => ({
      submitS: (index * 7) % 300,
      durationS: 5 + ((index * 13) % 40),
      gpuCount: 1 + (index % 4),
      tenant: `t${index % 3}`,
      partition: index % 2 === 0 ? "a" : "b",
    }));
    const { partitions, fairness, gpu } = resultOf(rows, { cluster: { nodes } });
    const held = fairness!.tenants.reduce((sum, tenant) => sum + tenant.heldShare, 0);
    expect(held).toBeCloseTo(gpu.allocatedShare, 12);
    const lanes = partitions.map(({ lane }) => lane!);
    const mean = lanes.reduce((sum, lane) => sum + lane.allocatedShare * lane.gpus, 0) / 8;
    expect(mean).toBeCloseTo(gpu.allocatedShare, 12);
  });
});

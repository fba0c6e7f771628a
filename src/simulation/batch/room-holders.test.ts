import { expect, test } from "vitest";
import { clusterOf, runJobs, type TestJob } from "./batch-fixture.js";

const job = (gpuCount: number, rest: Partial<TestJob> = {}): TestJob => ({
  submitS: 0,
  durationS: 100,
  gpuCount,
  ...rest,
});

test("waiting jobs say who holds the GPUs when the run stops, the largest tenants first", () => {
  const tenants = ["b", "a", "a", "c", "d", "e"];
  const rows = [
    ...tenants.map((tenant) => job(1, { tenant })),
    job(2, { tenant: "b" }),
    job(8, { tenant: "late" }),
  ];
  const run = runJobs(rows, { cluster: clusterOf([8]), limits: { eventsMax: 1000, untilS: 50 } });
  expect(run.holdersFor!(7)).toBe(
    "b 3 GPUs (2 jobs), a 2 GPUs (2 jobs), c 1 GPU (1 job), 2 others 2 GPUs (2 jobs)",
  );
  expect(run.holdersFor!(0)).toBeUndefined();
});

test("without tenants jobs are named, and each lane has its own", () => {
  const cluster = {
    nodes: [...clusterOf([4], "x").nodes, { ...clusterOf([2], "y").nodes[0]!, name: "m0" }],
  };
  const rows = [
    job(3, { partition: "x" }),
    job(2, { partition: "y" }),
    job(2, { partition: "x" }),
    job(1, { partition: "y" }),
  ];
  const run = runJobs(rows, { cluster, limits: { eventsMax: 1000, untilS: 50 } });
  expect([2, 3].map((row) => run.holdersFor!(row))).toEqual(["j0 3 GPUs", "j1 2 GPUs"]);
  expect(runJobs(rows, { cluster }).holdersFor!(2)).toBeUndefined();
});

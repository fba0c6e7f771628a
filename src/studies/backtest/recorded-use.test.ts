import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { clusterOf, runJobs, tableOf } from "../../simulation/batch/batch-fixture.js";
import { recordedUse } from "./recorded-use.js";

describe("recordedUse", () => {
  // 4 GPUs for 100 s, 4 for 50 s, then 2 + 2 for 10 s and 2 for 20 s.
  const jobs = tableOf([
    { submitS: 0, durationS: 100, gpuCount: 4, recordedStartS: 0 },
    { submitS: 10, durationS: 50, gpuCount: 4, recordedStartS: 100 },
    { submitS: 20, durationS: 30, gpuCount: 2, recordedStartS: 150 },
    { submitS: 30, durationS: 10, gpuCount: 2, recordedStartS: 150 },
  ]);

  test("a job that ends when another starts is not beside it", () => {
    expect(recordedUse(jobs, clusterOf([4]))).toEqual({
      peakGpus: 4,
      peakAtS: 0,
      overCapacity: [],
    });
  });

  test("more GPUs on record than in the cluster file: how many, when, for how long", () => {
    const [over] = recordedUse(jobs, clusterOf([2])).overCapacity;
    expect(over).toEqual({
      partition: "",
      capacityGpus: 2,
      peakGpus: 4,
      peakAtS: 0,
      peakAt: null,
      aboveS: 160,
    });
  });

  test("the first instant of the highest use, as calendar time where the trace has it", () => {
    const later = tableOf([
      { submitS: 0, durationS: 100, gpuCount: 1, recordedStartS: 5 },
      { submitS: 0, durationS: 100, gpuCount: 2, recordedStartS: 7 },
      { submitS: 0, durationS: 100, gpuCount: 3, recordedStartS: 107 },
    ]);
    const dated = { ...later, originEpochS: 1_506_816_000 };
    const { overCapacity, ...peak } = recordedUse(dated, clusterOf([2]));
    expect(peak).toEqual({ peakGpus: 3, peakAtS: 7 });
    // 3 GPUs from 7 to 105, 2 until 107, then 3 until 207.
    expect(overCapacity[0]).toMatchObject({ peakAt: "2017-10-01T00:00:07Z", aboveS: 198 });
  });

  test("a recorded end before start + duration bounds the use: the job was suspended", () => {
    const short = tableOf([
      { submitS: 0, durationS: 100, gpuCount: 3, recordedStartS: 0, recordedEndS: 10 },
      { submitS: 0, durationS: 100, gpuCount: 3, recordedStartS: 10 },
    ]);
    expect(recordedUse(short, clusterOf([3])).peakGpus).toBe(3);
  });

  test("partitions with nodes of their own are held to their own capacity", () => {
    const both = tableOf([
      { submitS: 0, durationS: 10, gpuCount: 3, recordedStartS: 0, partition: "a" },
      { submitS: 0, durationS: 10, gpuCount: 1, recordedStartS: 0, partition: "b" },
    ]);
    const nodes = [...clusterOf([2], "a").nodes, ...clusterOf([2], "b").nodes];
    expect(recordedUse(both, { nodes }).overCapacity).toMatchObject([
      { partition: "a", capacityGpus: 2, peakGpus: 3 },
    ]);
  });

  test("a share of a GPU counts as that share, a job without a start not at all", () => {
    const shares = tableOf([
      { submitS: 0, durationS: 10, gpuMilli: 500, recordedStartS: 0 },
      { submitS: 0, durationS: 10, gpuMilli: 250, recordedStartS: 0 },
      { submitS: 0, durationS: 10, gpuCount: 8 },
    ]);
    expect(recordedUse(shares, clusterOf([1])).peakGpus).toBe(0.75);
  });

  test("property: on a record made by the simulator, the peak is the simulator's own and never above capacity", () => {
    const job = fc.record({
      submitS: fc.integer({ min: 0, max: 50 }),
      durationS: fc.integer({ min: 1, max: 30 }),
      gpuCount: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 40 }), (rows) => {
        const run = runJobs(rows, { queue: { name: "fifo-skip" } });
        const recorded = { ...run.jobs, recordedStartS: run.startS, recordedEndS: run.endS };
        const use = recordedUse(recorded, clusterOf([4]));
        expect(use.overCapacity).toEqual([]);
        expect(use.peakGpus * 1000).toBe(run.utilization.maxima[0]);
      }),
    );
  });
});

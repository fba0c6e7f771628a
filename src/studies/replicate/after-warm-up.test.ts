import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { runJobs, type TestJob } from "../../simulation/batch/batch-fixture.js";
import { summarizeBatch } from "../../simulation/batch/summary.js";
import { afterWarmUp } from "./after-warm-up.js";

const job = fc.record({
  submitS: fc.integer({ min: 0, max: 300 }),
  durationS: fc.integer({ min: 1, max: 80 }),
  gpuCount: fc.integer({ min: 1, max: 4 }),
});
const jobs = fc.array(job, { minLength: 1, maxLength: 40 });

describe("afterWarmUp", () => {
  test("by hand: the second job counts, the first only as load", () => {
    // 4 GPUs: first 0..100 on 4, second waits from 50 to 100 and runs to 160 on 2.
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 4 },
      { submitS: 50, durationS: 60, gpuCount: 2 },
    ];
    const summary = summarizeBatch(afterWarmUp(runJobs(rows), 40));
    expect(summary.jobs).toMatchObject({
      count: 1,
      completed: 1,
      waitS: { mean: 50, max: 50 },
      jctS: { mean: 110 },
      makespanS: 120,
      queueLengthMax: 1,
      gpuHours: (2 * 60) / 3600,
    });
    // From 40 to 160: one job waits for 50 s; 4 GPUs for 60 s and 2 for 60 s.
    expect(summary.jobs.queueLengthMean).toBeCloseTo(50 / 120, 12);
    expect(summary.gpu.allocatedShare).toBeCloseTo((4 * 60 + 2 * 60) / (4 * 120), 12);
    expect(summary.gpu.allocatedShareMax).toBe(1);
    expect(summarizeBatch(afterWarmUp(runJobs(rows), 110)).gpu.allocatedShareMax).toBe(0.5);
  });

  test("property: without a warm-up nothing changes", () => {
    fc.assert(
      fc.property(jobs, (rows) => {
        const run = runJobs(rows, { observe: { idleClasses: true } });
        const whole = summarizeBatch(run);
        const again = summarizeBatch(afterWarmUp(run, 0));
        expect(again.jobs.queueLengthMean).toBeCloseTo(whole.jobs.queueLengthMean, 9);
        expect(again.gpu.allocatedShare).toBeCloseTo(whole.gpu.allocatedShare, 9);
        expect(again.jobs.queueLengthMax).toBe(whole.jobs.queueLengthMax);
        expect({ ...again.jobs, queueLengthMean: 0 }).toEqual({
          ...whole.jobs,
          queueLengthMean: 0,
        });
        expect(again.waitReasons).toEqual(whole.waitReasons);
        expect(again.tenants).toEqual(whole.tenants);
      }),
      { numRuns: 50 },
    );
  });

  test("property: time averages are those of the jobs' own intervals, cut at the border", () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 0, max: 300 }), (rows, fromS) => {
        const run = runJobs(rows, { queue: { name: "fifo-skip" } });
        const { utilization } = afterWarmUp(run, fromS);
        const table = run.jobs;
        let running = 0;
        let waiting = 0;
        const overlapS = (startS: number, endS: number): number =>
          Math.max(0, Math.min(endS, run.endOfRunS) - Math.max(startS, fromS));
        for (let row = 0; row < table.count; row++) {
          const gpus = table.shapes[table.shape[row]!]!.gpuCount;
          running += gpus * 1000 * overlapS(run.startS[row]!, run.endS[row]!);
          waiting += overlapS(table.submitS[row]!, run.startS[row]!);
        }
        expect(utilization.integrals[0]).toBeCloseTo(running, 6);
        expect(utilization.integrals[1]).toBeCloseTo(waiting, 6);
        const { outcome } = afterWarmUp(run, fromS);
        const late = table.submitS.filter((submitS) => submitS >= fromS).length;
        expect(outcome.filter((code) => code !== 0).length).toBe(late);
      }),
    );
  });
});

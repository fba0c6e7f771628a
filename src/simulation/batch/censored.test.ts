import { describe, expect, test } from "vitest";

import { clusterOf, runJobs, type TestJob } from "./batch-fixture.js";
import { summarizeCensored } from "./censored.js";
import { summarizeBatch } from "./summary.js";

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe("times that the end of a run cut short", () => {
  test("count where they make a figure larger, and never where they make it smaller", () => {
    expect(summarizeCensored(of(0, 10, 20), of(100))).toEqual({
      mean: 32.5,
      p50: 15,
      p95: expect.closeTo(88, 9) as number,
      p99: expect.closeTo(97.6, 9) as number,
      max: 100,
    });
    expect(summarizeCensored(of(0, 10, 20), of(1))).toEqual(summarizeCensored(of(0, 10, 20), of()));
  });

  test("are no result where nothing is over", () => {
    expect(summarizeCensored(of(), of(5)).p95).toBeNull();
    expect(summarizeCensored(of(), of()).p95).toBeNull();
  });
});

describe("a policy that starves", () => {
  /** One job of four GPUs behind a stream of single ones that always overtake it. */
  const rows: readonly TestJob[] = [
    { submitS: 0, durationS: 10, gpuCount: 4, tenant: "large" },
    ...Array.from({ length: 200 }, (_, index): TestJob => ({
      submitS: index * 2,
      durationS: 10,
      tenant: "small",
    })),
  ];
  const run = runJobs(rows, {
    cluster: clusterOf([4]),
    queue: { name: "smallest-first" },
    limits: { eventsMax: 100_000, untilS: 400 },
  });

  test("does not meet a goal on waits by never starting a job", () => {
    const { jobs, tenants } = summarizeBatch(run);
    expect(run.startS[0]).toBeNaN();
    expect(jobs.waitS.max).toBe(400);
    expect(tenants.map(({ name, waitS }) => [name, waitS.max! >= 400])).toEqual([
      ["large", true],
      ["small", false],
    ]);
    expect(jobs.jctS.max).toBe(400);
    expect(jobs.slowdown.max).toBe(40);
  });

  test("a run in which every job ends has the figures it always had", () => {
    const done = summarizeBatch(runJobs(rows));
    const waits = [...done.tenants].map(({ waitS }) => waitS.max);
    expect(done.jobs.waiting).toBe(0);
    expect(done.jobs.waitS.max).toBe(Math.max(...waits.map((wait) => wait ?? 0)));
  });
});

test("jobs that ran before the trace began are in no wait, and in the GPU-hours", () => {
  const rows: readonly TestJob[] = [
    { submitS: 0, durationS: 3600, gpuCount: 4, runningOn: ["n0"] },
    { submitS: 0, durationS: 10, gpuCount: 1 },
  ];
  const { jobs } = summarizeBatch(runJobs(rows));
  expect(jobs).toMatchObject({ count: 2, completed: 2, waitS: { mean: 3600 } });
  expect(jobs.jctS.mean).toBe(3610);
  expect(jobs.gpuHours).toBeCloseTo(4 + 10 / 3600, 12);
});

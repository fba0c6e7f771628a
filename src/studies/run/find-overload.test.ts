import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { clusterOf, runJobs, type TestJob } from "../../simulation/batch/batch-fixture.js";
import type { BatchSpec } from "../../simulation/batch/batch-spec.js";
import { findOverload, type Overload } from "./find-overload.js";

const FOUR_GPUS = clusterOf([4]);

function overloadOf(rows: readonly TestJob[], options: Partial<BatchSpec> = {}): Overload {
  return findOverload(runJobs(rows, { observe: {}, ...options }), options.cluster ?? FOUR_GPUS);
}

/** Jobs of one GPU and 10 s at equal gaps: a load of exactly 10 / (4 gap) on four GPUs. */
const steady = (count: number, gapS: number): TestJob[] =>
  Array.from({ length: count }, (_, index) => ({ submitS: index * gapS, durationS: 10 }));

describe("the load of the jobs", () => {
  test("is GPU time asked for over GPU time there is, first to last submission", () => {
    expect(overloadOf(steady(200, 5)).offeredLoad).toBeCloseTo(0.5, 12);
    expect(overloadOf(steady(200, 5))).toMatchObject({ overloaded: false, warnings: [] });
  });

  test("from 1 on the run is overloaded, and says by how much", () => {
    const { overloaded, offeredLoad, warnings } = overloadOf(steady(1000, 2));
    expect(overloaded).toBe(true);
    expect(offeredLoad).toBeCloseTo(1.25, 12);
    expect(warnings).toEqual([
      expect.stringMatching(/^Overloaded: the jobs ask for 125 % of the GPU time there is/),
    ]);
  });

  test("jobs that can never run ask for nothing", () => {
    const rows = [...steady(200, 5), ...steady(200, 5).map((job) => ({ ...job, gpuCount: 8 }))];
    expect(overloadOf(rows).offeredLoad).toBeCloseTo(0.5, 12);
  });

  test("few jobs, or a span of few durations, are a piece of work and have no load", () => {
    expect(overloadOf(steady(99, 2))).toEqual({
      overloaded: false,
      offeredLoad: null,
      warnings: [],
    });
    // 300 jobs within 90 s that run for 10 s each: nine durations.
    expect(overloadOf(steady(300, 0.3)).offeredLoad).toBeNull();
  });

  test("partitions with nodes of their own are judged by themselves", () => {
    const nodes = [...clusterOf([4], "a").nodes, ...clusterOf([4], "b").nodes];
    const rows = [
      ...steady(500, 5).map((job) => ({ ...job, partition: "a" })),
      ...steady(1000, 2).map((job) => ({ ...job, partition: "b" })),
    ];
    const { offeredLoad, warnings } = overloadOf(rows, { cluster: { nodes } });
    expect(offeredLoad).toBeCloseTo(1.25, 12);
    expect(warnings).toEqual([expect.stringContaining("Overloaded in partition “b”")]);
  });
});

describe("growing waits", () => {
  /** Gangs of 3 on 4 GPUs: a load of 0.75 × 10 / gap, and one GPU that nothing can use. */
  const gangs = (count: number, gapS: number): TestJob[] =>
    Array.from({ length: count }, (_, index) => ({
      submitS: index * gapS,
      durationS: 10,
      gpuCount: 3,
    }));

  test("are found where the load is below 1 and still too much, because GPUs cannot be used", () => {
    const { overloaded, offeredLoad, warnings } = overloadOf(gangs(300, 9));
    expect(offeredLoad).toBeCloseTo(7.5 / 9, 12);
    expect(overloaded).toBe(true);
    // Job k is submitted at 9 k and starts at 10 k: it finds those waiting that start from 9 k on, about k / 10.
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Waits did not settle: jobs of the last third of the submissions found 24\.5 jobs waiting on average, those of the middle third 14\.5, and/,
      ),
    ]);
  });

  test("are found in a run that is stopped while jobs wait", () => {
    const cut = overloadOf(gangs(300, 9), { limits: { untilS: 300 * 9, eventsMax: 1e6 } });
    expect(cut.overloaded).toBe(true);
  });

  test("a queue that empties every day is busy, not overloaded, even when every day is worse", () => {
    const days = Array.from({ length: 9 }, (_, day) =>
      gangs(100, 9 - day * 0.2).map((job) => ({ ...job, submitS: job.submitS + day * 5000 })),
    ).flat();
    expect(overloadOf(days)).toMatchObject({ overloaded: false });
  });

  test("a stationary queue is not called growing", () => {
    const stream = createRandomStreams(11).stream("test");
    let submitS = 0;
    const rows = Array.from({ length: 3000 }, () => {
      submitS += stream.exponential(1);
      return { submitS, durationS: stream.exponential(3.2) };
    });
    expect(overloadOf(rows)).toMatchObject({ overloaded: false });
  });
});

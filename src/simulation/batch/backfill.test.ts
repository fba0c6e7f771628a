import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobTable } from "../../workload/job-table.js";
import { clusterOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import { longestWithin } from "./easy-dispatcher.js";

const easy = { name: "easy-backfill" };
const conservative = { name: "conservative-backfill" };

describe("easy backfilling, by hand", () => {
  // Pool of four. j0 holds three until 100. j1 needs all four: reserved at 100.
  const rows: TestJob[] = [
    { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 3 },
    { submitS: 1, durationS: 50, walltimeS: 50, gpuCount: 4 },
    { submitS: 2, durationS: 98, walltimeS: 98, gpuCount: 1 },
    { submitS: 3, durationS: 98, walltimeS: 98, gpuCount: 1 },
  ];

  test("what ends by the reservation starts, what would end one second later waits", () => {
    const run = runJobs(rows, { queue: easy });
    expect(Array.from(run.startS)).toEqual([0, 100, 2, 150]);
    expect(
      Array.from(
        runJobs(
          rows.filter((_, row) => row !== 2),
          { queue: easy },
        ).startS,
      ),
    ).toEqual([0, 100, 150]);
    expect(reasonOf(run, 1)).toBe("fewer GPUs free in the pool than the job needs");
  });

  test("GPUs that the head leaves over may be held beyond its start", () => {
    const spare = rows.map((row, index) => (index === 1 ? { ...row, gpuCount: 3 } : row));
    const run = runJobs(spare, { queue: easy });
    // j2 takes the one spare GPU; for j3 none is left, and it would not end by 100.
    expect(Array.from(run.startS)).toEqual([0, 100, 2, 100]);
    const alone = runJobs(
      [spare[0]!, spare[1]!, { ...spare[3]!, durationS: 500, walltimeS: 500 }],
      { queue: easy },
    );
    expect(Array.from(alone.startS)).toEqual([0, 100, 3]);
  });

  test("estimates decide, not durations: an early end lets the head start early", () => {
    const early = rows.map((row, index) => (index === 0 ? { ...row, durationS: 60 } : row));
    expect(Array.from(runJobs(early, { queue: easy }).startS)).toEqual([0, 100, 2, 150]);
    const wrong = rows.map((row, index) => (index === 2 ? { ...row, walltimeS: 500 } : row));
    expect(runJobs(wrong, { queue: easy }).startS[2]).toBe(150);
    const oracle = { name: "easy-backfill", options: { estimate: "duration" } };
    expect(runJobs(wrong, { queue: oracle }).startS[2]).toBe(2);
    const padded = { name: "easy-backfill", options: { estimateFactor: 2 } };
    expect(runJobs(rows, { queue: padded }).startS[2]).toBe(2);
  });

  test("a job that outlives its estimate holds the head up, and nobody slips in by time", () => {
    const late: TestJob[] = [
      { submitS: 0, durationS: 100, walltimeS: 10, gpuCount: 3 },
      { submitS: 1, durationS: 50, walltimeS: 50, gpuCount: 4 },
      { submitS: 20, durationS: 5, walltimeS: 5, gpuCount: 1 },
    ];
    const run = runJobs(late, { queue: easy });
    expect(Array.from(run.startS)).toEqual([0, 100, 150]);
    const cut = runJobs(late, { queue: easy, limits: { untilS: 60, eventsMax: 1000 } });
    expect(reasonOf(cut, 1)).toBe("fewer GPUs free in the pool than the job needs");
    expect(reasonOf(cut, 2)).toBe("would delay a job ahead that needs 4 GPUs");
  });

  test("needs estimates", () => {
    expect(() => runJobs([{ submitS: 0, durationS: 1 }], { queue: easy })).toThrow(
      "1 of 1 have none",
    );
  });
});

test("the longest time that does not pass a limit", () => {
  expect(longestWithin(5, 12)).toBe(7);
  for (let nowS = 0.1; nowS < 100; nowS *= 1.37) {
    for (let untilS = nowS; untilS < 1e7; untilS *= 2.03) {
      const seconds = longestWithin(nowS, untilS);
      expect(nowS + seconds).toBeLessThanOrEqual(untilS);
      expect(untilS - nowS - seconds).toBeLessThanOrEqual(1e-9 * untilS);
    }
  }
});

describe("conservative backfilling, by hand", () => {
  const rows: TestJob[] = [
    { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 3 },
    { submitS: 1, durationS: 50, walltimeS: 50, gpuCount: 4 },
    { submitS: 2, durationS: 30, walltimeS: 30, gpuCount: 3 },
    { submitS: 3, durationS: 60, walltimeS: 60, gpuCount: 1 },
  ];

  test("every job has a reservation, and fills gaps between those of others", () => {
    const run = runJobs(rows, { queue: conservative });
    expect(Array.from(run.startS)).toEqual([0, 100, 150, 3]);
    expect(reasonOf(run, 2)).toBe("its reservation lies in the future: jobs ahead hold the GPUs");
  });

  test("an early end moves reservations forward in order", () => {
    const early = rows.map((row, index) => (index === 0 ? { ...row, durationS: 40 } : row));
    // At 40 j1 needs four and j3 holds one until 63: it moves from 100 to 63; j2 fits before it? 40..70 no.
    expect(Array.from(runJobs(early, { queue: conservative }).startS)).toEqual([0, 63, 113, 3]);
  });

  test("a job that outlives its estimate moves reservations back", () => {
    const late = rows.map((row, index) => (index === 0 ? { ...row, walltimeS: 90 } : row));
    expect(Array.from(runJobs(late, { queue: conservative }).startS)).toEqual([0, 100, 150, 3]);
  });
});

interface Naive {
  readonly startS: number[];
  /** First reservation of each job, by the conservative rule. */
  readonly promisedS: number[];
}

const gpusOf = (jobs: JobTable, job: number): number =>
  jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount;

/** EASY, walking the whole queue second by second. */
function naiveEasy(jobs: JobTable, gpus: number): Naive & { readonly delayedHeads: number } {
  const startS: number[] = Array.from({ length: jobs.count }, () => Number.NaN);
  const promisedS = [...startS];
  let delayedHeads = 0;
  const horizonS = jobs.durationS.reduce((sum, duration) => sum + duration, 100);
  for (let nowS = 0; nowS <= horizonS; nowS++) {
    const running = startS.flatMap((start, job) =>
      start <= nowS && start + jobs.durationS[job]! > nowS ? [job] : [],
    );
    let free = gpus - running.reduce((sum, job) => sum + gpusOf(jobs, job), 0);
    const waiting = startS.flatMap((start, job) =>
      Number.isNaN(start) && jobs.submitS[job]! <= nowS && gpusOf(jobs, job) <= gpus ? [job] : [],
    );
    const start = (job: number): void => {
      startS[job] = nowS;
      free -= gpusOf(jobs, job);
      running.push(job);
    };
    while (waiting.length > 0 && gpusOf(jobs, waiting[0]!) <= free) start(waiting.shift()!);
    const head = waiting.shift();
    if (head === undefined) continue;
    const expectedS = (job: number): number => Math.max(nowS, startS[job]! + jobs.walltimeS[job]!);
    const freeAt = (timeS: number): number =>
      free +
      running
        .filter((job) => expectedS(job) <= timeS)
        .reduce((sum, job) => sum + gpusOf(jobs, job), 0);
    let shadowS = nowS;
    while (freeAt(shadowS) < gpusOf(jobs, head)) shadowS++;
    let extra = freeAt(shadowS) - gpusOf(jobs, head);
    if (promisedS[head]! < shadowS) delayedHeads++;
    if (Number.isNaN(promisedS[head])) promisedS[head] = shadowS;
    for (const job of waiting) {
      if (gpusOf(jobs, job) > free) continue;
      const endsInTime = nowS + jobs.walltimeS[job]! <= shadowS;
      if (!endsInTime && gpusOf(jobs, job) > extra) continue;
      if (!endsInTime) extra -= gpusOf(jobs, job);
      start(job);
    }
  }
  return { startS, promisedS, delayedHeads };
}

/** Conservative, with a table of the free GPUs of every second to come; no estimate may be too short. */
function naiveConservative(jobs: JobTable, gpus: number): Naive {
  const startS: number[] = Array.from({ length: jobs.count }, () => Number.NaN);
  const promisedS = [...startS];
  const plannedS = [...startS];
  const endS = (job: number): number => startS[job]! + jobs.durationS[job]!;
  const horizonS = jobs.walltimeS.reduce((sum, seconds) => sum + seconds, 100);
  for (let nowS = 0; nowS <= horizonS; nowS++) {
    const arriving = startS.flatMap((_, job) =>
      jobs.submitS[job] === nowS && gpusOf(jobs, job) <= gpus ? [job] : [],
    );
    const waiting = startS.flatMap((start, job) =>
      Number.isNaN(start) && !Number.isNaN(plannedS[job]!) ? [job] : [],
    );
    const free: number[] = Array.from({ length: 3 * horizonS }, () => gpus);
    const book = (job: number, from: number, sign: number): void => {
      for (let second = from; second < from + jobs.walltimeS[job]!; second++)
        free[second]! -= sign * gpusOf(jobs, job);
    };
    startS.forEach((start, job) => {
      if (endS(job) > nowS) book(job, start, 1);
    });
    for (const job of waiting) book(job, plannedS[job]!, 1);
    // As many rounds as there are jobs: more than enough for everybody to have moved.
    const rounds = waiting.flatMap(() => waiting);
    for (const job of [...rounds, ...arriving]) {
      if (!Number.isNaN(plannedS[job]!)) book(job, plannedS[job]!, -1);
      let from = nowS;
      const fits = (): boolean =>
        free.slice(from, from + jobs.walltimeS[job]!).every((count) => count >= gpusOf(jobs, job));
      while (!fits()) from++;
      plannedS[job] = from;
      if (Number.isNaN(promisedS[job]!)) promisedS[job] = from;
      book(job, from, 1);
    }
    for (const job of [...waiting, ...arriving]) if (plannedS[job] === nowS) startS[job] = nowS;
  }
  return { startS, promisedS };
}

const rowsOf = (padding: fc.Arbitrary<number>) =>
  fc
    .array(
      fc.record({
        submitS: fc.integer({ min: 0, max: 40 }),
        durationS: fc.integer({ min: 1, max: 20 }),
        gpuCount: fc.integer({ min: 1, max: 6 }),
        padding,
      }),
      { maxLength: 25 },
    )
    .map((rows) =>
      rows.map(({ padding: extra, ...row }) => ({
        ...row,
        walltimeS: Math.max(1, row.durationS + extra),
      })),
    );

describe("properties", () => {
  test("easy starts every job when a walk of the whole queue does, whatever the estimates", () => {
    fc.assert(
      fc.property(rowsOf(fc.integer({ min: -10, max: 20 })), (rows) => {
        const run = runJobs(rows, { cluster: clusterOf([5]), queue: easy });
        expect(Array.from(run.startS)).toEqual(naiveEasy(run.jobs, 5).startS);
      }),
      { numRuns: 200 },
    );
  });

  test("easy never starts the blocked head later than first promised, when nobody outlives an estimate", () => {
    fc.assert(
      fc.property(rowsOf(fc.integer({ min: 0, max: 20 })), (rows) => {
        const run = runJobs(rows, { cluster: clusterOf([5]), queue: easy });
        const { promisedS, delayedHeads } = naiveEasy(run.jobs, 5);
        expect(delayedHeads).toBe(0);
        promisedS.forEach((promised, job) => {
          if (!Number.isNaN(promised)) expect(run.startS[job]).toBeLessThanOrEqual(promised);
        });
      }),
      { numRuns: 200 },
    );
  });

  test("conservative starts every job when a table of all seconds does, and nobody later than first promised", () => {
    fc.assert(
      fc.property(rowsOf(fc.integer({ min: 0, max: 10 })), fc.boolean(), (rows, exact) => {
        const known = exact ? rows.map((row) => ({ ...row, walltimeS: row.durationS })) : rows;
        const run = runJobs(known, { cluster: clusterOf([5]), queue: conservative });
        const naive = naiveConservative(run.jobs, 5);
        expect(Array.from(run.startS)).toEqual(naive.startS);
        naive.promisedS.forEach((promised, job) => {
          if (!Number.isNaN(promised)) expect(run.startS[job]).toBeLessThanOrEqual(promised);
        });
      }),
      { numRuns: 100 },
    );
  });

  test("conservative survives estimates that are too short: all work is done", () => {
    fc.assert(
      fc.property(rowsOf(fc.integer({ min: -20, max: 5 })), (rows) => {
        const run = runJobs(rows, { cluster: clusterOf([5]), queue: conservative });
        run.jobs.ids.forEach((_, job) => {
          if (gpusOf(run.jobs, job) > 5) return;
          expect(run.endS[job]! - run.startS[job]!).toBe(run.jobs.durationS[job]);
        });
      }),
      { numRuns: 200 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterOf, outcomesOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { BatchRun, BatchSpec } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { ElasticTerms } from "./elastic-terms.js";
import { digestRecords, RECORD } from "./records.js";
import { scriptedProcess } from "./scripted-process.js";
import { createSpeedUp } from "./worker-scaling.js";

const LINEAR: ElasticTerms = { scaling: { kind: "linear" }, rescaleCostS: 0 };
const FREE_AND_SLOW: ElasticTerms = { scaling: { kind: "linear" }, rescaleCostS: 10 };
const NODES: PlacementSpec = { kind: "nodes", policy: "pack" };

/** Sizes over time: [time, job, workers]. */
function sizesOf(run: BatchRun): number[][] {
  const { records } = run;
  return Array.from({ length: records.count }, (_, row) => row)
    .filter((row) => records.kind[row] === RECORD.resized)
    .map((row) => [records.timeS[row]!, records.job[row]!, records.detail[row]!]);
}

describe("elastic gangs", () => {
  test.each(["pool", "consolidate", "nodes"] as const)(
    "%s: start smaller where they do not fit, and grow when nobody waits",
    (kind) => {
      const run = runJobs(
        [
          { submitS: 0, durationS: 30, gpuCount: 1, workers: 3 },
          { submitS: 1, durationS: 40, gpuCount: 1, workers: 4, workersMin: 1 },
        ],
        { placement: kind === "nodes" ? NODES : { kind }, elastic: LINEAR },
      );
      // One worker of four from 1 to 30: 29/4 of 40 s are done; then all four.
      expect(sizesOf(run)).toEqual([
        [1, 1, 1],
        [30, 1, 4],
      ]);
      expect(run.endS[1]).toBe(30 + 40 - 29 / 4);
      expect(run.elastic!.gpuSeconds[1]).toBe(160);
    },
  );

  test.each(["pool", "consolidate", "nodes"] as const)(
    "%s: shrink for a gang that waits, as few of them as possible, and pay for the change",
    (kind) => {
      const run = runJobs(
        [
          { submitS: 0, durationS: 100, gpuCount: 1, workers: 2, workersMin: 1, workersMax: 2 },
          { submitS: 0, durationS: 100, gpuCount: 1, workers: 6, workersMin: 2, workersMax: 6 },
          { submitS: 10, durationS: 1000, gpuCount: 1, workers: 3 },
        ],
        {
          cluster: clusterOf([8]),
          placement: kind === "nodes" ? NODES : { kind },
          elastic: FREE_AND_SLOW,
        },
      );
      expect(run.startS[2]).toBe(10);
      expect(sizesOf(run)).toEqual([
        [10, 1, 3],
        // Job 0 has ended: its two GPUs, one and one half... all free ones go to job 1.
        [100, 1, 5],
      ]);
      // 10 s of work, 10 s of pause, 80 s at half speed, 10 s of pause, the other 50 s at 5/6.
      expect(run.endS[1]).toBeCloseTo(110 + 50 / (5 / 6), 9);
    },
  );

  test("nobody shrinks in vain, and a rigid gang never changes", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 100, gpuCount: 1, workers: 2, workersMin: 1 },
        { submitS: 0, durationS: 100, gpuCount: 1, workers: 2 },
        { submitS: 10, durationS: 10, gpuCount: 1, workers: 3 },
      ],
      { elastic: LINEAR },
    );
    expect(sizesOf(run)).toEqual([]);
    expect(run.startS[2]).toBe(100);
  });

  test("growing that does not pay is left alone", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 10, gpuCount: 1, workers: 2 },
      { submitS: 0, durationS: 28, gpuCount: 1, workers: 2, workersMax: 4 },
    ];
    // At 10 it has 18 s to go, and would have 9 with four workers after a pause of 10.
    expect(sizesOf(runJobs(rows, { elastic: FREE_AND_SLOW }))).toEqual([]);
    expect(sizesOf(runJobs(rows, { elastic: LINEAR }))).toEqual([[10, 1, 4]]);
  });

  test("a gang whose minimum fits the cluster is not given up for what it asks", () => {
    const run = runJobs([{ submitS: 0, durationS: 10, gpuCount: 1, workers: 8, workersMin: 2 }], {
      elastic: LINEAR,
    });
    expect([run.startS[0], run.endS[0]]).toEqual([0, 20]);
  });

  test("speed-ups by the other models", () => {
    expect(createSpeedUp({ kind: "power", exponent: 0.5 })(16)).toBe(4);
    expect(createSpeedUp({ kind: "amdahl", serialShare: 0.1 })(9)).toBeCloseTo(5, 12);
    expect(() => createSpeedUp({ kind: "power", exponent: 1.5 })).toThrow("at most 1, got 1.5");
    expect(() => createSpeedUp({ kind: "amdahl", serialShare: 1 })).toThrow("in [0, 1), got 1");
  });

  test("under a policy that counts with gangs of one size they stay as they are, and a warning says so", () => {
    const run = runJobs([{ submitS: 0, durationS: 10, gpuCount: 1, workers: 2, workersMax: 4 }], {
      elastic: LINEAR,
      queue: { name: "srtf" },
    });
    expect(run.warnings).toEqual([
      "Elastic jobs run with the workers they ask for: the queue policy srtf counts with gangs of one size.",
    ]);
    expect(run.endS[0]).toBe(10);
  });
});

/** Work done by each job, from its sizes over time, and GPU-seconds of all. */
function replayed(run: BatchRun, terms: ElasticTerms): { work: number[]; gpuS: number } {
  const speedUp = createSpeedUp(terms.scaling);
  const { jobs, records } = run;
  const work = Array.from({ length: jobs.count }, () => 0);
  const state = work.map(() => ({ sinceS: 0, workers: 0, pauseS: 0 }));
  let gpuS = 0;
  const book = (job: number, nowS: number): void => {
    const { sinceS, workers, pauseS } = state[job]!;
    const elapsedS = nowS - sinceS;
    if (workers > 0) {
      const rate = speedUp(workers) / speedUp(jobs.workers[job]!);
      work[job]! += Math.max(0, elapsedS - pauseS) * rate;
      gpuS += elapsedS * workers * jobs.shapes[jobs.shape[job]!]!.gpuCount;
    }
    state[job] = { sinceS: nowS, workers, pauseS: Math.max(0, pauseS - elapsedS) };
  };
  for (let row = 0; row < records.count; row++) {
    const job = records.job[row]!;
    const nowS = records.timeS[row]!;
    const kind = records.kind[row];
    if (kind === RECORD.started)
      state[job] = { sinceS: nowS, workers: jobs.workers[job]!, pauseS: 0 };
    else if (kind === RECORD.resized) {
      const startedNow = run.startS[job] === nowS && state[job]!.sinceS === nowS;
      book(job, nowS);
      state[job]!.workers = records.detail[row]!;
      if (!startedNow) state[job]!.pauseS += terms.rescaleCostS;
    } else if (kind === RECORD.finished) {
      book(job, nowS);
      state[job]!.workers = 0;
    }
  }
  return { work, gpuS };
}

test.each(["fifo-strict", "fifo-skip", "sjf", "smallest-first", "priority", "easy-backfill"])(
  "%s: whatever the sizes, all work is done, GPU-seconds add up, and twice the same",
  (name) => {
    const jobsOf = fc.array(
      fc
        .record({
          submitS: fc.integer({ min: 0, max: 60 }),
          durationS: fc.integer({ min: 1, max: 60 }),
          walltimeS: fc.integer({ min: 0, max: 60 }),
          gpuCount: fc.integer({ min: 1, max: 2 }),
          workers: fc.integer({ min: 1, max: 4 }),
          less: fc.integer({ min: 0, max: 3 }),
          more: fc.integer({ min: 0, max: 4 }),
        })
        .map(({ less, more, ...job }) => ({
          ...job,
          workersMin: Math.max(1, job.workers - less),
          workersMax: job.workers + more,
        })),
      { maxLength: 16 },
    );
    const termsOf = fc.record({
      scaling: fc.constantFrom<ElasticTerms["scaling"]>(
        { kind: "linear" },
        { kind: "power", exponent: 0.7 },
        { kind: "amdahl", serialShare: 0.2 },
      ),
      rescaleCostS: fc.constantFrom(0, 3),
    });
    const placements: readonly PlacementSpec[] = [{ kind: "pool" }, { kind: "consolidate" }, NODES];
    fc.assert(
      fc.property(jobsOf, termsOf, fc.constantFrom(...placements), (rows, terms, placement) => {
        const spec: Partial<BatchSpec> = {
          cluster: clusterOf([4, 4]),
          queue: { name },
          placement,
          elastic: terms,
          observe: { checkInvariants: true },
        };
        const run = runJobs(rows, spec);
        expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
        if (run.elastic === undefined) return;
        const { work, gpuS } = replayed(run, terms);
        run.jobs.durationS.forEach((durationS, job) => {
          expect(work[job]!).toBeCloseTo(durationS, 6);
        });
        expect(run.elastic.gpuSeconds.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(
          gpuS,
          6,
        );
        expect(run.utilization.integrals[0]! / 1000).toBeCloseTo(gpuS, 6);
        const again = runJobs(rows, spec);
        expect(digestRecords(again.records, again.reasons)).toBe(
          digestRecords(run.records, run.reasons),
        );
      }),
      { numRuns: 80 },
    );
  },
);

test("failures and drains under elastic gangs: all work is done, and no GPU is given twice", () => {
  const outagesOf = fc.array(
    fc.record({
      node: fc.integer({ min: 0, max: 1 }),
      fromS: fc.integer({ min: 0, max: 60 }),
      lengthS: fc.integer({ min: 0, max: 30 }),
      stops: fc.boolean(),
    }),
    { maxLength: 5 },
  );
  const jobsOf = fc.array(
    fc.record({
      submitS: fc.integer({ min: 0, max: 40 }),
      durationS: fc.integer({ min: 1, max: 40 }),
      gpuCount: fc.constant(1),
      workers: fc.integer({ min: 2, max: 4 }),
      workersMin: fc.constant(1),
      workersMax: fc.integer({ min: 4, max: 8 }),
    }),
    { maxLength: 10 },
  );
  const placements: readonly PlacementSpec[] = [{ kind: "pool" }, { kind: "consolidate" }, NODES];
  fc.assert(
    fc.property(jobsOf, outagesOf, fc.constantFrom(...placements), (rows, outages, placement) => {
      const processes = outages.map(({ node, fromS, lengthS, stops }, index) =>
        scriptedProcess(
          [
            {
              timeS: fromS,
              act(control) {
                if (stops) {
                  const reason = "stopped: node failed";
                  control.stopJobsOn(node, {
                    reason,
                    savesProgress: "at-checkpoints",
                    restartCostS: 2,
                  });
                }
                control.take(node, stops ? "failed" : "drained");
              },
            },
            { timeS: fromS + lengthS, act: (control) => control.restore(node) },
          ],
          { name: `outage ${index}` },
        ),
      );
      const run = runJobs(rows, {
        cluster: clusterOf([4, 4]),
        queue: { name: "fifo-skip" },
        placement,
        processes,
        elastic: { ...LINEAR, rescaleCostS: 1 },
      });
      expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
      const held = run.elastic?.gpuSeconds.reduce((sum, seconds) => sum + seconds, 0) ?? 0;
      if (run.elastic !== undefined)
        expect(run.utilization.integrals[0]! / 1000).toBeCloseTo(held, 6);
    }),
    { numRuns: 100 },
  );
});

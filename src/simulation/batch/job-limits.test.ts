import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clusterOf,
  outcomesOf,
  reasonOf,
  runJobs,
  tableOf,
  type TestJob,
} from "./batch-fixture.js";
import type { BatchRun, BatchSpec } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { LimitRule } from "./limit-rules.js";
import { digestRecords, RECORD } from "./records.js";

const job = (submitS: number, durationS: number, rest: Partial<TestJob> = {}): TestJob => ({
  submitS,
  durationS,
  ...rest,
});

describe("limits", () => {
  test("a job over its tenant's limit holds nobody up, and starts when the limit frees", () => {
    const run = runJobs(
      [
        job(0, 100, { tenant: "a", gpuCount: 2 }),
        job(1, 10, { tenant: "a", gpuCount: 2 }),
        job(2, 10, { tenant: "b", gpuCount: 1 }),
        job(3, 10, { tenant: "a", gpuCount: 1 }),
      ],
      { useLimits: [{ scope: "tenant", name: "a", gpus: 3 }] },
    );
    expect(Array.from(run.startS)).toEqual([0, 100, 2, 3]);
    expect(reasonOf(run, 1)).toBe('limit of tenant "a": 3 GPUs at once');
  });

  test("a rule for a name takes the place of the rule for each", () => {
    const rows = ["a", "a", "b", "b"].map((tenant) => job(0, 10, { tenant }));
    const useLimits: LimitRule[] = [
      { scope: "tenant", runningJobs: 1 },
      { scope: "tenant", name: "b", runningJobs: 2 },
    ];
    expect(Array.from(runJobs(rows, { useLimits }).startS)).toEqual([0, 10, 0, 0]);
  });

  test("users, and several limits at once", () => {
    const rows = [
      job(0, 10, { tenant: "a", user: "u" }),
      job(0, 10, { tenant: "b", user: "u" }),
      job(0, 10, { tenant: "a", user: "v" }),
      job(0, 10, { tenant: "a", user: "w" }),
    ];
    const useLimits: LimitRule[] = [
      { scope: "user", runningJobs: 1 },
      { scope: "tenant", name: "a", runningJobs: 2 },
    ];
    const run = runJobs(rows, { useLimits });
    expect(Array.from(run.startS)).toEqual([0, 10, 0, 10]);
    expect(reasonOf(run, 1)).toBe('limit of user "u": 1 running job');
    expect(reasonOf(run, 3)).toBe('limit of tenant "a": 2 running jobs');
  });

  test("jobs are refused beyond the submitted ones, and those that could never fit a limit", () => {
    const rows = [
      job(0, 10, { tenant: "a" }),
      job(0, 10, { tenant: "a" }),
      job(0, 10, { tenant: "a" }),
      job(20, 10, { tenant: "a", gpuCount: 4 }),
      job(21, 10, { tenant: "a" }),
    ];
    const useLimits: LimitRule[] = [{ scope: "tenant", gpus: 2, submittedJobs: 2 }];
    const run = runJobs(rows, { useLimits });
    expect(outcomesOf(run)).toEqual([
      "completed",
      "completed",
      "never-placeable",
      "never-placeable",
      "completed",
    ]);
    expect(reasonOf(run, 2)).toBe('limit of tenant "a": 2 submitted jobs, more are refused');
    expect(reasonOf(run, 3)).toBe('limit of tenant "a": 2 GPUs at once, the job needs 4');
  });

  test("tasks of an array run as many at once as it says", () => {
    const rows = [0, 1, 2, 3, 4].map(() => job(0, 10, { array: "sweep", arrayRunningMax: 2 }));
    const run = runJobs([...rows, job(0, 10)]);
    expect(Array.from(run.startS)).toEqual([0, 0, 10, 10, 20, 0]);
    expect(reasonOf(run, 2)).toBe('limit of job array "sweep": 2 running jobs');
  });

  test("of the jobs that wait for a limit the first by the queue's order starts first", () => {
    const rows = [
      job(0, 10, { tenant: "a" }),
      job(1, 9, { tenant: "a" }),
      job(2, 3, { tenant: "a" }),
    ];
    const useLimits: LimitRule[] = [{ scope: "tenant", runningJobs: 1 }];
    const run = runJobs(rows, { useLimits, queue: { name: "sjf" } });
    expect(Array.from(run.startS)).toEqual([0, 13, 10]);
  });

  test("a policy that plans for every job refuses them", () => {
    const jobs = tableOf([job(0, 1, { walltimeS: 1 })]);
    const useLimits: LimitRule[] = [{ scope: "tenant", gpus: 1 }];
    for (const name of ["conservative-backfill", "fair-share"])
      expect(() => runJobs([], { jobs, useLimits, queue: { name } })).toThrow(`${name}: limits of`);
  });
});

/** Most jobs and GPUs each tenant ran at once, from the records. */
function mostAtOnce(run: BatchRun): Map<string, { jobs: number; gpus: number }> {
  const now = new Map<string, { jobs: number; gpus: number }>();
  const most = new Map<string, { jobs: number; gpus: number }>();
  const { records, jobs } = run;
  for (let row = 0; row < records.count; row++) {
    const job = records.job[row]!;
    const kind = records.kind[row];
    const starts = kind === RECORD.started || kind === RECORD.resumed;
    if (!starts && kind !== RECORD.finished && kind !== RECORD.stopped) continue;
    const name = jobs.tenantNames[jobs.tenant[job]!]!;
    const gpus = jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount;
    const before = now.get(name) ?? { jobs: 0, gpus: 0 };
    const after = starts
      ? { jobs: before.jobs + 1, gpus: before.gpus + gpus }
      : { jobs: before.jobs - 1, gpus: before.gpus - gpus };
    now.set(name, after);
    const top = most.get(name) ?? after;
    most.set(name, { jobs: Math.max(top.jobs, after.jobs), gpus: Math.max(top.gpus, after.gpus) });
  }
  return most;
}

test.each([
  "fifo-strict",
  "fifo-skip",
  "sjf",
  "smallest-first",
  "srtf",
  "las",
  "gittins",
  "priority",
  "priority-preemption",
  "easy-backfill",
])("%s: whatever the limits, they hold, all work is done, and twice the same", (name) => {
  const jobsOf = fc.array(
    fc.record({
      submitS: fc.integer({ min: 0, max: 40 }),
      durationS: fc.integer({ min: 0, max: 30 }),
      walltimeS: fc.integer({ min: 0, max: 40 }),
      gpuCount: fc.integer({ min: 1, max: 2 }),
      workers: fc.integer({ min: 1, max: 2 }),
      priority: fc.integer({ min: 0, max: 2 }),
      tenant: fc.constantFrom("a", "b"),
      array: fc.constantFrom("", "x"),
      arrayRunningMax: fc.constant(2),
    }),
    { maxLength: 25 },
  );
  const limitOf = fc.record({
    runningJobs: fc.integer({ min: 1, max: 3 }),
    gpus: fc.integer({ min: 4, max: 6 }),
  });
  const placementOf = fc.constantFrom<PlacementSpec>(
    { kind: "pool" },
    { kind: "nodes", policy: "pack" },
  );
  fc.assert(
    fc.property(jobsOf, limitOf, placementOf, (rows, limit, placement) => {
      const spec: Partial<BatchSpec> = {
        cluster: clusterOf([4, 4]),
        queue: { name },
        placement,
        useLimits: [{ scope: "tenant", ...limit }],
      };
      const run = runJobs(rows, spec);
      expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
      for (const { jobs, gpus } of mostAtOnce(run).values()) {
        expect(jobs).toBeLessThanOrEqual(limit.runningJobs);
        expect(gpus).toBeLessThanOrEqual(limit.gpus);
      }
      const again = runJobs(rows, spec);
      expect(digestRecords(again.records, again.reasons)).toBe(
        digestRecords(run.records, run.reasons),
      );
    }),
    { numRuns: 60 },
  );
});

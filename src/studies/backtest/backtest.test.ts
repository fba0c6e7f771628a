import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { runJobs, type TestJob } from "../../simulation/batch/batch-fixture.js";
import type { JobTable } from "../../workload/job-table.js";
import { writeHeadroomCsv } from "../../workload/write-headroom-csv.js";
import { runBacktest, type Backtest } from "./backtest.js";
import { loadBacktest, type BacktestOptions } from "./load-backtest.js";

const CLUSTER = (gpus: number): string =>
  `cluster:\n  nodes:\n    - { name: n, count: 1, gpu: H100, gpus: ${gpus}, cpu: 64, memory: 1TiB }\n`;

/** Writes a history and a cluster file, and backtests the one on the other; strictly in order on a pool by default. */
async function backtest(
  jobs: JobTable | string,
  options: Pick<BacktestOptions, "queue" | "placement"> & { readonly cluster?: string } = {
    queue: "fifo-strict",
    placement: "pool",
  },
): Promise<Backtest> {
  const folder = mkdtempSync(join(tmpdir(), "headroom-backtest-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { cluster = CLUSTER(4), ...policy } = options;
  const csv = typeof jobs === "string" ? jobs : [...writeHeadroomCsv(jobs)].join("");
  writeFileSync(join(folder, "history.csv"), csv);
  writeFileSync(join(folder, "cluster.yaml"), cluster);
  const loaded = await loadBacktest({
    tracePath: join(folder, "history.csv"),
    clusterPath: join(folder, "cluster.yaml"),
    ...policy,
  });
  return runBacktest(loaded);
}

/** The jobs with the starts and ends that the simulator gives them under a policy: a history it must repeat. */
function historyOf(rows: readonly TestJob[], queue = "fifo-strict"): JobTable {
  const run = runJobs(rows, { queue: { name: queue } });
  return { ...run.jobs, recordedStartS: run.startS, recordedEndS: run.endS };
}

const HEADER = "id,submit_s,duration_s,gpus,tenant,recorded_start_s\n";
// On 4 GPUs in strict order: b waits for a (start 100), c and d for b (150), e for d (160); the record says 165 for e.
const FIVE_JOBS =
  HEADER +
  "a,0,100,4,red,0\n" +
  "b,10,50,4,red,100\n" +
  "c,20,30,2,blue,150\n" +
  "d,30,10,2,blue,150\n" +
  "e,40,5,1,blue,165\n";

describe("a history of five jobs, by hand", () => {
  test("waits, errors, shares and rank correlation", async () => {
    const { document } = await backtest(FIVE_JOBS);
    expect(document.jobs).toEqual({ count: 5, simulated: 5, compared: 5, leftOut: [] });
    const { recordedS, simulatedS, errorS, errorRelative } = document.wait;
    // Recorded waits 0, 90, 130, 120, 125; simulated 0, 90, 130, 120, 120.
    expect(recordedS).toEqual({ mean: 93, p50: 120, p90: 128, p95: 129, p99: 129.8, max: 130 });
    expect(simulatedS).toMatchObject({ mean: 92, p50: 120, p90: 126, p95: 128, max: 130 });
    expect(errorS).toMatchObject({ mean: -1, p50: 0, p90: -2, p95: -1, max: 0 });
    expect(errorS.p99).toBeCloseTo(-0.2, 12);
    expect(errorRelative.mean).toBeCloseTo(-1 / 93, 15);
    expect(errorRelative.p95).toBeCloseTo(-1 / 129, 15);
    expect(document.jobErrorS).toMatchObject({ mean: 1, p50: 0 });
    expect(document.jobErrorS.p95).toBeCloseTo(4, 12);
    expect(document.withinShare[0]).toEqual({ withinS: 0, share: 0.8 });
    expect(document.withinShare[1]).toEqual({ withinS: 60, share: 1 });
    expect(document.rankCorrelation).toBeCloseTo(9.5 / Math.sqrt(95), 14);
    expect(document.recordedUse).toEqual({ peakGpus: 4, peakAtS: 0, overCapacity: [] });
    expect(document.warnings).toEqual([]);
    expect(document.verdict).toBe(
      "Replayed under fifo-strict with pool, 95 % of 5 jobs wait at most 2.13 min; on record it was 2.15 min " +
        "(0.775 % too short). 100 % of the jobs wait within 15 min of their recorded wait.",
    );
  });

  test("by tenant, most jobs first, and by the hour of the trace's own clock", async () => {
    const { document } = await backtest(FIVE_JOBS);
    expect(document.byTenant.map(({ name, jobs, errorS }) => [name, jobs, errorS.max])).toEqual([
      ["blue", 3, 0],
      ["red", 2, 0],
    ]);
    expect(document.byTenant[0]!.recordedS).toMatchObject({ mean: 125, p50: 125 });
    expect(document.byHour.map(({ hour, jobs }) => [hour, jobs])).toEqual([[0, 5]]);
    expect(document.trace).toMatchObject({ clock: "trace", firstDay: null });
  });

  test("under a policy that lets jobs pass, the difference is the known one", async () => {
    const { document } = await backtest(
      FIVE_JOBS.replace("b,10,50,4,red,100", "b,10,50,3,red,100").replace("e,40,5,1", "e,0,5,0"),
      { queue: "fifo-skip", placement: "pool" },
    );
    // e needs no GPU and starts at once; b (3 GPUs) at 100; c and d find 1 GPU free and wait until 150.
    expect(document.wait.simulatedS).toMatchObject({
      mean: (0 + 90 + 130 + 120 + 0) / 5,
      max: 130,
    });
    const first = await backtest(`${HEADER}a,0,100,3,x,0\nb,1,100,4,x,100\nc,2,50,1,x,200\n`, {
      queue: "fifo-skip",
      placement: "pool",
    });
    // Strictly c waits for b (198 s, as recorded); skipping it starts at once on the one free GPU.
    expect(first.document.wait.errorS).toMatchObject({ mean: -66, max: -99 });
  });
});

describe("the simulator's own history", () => {
  const job = fc.record({
    submitS: fc.integer({ min: 0, max: 200 }),
    durationS: fc.integer({ min: 0, max: 60 }),
    gpuCount: fc.integer({ min: 0, max: 4 }),
    walltimeS: fc.integer({ min: 0, max: 90 }),
  });
  const queues = ["fifo-strict", "fifo-skip", "sjf", "easy-backfill"];

  test("property: repeated under its own policy, every error is exactly 0", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(...queues),
        async (rows, queue) => {
          const { document } = await backtest(historyOf(rows, queue), { queue, placement: "pool" });
          expect(document.jobs).toMatchObject({ compared: rows.length, leftOut: [] });
          expect(Object.values(document.wait.errorS)).toEqual([0, 0, 0, 0, 0, 0]);
          expect(document.withinShare[0]!.share).toBe(1);
          expect(document.recordedUse.overCapacity).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("repeated under another policy, each wait differs by what the other policy gives", async () => {
    const rows: TestJob[] = Array.from({ length: 60 }, (_, index) => ({
      submitS: index * 10,
      durationS: 5 + ((index * 37) % 80),
      gpuCount: 1 + ((index * 7) % 4),
    }));
    const strict = historyOf(rows, "fifo-strict");
    const skip = historyOf(rows, "fifo-skip");
    const { pairs } = await backtest(strict, { queue: "fifo-skip", placement: "pool" });
    const wait = (table: JobTable): number[] =>
      Array.from(table.recordedStartS!, (startS, row) => startS - table.submitS[row]!);
    expect(Array.from(pairs.recordedS)).toEqual(wait(strict));
    expect(Array.from(pairs.simulatedS)).toEqual(wait(skip));
    expect(wait(strict)).not.toEqual(wait(skip));
  });
});

describe("what is not compared is counted", () => {
  test("jobs that never ran, without a start, with an impossible one, never placeable", async () => {
    const { document } = await backtest(
      "id,submit_s,duration_s,gpus,status,recorded_start_s\n" +
        "fine,0,10,1,completed,0\n" +
        "cancelled,0,50,4,cancelled,\n" +
        "unknown,1,50,4,completed,\n" +
        "early,100,10,1,completed,50\n" +
        "huge,100,10,8,completed,100\n",
    );
    expect(document.jobs).toEqual({
      count: 5,
      simulated: 4,
      compared: 1,
      leftOut: [
        {
          reason:
            "never started by the record: no start, and it was cancelled, pending or has no duration",
          jobs: 1,
        },
        { reason: expect.stringMatching(/^can never be placed on this cluster: /), jobs: 1 },
        {
          reason: "its recorded start is before its submission: simulated, not compared",
          jobs: 1,
        },
        { reason: "ran, but its start is not recorded: simulated, not compared", jobs: 1 },
      ],
    });
    // `huge` held 8 GPUs on record, on a cluster of 4.
    expect(document.recordedUse.overCapacity).toMatchObject([
      { capacityGpus: 4, peakGpus: 8, peakAtS: 100, aboveS: 10 },
    ]);
    expect(document.warnings.join("\n")).toMatch(
      /8 GPUs in use at second 100, and the cluster file has 4; it is above that for 10 s/,
    );
    expect(document.verdict).toMatch(/needs more GPUs than the cluster file has/);
  });

  test("a trace without any recorded start cannot be backtested", async () => {
    await expect(backtest("submit_s,duration_s,gpus\n0,10,1\n")).rejects.toThrow(
      /does not say when its jobs started/,
    );
  });

  test("nothing comparable is said in words", async () => {
    const { document } = await backtest(`${HEADER}a,10,5,8,x,10\n`);
    expect(document.verdict).toMatch(/^Nothing could be compared: none of 1 jobs/);
    expect(document.wait.errorS.mean).toBeNull();
  });
});

describe("the policy", () => {
  test("comes from the file, from the command line before it, or is a guess that is called one", async () => {
    const cluster = `${CLUSTER(4)}policy: { queue: sjf, placement: pool }\n`;
    const fromFile = await backtest(FIVE_JOBS, { cluster });
    expect(fromFile.document.policy).toMatchObject({
      queue: { name: "sjf" },
      placement: "pool",
      assumed: [],
    });
    const over = await backtest(FIVE_JOBS, { cluster, queue: "fifo-strict" });
    expect(over.document.policy.queue.name).toBe("fifo-strict");
    const guessed = await backtest(FIVE_JOBS, {});
    expect(guessed.document.policy).toMatchObject({
      queue: { name: "fifo-skip" },
      placement: "pack",
      assumed: ["queue", "placement"],
    });
    expect(guessed.document.verdict).toMatch(/these errors judge a guess/);
    expect(guessed.document.assumptions.map(({ id }) => id)).toContain("policy-queue");
  });

  test("a whole scenario will do as the cluster file: its goals, jobs and variants are not looked at", async () => {
    const cluster =
      "schema: headroom/scenario/v1\nname: now\n" +
      CLUSTER(4) +
      "workload: { trace: not-there.csv }\npolicy: { queue: fifo-strict, placement: pool }\n" +
      "goals: [{ metric: jobs.waitS.p95, atMost: 1h }]\n" +
      'variants: [{ name: more, set: { "cluster.nodes[0].count": 2 } }]\n';
    const { document } = await backtest(FIVE_JOBS, { cluster });
    expect(document.wait.errorS.mean).toBe(-1);
  });

  test("options are given in a map; backfilling without estimates is refused with the way out", async () => {
    const exact = "{name: easy-backfill, estimate: duration}";
    const { document } = await backtest(FIVE_JOBS, { queue: exact, placement: "pool" });
    expect(document.policy.queue).toEqual({
      name: "easy-backfill",
      options: { estimate: "duration", estimateFactor: 1 },
    });
    const refused = await backtest(FIVE_JOBS, { queue: "easy-backfill", placement: "pool" }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as InputError).problems[0]).toMatchObject({
      rule: "policy-does-not-fit",
      help: expect.stringContaining("estimate: duration"),
    });
  });

  test("an unknown policy names the nearest one and where it was written", async () => {
    const refused = await backtest(FIVE_JOBS, { queue: "fifo-strct" }).catch(
      (error: unknown) => error,
    );
    expect((refused as InputError).problems).toMatchObject([
      { file: "--queue fifo-strct", suggestion: "fifo-strict" },
    ]);
  });
});

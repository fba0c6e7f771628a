import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { QuotaQueueSpec, QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import { clusterOf, outcomesOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { BatchRun } from "./batch-spec.js";
import { equalQuotas } from "./quota-setting.js";
import { RECORD_KINDS } from "./records.js";

const queue = { name: "fair-share" };

/** GPU quotas of queues a and b in one cohort, in GPUs. */
function gpuQuotas(
  queues: Readonly<Record<string, number>>,
  change: Partial<QuotaQueueSpec> = {},
): QuotaSpec {
  return {
    resources: [{ name: "gpu", unit: "gpu-milli" }],
    flavors: [{ name: "any" }],
    queues: Object.entries(queues).map(([name, gpus]) => ({
      name,
      cohort: "all",
      groups: [
        {
          resources: ["gpu"],
          flavors: [{ flavor: "any", resources: [{ resource: "gpu", nominal: 1000 * gpus }] }],
        },
      ],
      preemption: { withinQueue: "lower-priority", reclaimWithinCohort: "any" },
      ...change,
    })),
  };
}

const of = (
  tenant: string,
  submitS: number,
  gpuCount: number,
  more: Partial<TestJob> = {},
): TestJob => ({
  tenant,
  submitS,
  gpuCount,
  durationS: 100,
  ...more,
});

const stops = (run: BatchRun): number[] =>
  run.jobs.ids.map((_, job) => run.preemption?.stops[job] ?? 0);

describe("equal shares when no quotas are given", () => {
  test("what is idle is borrowed, and taken back from those admitted last", () => {
    const rows = [
      of("a", 0, 1),
      of("a", 1, 1),
      of("a", 2, 1),
      of("a", 3, 1),
      of("b", 10, 1),
      of("b", 20, 1),
    ];
    const run = runJobs(rows, { queue });
    expect(Array.from(run.startS)).toEqual([0, 1, 2, 3, 10, 20]);
    expect(stops(run)).toEqual([0, 0, 1, 1, 0, 0]);
    // j3 was stopped at 10, j2 at 20; j0 ends at 100, j1 at 101.
    expect(run.endS[2]).toBe(100 + (100 - 18));
    expect(run.endS[3]).toBe(101 + (100 - 7));
    expect(run.reasons).toContain("stopped: reclaim-in-cohort");
  });

  test("what does not divide belongs to everybody", () => {
    const quotas = equalQuotas(["a", "b", "c"], 4000);
    expect(quotas.queues.map((one) => one.groups[0]!.flavors[0]!.resources[0]!.nominal)).toEqual([
      1333, 1333, 1333,
    ]);
    expect(quotas.cohorts![0]!.groups![0]!.flavors[0]!.resources[0]!.nominal).toBe(1);
  });
});

describe("given quotas", () => {
  test("a limit on borrowing holds although GPUs are idle", () => {
    const spec = gpuQuotas({ a: 1, b: 3 });
    const limited: QuotaSpec = {
      ...spec,
      queues: spec.queues.map((one) => ({
        ...one,
        groups: [
          {
            resources: ["gpu"],
            flavors: [
              {
                flavor: "any",
                resources: [{ ...one.groups[0]!.flavors[0]!.resources[0]!, borrowingLimit: 1000 }],
              },
            ],
          },
        ],
      })),
    };
    const run = runJobs([of("a", 0, 1), of("a", 1, 1), of("a", 2, 1), of("a", 3, 3)], {
      queue,
      quotas: limited,
    });
    expect(Array.from(run.startS)).toEqual([0, 1, 100, Number.NaN]);
    expect(reasonOf(run, 2)).toBe("queue a: not enough gpu in any; it may borrow no more");
    expect(outcomesOf(run)[3]).toBe("never-placeable");
    expect(reasonOf(run, 3)).toBe("queue a can never get so much gpu in any");
  });

  test("a strict queue stops at its head, a best-effort one goes on", () => {
    const rows = [of("a", 0, 2), of("a", 1, 3), of("a", 2, 1)];
    const strict = gpuQuotas({ a: 4 }, { strategy: "strict-fifo" });
    expect(Array.from(runJobs(rows, { queue, quotas: strict }).startS)).toEqual([0, 100, 100]);
    expect(Array.from(runJobs(rows, { queue, quotas: gpuQuotas({ a: 4 }) }).startS)).toEqual([
      0, 100, 2,
    ]);
  });

  test("priority first, and lower priority of the own queue is stopped", () => {
    const rows = [of("a", 0, 4), of("a", 5, 4, { priority: 1, durationS: 10 })];
    const run = runJobs(rows, { queue, quotas: gpuQuotas({ a: 4 }) });
    expect(Array.from(run.startS)).toEqual([0, 5]);
    expect(Array.from(run.endS)).toEqual([110, 15]);
    const kept = rows.map((row) => ({ ...row, preemptible: row.priority === 1 }));
    expect(Array.from(runJobs(kept, { queue, quotas: gpuQuotas({ a: 4 }) }).startS)).toEqual([
      0, 100,
    ]);
  });

  test("a tenant without a queue, and partitions as queues", () => {
    const run = runJobs([of("z", 0, 1), of("a", 0, 1)], { queue, quotas: gpuQuotas({ a: 4 }) });
    expect(outcomesOf(run)).toEqual(["never-placeable", "completed"]);
    expect(reasonOf(run, 0)).toBe("no queue with quota serves the job");
    const byPartition = { name: "fair-share", options: { queueBy: "partition" } };
    const rows = [{ ...of("z", 0, 1), partition: "a" }];
    expect(outcomesOf(runJobs(rows, { queue: byPartition, quotas: gpuQuotas({ a: 4 }) }))).toEqual([
      "completed",
    ]);
  });

  test("nobody is stopped when the nodes would have no place even so", () => {
    // b is owed 4 GPUs. Each node keeps a job of b's own that must not be stopped: no node can be emptied.
    const rows = [
      of("b", 0, 1, { preemptible: false }),
      of("a", 0, 3),
      of("b", 0, 1, { preemptible: false }),
      of("a", 0, 3),
      of("b", 10, 4, { preemptible: true }),
    ].map((row) => ({ preemptible: true, ...row }));
    const run = runJobs(rows, {
      queue,
      quotas: gpuQuotas({ a: 2, b: 6 }),
      cluster: clusterOf([4, 4]),
      placement: { kind: "nodes", policy: "first-fit" },
    });
    expect(stops(run)).toEqual([0, 0, 0, 0, 0]);
    expect(run.startS[4]).toBe(100);
  });

  test("two queues that take from one borrower in one cycle can take more than it borrowed; it has it back next", () => {
    const preemptible = true;
    const rows = [
      of("a", 0, 3, { preemptible }),
      of("a", 2, 1, { preemptible }),
      of("a", 3, 3, { preemptible }),
      of("c", 23, 3, { durationS: 1, preemptible }),
      of("b", 23, 3, { durationS: 1, preemptible }),
    ];
    const quotas = { ...gpuQuotas({ a: 4, b: 3, c: 2 }), fairSharing: {} };
    const run = runJobs(rows, { queue, quotas, cluster: clusterOf([9]) });
    // b reclaims three GPUs and c shares one, both of the seven that a had: it is left with three of its four.
    expect(stops(run)).toEqual([0, 1, 1, 0, 0]);
    expect(Array.from(run.startS.slice(3))).toEqual([23, 23]);
    expect(Array.from(run.endS)).toEqual([100, 103, 104, 24, 24]);
  });

  test("partitions must be shared", () => {
    const rows = [of("a", 0, 1)];
    const split = { nodes: [...clusterOf([4], "p").nodes, ...clusterOf([4], "q").nodes] };
    expect(() => runJobs(rows, { queue, cluster: split })).toThrow(
      "partitions must be shared, got 2",
    );
  });
});

const rowsOf = fc.array(
  fc.record({
    tenant: fc.constantFrom("a", "b", "c"),
    submitS: fc.integer({ min: 0, max: 60 }),
    durationS: fc.integer({ min: 1, max: 40 }),
    gpuCount: fc.integer({ min: 1, max: 4 }),
    priority: fc.integer({ min: 0, max: 1 }),
  }),
  { maxLength: 30 },
);

test("within its nominal quota no job of a pool waits, nobody but a borrower is stopped, all work is done", () => {
  fc.assert(
    fc.property(rowsOf, fc.boolean(), (rows, isFair) => {
      const quotas: QuotaSpec = {
        ...gpuQuotas({ a: 4, b: 3, c: 2 }),
        ...(isFair ? { fairSharing: {} } : {}),
      };
      const run = runJobs(rows, { cluster: clusterOf([9]), queue, quotas });
      expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
      expectNominalRights(run, { a: 4, b: 3, c: 2 });
      const again = runJobs(rows, { cluster: clusterOf([9]), queue, quotas });
      expect(Array.from(again.endS)).toEqual(Array.from(run.endS));
    }),
    { numRuns: 200 },
  );
});

function expectNominalRights(run: BatchRun, nominal: Readonly<Record<string, number>>): void {
  const { records, jobs } = run;
  const gpusOf = (job: number): number => jobs.shapes[jobs.shape[job]!]!.gpuCount;
  const tenantOf = (job: number): string => jobs.tenantNames[jobs.tenant[job]!]!;
  const used: Record<string, number> = { a: 0, b: 0, c: 0 };
  const waiting = new Set<number>();
  const stoppedS = new Map<number, number>();
  // All heads of a cycle are rated on the state at its start: what two of them take from one borrower can be more than
  // it borrowed, which it may take back in the next cycle. Cycles have no records: the most of the instant stands in.
  let most = { ...used };
  for (let row = 0; row < records.count; row++) {
    const job = records.job[row]!;
    const kind = RECORD_KINDS[records.kind[row]!]!;
    if (kind === "stopped" && run.reasons[records.detail[row]!] !== "stopped: priority-in-queue") {
      expect(most[tenantOf(job)]).toBeGreaterThan(nominal[tenantOf(job)]!);
    }
    if (kind === "submitted" || kind === "stopped") waiting.add(job);
    if (kind === "stopped") stoppedS.set(job, records.timeS[row]!);
    if (kind === "started" || kind === "resumed") {
      waiting.delete(job);
      used[tenantOf(job)]! += gpusOf(job);
      most[tenantOf(job)] = Math.max(most[tenantOf(job)]!, used[tenantOf(job)]!);
    }
    if (kind === "finished" || kind === "stopped") used[tenantOf(job)]! -= gpusOf(job);
    if (row + 1 < records.count && records.timeS[row + 1] === records.timeS[row]) continue;
    most = { ...used };
    for (const candidate of waiting) {
      // A stopped job is offered again at the next event.
      if (stoppedS.get(candidate) === records.timeS[row]) continue;
      expect(used[tenantOf(candidate)]! + gpusOf(candidate)).toBeGreaterThan(
        nominal[tenantOf(candidate)]!,
      );
    }
  }
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobTable } from "../../workload/job-table.js";
import { clusterOf, runJobs } from "./batch-fixture.js";
import { OUTCOMES, type BatchRun } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import { digestRecords, RECORD_KINDS } from "./records.js";

/**
 * Everything at once, the slow and obvious way: a list of waiting jobs, walked from the front at every
 * instant, each worker on the first node with room. A pool is a single node.
 */
function naiveStarts(
  jobs: JobTable,
  nodeGpus: readonly number[],
  order: (job: number) => number,
  skips: boolean,
): number[] {
  const startS: number[] = Array.from({ length: jobs.count }, () => Number.NaN);
  const nodesOf: (readonly number[])[] = startS.map(() => []);
  const gpusEach = (job: number): number => jobs.shapes[jobs.shape[job]!]!.gpuCount;
  const endS = (job: number): number => startS[job]! + jobs.durationS[job]!;
  const place = (job: number, free: number[]): number[] | undefined => {
    const left = [...free];
    const nodes: number[] = [];
    for (let worker = 0; worker < jobs.workers[job]!; worker++) {
      const node = left.findIndex((gpus) => gpus >= gpusEach(job));
      if (node < 0) return undefined;
      left[node]! -= gpusEach(job);
      nodes.push(node);
    }
    return nodes;
  };
  const instants = new Set<number>(jobs.submitS);
  for (;;) {
    const nowS = Math.min(...instants);
    if (nowS === Infinity) return startS;
    instants.delete(nowS);
    const free = [...nodeGpus];
    startS.forEach((start, job) => {
      if (start <= nowS && endS(job) > nowS)
        for (const node of nodesOf[job]!) free[node]! -= gpusEach(job);
    });
    const waiting = startS.flatMap((start, job) =>
      Number.isNaN(start) && jobs.submitS[job]! <= nowS && place(job, [...nodeGpus]) !== undefined
        ? [job]
        : [],
    );
    waiting.sort((left, right) => order(left) - order(right) || left - right);
    for (const job of waiting) {
      const nodes = place(job, free);
      if (nodes === undefined) {
        if (skips) continue;
        break;
      }
      startS[job] = nowS;
      nodesOf[job] = nodes;
      for (const node of nodes) free[node]! -= gpusEach(job);
      instants.add(endS(job));
    }
  }
}

const rowsOf = fc.array(
  fc.record({
    submitS: fc.integer({ min: 0, max: 40 }),
    durationS: fc.integer({ min: 1, max: 30 }),
    gpuCount: fc.integer({ min: 1, max: 5 }),
    workers: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 40 },
);

describe("properties", () => {
  const orders: Record<string, (jobs: JobTable) => (job: number) => number> = {
    "fifo-strict": (jobs) => (job) => jobs.submitS[job]!,
    "fifo-skip": (jobs) => (job) => jobs.submitS[job]!,
    sjf: (jobs) => (job) => jobs.durationS[job]!,
    "smallest-first": (jobs) => (job) =>
      jobs.workers[job]! * jobs.shapes[jobs.shape[job]!]!.gpuCount * 1e6 + jobs.submitS[job]!,
  };

  test.each(Object.keys(orders))(
    "%s starts every job when a plain walk of the queue does",
    (name) => {
      fc.assert(
        fc.property(rowsOf, fc.boolean(), fc.boolean(), (rows, blocks, pooled) => {
          const options =
            name === "sjf" || name === "smallest-first"
              ? { blocking: blocks ? "head" : "skip" }
              : {};
          const skips = name === "fifo-skip" || (name !== "fifo-strict" && !blocks);
          const placement: PlacementSpec = pooled
            ? { kind: "pool" }
            : { kind: "nodes", policy: "first-fit" };
          const result = runJobs(rows, {
            cluster: clusterOf([3, 2, 4]),
            queue: { name, options },
            placement,
          });
          const nodeGpus = pooled ? [9] : [3, 2, 4];
          expect(Array.from(result.startS)).toEqual(
            naiveStarts(result.jobs, nodeGpus, orders[name]!(result.jobs), skips),
          );
        }),
        { numRuns: 200 },
      );
    },
  );

  const placements: PlacementSpec[] = [
    { kind: "pool" },
    { kind: "consolidate" },
    { kind: "nodes", policy: "first-fit" },
    { kind: "nodes", policy: "random" },
  ];

  test.each(placements)("work is conserved and no share is given twice: %j", (placement) => {
    fc.assert(
      fc.property(
        rowsOf,
        fc.constantFrom("fifo-strict", "fifo-skip", "sjf", "smallest-first"),
        (rows, name) => {
          const spec = { cluster: clusterOf([4, 4]), queue: { name }, placement };
          const result = runJobs(rows, spec);
          let busy = 0;
          result.outcome.forEach((code, job) => {
            expect(["completed", "never-placeable"]).toContain(OUTCOMES[code]);
            if (OUTCOMES[code] !== "completed") return;
            expect(result.endS[job]! - result.startS[job]!).toBe(result.jobs.durationS[job]);
            expect(result.startS[job]).toBeGreaterThanOrEqual(result.jobs.submitS[job]!);
            busy +=
              result.jobs.durationS[job]! *
              result.jobs.workers[job]! *
              result.jobs.shapes[result.jobs.shape[job]!]!.gpuCount;
          });
          expect(result.utilization.integrals[0]).toBe(busy * 1000);
          expectNoOverlap(result);
          const again = runJobs(rows, spec);
          expect(digestRecords(again.records, again.reasons)).toBe(
            digestRecords(result.records, result.reasons),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  test("fifo-strict never starts a later job before an earlier one", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const result = runJobs(rows, {
          cluster: clusterOf([4, 4]),
          placement: { kind: "nodes", policy: "pack" },
        });
        const started = Array.from(result.startS).filter((start) => !Number.isNaN(start));
        expect(started).toEqual([...started].sort((left, right) => left - right));
      }),
    );
  });

  test("records tell the whole story: folding them gives the columns back", () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const { records, startS, endS, reasons, waitReason, jobs } = runJobs(rows, {
          queue: { name: "fifo-skip" },
        });
        const folded = { started: new Map<number, number>(), finished: new Map<number, number>() };
        for (let row = 0; row < records.count; row++) {
          const kind = RECORD_KINDS[records.kind[row]!]!;
          if (row > 0) expect(records.timeS[row]).toBeGreaterThanOrEqual(records.timeS[row - 1]!);
          if (kind === "started" || kind === "finished")
            folded[kind].set(records.job[row]!, records.timeS[row]!);
          if (kind === "refused") expect(reasons[records.detail[row]!]).toBeDefined();
        }
        for (let job = 0; job < jobs.count; job++) {
          expect(folded.started.get(job) ?? Number.NaN).toBe(startS[job]);
          expect(folded.finished.get(job) ?? Number.NaN).toBe(endS[job]);
          if (startS[job]! > jobs.submitS[job]!) expect(reasons[waitReason[job]!]).toBeDefined();
        }
      }),
    );
  });
});

/** No GPU serves two jobs at once, judged from places and times alone. */
function expectNoOverlap(result: BatchRun): void {
  const spans = new Map<string, [number, number][]>();
  for (let job = 0; job < result.jobs.count; job++) {
    for (const { node, gpus } of result.placementOf(job)) {
      for (const gpu of gpus) {
        const key = `${node}/${gpu}`;
        const others = spans.get(key) ?? [];
        for (const [from, to] of others) {
          expect(result.startS[job]! >= to || result.endS[job]! <= from).toBe(true);
        }
        spans.set(key, [...others, [result.startS[job]!, result.endS[job]!]]);
      }
    }
  }
}

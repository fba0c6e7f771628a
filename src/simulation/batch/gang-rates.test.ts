import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import { clusterOf, outcomesOf, runJobs, tableOf } from "./batch-fixture.js";
import type { BatchSpec } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { ClusterProcessEntry } from "./cluster-process.js";
import type { RateFactor } from "./gang-rates.js";
import { digestRecords } from "./records.js";
import { createWorkBook } from "./work-book.js";

/** A weather that slows every gang down: rate `rates[i]` from `timesS[i]` on, 1 before the first. */
function weather(
  changes: readonly { readonly timeS: number; readonly rate: number }[],
  done?: (job: number, work: number) => void,
): ClusterProcessEntry {
  return () => {
    let rate = 1;
    let nowS = (): number => 0;
    let changed = false;
    /** Work and time of each running job as of the last change. */
    const since = new Map<number, { fromS: number; work: number }>();
    const factor: RateFactor = {
      name: "weather",
      started: (job) => since.set(job, { fromS: nowS(), work: 0 }),
      stopped(job) {
        const { fromS, work } = since.get(job)!;
        done?.(job, work + (nowS() - fromS) * rate);
        since.delete(job);
      },
      rateOf: () => rate,
      takeChanged(visit) {
        if (changed) for (const job of since.keys()) visit(job);
        changed = false;
      },
      slowestIn: () => 1,
    };
    return {
      name: "weather",
      rates: factor,
      start(control) {
        nowS = () => control.nowS;
        changes.forEach(({ timeS }, code) => control.schedule(timeS, code));
      },
      happens(code) {
        for (const entry of since.values()) {
          entry.work += (nowS() - entry.fromS) * rate;
          entry.fromS = nowS();
        }
        ({ rate } = changes[code]!);
        changed = true;
      },
    };
  };
}

describe("the rate of a running gang changes", () => {
  test("what is done stays done, and the end moves", () => {
    const run = runJobs([{ submitS: 0, durationS: 100 }], {
      processes: [
        weather([
          { timeS: 10, rate: 0.5 },
          { timeS: 30, rate: 2 },
        ]),
      ],
    });
    // 10 s of work in 10 s, 10 in 20, the other 80 at twice the speed.
    expect(run.endS[0]).toBe(70);
  });

  test("at rate 0 it stands still", () => {
    const run = runJobs([{ submitS: 0, durationS: 10 }], {
      processes: [
        weather([
          { timeS: 4, rate: 0 },
          { timeS: 1004, rate: 1 },
        ]),
      ],
    });
    expect(run.endS[0]).toBe(1010);
  });

  test("srtf weighs what is left at the new rate", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 30, gpuCount: 4 },
        { submitS: 11, durationS: 25, gpuCount: 4 },
      ],
      { queue: { name: "srtf" }, processes: [weather([{ timeS: 10, rate: 0.25 }])] },
    );
    // At 11 the first has 19.75 s of work left, 79 s as things are; the other would take 25 at full speed.
    expect(run.startS[1]).toBe(11);
  });

  test("a rate below 0 is refused with the name of its factor", () => {
    expect(() =>
      runJobs([{ submitS: 0, durationS: 1 }], { processes: [weather([{ timeS: 0, rate: -1 }])] }),
    ).toThrow("rate factor weather: a rate must be a number ≥ 0, got -1");
  });
});

const placementsOf = (policy: string): readonly PlacementSpec[] =>
  policy.endsWith("backfill")
    ? [{ kind: "pool" }]
    : [{ kind: "pool" }, { kind: "nodes", policy: "pack" }, { kind: "consolidate" }];

test.each(QUEUE_POLICIES.map(({ name }) => name))(
  "%s: whatever the rates, the work done is the work asked for, and twice the same",
  (name) => {
    const jobsOf = fc.array(
      fc.record({
        submitS: fc.integer({ min: 0, max: 60 }),
        durationS: fc.integer({ min: 1, max: 40 }),
        walltimeS: fc.integer({ min: 0, max: 60 }),
        gpuCount: fc.integer({ min: 1, max: 4 }),
        workers: fc.integer({ min: 1, max: 2 }),
        priority: fc.integer({ min: 0, max: 2 }),
        preemptible: fc.boolean(),
      }),
      { maxLength: 15 },
    );
    const changesOf = fc.array(
      fc.record({
        timeS: fc.integer({ min: 0, max: 150 }),
        rate: fc.constantFrom(0.1, 0.5, 1, 3),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        jobsOf,
        changesOf,
        fc.constantFrom(...placementsOf(name)),
        (rows, changes, placement) => {
          const work = new Map<number, number>();
          const spec: Partial<BatchSpec> = {
            cluster: clusterOf([4, 4]),
            queue: { name },
            placement,
            processes: [
              weather(changes, (job, done) => work.set(job, (work.get(job) ?? 0) + done)),
            ],
          };
          const run = runJobs(rows, spec);
          expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
          run.jobs.durationS.forEach((durationS, job) => {
            const lostS = run.preemption?.lostS[job] ?? 0;
            const stops = run.preemption?.stops[job] ?? 0;
            // Restarts are seconds without progress, which the weather does not see.
            if (stops === 0) expect(work.get(job)).toBeCloseTo(durationS, 6);
            else expect(work.get(job)).toBeGreaterThanOrEqual(durationS + lostS - 1e-6);
          });
          work.clear();
          const again = runJobs(rows, spec);
          expect(digestRecords(again.records, again.reasons)).toBe(
            digestRecords(run.records, run.reasons),
          );
        },
      ),
      { numRuns: 50 },
    );
  },
);

describe("the work book", () => {
  const book = (checkpointIntervalS?: number) =>
    createWorkBook(
      tableOf([
        {
          submitS: 0,
          durationS: 100,
          ...(checkpointIntervalS === undefined ? {} : { checkpointIntervalS }),
        },
      ]),
      { restart: { restartCostS: 5, savesProgress: "at-checkpoints" }, changes: true },
    );

  test("a pause on top of a restart runs out before work goes on", () => {
    const work = book(10);
    work.start(0, 0, 1);
    work.stop(0, 37);
    expect([work.remainingS(0), work.lostS(0)]).toEqual([70, 7]);
    expect(work.start(0, 100, 1)).toBe(175);
    // Two of five seconds of restart are over, three are left, and four more come.
    expect(work.changeRate(0, 102, 2, 4)).toBe(102 + 3 + 4 + 35);
  });

  test("checkpoints lie at whole intervals of work, whatever the rates were", () => {
    const work = book(10);
    work.start(0, 0, 0.5);
    work.changeRate(0, 30, 2);
    work.stop(0, 40);
    // 15 and 20 seconds of work: 35 done, 30 saved.
    expect([work.remainingS(0), work.lostS(0)]).toEqual([70, 5]);
  });
});

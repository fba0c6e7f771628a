import { describe, expect, test } from "vitest";
import { clusterOf, reasonOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { StopTerms } from "./cluster-process.js";
import { scriptedProcess, type ScriptedMoment } from "./scripted-process.js";

const FAILED: StopTerms = {
  reason: "stopped: node failed",
  savesProgress: "at-checkpoints",
  restartCostS: 0,
};
const NODES: PlacementSpec = { kind: "nodes", policy: "pack" };

function failAt(timeS: number, node: number, terms: StopTerms = FAILED): ScriptedMoment {
  return {
    timeS,
    act(control) {
      control.stopJobsOn(node, terms);
      control.take(node, "failed");
    },
  };
}

function restoreAt(timeS: number, node: number): ScriptedMoment {
  return {
    timeS,
    act: (control) => {
      control.restore(node);
    },
  };
}

describe("a node fails", () => {
  const cluster = clusterOf([4, 4]);

  test("its gang loses the work since the last checkpoint, pays for the restart and ends later", () => {
    const run = runJobs(
      [{ submitS: 0, durationS: 100, gpuCount: 4, workers: 2, checkpointIntervalS: 20 }],
      {
        cluster,
        placement: NODES,
        processes: [
          scriptedProcess([failAt(50, 1, { ...FAILED, restartCostS: 7 }), restoreAt(60, 1)]),
        ],
      },
    );
    // 50 s done, 40 saved; starts again at 60, 7 s to restart, 60 s of work.
    expect(run.endS[0]).toBe(127);
    expect(run.preemption?.lostS[0]).toBe(10);
    expect(run.preemption?.occupiedS[0]).toBe(50 + 67);
    expect(reasonOf(run, 0)).toBe("not enough room for all workers of the gang at once");
  });

  test("gangs elsewhere go on, and the stopped one keeps its place in the queue", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 4 },
      { submitS: 0, durationS: 30, gpuCount: 4 },
      { submitS: 1, durationS: 10, gpuCount: 4 },
    ];
    const run = runJobs(rows, {
      cluster,
      placement: NODES,
      processes: [scriptedProcess([failAt(10, 0)])],
    });
    // Node 0 never comes back: job 0 starts anew on node 1, before job 2.
    expect(Array.from(run.endS)).toEqual([130, 30, 140]);
  });

  test.each(["pool", "consolidate", "nodes"] as const)(
    "%s: what is out of service is given to nobody and is its own class of idle capacity",
    (kind) => {
      const run = runJobs([{ submitS: 0, durationS: 20, gpuCount: 4, workers: 2 }], {
        cluster,
        placement: kind === "nodes" ? NODES : { kind },
        processes: [
          scriptedProcess([
            { timeS: 0, act: (control) => control.take(1, "failed") },
            restoreAt(30, 1),
          ]),
        ],
        observe: { checkInvariants: true, idleClasses: true },
      });
      expect(run.startS[0]).toBe(30);
      expect(run.series.idleMilliByClass.failed![0]).toBe(4000);
      expect(run.series.idleMilliByClass.failed!.at(-1)).toBe(0);
    },
  );

  test("what is waited for after the last job is dropped", () => {
    const renews: ScriptedMoment = {
      timeS: 5,
      act: (control) => void control.schedule(control.nowS + 5, 0),
    };
    const run = runJobs([{ submitS: 0, durationS: 12 }], {
      processes: [scriptedProcess([renews])],
    });
    expect([run.stopReason, run.endOfRunS]).toEqual(["drained", 12]);
  });

  test("single GPUs fail and the rest of the node works on", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 10, gpuCount: 2 },
        { submitS: 0, durationS: 10, gpuCount: 2 },
        { submitS: 1, durationS: 10, gpuCount: 3 },
      ],
      {
        placement: NODES,
        processes: [
          scriptedProcess([
            {
              timeS: 4,
              act(control) {
                expect(control.stopJobsOn(0, FAILED, [3])).toEqual([1]);
                control.takeGpus(0, [3]);
              },
            },
            { timeS: 100, act: (control) => control.restoreGpus(0, [3]) },
          ]),
        ],
      },
    );
    expect(Array.from(run.startS)).toEqual([0, 0, 20]);
    expect(Array.from(run.endS)).toEqual([10, 20, 30]);
  });

  test("a pool draws whom it hits from all that are in service", () => {
    const hits = (seed: number): number => {
      let hit: readonly number[] = [];
      const rows = Array.from({ length: 4 }, () => ({ submitS: 0, durationS: 10, gpuCount: 2 }));
      runJobs(rows, {
        seed,
        cluster: clusterOf([8, 8]),
        processes: [
          scriptedProcess([
            { timeS: 1, act: (control) => void (hit = control.stopJobsOn(0, FAILED)) },
          ]),
        ],
      });
      return hit.length;
    };
    const counts = Array.from({ length: 400 }, (_, seed) => hits(seed));
    // Eight of 16 GPUs, two per job: a job is spared when none of its two is drawn, (8/16)(7/15) = 7/30.
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(mean).toBeGreaterThan(4 * (23 / 30) - 0.15);
    expect(mean).toBeLessThan(4 * (23 / 30) + 0.15);
  });
});

describe("a node is drained", () => {
  test.each(["pool", "consolidate", "nodes"] as const)(
    "%s: its gang ends in peace, then the node is empty, and nothing starts on it meanwhile",
    (kind) => {
      const emptied: number[] = [];
      const run = runJobs(
        [
          { submitS: 0, durationS: 50, gpuCount: 4 },
          { submitS: 0, durationS: 20, gpuCount: 4 },
          { submitS: 1, durationS: 5, gpuCount: 4 },
        ],
        {
          cluster: clusterOf([4, 4]),
          placement: kind === "nodes" ? NODES : { kind },
          processes: [
            scriptedProcess([{ timeS: 10, act: (control) => control.take(1, "drained") }], {
              nodeEmptied(node, control) {
                expect(control.stateOf(node)).toBe("drained");
                emptied.push(control.nowS);
                control.schedule(60, 0);
              },
            }),
          ],
          observe: { checkInvariants: true, idleClasses: true },
        },
      );
      expect(emptied[0]).toBe(kind === "pool" ? 10 : 20);
      expect(Array.from(run.endS)).toEqual([50, 20, 55]);
      const drained = run.series.idleMilliByClass.drained!;
      expect(drained[Array.from(run.series.timeS).indexOf(20)]).toBe(4000);
    },
  );

  test("two processes hold a node until both let go; failed shows before drained", () => {
    const states: (string | undefined)[] = [];
    const see: ScriptedMoment["act"] = (control) => states.push(control.stateOf(0));
    const run = runJobs([{ submitS: 15, durationS: 1, gpuCount: 4 }], {
      placement: NODES,
      processes: [
        scriptedProcess([
          { timeS: 1, act: (control) => control.take(0, "drained") },
          { timeS: 3, act: see },
          { timeS: 20, act: (control) => control.restore(0) },
          { timeS: 21, act: see },
        ]),
        scriptedProcess(
          [
            { timeS: 2, act: (control) => control.take(0, "failed") },
            { timeS: 30, act: (control) => control.restore(0) },
            { timeS: 30, act: see },
          ],
          { name: "other" },
        ),
      ],
    });
    expect(states).toEqual(["failed", "failed", undefined]);
    expect(run.startS[0]).toBe(30);
  });
});

describe("reservations and capacity out of service", () => {
  test.each(["easy-backfill", "conservative-backfill"])(
    "%s: a head that cannot fit until a repair holds nobody back",
    (name) => {
      const run = runJobs(
        [
          { submitS: 0, durationS: 10, walltimeS: 10, gpuCount: 4 },
          { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 4, workers: 2 },
          { submitS: 2, durationS: 500, walltimeS: 500, gpuCount: 4 },
        ],
        {
          cluster: clusterOf([4, 4]),
          queue: { name },
          processes: [scriptedProcess([failAt(0, 1), restoreAt(100, 1)])],
        },
      );
      expect(Array.from(run.startS)).toEqual([0, 510, 10]);
    },
  );

  test("easy-backfill on nodes reserves no node that is being drained", () => {
    const run = runJobs(
      [
        { submitS: 0, durationS: 10, walltimeS: 10, gpuCount: 4 },
        { submitS: 0, durationS: 30, walltimeS: 30, gpuCount: 4 },
        { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 4 },
      ],
      {
        cluster: clusterOf([4, 4]),
        queue: { name: "easy-backfill" },
        placement: NODES,
        processes: [scriptedProcess([{ timeS: 1, act: (control) => control.take(0, "drained") }])],
      },
    );
    expect(Array.from(run.startS)).toEqual([0, 0, 30]);
  });
});

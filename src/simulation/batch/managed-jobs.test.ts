import { describe, expect, test } from "vitest";

import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import { appendRows } from "../services/append-rows.js";
import { clusterOf, outcomesOf, tableOf, type TestJob } from "./batch-fixture.js";
import type { BatchRun, BatchSpec } from "./batch-spec.js";
import type { ClusterControl, ClusterProcess } from "./cluster-process.js";
import { simulateBatch } from "./simulate-batch.js";

interface Act {
  readonly timeS: number;
  act(control: ClusterControl, first: number): void;
}

/** Two managed rows of four GPUs beside the jobs, on two nodes of four, and what its process saw. */
function runManaged(
  rows: readonly TestJob[],
  acts: readonly Act[],
  options: Partial<BatchSpec> & { readonly priority?: number } = {},
): { readonly run: BatchRun; readonly seen: string[] } {
  const { priority = 0, ...spec } = options;
  const shape = { cpuMilli: 0, memoryBytes: 0, gpuCount: 4, gpuMilli: 1000, gpuModels: [] };
  const common = { shape, workers: 1, tenant: "chat", partition: "", isPreemptible: true };
  const { jobs, managedFrom } = appendRows(tableOf(rows), [
    { ...common, id: "r0", priority },
    { ...common, id: "r1", priority },
  ]);
  const seen: string[] = [];
  const process = (): ClusterProcess => {
    let control: ClusterControl;
    return {
      name: "service",
      start(given) {
        control = given;
        acts.forEach(({ timeS }, code) => control.schedule(timeS, code));
      },
      happens(code) {
        acts[code]!.act(control, managedFrom);
      },
      jobStarted(job) {
        seen.push(`${control.nowS} start ${job - managedFrom} on ${control.nodesOf(job).join()}`);
      },
      jobStopped(job, reason) {
        seen.push(`${control.nowS} stop ${job - managedFrom} ${reason}`);
      },
    };
  };
  const run = simulateBatch({
    cluster: clusterOf([4, 4]),
    jobs,
    managedFrom,
    queue: { name: "fifo-strict" },
    placement: { kind: "nodes", policy: "pack" },
    processes: [process],
    seed: 1,
    limits: { eventsMax: 100_000 },
    observe: { checkInvariants: true },
    ...spec,
  });
  return { run, seen };
}

const submit = (timeS: number, row: number): Act => ({
  timeS,
  act: (control, first) => void control.submit(first + row),
});
const end = (timeS: number, row: number): Act => ({
  timeS,
  act: (control, first) => control.endJob(first + row),
});
const job = (submitS: number, durationS: number, gpuCount = 4): TestJob => ({
  submitS,
  durationS,
  walltimeS: durationS,
  gpuCount,
});

describe("managed jobs", () => {
  test("hold their room from submit to end, and may come again", () => {
    const { run, seen } = runManaged(
      [job(0, 100), job(10, 20)],
      [submit(5, 0), end(40, 0), submit(60, 0), end(70, 0)],
    );
    expect(seen).toEqual(["5 start 0 on 1", "60 start 0 on 1"]);
    // The second job finds no room before the managed one has ended.
    expect([...run.startS.subarray(0, 2)]).toEqual([0, 40]);
    expect([...run.endS.subarray(0, 2)]).toEqual([100, 60]);
    expect(run.endOfRunS).toBe(100);
    expect(outcomesOf(run).slice(2)).toEqual(["not-submitted", "not-submitted"]);
  });

  test("do not keep the run going: it ends with the last job, whatever still stands", () => {
    const { run, seen } = runManaged([job(0, 30)], [submit(0, 0), end(5000, 0)]);
    expect(seen).toHaveLength(1);
    expect(run.endOfRunS).toBe(30);
    expect(run.stopReason).toBe("drained");
  });

  test("a hold keeps the run going without any job", () => {
    const { run } = runManaged(
      [],
      [
        { timeS: 0, act: (control) => control.hold() },
        submit(10, 1),
        { timeS: 500, act: (control) => control.release() },
        end(9000, 1),
      ],
    );
    expect(run.endOfRunS).toBe(500);
    expect(run.startOfTraceS).toBe(0);
  });

  test("one that waits leaves its queue and lets those behind it through", () => {
    const { run, seen } = runManaged(
      [job(0, 100, 4), job(1, 100, 2), job(3, 50, 2)],
      [submit(2, 0), end(20, 0)],
    );
    // It would have held up the third job until 100.
    expect(seen).toEqual([]);
    expect([...run.startS.subarray(0, 3)]).toEqual([0, 1, 20]);
  });

  test("is told when a job that goes first takes its place, and starts again by itself", () => {
    const { run, seen } = runManaged(
      [{ ...job(50, 30), workers: 2, priority: 10 }],
      [submit(0, 0)],
      { queue: { name: "priority-preemption" }, priority: 1 },
    );
    expect(seen).toEqual([
      "0 start 0 on 0",
      "50 stop 0 stopped for a job that goes first",
      "80 start 0 on 0",
    ]);
    expect(run.endS[0]).toBe(80);
    expect(run.preemption).toBeUndefined();
  });

  test("one that can never run says why", () => {
    const answers: (string | undefined)[] = [];
    runManaged([job(0, 1)], [{ timeS: 0, act: (c, first) => answers.push(c.submit(first)) }], {
      cluster: clusterOf([2, 2]),
    });
    expect(answers[0]).toContain("GPU");
  });

  test("rows of the trace are not a process's to submit", () => {
    expect(() =>
      runManaged([job(0, 1)], [{ timeS: 0, act: (control) => void control.submit(0) }]),
    ).toThrow("job 0 is not managed");
  });

  test.each(QUEUE_POLICIES.map(({ name }) => name))(
    "under %s every job ends, and withdrawn ones never come",
    (name) => {
      const { run, seen } = runManaged(
        [job(0, 20), job(1, 20, 2), job(2, 20, 2), job(30, 10)],
        [submit(0, 0), submit(3, 1), end(4, 1), end(25, 0), submit(26, 1), end(60, 1)],
        { queue: { name } },
      );
      expect(outcomesOf(run).slice(0, 4)).toEqual(Array(4).fill("completed"));
      expect(seen.filter((text) => text.includes("start 0")).length).toBeGreaterThan(0);
      expect(run.endOfRunS).toBeLessThan(200);
      expect(run.utilization.maxima[0]).toBeLessThanOrEqual(8000);
    },
  );
});

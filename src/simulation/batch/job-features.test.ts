import { describe, expect, test } from "vitest";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobTable } from "../../workload/job-table.js";
import {
  clusterOf,
  outcomesOf,
  reasonOf,
  runJobs,
  tableOf,
  type TestJob,
} from "./batch-fixture.js";
import type { PlacementSpec } from "./placement-spec.js";
import { summarizeBatch } from "./summary.js";

describe("dependencies", () => {
  function dependent(
    rows: readonly TestJob[],
    after: readonly (readonly [number, number])[],
  ): JobTable {
    const builder = createJobTableBuilder();
    rows.forEach((row, index) => builder.add({ id: `j${index}`, gpuCount: 1, ...row }));
    for (const [row, afterRow] of after) builder.addDependency(row, afterRow);
    return builder.build({ originS: 0 }).jobs;
  }

  test("a job starts when the last job it depends on has ended, and keeps its place in the queue", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 10, gpuCount: 2 },
      { submitS: 0, durationS: 20, gpuCount: 2 },
      { submitS: 1, durationS: 5, gpuCount: 4 },
      { submitS: 2, durationS: 5, gpuCount: 4 },
    ];
    const run = runJobs(rows, {
      jobs: dependent(rows, [
        [2, 0],
        [2, 1],
      ]),
    });
    // j3 may not start before 20 either: j2 was submitted before it and is ready at the same instant.
    expect(Array.from(run.startS)).toEqual([0, 0, 20, 25]);
    expect(reasonOf(run, 2)).toBe("a job it depends on has not ended");
    expect(reasonOf(run, 3)).toBe("fewer GPUs free in the pool than the job needs");
    expect(summarizeBatch(run).jobs.queueLengthMax).toBe(2);
  });

  test("a job that waits for another blocks nobody meanwhile", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 10, gpuCount: 2 },
      { submitS: 1, durationS: 5, gpuCount: 4 },
      { submitS: 2, durationS: 5, gpuCount: 2 },
    ];
    expect(Array.from(runJobs(rows, { jobs: dependent(rows, [[1, 0]]) }).startS)).toEqual([
      0, 10, 2,
    ]);
  });

  test("what depends on a job that can never run can never run, however long the chain", () => {
    const length = 20_000;
    const rows: TestJob[] = Array.from({ length }, (_, row) => ({
      submitS: 0,
      durationS: 1,
      gpuCount: row === 0 ? 8 : 1,
    }));
    const chain = Array.from({ length: length - 1 }, (_, row) => [row + 1, row] as const);
    const run = runJobs(rows, { jobs: dependent(rows, chain) });
    expect(new Set(outcomesOf(run))).toEqual(new Set(["never-placeable"]));
    expect(reasonOf(run, length - 1)).toBe("a job it depends on can never be placed");
    const late = dependent([rows[0]!, { submitS: 5, durationS: 1 }], [[1, 0]]);
    expect(outcomesOf(runJobs([], { jobs: late }))).toEqual(["never-placeable", "never-placeable"]);
  });

  test("jobs that wait for each other are refused by name", () => {
    const rows: TestJob[] = [0, 1, 2].map((submitS) => ({ submitS, durationS: 1 }));
    expect(() =>
      runJobs(rows, {
        jobs: dependent(rows, [
          [1, 2],
          [2, 1],
        ]),
      }),
    ).toThrow('2 jobs wait for each other in a circle or for jobs of one, such as "j1"');
  });
});

describe("GPU speeds", () => {
  const fast = { ...clusterOf([4]).nodes[0]!, name: "fast" };
  const slow = { ...clusterOf([4]).nodes[0]!, name: "slow", gpuModel: "A100" };
  const cluster = { nodes: [fast, slow] };
  const gpuSpeeds = { A100: 0.5, H100: 2 };
  const placement: PlacementSpec = { kind: "nodes", policy: "first-fit" };

  test("a job takes its duration over the speed of its GPUs; a gang goes at the pace of its slowest worker", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 2 },
      { submitS: 0, durationS: 100, gpuCount: 2, workers: 3 },
      { submitS: 0, durationS: 100, gpuCount: 1, gpuModels: ["A100"] },
      { submitS: 0, durationS: 100, gpuCount: 0 },
    ];
    const run = runJobs(rows, { cluster, gpuSpeeds, placement });
    expect(Array.from(run.endS)).toEqual([50, 200, 400, 300]);
  });

  test("a job goes to the fastest GPUs on which all its workers fit, whatever the placement would choose", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 2 },
      { submitS: 0, durationS: 100, gpuCount: 1, workers: 3 },
      { submitS: 0, durationS: 100, gpuCount: 1, gpuModels: ["A100", "H100"] },
    ];
    // The slow node comes first in order: without speeds everything would go there.
    const nodes = { nodes: [slow, fast] };
    const run = runJobs(rows, { cluster: nodes, gpuSpeeds, placement });
    expect([0, 1, 2].map((job) => run.placementOf(job).map(({ node }) => node))).toEqual([
      [1],
      [0, 0, 0],
      [1],
    ]);
  });

  test("work done on one model counts on another", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, gpuCount: 4 },
      { submitS: 10, durationS: 20, gpuCount: 4, gpuModels: ["H100"] },
    ];
    const run = runJobs(rows, { cluster, gpuSpeeds, placement, queue: { name: "srtf" } });
    // 10 s at speed 2 leave 80 s of work; stopped for j1, it moves to the slow node at once: 160 s more.
    expect(Array.from(run.endS)).toEqual([170, 20]);
    expect(run.placementOf(0)[0]!.node).toBe(1);
  });

  test("backfilling reckons with the slowest GPUs", () => {
    const rows: TestJob[] = [
      { submitS: 0, durationS: 100, walltimeS: 100, gpuCount: 3, gpuModels: ["H100"] },
      { submitS: 1, durationS: 10, walltimeS: 10, gpuCount: 4, gpuModels: ["H100"] },
      { submitS: 2, durationS: 30, walltimeS: 30, gpuCount: 1, gpuModels: ["H100"] },
    ];
    const queue = { name: "easy-backfill" };
    // Expected end of j0 is 100 / 0.5 = 200, of j2 2 + 60: it fits before.
    expect(Array.from(runJobs(rows, { cluster, gpuSpeeds, placement, queue }).startS)).toEqual([
      0, 50, 2,
    ]);
  });

  test("are refused where there are no places, and when they are not positive", () => {
    expect(() => runJobs([], { gpuSpeeds })).toThrow("a pool has no places");
    expect(() => runJobs([], { gpuSpeeds: { A100: 0 }, placement })).toThrow(
      "must be a number > 0, got 0",
    );
  });
});

test("deadlines are counted at the end of the run", () => {
  const jobs = tableOf([
    { submitS: 0, durationS: 10, gpuCount: 4, deadlineS: 10 },
    { submitS: 0, durationS: 10, gpuCount: 4, deadlineS: 19 },
    { submitS: 0, durationS: 10, gpuCount: 4, deadlineS: 100 },
    { submitS: 0, durationS: 10, gpuCount: 8, deadlineS: 100 },
    { submitS: 0, durationS: 10, gpuCount: 4 },
  ]);
  expect(summarizeBatch(runJobs([], { jobs })).jobs).toMatchObject({
    withDeadline: 4,
    deadlinesMissed: 2,
  });
  const cut = runJobs([], { jobs, limits: { untilS: 25, eventsMax: 1000 } });
  expect(summarizeBatch(cut).jobs).toMatchObject({ withDeadline: 4, deadlinesMissed: 2 });
});

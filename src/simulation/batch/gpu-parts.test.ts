// Instances, replicas and changing layouts in whole runs: who runs where, how fast, and when.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { NodePartitioning } from "../../cluster/partitions/partitioning.js";
import type { NodeSpec } from "../../cluster/spec.js";
import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobRow } from "../../workload/job-row.js";
import type { BatchRun, BatchSpec } from "./batch-spec.js";
import { simulateBatch } from "./simulate-batch.js";

const A100 = "A100 SXM4-80GB";
const whole: readonly MigPlacement[] = [{ profile: "7g.80gb", start: 0 }];
const sevenths: readonly MigPlacement[] = [0, 1, 2, 3, 4, 5, 6].map((start) => ({
  profile: "1g.10gb",
  start,
}));
const halves: readonly MigPlacement[] = [0, 4].map((start) => ({ profile: "3g.40gb", start }));

function node(partitioning: NodePartitioning | undefined, gpuCount = 1): NodeSpec {
  return {
    name: "n",
    cpuMilli: 64_000,
    memoryBytes: 2 ** 40,
    podsMax: 110,
    gpuCount,
    gpuModel: A100,
    gpuMemoryBytes: 80e9,
    ...(partitioning === undefined ? {} : { partitioning }),
  };
}

type Job = Omit<JobRow, "id" | "gpuCount"> & { readonly gpuCount?: number };

function run(
  partitioning: NodePartitioning | undefined,
  jobs: readonly Job[],
  more: Partial<BatchSpec> & { readonly gpus?: number } = {},
): BatchRun {
  const builder = createJobTableBuilder();
  jobs.forEach((job, index) => builder.add({ gpuCount: 1, ...job, id: String(index) }));
  const { gpus = 1, ...spec } = more;
  return simulateBatch({
    cluster: { nodes: [node(partitioning, gpus)] },
    jobs: builder.build({ originS: 0 }).jobs,
    queue: { name: "fifo-skip" },
    placement: { kind: "nodes", policy: "pack" },
    seed: 1,
    limits: { eventsMax: 100_000 },
    observe: { idleClasses: true, checkInvariants: true },
    ...spec,
  });
}

const mig = (...profiles: string[]): JobRow["gpuPart"] => ({
  migProfiles: profiles,
  isMigOnly: true,
  gpuMemoryBytes: 0,
  isReplicaEnough: false,
});
const memory = (gpuMemoryBytes: number): JobRow["gpuPart"] => ({
  migProfiles: [],
  isMigOnly: false,
  gpuMemoryBytes,
  isReplicaEnough: false,
});
const job = (submitS: number, durationS: number, gpuMilli = 1000): Job => ({
  submitS,
  durationS,
  gpuMilli,
});

describe("time-slicing", () => {
  const slicing: NodePartitioning = { mode: "time-slicing", replicas: 2 };
  const content: JobRow["gpuPart"] = {
    migProfiles: [],
    isMigOnly: false,
    gpuMemoryBytes: 0,
    isReplicaEnough: true,
  };

  test("a job alone has the GPU, with a neighbour half of it, and all again when that has gone", () => {
    const { endS } = run(slicing, [
      { ...job(0, 100), gpuPart: content },
      { ...job(50, 20), gpuPart: content },
    ]);
    // 50 s alone, then both at half speed until the second has done 20 s of work at 90 s; 30 s are left.
    expect([...endS]).toEqual([120, 90]);
  });

  test("jobs that want little do not disturb each other; a third waits for a replica", () => {
    const { startS, endS } = run(slicing, [job(0, 100, 300), job(0, 100, 300), job(0, 100, 300)]);
    expect([...startS]).toEqual([0, 0, 100]);
    expect([...endS]).toEqual([100, 100, 200]);
  });

  test("memory is shared and not divided: what does not fit waits", () => {
    const { startS } = run(slicing, [
      { ...job(0, 100, 100), gpuPart: memory(50e9) },
      { ...job(0, 100, 100), gpuPart: memory(50e9) },
    ]);
    expect([...startS]).toEqual([0, 100]);
  });

  test("measured contention slows both", () => {
    const contention = [{ processes: 2, slowdown: 1.25 }];
    const { endS } = run({ ...slicing, contention }, [job(0, 100, 300), job(0, 100, 300)]);
    expect([...endS]).toEqual([125, 125]);
  });
});

describe("MPS", () => {
  test("caps everyone at its part, with or without neighbours", () => {
    const { endS } = run({ mode: "mps", replicas: 4 }, [job(0, 100, 500), job(0, 100, 100)]);
    expect([...endS]).toEqual([200, 100]);
  });
  test("a pod that needs more memory than its part can never run", () => {
    const { outcome, reasons, waitReason } = run({ mode: "mps", replicas: 4 }, [
      { ...job(0, 100, 100), gpuPart: memory(30e9) },
    ]);
    expect(outcome[0]).toBe(4);
    expect(reasons[waitReason[0]!]).toContain("no node is large enough");
  });
});

describe("whole GPUs only", () => {
  test("a share takes a GPU and holds all of it", () => {
    const { startS, utilization } = run({ mode: "whole" }, [job(0, 100, 100), job(0, 100, 100)]);
    expect([...startS]).toEqual([0, 100]);
    expect(utilization.maxima[0]).toBe(1000);
  });
});

describe("MIG", () => {
  const cut = (...layouts: (readonly MigPlacement[])[]): NodePartitioning => ({
    mode: "mig",
    layouts,
  });

  test("instances go by preference, wait for each other, and have the speed of their multiprocessors", () => {
    const { startS, endS } = run(cut(halves), [
      { ...job(0, 100), gpuPart: mig("3g.40gb") },
      { ...job(0, 100), gpuPart: mig("1g.10gb", "3g.40gb") },
      // Recorded on a whole GPU: 42 of 108 multiprocessors.
      { ...job(0, 42), gpuPart: memory(30e9) },
    ]);
    expect([...startS]).toEqual([0, 0, 100]);
    expect(endS[0]).toBe(100);
    expect(endS[1]).toBe(100);
    expect(endS[2]).toBeCloseTo(208, 9);
  });

  test("whole-GPU jobs and jobs on several nodes' worth of instances can never run", () => {
    const { outcome } = run(cut(halves), [
      job(0, 10),
      { ...job(0, 10), gpuCount: 3, gpuPart: mig("3g.40gb") },
    ]);
    expect([...outcome]).toEqual([4, 4]);
  });

  test("two 3g strand a seventh of the compute, seven 1g an eighth of the memory", () => {
    const two = run(cut(halves), [{ ...job(0, 100), gpuPart: mig("3g.40gb") }]);
    expect(two.mig).toMatchObject({ gpus: 1, strandedMemoryShare: 0, repartitions: 0 });
    expect(two.mig!.strandedComputeShare).toBeCloseTo(1 / 7, 12);
    expect(two.mig!.instanceHours.get("3g.40gb")).toBeCloseTo(100 / 3600, 12);
    expect(two.mig!.startsByProfile.get("3g.40gb")).toBe(1);
    const seven = run(cut(sevenths), [{ ...job(0, 100), gpuPart: mig("1g.10gb") }]);
    expect(seven.mig!.strandedComputeShare).toBe(0);
    expect(seven.mig!.strandedMemoryShare).toBeCloseTo(1 / 8, 12);
  });
});

describe("layouts that change", () => {
  const dynamic = (
    layout: readonly MigPlacement[],
    drainAfterS?: number,
    gpus = 1,
  ): NodePartitioning => ({
    mode: "mig",
    layouts: Array.from({ length: gpus }, () => layout),
    repartitioning: {
      durationS: 240,
      gpusAtOnceMax: 1,
      ...(drainAfterS === undefined ? {} : { drainAfterS }),
    },
  });

  test("an idle GPU is cut for what waits, which starts when the layout is there", () => {
    const {
      startS,
      mig: figures,
      endOfRunS,
    } = run(dynamic(whole), [{ ...job(10, 100), gpuPart: mig("1g.10gb") }]);
    expect([...startS]).toEqual([250]);
    expect(figures).toMatchObject({ repartitions: 1 });
    expect(figures!.gpuHoursRepartitioning).toBeCloseTo(240 / 3600, 12);
    expect(endOfRunS).toBe(350);
  });

  test("a GPU in use is cut when it is idle by itself, or drained after the time allowed", () => {
    const jobs: readonly Job[] = [
      { ...job(0, 1000), gpuPart: mig("3g.40gb") },
      { ...job(0, 1500), gpuPart: mig("3g.40gb") },
      { ...job(100, 50), gpuPart: mig("7g.80gb") },
      // Keeps the GPU busy unless it is drained.
      { ...job(1100, 2000), gpuPart: mig("3g.40gb") },
    ];
    expect([...run(dynamic(halves), jobs).startS]).toEqual([0, 0, 3340, 1100]);
    // Drained at 700, empty at 1500, whole from 1740 to 1790, then cut again for the last job.
    expect([...run(dynamic(halves, 600), jobs).startS]).toEqual([0, 0, 1740, 2030]);
  });

  test("a job that fits no layout is never placeable, one that fits another layout is", () => {
    const { outcome } = run(dynamic(whole), [
      { ...job(0, 10), gpuPart: mig("1g.5gb") },
      { ...job(0, 10), gpuPart: mig("4g.40gb") },
    ]);
    expect([...outcome]).toEqual([4, 3]);
  });

  test("whatever is asked for, everything that fits some layout is done in the end", () => {
    const profiles = ["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"];
    const jobs = fc.array(
      fc.record({
        submitS: fc.integer({ min: 0, max: 5000 }),
        durationS: fc.integer({ min: 1, max: 3000 }),
        profile: fc.constantFrom(...profiles),
      }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(jobs, fc.constantFrom(undefined, 0, 600), (asked, drainAfterS) => {
        const rows = asked.map(({ submitS, durationS, profile }) => ({
          ...job(submitS, durationS),
          gpuPart: mig(profile),
        }));
        const result = run(dynamic(halves, drainAfterS, 2), rows, { gpus: 2 });
        expect(result.stopReason).toBe("drained");
        expect([...result.outcome]).toEqual(rows.map(() => 3));
        asked.forEach((_, index) => {
          const tookS = result.endS[index]! - result.startS[index]!;
          expect(tookS).toBeCloseTo(result.jobs.durationS[index]!, 6);
        });
        const { integrals, spanS } = result.utilization;
        const all = integrals[0]! + integrals.slice(3).reduce((sum, value) => sum + value, 0);
        expect(all).toBeCloseTo(2000 * spanS, 3);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what would misread partitioned nodes is refused", () => {
  const cut: NodePartitioning = { mode: "mig", layouts: [halves] };
  const one = [{ ...job(0, 1), gpuPart: mig("3g.40gb") }];
  test.each<[string, Partial<BatchSpec>, string]>([
    ["pool", { placement: { kind: "pool" } }, "placement pool counts whole GPUs"],
    [
      "fgd",
      { placement: { kind: "nodes", policy: "fgd" } },
      "placement fgd scores free thousandths",
    ],
    ["backfill", { queue: { name: "easy-backfill" } }, "queue easy-backfill plans ahead"],
  ])("%s", (_what, spec, message) => {
    expect(() => run(cut, one, spec)).toThrow(message);
  });
});

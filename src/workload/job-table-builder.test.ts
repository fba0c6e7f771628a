import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createJobTableBuilder } from "./job-table-builder.js";
import { JOB_STATUSES } from "./job-table.js";

describe("createJobTableBuilder", () => {
  test("an empty builder makes an empty table", () => {
    const { jobs, rowsOutOfOrder } = createJobTableBuilder().build();
    expect(jobs.count).toBe(0);
    expect(rowsOutOfOrder).toBe(0);
    expect(jobs.submitS).toHaveLength(0);
    expect(jobs.partitionNames).toEqual([""]);
  });

  test("fills in the documented defaults and leaves optional columns away", () => {
    const builder = createJobTableBuilder();
    builder.add({ id: "a", submitS: 5, durationS: 10, gpuCount: 2 });
    builder.add({ id: "b", submitS: 6, durationS: 10, gpuCount: 0 });
    const { jobs } = builder.build();
    expect(Array.from(jobs.submitS)).toEqual([0, 1]);
    expect(jobs.walltimeS[0]).toBeNaN();
    expect(jobs.workers[0]).toBe(1);
    expect(jobs.shapes).toEqual([
      { cpuMilli: 0, memoryBytes: 0, gpuCount: 2, gpuMilli: 1000, gpuModels: [] },
      { cpuMilli: 0, memoryBytes: 0, gpuCount: 0, gpuMilli: 0, gpuModels: [] },
    ]);
    expect(jobs.tenantNames).toEqual([""]);
    for (const name of ["gangGpus", "user", "status", "recordedStartS", "deadlineS"] as const) {
      expect(jobs[name]).toBeUndefined();
    }
    expect(jobs.originEpochS).toBeUndefined();
  });

  test("sorts by submit time, stably, and takes every column along", () => {
    const builder = createJobTableBuilder();
    builder.add({ id: "late", submitS: 300, durationS: 3, gpuCount: 1, tenant: "x", user: "u" });
    builder.add({ id: "first", submitS: 100, durationS: 1, gpuCount: 8, gangGpus: 12, workers: 2 });
    builder.add({ id: "second", submitS: 100, durationS: 2, gpuCount: 1, recordedStartS: 150 });
    builder.addDependency(0, 2);
    const { jobs, rowsOutOfOrder } = builder.build({ unixClock: true });
    expect(rowsOutOfOrder).toBe(1);
    expect(jobs.ids).toEqual(["first", "second", "late"]);
    expect(Array.from(jobs.submitS)).toEqual([0, 0, 200]);
    expect(Array.from(jobs.durationS)).toEqual([1, 2, 3]);
    expect(jobs.originEpochS).toBe(100);
    expect(jobs.shapes[jobs.shape[0]!]!.gpuCount).toBe(8);
    expect(jobs.tenantNames[jobs.tenant[2]!]).toBe("x");
    expect(Array.from(jobs.user!)).toEqual([0, 0, 1]);
    expect(jobs.userNames).toEqual(["", "u"]);
    // A job that names no gang size has workers × GPUs of a worker.
    expect(Array.from(jobs.gangGpus!)).toEqual([12, 1, 1]);
    expect(Array.from(jobs.recordedStartS!)).toEqual([Number.NaN, 50, Number.NaN]);
    expect(Array.from(jobs.dependencyOffset!)).toEqual([0, 0, 0, 1]);
    expect(Array.from(jobs.dependencies!)).toEqual([1]);
  });

  test("refuses a second job of the same id and keeps the first", () => {
    const builder = createJobTableBuilder();
    expect(builder.add({ id: "a", submitS: 0, durationS: 1, gpuCount: 1 })).toBe(0);
    expect(builder.add({ id: "a", submitS: 9, durationS: 9, gpuCount: 9 })).toBe(-1);
    expect(builder.add({ id: "b", submitS: 1, durationS: 1, gpuCount: 1 })).toBe(1);
    expect(builder.rowOf("a")).toBe(0);
    expect(builder.rowOf("zzz")).toBe(-1);
    expect(Array.from(builder.build().jobs.durationS)).toEqual([1, 1]);
  });

  test("an elastic job keeps its bounds, a rigid one gets its own size", () => {
    const builder = createJobTableBuilder();
    builder.add({ id: "rigid", submitS: 0, durationS: 1, gpuCount: 1, workers: 4 });
    builder.add({
      id: "elastic",
      submitS: 0,
      durationS: 1,
      gpuCount: 1,
      workers: 4,
      workersMin: 2,
    });
    const { jobs } = builder.build();
    expect(Array.from(jobs.workersMin!)).toEqual([4, 2]);
    expect(jobs.workersMax).toBeUndefined();
  });

  test("status and preemptible columns hold what was given", () => {
    const builder = createJobTableBuilder();
    builder.add({ id: "a", submitS: 0, durationS: 1, gpuCount: 1 });
    builder.add({
      id: "b",
      submitS: 0,
      durationS: 1,
      gpuCount: 1,
      status: "failed",
      preemptible: true,
    });
    builder.add({ id: "c", submitS: 0, durationS: 1, gpuCount: 1 });
    const { jobs } = builder.build();
    expect(Array.from(jobs.status!, (index) => JOB_STATUSES[index])).toEqual([
      "unknown",
      "failed",
      "unknown",
    ]);
    expect(Array.from(jobs.preemptible!)).toEqual([0, 1, 0]);
  });

  test("a removed row leaves with its dependencies, the others keep their values", () => {
    const builder = createJobTableBuilder();
    for (const id of ["a", "b", "c"]) {
      builder.add({ id, submitS: 1, durationS: 0, gpuCount: 1, deadlineS: 9 });
    }
    builder.addDependency(1, 0);
    builder.addDependency(2, 1);
    builder.setDuration(2, 7);
    builder.remove(1);
    const { jobs } = builder.build();
    expect(jobs.count).toBe(2);
    expect(jobs.ids).toEqual(["a", "c"]);
    expect(Array.from(jobs.durationS)).toEqual([0, 7]);
    expect(Array.from(jobs.deadlineS!)).toEqual([8, 8]);
    expect(jobs.dependencies).toBeUndefined();
  });

  test("any rows: same multiset of jobs, sorted, shapes and names interned once", () => {
    const row = fc.record({
      submitS: fc.integer({ min: -50, max: 50 }),
      durationS: fc.integer({ min: 0, max: 9 }),
      gpuCount: fc.integer({ min: 0, max: 3 }),
      tenant: fc.constantFrom("", "a", "b"),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const builder = createJobTableBuilder();
        rows.forEach((job, index) => builder.add({ ...job, id: `j${index}` }));
        const { jobs } = builder.build({ originS: 0 });
        expect(jobs.count).toBe(rows.length);
        expect(new Set(jobs.shapes.map((shape) => JSON.stringify(shape))).size).toBe(
          jobs.shapes.length,
        );
        expect(new Set(jobs.tenantNames).size).toBe(jobs.tenantNames.length);
        const order = rows.map((job, index) => ({ ...job, index }));
        order.sort((left, right) => left.submitS - right.submitS || left.index - right.index);
        order.forEach((job, at) => {
          expect(jobs.ids[at]).toBe(`j${job.index}`);
          expect(jobs.submitS[at]).toBe(job.submitS);
          expect(jobs.durationS[at]).toBe(job.durationS);
          expect(jobs.shapes[jobs.shape[at]!]!.gpuCount).toBe(job.gpuCount);
          expect(jobs.tenantNames[jobs.tenant[at]!]).toBe(job.tenant);
        });
      }),
      { numRuns: 60 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createJobTableBuilder } from "./job-table-builder.js";
import type { JobTable } from "./job-table.js";
import { COPY_JITTER_S, scaleLoad } from "./scale-load.js";

/** Jobs a0, a1, … one minute apart over `count` minutes. */
function someJobs(count: number): JobTable {
  const builder = createJobTableBuilder();
  for (let index = 0; index < count; index += 1) {
    builder.add({
      id: `a${index}`,
      submitS: 60 * index,
      durationS: 10 + index,
      gpuCount: 1 + (index % 8),
      tenant: `t${index % 3}`,
    });
  }
  return builder.build().jobs;
}

/** Hands out the given numbers in turn and counts them. */
function numbersInTurn(values: readonly number[]): { uniform(): number; drawn(): number } {
  let drawn = 0;
  return {
    uniform: () => values[drawn++ % values.length]!,
    drawn: () => drawn,
  };
}

/** Van der Corput sequence: as even as numbers in [0, 1) can be, in a scattered order. */
function evenNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    let value = 0;
    let denominator = 1;
    for (let rest = index; rest > 0; rest = Math.floor(rest / 2)) {
      denominator *= 2;
      value += (rest % 2) / denominator;
    }
    return value;
  });
}

describe("scaleLoad", () => {
  test("a factor of 1 changes nothing", () => {
    const jobs = someJobs(50);
    expect(scaleLoad(jobs, 1, numbersInTurn(evenNumbers(100)))).toEqual(jobs);
  });

  test("a whole factor copies every job, the originals untouched", () => {
    const jobs = someJobs(40);
    const scaled = scaleLoad(jobs, 3, numbersInTurn(evenNumbers(80)));
    expect(scaled.count).toBe(120);
    for (let row = 0; row < jobs.count; row += 1) {
      const at = scaled.ids.indexOf(jobs.ids[row]!);
      expect(scaled.submitS[at]).toBe(jobs.submitS[row]);
      for (const name of [`a${row}~1`, `a${row}~2`]) {
        const copy = scaled.ids.indexOf(name);
        expect(scaled.durationS[copy]).toBe(jobs.durationS[row]);
        expect(scaled.shape[copy]).toBe(scaled.shape[at]);
        expect(Math.abs(scaled.submitS[copy]! - jobs.submitS[row]!)).toBeLessThanOrEqual(
          COPY_JITTER_S,
        );
      }
    }
    expect([...scaled.submitS]).toEqual([...scaled.submitS].sort((left, right) => left - right));
  });

  test("draws two numbers per job, whatever the factor", () => {
    for (const factor of [0.1, 1, 1.25, 4]) {
      const source = numbersInTurn(evenNumbers(60));
      scaleLoad(someJobs(30), factor, source);
      expect(source.drawn()).toBe(60);
    }
  });

  test("the number of jobs is the factor times as many", () => {
    // Evenly spread numbers make the count exact to one job.
    const jobs = someJobs(1024);
    const presence = evenNumbers(1024).flatMap((value) => [value, 0.5]);
    for (const factor of [0.25, 0.8, 1.25, 2.5]) {
      const { count } = scaleLoad(jobs, factor, numbersInTurn(presence));
      expect(Math.abs(count - factor * 1024)).toBeLessThanOrEqual(1);
    }
  });

  test("copies stay inside the span of the trace", () => {
    const jobs = someJobs(10);
    const scaled = scaleLoad(jobs, 5, numbersInTurn(evenNumbers(20)));
    expect(scaled.submitS[0]).toBe(0);
    expect(scaled.submitS[scaled.count - 1]).toBe(540);
  });

  test("a scaled trace can be scaled again without two jobs of one name", () => {
    const twice = scaleLoad(
      scaleLoad(someJobs(20), 2, numbersInTurn([0.5])),
      2,
      numbersInTurn([0.3]),
    );
    expect(twice.count).toBe(80);
    expect(new Set(twice.ids).size).toBe(80);
  });

  test("recorded times belong to the original alone, deadlines move with the copy", () => {
    const builder = createJobTableBuilder();
    builder.add({ id: "first", submitS: 0, durationS: 1, gpuCount: 1 });
    builder.add({
      id: "job",
      submitS: 5000,
      durationS: 1,
      gpuCount: 1,
      recordedStartS: 5010,
      recordedEndS: 5011,
      deadlineS: 6000,
      status: "failed",
    });
    builder.add({ id: "last", submitS: 9000, durationS: 1, gpuCount: 1 });
    const scaled = scaleLoad(builder.build().jobs, 2, numbersInTurn([0.1, 0.9]));
    const copy = scaled.ids.indexOf("job~1");
    const job = scaled.ids.indexOf("job");
    expect(scaled.recordedStartS![job]).toBe(5010);
    expect(scaled.recordedStartS![copy]).toBeNaN();
    expect(scaled.deadlineS![copy]! - scaled.submitS[copy]!).toBe(1000);
    expect(scaled.status![copy]).toBe(0);
  });

  test("copies depend on copies, or on the original where the load has no copy", () => {
    const builder = createJobTableBuilder();
    builder.add({ id: "a", submitS: 0, durationS: 1, gpuCount: 1 });
    builder.add({ id: "b", submitS: 7200, durationS: 1, gpuCount: 1 });
    builder.addDependency(1, 0);
    const { jobs } = builder.build();
    const edges = (scaled: JobTable): string[] =>
      Array.from({ length: scaled.count }, (_, row) =>
        Array.from(
          scaled.dependencies!.subarray(
            scaled.dependencyOffset![row]!,
            scaled.dependencyOffset![row + 1]!,
          ),
          (after) => `${scaled.ids[row]}<${scaled.ids[after]}`,
        ),
      ).flat();
    expect(edges(scaleLoad(jobs, 2, numbersInTurn([0.1, 0.5]))).sort()).toEqual(["b<a", "b~1<a~1"]);
    // Job a has no copy at 1.5 (u = 0.9), job b has one (u = 0.1).
    const uneven = scaleLoad(jobs, 1.5, numbersInTurn([0.9, 0.5, 0.1, 0.5]));
    expect(edges(uneven).sort()).toEqual(["b<a", "b~1<a"]);
    // At 0.5 job a is thinned away, and with it what b waited for.
    expect(scaleLoad(jobs, 0.5, numbersInTurn([0.9, 0.5, 0.1, 0.5])).dependencies).toBeUndefined();
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1001])(
    "refuses the factor %d",
    (factor) => {
      expect(() => scaleLoad(someJobs(2), factor, numbersInTurn([0.5]))).toThrow(RangeError);
    },
  );

  test("a higher load holds every job of a lower one, at the same times", () => {
    const jobs = someJobs(60);
    const timesOf = (table: JobTable): Map<string, number> =>
      new Map(table.ids.map((id, row) => [id, table.submitS[row]!]));
    const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(uniform, { minLength: 120, maxLength: 120 }),
        fc.double({ min: 0.05, max: 4, noNaN: true }),
        fc.double({ min: 0.05, max: 4, noNaN: true }),
        (values, one, other) => {
          const low = scaleLoad(jobs, Math.min(one, other), numbersInTurn(values));
          const high = timesOf(scaleLoad(jobs, Math.max(one, other), numbersInTurn(values)));
          for (const [id, submitS] of timesOf(low)) expect(high.get(id)).toBe(submitS);
        },
      ),
      { numRuns: 100 },
    );
  });
});

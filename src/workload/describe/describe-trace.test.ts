import { describe, expect, test } from "vitest";

import { createJobTableBuilder } from "../job-table-builder.js";
import type { JobRow } from "../job-row.js";
import type { JobTable } from "../job-table.js";
import { describeTrace } from "./describe-trace.js";

const HOUR = 3600;

/** Second 0 is Monday 00:00. */
function tableOf(rows: readonly Partial<JobRow>[], originEpochS?: number): JobTable {
  const builder = createJobTableBuilder();
  rows.forEach((row, index) => {
    builder.add({ id: `j${index + 1}`, submitS: 0, durationS: HOUR, gpuCount: 1, ...row });
  });
  const { jobs } = builder.build({ originS: 0 });
  return originEpochS === undefined ? jobs : { ...jobs, originEpochS };
}

// By hand. GPU-hours: 1, 32, 0.5, 0, 4, 0 = 37.5.
const six = tableOf([
  { submitS: 0, durationS: HOUR, gpuCount: 1, tenant: "a", recordedStartS: 60 },
  { submitS: 0, durationS: 2 * HOUR, workers: 2, gpuCount: 8, tenant: "b" },
  { submitS: 1800, durationS: HOUR, gpuCount: 1, gpuMilli: 500, tenant: "a", recordedStartS: 1800 },
  { submitS: 1800, durationS: 3 * HOUR, gpuCount: 0, cpuMilli: 1000, tenant: "a" },
  { submitS: 2 * HOUR, durationS: HOUR, gpuCount: 4, tenant: "b" },
  { submitS: 26 * HOUR, durationS: 0, gpuCount: 1, tenant: "c" },
]);

describe("describeTrace", () => {
  const description = describeTrace(six, { gpus: 16 });

  test("counts, span and GPU time", () => {
    expect(description).toMatchObject({
      jobs: 6,
      jobsWithoutGpu: 1,
      firstSubmitS: 0,
      lastSubmitS: 26 * HOUR,
      spanS: 26 * HOUR,
      gpuSeconds: 37.5 * HOUR,
      clusterGpus: 16,
    });
  });

  test("gang sizes: shares of one GPU are one entry", () => {
    expect(description.gangSizes).toEqual([
      { gpusMin: 0, gpusMax: 0, jobs: 1, gpuSeconds: 0 },
      { gpusMin: 0.5, gpusMax: 0.5, jobs: 1, gpuSeconds: 0.5 * HOUR },
      { gpusMin: 1, gpusMax: 1, jobs: 2, gpuSeconds: HOUR },
      { gpusMin: 4, gpusMax: 4, jobs: 1, gpuSeconds: 4 * HOUR },
      { gpusMin: 16, gpusMax: 16, jobs: 1, gpuSeconds: 32 * HOUR },
    ]);
  });

  test("tenants by GPU time", () => {
    expect(description.tenants).toEqual([
      { name: "b", jobs: 2, gpuSeconds: 36 * HOUR },
      { name: "a", jobs: 3, gpuSeconds: 1.5 * HOUR },
      { name: "c", jobs: 1, gpuSeconds: 0 },
    ]);
  });

  test("durations 0, 1, 1, 1, 2, 3 h: quantiles by rule R-7", () => {
    const { p5, p25, p50, p75, p95, p99, ...rest } = description.durationS;
    expect(rest).toEqual({ count: 6, min: 0, mean: (8 * HOUR) / 6, max: 3 * HOUR });
    const hours = [p5, p25, p50, p75, p95, p99].map((value) => value / HOUR);
    [0.25, 1, 1, 1.75, 2.75, 2.95].forEach((value, index) => {
      expect(hours[index]).toBeCloseTo(value, 12);
    });
  });

  test("recorded waits of the two jobs that have one", () => {
    expect(description.recordedWaitS).toMatchObject({ count: 2, mean: 30, min: 0, max: 60 });
    expect(describeTrace(tableOf([{}])).recordedWaitS).toBeNull();
  });

  test("demand: 17 from 0, 17.5 from 0.5 h, ends before starts, nothing after 3.5 h", () => {
    const { demand } = description;
    expect(demand).toMatchObject({ peakGpus: 17.5, peakAtS: 1800, fromS: 0, toS: 3.5 * HOUR });
    expect(demand.meanGpus).toBeCloseTo(37.5 / 3.5, 9);
    expect(demand.bins).toHaveLength(72);
    // Bins of 175 s. The 11th begins at 1750 s: 50 s of 17 and 125 s of 17.5.
    expect(demand.bins[0]).toEqual({ meanGpus: 17, peakGpus: 17 });
    expect(demand.bins[10]!.meanGpus).toBeCloseTo((50 * 17 + 125 * 17.5) / 175, 9);
    expect(demand.bins[10]!.peakGpus).toBe(17.5);
    expect(demand.bins[71]).toEqual({ meanGpus: 0, peakGpus: 0 });
  });

  test("arrivals: 27 clock hours from Monday 00:00, counts 4, 0, 1, ..., 1", () => {
    const { arrivals } = description;
    expect(arrivals).toMatchObject({ clock: "second-0-is-monday", hours: 27 });
    expect(arrivals.hourOfDay[0]).toEqual({ name: "0", jobs: 4, hours: 2, jobsPerHour: 2 });
    expect(arrivals.hourOfDay[2]).toEqual({ name: "2", jobs: 2, hours: 2, jobsPerHour: 1 });
    expect(arrivals.hourOfDay[5]).toEqual({ name: "5", jobs: 0, hours: 1, jobsPerHour: 0 });
    expect(arrivals.weekday.slice(0, 3)).toEqual([
      { name: "Mon", jobs: 5, hours: 24, jobsPerHour: 5 / 24 },
      { name: "Tue", jobs: 1, hours: 3, jobsPerHour: 1 / 3 },
      { name: "Wed", jobs: 0, hours: 0, jobsPerHour: null },
    ]);
    const mean = 6 / 27;
    const squares = (4 - mean) ** 2 + 2 * (1 - mean) ** 2 + 24 * mean ** 2;
    expect(arrivals.dispersionIndex).toBeCloseTo(squares / 26 / mean, 12);
  });

  test("a calendar moves hours and weekdays: 2017-10-01 was a Sunday", () => {
    const table = tableOf([{ submitS: 0 }], Date.UTC(2017, 9, 1, 22, 30) / 1000);
    const { arrivals } = describeTrace(table);
    expect(arrivals.clock).toBe("utc");
    expect(arrivals.hourOfDay[22]!.jobs).toBe(1);
    expect(arrivals.weekday[6]).toMatchObject({ name: "Sun", jobs: 1 });
    expect(arrivals.dispersionIndex).toBeNull();
  });

  test("the largest job by GPUs and by GPU time", () => {
    expect(description.largest).toEqual({
      byGpus: { id: "j2", gpus: 16, durationS: 2 * HOUR, gpuSeconds: 32 * HOUR },
      byGpuSeconds: { id: "j2", gpus: 16, durationS: 2 * HOUR, gpuSeconds: 32 * HOUR },
    });
  });

  test("load without the last job: 37.5 GPU-hours over 16 GPUs and 26 h, of too few jobs to last", () => {
    expect(description.load!.value).toBeCloseTo(37.5 / (16 * 26), 12);
    expect(description.load!.lasting).toBe(false);
    expect(describeTrace(six).load).toBeNull();
    expect(describeTrace(tableOf([{}, {}]), { gpus: 1 }).load).toBeNull();
  });

  test("GPUs of the whole job count where the trace has them", () => {
    const table = tableOf([{ workers: 2, gpuCount: 7, gangGpus: 13 }]);
    expect(describeTrace(table).gangSizes).toMatchObject([{ gpusMin: 13, gpusMax: 13 }]);
  });
});

describe("warnings", () => {
  const rulesOf = (jobs: JobTable, gpus?: number, format?: string): string[] =>
    describeTrace(jobs, {
      ...(gpus === undefined ? {} : { gpus }),
      ...(format === undefined ? {} : { format }),
    }).warnings.map(({ rule }) => rule);
  /** One job a minute, each 1 hour on one GPU: 60 GPUs are full. */
  const steady = tableOf(Array.from({ length: 2000 }, (_, index) => ({ submitS: index * 60 })));

  test("a load of 1 or more says that jobs pile up, below it nothing", () => {
    expect(rulesOf(steady, 60)).toEqual(["demand-exceeds-capacity"]);
    expect(rulesOf(steady, 61)).toEqual([]);
    const { message, help } = describeTrace(steady, { gpus: 40 }).warnings[0]!;
    expect(message).toMatch(/^jobs would pile up: .* 1\.5 times .* 40 GPUs .* 33\.3 h /);
    expect(help).toMatch(/at least 60 GPUs.*--load 0\.53 /);
  });

  test("too much at once of too few jobs is a burst, not a load", () => {
    expect(rulesOf(tableOf([{}, { submitS: 60 }, { submitS: 120 }]), 1)).toEqual([
      "burst-exceeds-capacity",
    ]);
  });

  test("jobs that no cluster of that size can hold are counted", () => {
    const table = tableOf([{ workers: 2, gpuCount: 8 }, { gpuCount: 4 }, { gpuCount: 1 }]);
    const { warnings } = describeTrace(table, { gpus: 3 });
    expect(warnings.map(({ rule }) => rule)).toEqual(["jobs-larger-than-cluster"]);
    expect(warnings[0]!.message).toBe(
      "2 jobs ask for more than 3 GPUs and can never start; the largest, j1, asks for 16.",
    );
    expect(rulesOf(table, 16)).toEqual([]);
  });

  test("a sample is called one by its format; any demand far below the cluster is called so", () => {
    expect(rulesOf(six, undefined, "openb-pods-csv")).toEqual(["times-of-a-sample"]);
    expect(rulesOf(six, 175)).toEqual([]);
    expect(rulesOf(six, 176)).toEqual(["demand-far-below-cluster"]);
  });
});

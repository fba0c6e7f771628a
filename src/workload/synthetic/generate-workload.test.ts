import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { distanceTo } from "../../stats/kolmogorov-smirnov.js";
import { quantile } from "../../stats/quantile.js";
import type { JobTable } from "../job-table.js";
import { writeHeadroomCsv } from "../write-headroom-csv.js";
import { generateWorkload, jobsPerWeekOf } from "./generate-workload.js";
import type { WorkloadKind, WorkloadParameters } from "./parameters.js";
import { WEEK_S } from "./weekly-clock.js";

// Rates from 1 to 4 by the hour of the day, none on Sunday.
const weights = Array.from({ length: 168 }, (_, hour) => (hour >= 144 ? 0 : 1 + (hour % 4)));

const small: WorkloadKind = {
  name: "small",
  weight: 3,
  workers: 1,
  gpusPerWorker: 1,
  gpuMilli: 500,
  hosts: [{ weight: 1, cpuMilli: 4000, memoryMib: 1024 }],
  durationS: {
    model: "lognormal-mixture",
    parts: [{ weight: 1, medianS: 600, sigma: 1 }],
    minS: 1,
    maxS: 1e9,
  },
  batch: { continueProbability: 0.75, gapMeanS: 5 },
  walltime: { excessMedian: 0.5, sigma: 1, roundUpToS: [900, 3600] },
  tenants: [
    { name: "a", weight: 1 },
    { name: "b", weight: 3 },
  ],
};
const large: WorkloadKind = {
  name: "large",
  weight: 1,
  workers: 2,
  gpusPerWorker: 8,
  hosts: [
    { weight: 1, cpuMilli: 64_000, memoryMib: 1000 },
    { weight: 1, cpuMilli: 32_000, memoryMib: 500 },
  ],
  durationS: { model: "quantiles", valuesS: [100, 1000, 10_000] },
  batch: { continueProbability: 0, gapMeanS: 0 },
  tenants: [{ name: "c", weight: 1 }],
  priority: 5,
};
const parameters: WorkloadParameters = {
  schema: "headroom/workload/v1",
  description: "test",
  seed: 1,
  weeks: 10,
  jobsPerWeek: 2000,
  hourOfWeekWeights: weights,
  kinds: [small, large],
};

const generate = (given: WorkloadParameters, seed = 7): JobTable =>
  generateWorkload(given, createRandomStreams(seed));
const rowsOf = (jobs: JobTable, tenant: string): number[] =>
  Array.from(jobs.ids, (_, row) => row).filter(
    (row) => jobs.tenantNames[jobs.tenant[row]!] === tenant,
  );

describe("generateWorkload", () => {
  const jobs = generate(parameters);
  const largeRows = rowsOf(jobs, "c");
  const smallRows = [...rowsOf(jobs, "a"), ...rowsOf(jobs, "b")];

  test("the same seed gives the same jobs, another gives others", () => {
    const text = (table: JobTable): string => [...writeHeadroomCsv(table)].join("");
    expect(text(generate(parameters)) === text(jobs)).toBe(true);
    expect(text(generate(parameters, 8)) === text(jobs)).toBe(false);
  });

  test("counts follow the weights of the kinds", () => {
    expect(jobsPerWeekOf(small, parameters)).toBe(1500);
    // Poisson: 5,000 ± 3 × 71. Batches of mean 4 spread the small ones: 15,000 ± 3 × √(15,000 × 7).
    expect(Math.abs(largeRows.length - 5000)).toBeLessThan(213);
    expect(Math.abs(smallRows.length - 15_000)).toBeLessThan(972);
  });

  test("arrivals follow the hours of the week", () => {
    const perHour = new Array<number>(168).fill(0);
    for (const row of largeRows) {
      const hour = Math.floor((jobs.submitS[row]! % WEEK_S) / 3600);
      perHour[hour]! += 1;
    }
    expect(perHour.slice(144).every((count) => count === 0)).toBe(true);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let chiSquare = 0;
    for (let hour = 0; hour < 144; hour += 1) {
      const expected = (5000 * weights[hour]!) / total;
      chiSquare += (perHour[hour]! - expected) ** 2 / expected;
    }
    // 144 degrees of freedom: mean 144, standard deviation 17.
    expect(chiSquare).toBeLessThan(144 + 4 * 17);
    expect(chiSquare).toBeGreaterThan(144 - 4 * 17);
  });

  test("durations follow their models", () => {
    const lognormal = smallRows.map((row) => jobs.durationS[row]!);
    expect(Math.abs(quantile(lognormal, 0.5)! / 600 - 1)).toBeLessThan(0.05);
    // Mean of a lognormal: median × exp(sigma² / 2).
    const meanS = lognormal.reduce((sum, value) => sum + value, 0) / lognormal.length;
    expect(Math.abs(meanS / (600 * Math.exp(0.5)) - 1)).toBeLessThan(0.05);
    // Quantiles 100, 1000, 10,000 with straight logarithms: log10 is uniform from 2 to 4.
    const logs = largeRows.map((row) => Math.log10(jobs.durationS[row]!));
    const distance = distanceTo(logs, (value) => Math.min(1, Math.max(0, (value - 2) / 2)));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(logs.length));
  });

  test("tenants, hosts, priority and shares are those of the kind", () => {
    expect(Math.abs(rowsOf(jobs, "b").length / smallRows.length - 0.75)).toBeLessThan(0.03);
    const cores = largeRows.map((row) => jobs.shapes[jobs.shape[row]!]!.cpuMilli);
    expect(
      Math.abs(cores.filter((value) => value === 64_000).length / cores.length - 0.5),
    ).toBeLessThan(0.02);
    expect(jobs.priority[largeRows[0]!]).toBe(5);
    expect(jobs.workers[largeRows[0]!]).toBe(2);
    expect(jobs.shapes[jobs.shape[smallRows[0]!]!]!.gpuMilli).toBe(500);
  });

  test("batches have the stated mean size", () => {
    // Batches of the small kind are a few seconds long and minutes apart, but may overlap: count runs of
    // gaps above a minute as borders, and allow for the overlaps.
    const times = smallRows.map((row) => jobs.submitS[row]!).sort((left, right) => left - right);
    const borders = times.filter(
      (time, index) => index > 0 && time - times[index - 1]! > 60,
    ).length;
    const meanSize = times.length / (borders + 1);
    expect(meanSize).toBeGreaterThan(4);
    expect(meanSize).toBeLessThan(5.5);
  });

  test("estimates hold and are usual values or whole days", () => {
    const isUsual = (valueS: number): boolean =>
      valueS === 900 || valueS === 3600 || valueS % 86_400 === 0;
    const bad = smallRows.filter(
      (row) => jobs.walltimeS[row]! < jobs.durationS[row]! || !isUsual(jobs.walltimeS[row]!),
    );
    expect(bad).toEqual([]);
    expect(jobs.walltimeS[largeRows[0]!]).toBeNaN();
  });

  test("changing one kind leaves the jobs of the others where they were", () => {
    const changed = generate({
      ...parameters,
      // Weight and total go up together, so that the large kind keeps its rate.
      jobsPerWeek: 2500,
      kinds: [{ ...small, weight: 4, gpusPerWorker: 2, gpuMilli: 1000 }, large],
    });
    const of = (table: JobTable): string[] =>
      rowsOf(table, "c").map((row) => `${table.submitS[row]} ${table.durationS[row]}`);
    expect(of(changed)).toEqual(of(jobs));
  });

  test("a kind of weight 0 has no jobs", () => {
    const without = generate({ ...parameters, kinds: [{ ...small, weight: 0 }, large] });
    expect(rowsOf(without, "a")).toHaveLength(0);
  });
});

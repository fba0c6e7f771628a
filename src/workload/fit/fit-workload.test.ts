import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { createJobTableBuilder } from "../job-table-builder.js";
import type { JobTable } from "../job-table.js";
import { generateWorkload } from "../synthetic/generate-workload.js";
import type { WorkloadKind, WorkloadParameters } from "../synthetic/parameters.js";
import { parseWorkloadParameters } from "../synthetic/parse-parameters.js";
import { writeHeadroomCsv } from "../write-headroom-csv.js";
import { fitWorkload } from "./fit-workload.js";
import { goodnessOfFit } from "./goodness-of-fit.js";
import { workloadParametersYaml } from "./parameters-yaml.js";

// Goal: a trace that the generator made gives its parameters back. Tolerances are 4 standard errors or more.
const hourWeights = Array.from({ length: 168 }, (_, hour) => {
  const isWeekend = hour >= 120;
  const hourOfDay = hour % 24;
  return (isWeekend ? 0.4 : 1) * (hourOfDay >= 9 && hourOfDay < 18 ? 3 : 1);
});

const lognormal = (medianS: number, sigma: number): WorkloadKind["durationS"] => ({
  model: "lognormal-mixture",
  parts: [{ weight: 1, medianS, sigma }],
  minS: 1,
  maxS: 1e9,
});

const truth: WorkloadParameters = {
  schema: "headroom/workload/v1",
  description: "known",
  seed: 5,
  weeks: 6,
  jobsPerWeek: 2500,
  hourOfWeekWeights: hourWeights,
  kinds: [
    {
      name: "1-gpu",
      weight: 4,
      workers: 1,
      gpusPerWorker: 1,
      hosts: [
        { weight: 3, cpuMilli: 8000, memoryMib: 65_536 },
        { weight: 1, cpuMilli: 4000, memoryMib: 32_768 },
      ],
      durationS: lognormal(1200, 1.5),
      batch: { continueProbability: 0.6, gapMeanS: 6 },
      walltime: { excessMedian: 1, sigma: 0.8, roundUpToS: [900, 3600, 14_400, 86_400] },
      tenants: [
        { name: "a", weight: 3 },
        { name: "b", weight: 1 },
      ],
    },
    {
      name: "2x8-gpu",
      weight: 1,
      workers: 2,
      gpusPerWorker: 8,
      hosts: [{ weight: 1, cpuMilli: 64_000, memoryMib: 524_288 }],
      durationS: lognormal(7200, 1),
      batch: { continueProbability: 0, gapMeanS: 0 },
      tenants: [{ name: "a", weight: 1 }],
      priority: 10,
    },
  ],
};

const jobs = generateWorkload(truth, createRandomStreams(truth.seed));
const fitted = fitWorkload(jobs, { description: "fitted", seed: 3 });
const { parameters } = fitted;
const [small, large] = parameters.kinds as [WorkloadKind, WorkloadKind];

const shareOf = (entries: readonly { readonly weight: number }[], index: number): number =>
  entries[index]!.weight / entries.reduce((sum, { weight }) => sum + weight, 0);
const near = (actual: number, expected: number, relative: number): void => {
  expect(Math.abs(actual / expected - 1), `${actual} is not ${expected}`).toBeLessThan(relative);
};

describe("fitWorkload gives the parameters of a generated trace back", () => {
  test("kinds, priorities and rates", () => {
    expect(parameters.kinds.map(({ name }) => name)).toEqual(["1-gpu", "2x8-gpu"]);
    expect(large).toMatchObject({ workers: 2, gpusPerWorker: 8, priority: 10 });
    expect(small.priority).toBeUndefined();
    expect(fitted.traceWeeks).toBeCloseTo(6, 1);
    expect(parameters.weeks).toBe(6);
    // 12,000 small jobs in batches of mean 2.5, variance factor 4: 1.8 %; large ones: 1.8 %.
    near(parameters.jobsPerWeek, 2500, 0.07);
    near(shareOf(parameters.kinds, 0), 0.8, 0.07);
  });

  test("batches: continue probability and mean gap, and none where there are none", () => {
    expect(Math.abs(small.batch.continueProbability - 0.6)).toBeLessThan(0.03);
    near(small.batch.gapMeanS, 6, 0.1);
    expect(large.batch).toEqual({ continueProbability: 0, gapMeanS: 0 });
  });

  test("hours of the week: working hours are 3 times as busy, weekends 0.4 times", () => {
    const meanOf = (belongs: (hour: number) => boolean): number => {
      const weights = parameters.hourOfWeekWeights.filter((_, hour) => belongs(hour));
      return weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    };
    const isWork = (hour: number): boolean => hour % 24 >= 9 && hour % 24 < 18;
    near(meanOf(isWork) / meanOf((hour) => !isWork(hour)), 3, 0.1);
    near(meanOf((hour) => hour >= 120) / meanOf((hour) => hour < 120), 0.4, 0.15);
  });

  test("durations: the quantiles of the lognormal", () => {
    const at = ({ durationS }: WorkloadKind, q: number): number => {
      const { valuesS } = durationS as Extract<WorkloadKind["durationS"], { model: "quantiles" }>;
      return valuesS[Math.round(q * (valuesS.length - 1))]!;
    };
    // ± 1 standard deviation: exp(±1.5) and exp(±1).
    near(at(small, 0.5), 1200, 0.08);
    near(at(small, 0.8413) / at(small, 0.5), Math.exp(1.5), 0.12);
    near(at(large, 0.5), 7200, 0.1);
    near(at(large, 0.5) / at(large, 0.1587), Math.E, 0.15);
  });

  test("tenants, hosts and estimates", () => {
    expect(small.tenants.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(Math.abs(shareOf(small.tenants, 0) - 0.75)).toBeLessThan(0.04);
    expect(small.hosts[0]).toMatchObject({ cpuMilli: 8000, memoryMib: 65_536 });
    expect(Math.abs(shareOf(small.hosts, 0) - 0.75)).toBeLessThan(0.04);
    expect(small.walltime!.roundUpToS).toEqual(expect.arrayContaining([900, 3600, 14_400, 86_400]));
    // Rounding hides most of the estimate: only its size comes back.
    expect(small.walltime!.excessMedian).toBeGreaterThan(0.5);
    expect(small.walltime!.excessMedian).toBeLessThan(2);
    expect(large.walltime).toBeUndefined();
  });

  test("the same trace gives the same parameters, and YAML keeps every digit", () => {
    expect(fitWorkload(jobs, { description: "fitted", seed: 3 }).parameters).toEqual(parameters);
    const yaml = workloadParametersYaml(parameters);
    expect(parseWorkloadParameters("fitted.yaml", yaml)).toEqual(parameters);
    expect(yaml.split("\n").every((line) => line.length <= 120)).toBe(true);
  });

  test("nothing is lost that the parameters can say; what they cannot is named", () => {
    expect(fitted.notes).toEqual([]);
    const builder = createJobTableBuilder();
    const common = { submitS: 0, durationS: 10, gpuCount: 1 };
    builder.add({ ...common, id: "1", gpuModels: ["A100"], user: "x" });
    builder.add({ ...common, id: "2", partition: "p", priority: 1 });
    const { notes } = fitWorkload(builder.build().jobs, { description: "", seed: 0 });
    expect(notes[0]).toBe(
      "generated jobs do not have the trace's demands for GPU models, partitions, users (tenants stay), priorities within a gang size (the commonest is taken)",
    );
  });
});

test("a short trace gets a factor per day and one per hour of day, and a rate for hours not seen", () => {
  const week = generateWorkload({ ...truth, weeks: 2 / 7 }, createRandomStreams(1));
  const { parameters: short, notes } = fitWorkload(week, { description: "", seed: 0 });
  expect(notes).toEqual([
    expect.stringContaining("a factor per day times a factor per hour of day"),
    expect.stringContaining("covers 48 of the 168 hours"),
  ]);
  const { hourOfWeekWeights: weights } = short;
  // Monday and Tuesday were seen; the other days get their mean.
  near(weights[3 * 24 + 10]!, (weights[10]! + weights[24 + 10]!) / 2, 0.02);
  near(weights[10]! / weights[9]!, weights[24 + 10]! / weights[24 + 9]!, 1e-4);
  // Weekdays have 2500 × (42 / (5 × 42 + 2 × 0.4 × 42)) jobs, so seven of them have 3017; batches: ± 8 %.
  near(short.jobsPerWeek, 3017, 0.25);
  expect(short.weeks).toBeCloseTo(2 / 7, 5);
});

describe("goodnessOfFit", () => {
  const fit = goodnessOfFit(jobs, fitted);

  test("a generated trace is fitted well everywhere but in the hidden part of the estimates", () => {
    expect(fit.poor.filter((place) => !place.startsWith("estimates"))).toEqual([]);
    for (const kind of fit.kinds) {
      expect(kind.durations!.distance).toBeLessThan(kind.durations!.critical);
      expect(kind.gaps!.distance).toBeLessThan(kind.gaps!.critical);
    }
    expect(fit.gangSizeTotalVariation).toBeLessThan(0.03);
    near(fit.gpuSecondsPerWeek.expected, fit.gpuSecondsPerWeek.trace, 0.03);
    // 5 % level of chi-square with these degrees of freedom: mean + 1.645 standard deviations and a little.
    const { degrees, critical } = fit.hoursOfWeek!;
    expect(critical).toBeGreaterThan(degrees + 1.645 * Math.sqrt(2 * degrees));
    expect(critical).toBeLessThan(degrees + 1.645 * Math.sqrt(2 * degrees) + 3);
  });

  test("a trace that begins on a Thursday is compared with the same days", () => {
    // Working hours on Thursday and Friday only, as in the second half of a week.
    const fromS = 3 * 86_400;
    const builder = createJobTableBuilder();
    for (let row = 0; row < jobs.count; row += 1) {
      const submitS = jobs.submitS[row]!;
      if (submitS < fromS || submitS >= fromS + 345_600 || jobs.workers[row] !== 1) continue;
      builder.add({ id: jobs.ids[row]!, submitS, durationS: jobs.durationS[row]!, gpuCount: 1 });
    }
    const { jobs: days } = builder.build({ originS: 0 });
    const { poor, kinds, hoursOfWeek } = goodnessOfFit(
      days,
      fitWorkload(days, { description: "", seed: 4 }),
    );
    expect(poor).toEqual([]);
    near(kinds[0]!.generatedJobs, days.count, 0.2);
    expect(hoursOfWeek!.degrees).toBeLessThanOrEqual(96);
  });

  test("parameters that are wrong are called poor where they are wrong", () => {
    const withSmall = (change: Partial<WorkloadKind>): string[] => {
      const kinds = [{ ...small, ...change }, large];
      return [...goodnessOfFit(jobs, { ...fitted, parameters: { ...parameters, kinds } }).poor];
    };
    expect(withSmall({ durationS: lognormal(1500, 1.5) })).toContain("durations of 1-gpu");
    // The large jobs do most of the work.
    const longer = [small, { ...large, durationS: lognormal(9000, 1) }];
    expect(
      goodnessOfFit(jobs, { ...fitted, parameters: { ...parameters, kinds: longer } }).poor,
    ).toEqual(expect.arrayContaining(["durations of 2x8-gpu", "GPU time per week"]));
    expect(withSmall({ batch: { continueProbability: 0.3, gapMeanS: 6 } })).toContain(
      "gaps between jobs of 1-gpu",
    );
    expect(withSmall({ weight: small.weight / 2 })).toContain("shares of the gang sizes");
    const flat = { ...parameters, hourOfWeekWeights: hourWeights.map(() => 1) };
    expect(goodnessOfFit(jobs, { ...fitted, parameters: flat }).poor).toContain(
      "arrivals by hour of the week",
    );
  });
});

describe("small traces", () => {
  const oneJob = (): JobTable => {
    const builder = createJobTableBuilder();
    builder.add({ id: "only", submitS: 0, durationS: 100, gpuCount: 1, gpuMilli: 250 });
    return builder.build().jobs;
  };

  test("one job is a kind of its own that can be generated", () => {
    const { parameters: single } = fitWorkload(oneJob(), { description: "", seed: 0 });
    expect(single.kinds).toMatchObject([
      { name: "0.25-gpu", gpuMilli: 250, durationS: { valuesS: [100, 100] } },
    ]);
    const text = [...writeHeadroomCsv(generateWorkload(single, createRandomStreams(0)))].join("");
    expect(text.split("\n")[1]).toMatch(/,100,1,1,250,/);
    expect(parseWorkloadParameters("one.yaml", workloadParametersYaml(single))).toEqual(single);
  });
});

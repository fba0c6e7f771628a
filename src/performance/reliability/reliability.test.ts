import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  dalyIntervalS,
  exactIntervalS,
  youngIntervalS,
  type CheckpointSetting,
} from "./checkpoint-interval.js";
import { binomialSums, poissonSums } from "./discrete-sums.js";
import {
  failuresPerNodeS,
  FAILURE_PRESETS,
  findFailurePreset,
  meanTimeBetweenFailuresS,
} from "./failure-presets.js";
import { forecastInterruptions } from "./interruptions.js";
import { availabilityOf, sparesByBinomial, sparesByPoisson } from "./spares.js";
import { weibullScaleS } from "./weibull-scale.js";
import { exactEfficiency, firstOrderEfficiency } from "./training-efficiency.js";

const DAY_S = 86_400;
const llama3 = findFailurePreset("llama3")!;
const rsc1 = findFailurePreset("rsc1")!;

describe("published rates", () => {
  test("the Llama 3 counts add up to 419, and give 3.79 per 1000 node-days and 3.09 h", () => {
    expect(llama3.causes.reduce((sum, cause) => sum + cause.count, 0)).toBe(419);
    const perNodeS = failuresPerNodeS(llama3, { gpusPerNode: 8 });
    expect(perNodeS * DAY_S * 1000).toBeCloseTo(3.7887, 4);
    const forecast = forecastInterruptions({
      nodes: 2048,
      perNodeS,
      durationS: 54 * DAY_S,
      confidence: 0.95,
    });
    expect(forecast.expected).toBeCloseTo(419, 9);
    expect(forecast.meanTimeToInterruptionS / 3600).toBeCloseTo(3.093, 3);
    // 419 ± 1.96 √419 is 378.9 to 459.1; the ends of the exact interval are whole counts.
    expect(forecast.interval).toEqual([379, 460]);
  });

  test("one GPU fault in 79 230 GPU-hours", () => {
    const gpu = llama3.causes.find((cause) => cause.id === "gpu")!;
    expect(meanTimeBetweenFailuresS(llama3, gpu) / 3600).toBeCloseTo(79_230, 0);
  });

  test.each([
    [16_384, 1.8],
    [131_072, 0.23],
  ])("RSC-1 at %i GPUs: published %d h within 2.5 %%", (gpus, hours) => {
    const perNodeS = failuresPerNodeS(rsc1, { gpusPerNode: 8 });
    const { meanTimeToInterruptionS } = forecastInterruptions({
      nodes: gpus / 8,
      perNodeS,
      durationS: 0,
      confidence: 0.95,
    });
    expect(Math.abs(meanTimeToInterruptionS / 3600 / hours - 1)).toBeLessThan(0.025);
  });

  test("a node with half the GPUs has half the GPU failures and all of the others", () => {
    const rate = (gpusPerNode: number): number => failuresPerNodeS(llama3, { gpusPerNode });
    const perNodeDay = (419 - 268 / 2) / (2048 * 54);
    expect(rate(4) * DAY_S).toBeCloseTo(perNodeDay, 12);
    expect(failuresPerNodeS(llama3, { gpusPerNode: 8, onlyRepairs: true }) / rate(8)).toBeCloseTo(
      (419 - 63) / 419,
      12,
    );
  });

  test("names and causes are used once", () => {
    expect(new Set(FAILURE_PRESETS.map((preset) => preset.name)).size).toBe(FAILURE_PRESETS.length);
    for (const preset of FAILURE_PRESETS) {
      expect(new Set(preset.causes.map((cause) => cause.id)).size).toBe(preset.causes.length);
    }
    expect(findFailurePreset("llama4")).toBeUndefined();
  });
});

// Cost, mean time to interruption and restart with Young, Daly, exact interval and efficiency, computed elsewhere.
const TABLE = [
  [60, 28_800, 300, 1859.032, 1819.247, 1819.249, 0.927124],
  [30, 86_400, 120, 2276.84, 2256.884, 2256.884, 0.972527],
  [300, 10_800, 600, 2545.584, 2349.513, 2349.638, 0.740157],
  [60, 1800, 300, 464.758, 425.619, 425.649, 0.646313],
] as const;

describe("checkpoints", () => {
  test.each(TABLE)(
    "cost %d s, interruption every %d s, restart %d s",
    (costS, meanTimeToInterruptionS, restartS, young, daly, exact, efficiency) => {
      const setting: CheckpointSetting = { costS, meanTimeToInterruptionS };
      expect(youngIntervalS(setting)).toBeCloseTo(young, 3);
      expect(dalyIntervalS(setting)).toBeCloseTo(daly, 3);
      expect(exactIntervalS(setting)).toBeCloseTo(exact, 3);
      const intervalS = exactIntervalS(setting);
      expect(exactEfficiency({ ...setting, restartS, intervalS })).toBeCloseTo(efficiency, 6);
    },
  );

  test.each([
    [24 * 60, 116.69],
    [6 * 60, 56.713],
    [15, 9.141],
  ])("Daly's own example of 5 minutes and %d minutes", (meanMinutes, minutes) => {
    const setting = { costS: 300, meanTimeToInterruptionS: meanMinutes * 60 };
    expect(dalyIntervalS(setting) / 60).toBeCloseTo(minutes, 3);
  });

  test("a checkpoint that takes longer than two interruptions is written once per interruption", () => {
    expect(dalyIntervalS({ costS: 200, meanTimeToInterruptionS: 100 })).toBe(100);
  });

  test("the exact interval is the best of its neighbourhood", () => {
    const positive = fc.double({ min: 1, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (costS, meanTimeToInterruptionS) => {
        const setting = { costS, meanTimeToInterruptionS };
        const best = exactIntervalS(setting);
        if (costS > 50 * meanTimeToInterruptionS) return; // e^50: no digit of the work is left
        const at = (intervalS: number): number =>
          exactEfficiency({ ...setting, restartS: 0, intervalS });
        expect(at(best)).toBeGreaterThanOrEqual(at(best * 0.99));
        expect(at(best)).toBeGreaterThanOrEqual(at(best * 1.01));
        expect(at(best)).toBeGreaterThanOrEqual(at(dalyIntervalS(setting)) * (1 - 1e-12));
      }),
      { numRuns: 200 },
    );
  });

  test("the published formula: 128 nodes at 6.50 per 1000 node-days give .904410", () => {
    const perNodeS = failuresPerNodeS(rsc1, { gpusPerNode: 8 });
    const setting = {
      meanTimeToInterruptionS: 1 / (128 * perNodeS),
      intervalS: 3600,
      costS: 300,
      restartS: 300,
    };
    expect(firstOrderEfficiency(setting)).toBeCloseTo(0.90441, 6);
    // The exact model differs by the second order of (restart + interval) / M.
    expect(Math.abs(exactEfficiency(setting) / firstOrderEfficiency(setting)! - 1)).toBeLessThan(
      0.002,
    );
    expect(firstOrderEfficiency({ ...setting, restartS: 1e6 })).toBeNull();
  });
});

describe("sums", () => {
  test.each([
    [1.2, 0.95, 3, 0.966231],
    [4.5, 0.99, 10, 0.993331],
    [0.3, 0.999, 3, 0.999734],
    [20, 0.95, 28, 0.965666],
  ])("Poisson spares for %d away on average at %d", (awayMean, level, spares, availability) => {
    const found = sparesByPoisson({ awayMean, level });
    expect(found.spares).toBe(spares);
    expect(found.availability).toBeCloseTo(availability, 6);
  });

  test.each([
    [2, 2, 0.99, 0.9801],
    [1, 2, 0.99, 0.9999],
    [15, 16, 0.99, 0.989067],
    [126, 128, 0.995, 0.973117],
    [2, 3, 0.9, 0.972],
  ])("%i of %i nodes of availability %d", (needed, nodes, nodeAvailability, availability) => {
    expect(availabilityOf({ needed, nodes, nodeAvailability })).toBeCloseTo(availability, 6);
  });

  test("binomial spares are the first that reach the level", () => {
    const setting = { needed: 126, nodeAvailability: 0.995, level: 0.97 };
    const found = sparesByBinomial(setting);
    expect(found).toEqual({ spares: 2, availability: availabilityOf({ ...setting, nodes: 128 }) });
    expect(availabilityOf({ ...setting, nodes: 127 })).toBeLessThan(0.97);
    expect(sparesByBinomial({ needed: 5, nodeAvailability: 1, level: 0.999 }).spares).toBe(0);
  });

  test("spares of a job whose nodes are away half of the time are found at once", () => {
    const setting = { needed: 1_000_000, nodeAvailability: 0.5, level: 0.99 };
    const { spares, availability } = sparesByBinomial(setting);
    expect(availability).toBeGreaterThanOrEqual(0.99);
    expect(availabilityOf({ ...setting, nodes: setting.needed + spares - 1 })).toBeLessThan(0.99);
  });

  test("probabilities add up, and cumulate to what atMost says", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, probability) => {
          const sums = binomialSums({ trials, probability });
          let sum = 0;
          let mean = 0;
          for (let k = 0; k <= trials; k++) {
            sum += sums.probability(k);
            mean += k * sums.probability(k);
            expect(sums.atMost(k)).toBeCloseTo(sum, 10);
          }
          expect(sum).toBeCloseTo(1, 12);
          expect(mean).toBeCloseTo(trials * probability, 9);
        },
      ),
      { numRuns: 100 },
    );
    expect(poissonSums(0).atMost(0)).toBe(1);
    expect(poissonSums(1e6).atMost(1e6)).toBeCloseTo(0.5002659, 6);
  });

  test("bad arguments are refused", () => {
    expect(() => poissonSums(-1)).toThrow(/mean/);
    expect(() => poissonSums(3).quantile(1)).toThrow(/level/);
    expect(() => binomialSums({ trials: 1.5, probability: 0.5 })).toThrow(/trials/);
    expect(() => binomialSums({ trials: 2, probability: 1.5 })).toThrow(/probability/);
    expect(() => sparesByBinomial({ needed: 1, nodeAvailability: 0, level: 0.9 })).toThrow(
      /nodeAvailability/,
    );
    expect(() => youngIntervalS({ costS: 0, meanTimeToInterruptionS: 1 })).toThrow(/costS/);
    expect(() =>
      exactEfficiency({ meanTimeToInterruptionS: 1, intervalS: 0, costS: 0, restartS: 0 }),
    ).toThrow(/interval/);
    expect(() =>
      forecastInterruptions({ nodes: -1, perNodeS: 0, durationS: 1, confidence: 0.9 }),
    ).toThrow(/nodes/);
  });
});

describe("Weibull", () => {
  // Γ(2) = 1, Γ(3) = 2, Γ(1.5) = √π / 2, Γ(6) = 120.
  test.each([
    [1, 1],
    [0.5, 2],
    [2, Math.sqrt(Math.PI) / 2],
    [0.2, 120],
  ])("shape %d", (shape, mean) => {
    expect(weibullScaleS({ meanS: mean, shape })).toBeCloseTo(1, 12);
  });

  test("shapes out of range are refused", () => {
    expect(() => weibullScaleS({ meanS: 1, shape: 0.1 })).toThrow(/0.2..20/);
    expect(() => weibullScaleS({ meanS: 0, shape: 1 })).toThrow(/mean/);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { contentionSlowdown } from "./contention-curve.js";
import { fairGpuTime } from "./fair-time.js";
import { migComputeShare, migInstanceRate } from "./mig-instance-rate.js";
import { sharedGpuRates } from "./shared-gpu-rates.js";

describe("fairGpuTime", () => {
  test.each([
    [[1], [1]],
    [
      [1, 1],
      [0.5, 0.5],
    ],
    [
      [1, 1, 1, 1],
      [0.25, 0.25, 0.25, 0.25],
    ],
    // What the small one leaves goes to the two others.
    [
      [0.1, 1, 1],
      [0.1, 0.45, 0.45],
    ],
    [
      [1, 0.2, 0.3],
      [0.5, 0.2, 0.3],
    ],
    [
      [0.2, 0.3],
      [0.2, 0.3],
    ],
  ])("divides the time among %j as %j", (demands, want) => {
    fairGpuTime(demands).forEach((share, index) => expect(share).toBeCloseTo(want[index]!, 12));
  });

  test("gives nobody more than wanted, all time when it is wanted, and more to nobody who wants less", () => {
    const demand = fc.integer({ min: 1, max: 1000 }).map((milli) => milli / 1000);
    fc.assert(
      fc.property(fc.array(demand, { minLength: 1, maxLength: 12 }), (demands) => {
        const got = fairGpuTime(demands);
        const total = got.reduce((sum, share) => sum + share, 0);
        const wanted = demands.reduce((sum, share) => sum + share, 0);
        expect(total).toBeCloseTo(Math.min(1, wanted), 9);
        got.forEach((share, a) => {
          expect(share).toBeLessThanOrEqual(demands[a]! + 1e-12);
          got.forEach((other, b) => {
            if (demands[a]! <= demands[b]!) expect(share).toBeLessThanOrEqual(other + 1e-12);
          });
        });
      }),
    );
  });
});

describe("contentionSlowdown", () => {
  const points = [
    { processes: 2, slowdown: 1.2 },
    { processes: 4, slowdown: 1.8 },
  ];
  test.each([
    [1, 1],
    [2, 1.2],
    [3, 1.5],
    [4, 1.8],
    [6, 2.4],
  ])("%d processes: %d", (processes, want) => {
    expect(contentionSlowdown(points, processes)).toBeCloseTo(want, 12);
  });

  test("is none without measurements, and never falls beyond the last", () => {
    expect(contentionSlowdown([], 48)).toBe(1);
    const falling = [
      { processes: 2, slowdown: 1.5 },
      { processes: 4, slowdown: 1.2 },
    ];
    expect(contentionSlowdown(falling, 8)).toBe(1.2);
  });
});

describe("sharedGpuRates", () => {
  const slicing = { mode: "time-slicing", replicas: 4, contention: [] } as const;
  const mps = { mode: "mps", replicas: 4, contention: [] } as const;
  test("time slicing gives all to one process and half to each of two", () => {
    expect(sharedGpuRates(slicing, [1])).toEqual([1]);
    expect(sharedGpuRates(slicing, [1, 1])).toEqual([0.5, 0.5]);
    expect(sharedGpuRates(slicing, [0.5, 0.5])).toEqual([1, 1]);
  });
  test("MPS caps a process at its part whoever is there", () => {
    expect(sharedGpuRates(mps, [1])).toEqual([0.25]);
    expect(sharedGpuRates(mps, [0.5, 0.1])).toEqual([0.5, 1]);
  });
  test("contention slows everybody", () => {
    const contention = [{ processes: 2, slowdown: 1.25 }];
    expect(sharedGpuRates({ ...mps, contention }, [0.25, 0.25])).toEqual([0.8, 0.8]);
  });
});

describe("MIG instances", () => {
  test.each([
    ["A100 SXM4-80GB", "1g.10gb", 14 / 108, "multiprocessors"],
    ["A100 SXM4-80GB", "7g.80gb", 98 / 108, "multiprocessors"],
    ["H100 SXM", "1g.10gb", 16 / 132, "multiprocessors"],
    ["H100 SXM", "1g.20gb", 26 / 132, "multiprocessors"],
    ["H100 SXM", "3g.40gb", 60 / 132, "multiprocessors"],
    ["A30", "2g.12gb", 0.5, "multiprocessors"],
    // No source has all multiprocessors of a B200.
    ["B200", "1g.23gb", 1 / 7, "slices"],
  ] as const)("%s %s has %d of the GPU", (gpu, profile, share, basis) => {
    const found = migComputeShare(gpu, profile);
    expect(found.share).toBeCloseTo(share, 12);
    expect(found.basis).toBe(basis);
  });

  test("a job slows down to its instance and never speeds up", () => {
    const compute = migComputeShare("H100 SXM", "1g.10gb");
    expect(migInstanceRate(compute, 1)).toBeCloseTo(16 / 132, 12);
    expect(migInstanceRate(compute, 0.05)).toBe(1);
  });

  test("refuses a profile the GPU does not have", () => {
    expect(() => migComputeShare("H100 SXM", "1g.5gb")).toThrow("has no MIG profile 1g.5gb");
  });
});

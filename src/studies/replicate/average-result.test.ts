import { expect, test } from "vitest";

import { averageResults } from "./average-result.js";
import type { ComputedResult } from "./replication-intervals.js";

const wait = (mean: number | null) => ({ mean, p50: mean, p95: mean, p99: mean, max: mean });

function result(over: {
  readonly count: number;
  readonly meanS: number | null;
  readonly overloaded: boolean;
  readonly tenant: string;
  readonly reason: string;
  readonly warning: string;
  readonly stopReason: ComputedResult["stopReason"];
}): ComputedResult {
  const { count, meanS, overloaded, tenant, reason, warning, stopReason } = over;
  return {
    jobs: {
      count,
      completed: count,
      running: 0,
      waiting: 0,
      neverPlaceable: 0,
      jctS: wait(meanS),
      waitS: wait(meanS),
      slowdown: wait(meanS),
      boundedSlowdown: wait(meanS),
      makespanS: 10 * count,
      gpuHours: count,
      queueLengthMax: 1,
      queueLengthMean: 0.5,
      tenantFairness: null,
      offeredLoad: meanS === null ? null : 0.5,
      overloaded,
    },
    gpu: {
      count: 8,
      allocatedShare: count / 10,
      allocatedShareMax: 1,
      idleByClass: { q3_satisfied: 1 - count / 10 },
    },
    waitReasons: [{ reason, jobs: 2, waitHours: 4 }],
    tenants: [{ name: tenant, jobs: count, gpuHours: count, waitS: wait(meanS) }],
    partitions: [],
    warnings: [warning],
    stopReason,
    endS: count,
    eventsHandled: 100,
  };
}

test("numbers are averaged, groups by name, reasons by text, warnings by all but their numbers", () => {
  const averaged = averageResults([
    result({
      count: 4,
      meanS: 10,
      overloaded: false,
      tenant: "a",
      reason: "full",
      warning: "1 of 4 jobs can never be placed.",
      stopReason: "drained",
    }),
    result({
      count: 6,
      meanS: 30,
      overloaded: true,
      tenant: "a",
      reason: "split",
      warning: "3 of 6 jobs can never be placed.",
      stopReason: "time-limit",
    }),
    result({
      count: 5,
      meanS: null,
      overloaded: false,
      tenant: "b",
      reason: "full",
      warning: "Another thing.",
      stopReason: "drained",
    }),
  ]);
  expect(averaged.jobs).toMatchObject({
    count: 5,
    waitS: { mean: 20, max: 20 },
    makespanS: 50,
    tenantFairness: null,
    offeredLoad: 0.5,
    overloaded: false,
  });
  expect(averaged.gpu).toMatchObject({ count: 8, allocatedShare: 0.5 });
  expect(averaged.gpu.allocatedShare + averaged.gpu.idleByClass["q3_satisfied"]!).toBeCloseTo(
    1,
    15,
  );
  expect(averaged.tenants).toMatchObject([
    { name: "a", jobs: 10 / 3, waitS: { mean: 20 } },
    { name: "b", jobs: 5 / 3, waitS: { mean: null } },
  ]);
  expect(averaged.waitReasons).toEqual([
    { reason: "full", jobs: 4 / 3, waitHours: 8 / 3 },
    { reason: "split", jobs: 2 / 3, waitHours: 4 / 3 },
  ]);
  expect(averaged.warnings).toEqual([
    "In 2 of 3 replications, as in: 1 of 4 jobs can never be placed.",
    "In 1 of 3 replications, as in: Another thing.",
  ]);
  expect(averaged).toMatchObject({ stopReason: "time-limit", endS: 5, eventsHandled: 300 });
});

test("one run stays what it is", () => {
  const one = result({
    count: 3,
    meanS: 7,
    overloaded: true,
    tenant: "a",
    reason: "full",
    warning: "As it is: 5.",
    stopReason: "event-limit",
  });
  expect(averageResults([one])).toEqual(one);
});

test("optional parts are averaged over the runs that have them, list entries by name with zeros", () => {
  const plain = result({
    count: 4,
    meanS: 10,
    overloaded: false,
    tenant: "a",
    reason: "full",
    warning: "w",
    stopReason: "drained",
  });
  const faults = (failures: number, components: readonly string[]) => ({
    failures,
    repairs: failures,
    jobsInterrupted: 1,
    gpuHoursLost: 2 * failures,
    availability: 0.9,
    components: components.map((name) => ({
      name,
      failures,
      interruptions: 1,
      gpuHoursLost: 1,
      gpuHoursDown: 4,
    })),
  });
  const cost = (perJob: number | null) => ({
    currency: "USD",
    total: 10,
    periodS: 5,
    items: [{ name: "hardware", amount: 10, basis: "1 h" }],
    perGpuHour: perJob,
  });
  const outcomes = (completed: number) => ({
    completed,
    running: 0,
    waiting: 1,
    neverPlaceable: 0,
  });
  const group = (name: string, completed: number) => ({
    name,
    jobs: completed + 1,
    gpuHours: 1,
    waitS: wait(1),
    outcomes: outcomes(completed),
  });
  const averaged = averageResults([
    {
      ...plain,
      faults: faults(2, ["GPU", "node"]),
      cost: cost(null),
      partitions: [group("x", 5), group("y", 3)],
    },
    { ...plain, faults: faults(4, ["GPU"]), cost: cost(3), partitions: [group("x", 7)] },
  ]);
  expect(averaged.faults).toEqual({
    failures: 3,
    repairs: 3,
    jobsInterrupted: 1,
    gpuHoursLost: 6,
    availability: 0.9,
    components: [
      { name: "GPU", failures: 3, interruptions: 1, gpuHoursLost: 1, gpuHoursDown: 4 },
      { name: "node", failures: 1, interruptions: 0.5, gpuHoursLost: 0.5, gpuHoursDown: 2 },
    ],
  });
  expect(averaged.cost).toEqual({ ...cost(3) });
  const item = (basis: string) => ({
    ...plain,
    cost: { ...cost(1), items: [{ name: "h100", amount: 1, basis }] },
  });
  const itemsOf = (...bases: string[]) => averageResults(bases.map(item)).cost?.items;
  expect(itemsOf("1 × 1", "1 × 1")).toEqual([{ name: "h100", amount: 1, basis: "1 × 1" }]);
  // Words about one run are no words about a mean.
  expect(itemsOf("1 × 1", "2 × 0.5")).toEqual([{ name: "h100", amount: 1 }]);
  expect(averaged).not.toHaveProperty("mig");
  expect(averaged.partitions.map((partition) => partition.outcomes)).toEqual([
    { completed: 6, running: 0, waiting: 1, neverPlaceable: 0 },
    { completed: 1.5, running: 0, waiting: 0.5, neverPlaceable: 0 },
  ]);
});

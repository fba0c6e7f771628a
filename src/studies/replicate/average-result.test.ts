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

import { expect, test } from "vitest";

import type { ComputedResult } from "./replication-intervals.js";
import { replicationWarnings } from "./replication-warnings.js";

const REPLICATIONS = {
  method: "replications",
  count: 10,
  confidence: 0.95,
  warmUp: null,
  precision: null,
  intervals: {},
  overloadedCount: 0,
} as const;

function warningsFor(metric: string, requests: number): readonly string[] {
  const goal = { id: "g", metric, comparison: "atMost", target: 1, unit: "s" } as const;
  const averaged = {
    jobs: { count: 0 },
    serving: { finished: requests, services: [{ name: "chat", finished: 50 }] },
  } as unknown as ComputedResult;
  return replicationWarnings([goal], averaged, REPLICATIONS, undefined);
}

test("percentiles of requests are judged by the number of requests, not of jobs", () => {
  expect(warningsFor("serving.ttftS.p95", 540)).toEqual([]);
  expect(warningsFor("serving.ttftS.p99", 300)[0]).toContain("has 300 requests");
  expect(warningsFor("serving.services[chat].ttftS.p95", 540)[0]).toContain("has 50 requests");
  expect(warningsFor("jobs.waitS.p95", 540)[0]).toContain("has 0 jobs");
});

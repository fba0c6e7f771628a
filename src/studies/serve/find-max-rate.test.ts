import { describe, expect, test } from "vitest";

import type { ServingRun } from "../../simulation/serving/serving-spec.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { LatencyTargets } from "./assess-run.js";
import { findMaxRate } from "./find-max-rate.js";
import { findMinReplicas } from "./find-min-replicas.js";
import type { Server } from "./server.js";
import { drawnTraffic, type Traffic } from "./traffic.js";

/** Servers that each answer one request at a time, 0.1 s each, first come, first served: M/D/c. */
const QUEUE: Server = {
  run(requests, replicas): ServingRun {
    const freeS = new Float64Array(replicas);
    const ttftS = new Float64Array(requests.count);
    for (let row = 0; row < requests.count; row++) {
      const arrivalS = requests.arrivalS[row]!;
      let next = 0;
      for (let one = 1; one < replicas; one++) if (freeS[one]! < freeS[next]!) next = one;
      const startS = Math.max(arrivalS, freeS[next]!);
      freeS[next] = startS + 0.1;
      ttftS[row] = startS + 0.1 - arrivalS;
    }
    return runOf(requests, ttftS, Math.max(0, ...freeS));
  },
};

function runOf(requests: RequestTable, ttftS: Float64Array, endS: number): ServingRun {
  const gaps = { count: 0, mean: null, p50: null, p95: null, p99: null, max: null };
  return {
    ttftS,
    tpotS: ttftS.map(() => Number.NaN),
    e2eS: ttftS,
    outcome: new Uint8Array(requests.count).fill(1),
    replicaOf: new Int32Array(requests.count),
    preemptions: new Int32Array(requests.count),
    rejected: 0,
    refused: 0,
    gaveUp: 0,
    itlS: gaps,
    itlOfClassS: [],
    counters: {} as ServingRun["counters"],
    steps: 0,
    decisions: 0,
    endS,
  };
}

function traffic(requestsPerS = 1, durationS = 600): Traffic {
  const one = { kind: "fixed", value: 1 } as const;
  return drawnTraffic({
    name: "test",
    description: {
      arrivals: { requestsPerS },
      durationS,
      classes: [
        {
          name: "one",
          weight: 1,
          lengths: { kind: "independent", promptTokens: one, outputTokens: one },
        },
      ],
    },
    assumptions: [],
  });
}

const seeds = [1, 2, 3, 4, 5];

describe("the highest rate", () => {
  test("lies where a deterministic queue's wait reaches the target", () => {
    // M/D/1 at service time D = 0.1 s: P(wait > 0.4 s) = 5 % at 6.94 per second (Erlang's exact series).
    const targets: LatencyTargets = { percentile: 0.95, ttftS: 0.5 };
    const found = findMaxRate({ server: QUEUE, traffic: traffic(), targets, seeds });
    const exact = rateOfTail(0.4, 0.05);
    expect(Math.abs(found.requestsPerS / exact - 1)).toBeLessThan(0.06);
    expect(found.halfWidth!).toBeLessThan(0.1 * exact);
    expect(found.limitedBy).toContain("ttftS");
    expect(found.atMax!.meets).toBe(true);
    expect(found.perSeed).toHaveLength(5);
  });

  test("is the capacity where no target binds before the service is overloaded", () => {
    const targets: LatencyTargets = { percentile: 0.5, ttftS: 1000 };
    const found = findMaxRate({ server: QUEUE, traffic: traffic(), targets, seeds });
    // 10 per second; a service that is short by less than 1 % is not told from one that keeps up.
    expect(found.requestsPerS).toBeGreaterThan(9.5);
    expect(found.requestsPerS).toBeLessThan(10.5);
    expect(found.limitedBy).toEqual(["overload"]);
  });

  test("is 0 where a single request misses a target", () => {
    const targets: LatencyTargets = { percentile: 0.95, ttftS: 0.05 };
    const found = findMaxRate({ server: QUEUE, traffic: traffic(), targets, seeds });
    expect(found).toMatchObject({ requestsPerS: 0, limitedBy: ["ttftS"], atMax: undefined });
    expect(found.alone.ttftS).toBeCloseTo(0.1, 9);
  });
});

describe("the fewest replicas", () => {
  const targets: LatencyTargets = { percentile: 0.95, ttftS: 0.3 };
  const search = (requestsPerS: number, guess: number, replicasMax = 100) =>
    findMinReplicas({
      ...{ server: QUEUE, traffic: traffic(requestsPerS, 200), targets, seeds: [1, 2] },
      ...{ guess, replicasMax },
    });

  test.each([1, 4, 9, 60])("are the same from a guess of %d, and one fewer fails", (guess) => {
    const found = search(50, guess);
    // 50 per second fill five servers; queueing wants one more.
    expect(found.replicas).toBe(6);
    expect(found.assessment.meets).toBe(true);
    expect(found.withOneFewer!.meets).toBe(false);
  });

  test("one is enough for little", () => {
    expect(search(1, 5)).toMatchObject({ replicas: 1, withOneFewer: undefined });
  });

  test("none where the most allowed are too few", () => {
    const found = search(50, 1, 3);
    expect(found.replicas).toBeNull();
    expect(found.assessment.saturation.verdict).toBe("overloaded");
  });
});

/** Rate at which P(wait > t) of M/D/1 with service time 0.1 s is the given tail, by Erlang's exact series. */
function rateOfTail(t: number, tail: number): number {
  const D = 0.1;
  const tailAt = (rate: number): number => {
    const rho = rate * D;
    let sum = 0;
    for (let k = 0; k * D <= t + 1e-12; k++) {
      const x = rate * (k * D - t);
      let factorial = 1;
      for (let i = 2; i <= k; i++) factorial *= i;
      sum += (x ** k / factorial) * Math.exp(-x);
    }
    return 1 - (1 - rho) * sum;
  };
  let [low, high] = [0.1, 9.99];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (tailAt(middle) < tail) low = middle;
    else high = middle;
  }
  return low;
}

import { describe, expect, test } from "vitest";

import type { RequestTable } from "../../workload/requests/request-table.js";
import { runEncoder, type EncoderService } from "./run-encoder.js";
import { drawnTraffic, type Traffic } from "./traffic.js";

const encoder = (servers: number, secondsOf: (tokens: number) => number): EncoderService => ({
  ...{ what: "a model", servers, replicas: servers, cpuCores: 4 * servers, gpus: 0 },
  ...{ secondsOf, assumptions: [] },
});

function requestsAt(arrivalS: readonly number[], tokens: readonly number[]): Traffic {
  const requests: RequestTable = {
    count: arrivalS.length,
    arrivalS: Float64Array.from(arrivalS),
    promptTokens: Int32Array.from(tokens),
    outputTokens: new Int32Array(arrivalS.length).fill(1),
  };
  return {
    ...{ name: "given", isDrawn: false, requestsPerS: 1, assumptions: [] },
    demand: () => requests,
    at: () => requests,
  };
}

describe("an encoder", () => {
  test("by hand: two at a time, one second per token, the rest waits in order", () => {
    const traffic = requestsAt([0, 0, 1, 2], [4, 2, 1, 1]);
    const { latencyS, waitS, busyShare, capacityPerS, target, serviceS } = runEncoder(
      encoder(2, (tokens) => tokens),
      traffic,
      1,
      2,
    );
    // Ends at 4, 2, 3 (from 2) and 4 (from 3).
    expect(latencyS).toMatchObject({ mean: 10 / 4, max: 4 });
    expect(waitS).toMatchObject({ mean: 2 / 4, max: 1 });
    expect(serviceS.mean).toBe(2);
    expect(busyShare).toBe(1);
    expect(capacityPerS).toBe(1);
    expect(target).toEqual({ latencyS: 2, metShare: 3 / 4 });
  });

  test("waits of equal texts are those of M/D/1, and more than it can take is called overloaded", () => {
    const at = (requestsPerS: number): Traffic =>
      drawnTraffic({
        name: "equal texts",
        description: {
          arrivals: { requestsPerS },
          durationS: 20_000,
          classes: [
            {
              ...{ name: "text", weight: 1 },
              lengths: {
                kind: "independent",
                promptTokens: { kind: "fixed", value: 100 },
                outputTokens: { kind: "fixed", value: 1 },
              },
            },
          ],
        },
        assumptions: [],
      });
    const tenth = encoder(1, () => 0.1);
    const { waitS, busyShare, saturation } = runEncoder(tenth, at(7), 3, undefined);
    // Pollaczek-Khinchine: load times service over twice the free share.
    const expected = (0.7 * 0.1) / (2 * 0.3);
    expect(Math.abs(waitS.mean! / expected - 1)).toBeLessThan(0.05);
    expect(busyShare).toBeCloseTo(0.7, 1);
    expect(saturation.verdict).toBe("stable");
    expect(runEncoder(tenth, at(11), 3, undefined).saturation.verdict).toBe("overloaded");
  });
});

// What an elastic group is charged for: hours by hand.
import { describe, expect, test } from "vitest";

import type { ElasticPoolOutcome } from "../../simulation/batch/elastic-pool.js";
import { nodeHoursUp, nodePoolsResult } from "./hosting.js";

const HOUR = 3600;
const OUTCOME: ElasticPoolOutcome = {
  name: "vm",
  nodeCount: 4,
  nodesMin: 1,
  boots: 2,
  provisioningS: 1000,
  upTimes: [
    { node: 0, fromS: 0, toS: Number.NaN },
    { node: 1, fromS: 2 * HOUR, toS: 5 * HOUR },
    // Comes in the instant in which the other goes: never three at once.
    { node: 2, fromS: 5 * HOUR, toS: 6 * HOUR },
  ],
};

describe("node-hours of an elastic group", () => {
  test("count from the decision to start to giving back, and to the end for what is still up", () => {
    expect(nodeHoursUp(OUTCOME, 0, 10 * HOUR)).toBe(10 + 3 + 1);
  });

  test("are cut to the time asked for", () => {
    expect(nodeHoursUp(OUTCOME, 3 * HOUR, 5.5 * HOUR)).toBe(2.5 + 2 + 0.5);
    expect(nodeHoursUp(OUTCOME, 7 * HOUR, 7 * HOUR)).toBe(0);
  });

  test("are in the result with means and maxima", () => {
    expect(nodePoolsResult([OUTCOME], 0, 10 * HOUR)).toEqual({
      pools: [
        {
          name: "vm",
          nodes: 4,
          nodesAlwaysUp: 1,
          nodesUpMean: 1.4,
          nodesUpMax: 2,
          nodeHoursUp: 14,
          boots: 2,
          provisioningMeanS: 500,
        },
      ],
    });
    expect(nodePoolsResult([], 0, 1)).toBeUndefined();
  });
});

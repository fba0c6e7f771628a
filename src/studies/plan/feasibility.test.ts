import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { feasibilityEta, goalState, pValueOfMeeting } from "./feasibility.js";
import { looksOf } from "./judge.js";

const ATMOST = { comparison: "atMost", target: 10 } as const;
const OPTIONS = { beta: 0.05, epsilon: 0.5, first: 10, looks: [10, 14, 20, 40] };

describe("the constant of Andradóttir and Kim", () => {
  // k systems and s goals at alpha 0.05 with 20 first replications, worked out in double precision.
  test.each([
    [1 - 0.95 ** (1 / 1), 0.137137],
    [1 - 0.95 ** (1 / 10), 0.309927],
    [0.05 / 10, 0.311888],
    [(1 - 0.95 ** (1 / 50)) / 2, 0.531847],
    [0.05 / 100, 0.534569],
  ])("at beta %f is %f", (beta, eta) => {
    expect(feasibilityEta(beta, 20)).toBeCloseTo(eta, 6);
  });
});

describe("the state of a goal", () => {
  test("is open before the first look, and fails where a run gave no value", () => {
    expect(goalState(ATMOST, [1, 1, 1], OPTIONS)).toBe("open");
    expect(goalState(ATMOST, [1, null], OPTIONS)).toBe("fails");
  });

  test("without spread the sign decides, and the target itself is good", () => {
    expect(goalState(ATMOST, new Array(10).fill(10), OPTIONS)).toBe("meets");
    expect(goalState(ATMOST, new Array(10).fill(10.001), OPTIONS)).toBe("fails");
    const atLeast = { comparison: "atLeast", target: 10 } as const;
    expect(goalState(atLeast, new Array(10).fill(9.999), OPTIONS)).toBe("fails");
  });

  test("does not change when more replications follow its verdict", () => {
    const values = [3, 4, 2, 5, 3, 4, 2, 3, 4, 5];
    expect(goalState(ATMOST, values, OPTIONS)).toBe("meets");
    expect(goalState(ATMOST, [...values, 500, 500, 500, 500], OPTIONS)).toBe("meets");
  });

  test("a mean beyond the tolerance is put on the wrong side no more often than asked for", () => {
    const stream = createRandomStreams(7).stream("feasibility");
    const trials = 600;
    let wrong = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values: number[] = [];
      // The mean is the target and the tolerance: unacceptable by just so much.
      let state: string = "open";
      while (state === "open" && values.length < 400) {
        values.push(10.5 + 2 * stream.normal());
        state = goalState(ATMOST, values, OPTIONS);
      }
      if (state === "meets") wrong++;
    }
    // 5 % and three standard errors of 600 trials.
    expect(wrong / trials).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
  });
});

test("the chance of looking so good by luck is Student's", () => {
  // Room 1, 2, 3: mean 2, standard error 1 / sqrt 3, t = 3.4641 with 2 degrees: one-sided 0.0371.
  expect(pValueOfMeeting(ATMOST, [9, 8, 7])).toBeCloseTo(0.037_1, 4);
  expect(pValueOfMeeting(ATMOST, [11, 12, 13])).toBeCloseTo(1 - 0.037_1, 4);
  expect(pValueOfMeeting(ATMOST, [9, null])).toBe(1);
});

test("looks rise to the most replications", () => {
  expect(looksOf({ replicationsFirst: 10, replicationsMax: 40 })).toEqual([
    10, 14, 18, 23, 29, 37, 40,
  ]);
  expect(looksOf({ replicationsFirst: 4, replicationsMax: 4 })).toEqual([4]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { holmSteps } from "./holm-steps.js";
import { judgeDifferences, type ComparedSamples } from "./judge-differences.js";
import { judgeGoals } from "./judge-goals.js";
import { planLooks } from "./looks.js";
import { independentEstimate, intervalOf, pairedEstimate, pValueOf } from "./mean-estimate.js";

const X = [12.1, 15.3, 9.8, 14.0, 11.2, 13.7];
const Y = [11.4, 14.9, 9.1, 13.1, 10.9, 12.8];

function halfWidth([low, high]: readonly [number, number]): number {
  return (high - low) / 2;
}

describe("estimates", () => {
  test("paired t of a worked example (Law, ch. 10)", () => {
    const estimate = pairedEstimate(Y, X);
    expect(estimate.mean).toBeCloseTo(0.65, 12);
    expect(halfWidth(intervalOf(estimate, 0.05))).toBeCloseTo(0.263406, 6);
  });

  test("Welch of the same numbers is ten times as wide", () => {
    const estimate = independentEstimate(Y, X);
    expect(estimate.mean).toBeCloseTo(0.65, 12);
    expect(halfWidth(intervalOf(estimate, 0.05))).toBeCloseTo(2.595313, 6);
  });

  test("an interval leaves out 0 exactly where the p-value is below its level", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 3, noNaN: true }), { minLength: 3, maxLength: 20 }),
        fc.double({ min: 0.001, max: 0.2, noNaN: true }),
        (differences, alpha) => {
          const estimate = pairedEstimate(
            differences.map(() => 0),
            differences,
          );
          const p = pValueOf(estimate);
          fc.pre(Math.abs(p - alpha) > 1e-9);
          const [low, high] = intervalOf(estimate, alpha);
          expect(low > 0 || high < 0).toBe(p < alpha);
        },
      ),
    );
  });
});

describe("Holm's steps", () => {
  test("reject as the adjusted p-values do", () => {
    // Adjusted by hand: .01, .072, .312, ...: at 5 % only the first, at 10 % the second too.
    const pValues = [0.216, 0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212];
    const rejectedAt = (alpha: number): readonly number[] =>
      holmSteps(pValues, alpha).flatMap(({ rejected }, index) => (rejected ? [index] : []));
    expect(rejectedAt(0.05)).toEqual([1]);
    expect(rejectedAt(0.1)).toEqual([1, 2]);
  });

  test("all that were not rejected are judged at the level where it stopped", () => {
    const steps = holmSteps([0.01, 0.5, 0.4], 0.06);
    expect(steps.map(({ alpha }) => alpha)).toEqual([0.02, 0.03, 0.03]);
  });
});

describe("looks", () => {
  test("double from ten and share out the error", () => {
    const looks = planLooks(80, 0.95, false);
    expect(looks.map(({ replications }) => replications)).toEqual([10, 20, 40, 80]);
    expect(looks.reduce((sum, { alpha }) => sum + alpha, 0)).toBeCloseTo(0.05, 12);
  });

  test("end at the most allowed, and are one when they are fixed", () => {
    expect(planLooks(50, 0.9, false).map(({ replications }) => replications)).toEqual([
      10, 20, 40, 50,
    ]);
    expect(planLooks(6, 0.9, false).map(({ replications }) => replications)).toEqual([6]);
    expect(planLooks(50, 0.9, true)).toEqual([{ replications: 50, alpha: 1 - 0.9 }]);
  });
});

function samples(before: readonly number[], after: readonly number[]): ComparedSamples {
  return { before, after, indifference: 0.01 };
}

describe("verdicts on differences", () => {
  const options = { alpha: 0.05, pairing: "paired" } as const;

  test("name a sign, no difference, one too small, or nothing", () => {
    const shifted = X.map((value) => value + 0.001 * value);
    const noisy = X.map((value, index) => value + (index % 2 === 0 ? 3 : -2.9));
    const verdicts = judgeDifferences(
      [
        samples(Y, X),
        samples(X, X),
        samples(
          X,
          X.map((value) => value + 1e-4),
        ),
        samples(X, noisy),
      ],
      options,
    ).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(["higher", "identical", "as good as equal", "not shown"]);
    expect(
      judgeDifferences([{ ...samples(X, shifted), indifference: 0 }], options)[0]?.verdict,
    ).toBe("higher");
  });

  test("a run without a value gives none", () => {
    const [judged] = judgeDifferences(
      [{ before: X, after: [...X.slice(1), null], indifference: 0 }],
      options,
    );
    expect(judged).toMatchObject({ verdict: "no value", mean: null, interval: null });
  });

  test("one run each is exact and has no interval", () => {
    const judged = judgeDifferences([samples([3], [5]), samples([3], [3])], {
      alpha: 0.05,
      pairing: "one-run",
    });
    expect(judged.map(({ verdict, mean, interval }) => [verdict, mean, interval])).toEqual([
      ["higher", 2, null],
      ["identical", 0, null],
    ]);
  });

  test("rounding is no difference", () => {
    const [judged] = judgeDifferences([samples([0.1 + 0.2, 0.3], [0.3, 0.1 + 0.2])], options);
    expect(judged?.verdict).toBe("identical");
  });
});

describe("verdicts on goals", () => {
  const goal = { id: "g", metric: "m", comparison: "atMost", target: 10, unit: "s" } as const;
  const judge = (values: readonly (number | null)[], isOneRun = false): string =>
    judgeGoals([{ goal, values, indifference: 0.2 }], { alpha: 0.05, isOneRun })[0]!.verdict;

  test.each([
    ["well below", [8, 8.2, 7.9, 8.1], "met"],
    ["well above", [12, 12.2, 11.9, 12.1], "missed"],
    ["wide around", [4, 16, 9, 12], "not shown"],
    ["narrow around", [10.01, 9.98, 10.0, 10.02], "too close"],
    ["exactly at, without spread", [10, 10, 10, 10], "met"],
    ["a run without a value", [8, null, 8, 8], "missed"],
  ] as const)("%s the target", (_, values, verdict) => {
    expect(judge(values)).toBe(verdict);
  });

  test("one run decides by its value", () => {
    expect(judge([9.99], true)).toBe("met");
    expect(judge([10.01], true)).toBe("missed");
  });
});

test("looking again and again claims a difference between alikes in at most 5 % of studies", () => {
  // Two metrics per study, skewed as waits are, independent streams, and a look at every doubling.
  const studies = 400;
  const stream = createRandomStreams(11).stream("self-comparison");
  const draw = (): number => stream.logNormal({ mu: 1, sigma: 1.2 });
  let claims = 0;
  for (let study = 0; study < studies; study++) {
    const family = [0, 1].map(() => ({ before: [] as number[], after: [] as number[] }));
    for (const { replications, alpha } of planLooks(80, 0.95, false)) {
      for (const { before, after } of family) {
        while (before.length < replications) before.push(draw());
        while (after.length < replications) after.push(draw());
      }
      const judged = judgeDifferences(
        family.map((one) => ({ ...one, indifference: 0 })),
        { alpha, pairing: "independent" },
      );
      if (judged.some(({ verdict }) => verdict === "higher" || verdict === "lower")) {
        claims += 1;
        break;
      }
    }
  }
  // Three standard errors above 5 % of 400.
  expect(claims).toBeLessThanOrEqual(33);
  // The test would be worth nothing if nothing were ever claimed.
  expect(claims).toBeGreaterThan(0);
});

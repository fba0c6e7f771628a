import { describe, expect, test } from "vitest";

import { planAnswer, type AnswerInput } from "./answer.js";
import { boundSentences } from "./bound-words.js";
import type { PlanGoalResult, PlanGroupResult, PlanOption } from "./plan-document.js";

const wait: PlanGoalResult = {
  id: "p95 wait",
  metric: "jobs.waitS.p95",
  comparison: "atMost",
  target: 3600,
  unit: "s",
  without: null,
  mean: 600,
  interval: null,
  met: true,
  margin: 0.8,
  confidence: null,
};
const h100: PlanGroupResult = {
  name: "h100",
  label: "HGX H100",
  hosting: "bare-metal",
  nodes: 14,
  have: 0,
  isBought: true,
  isDecided: true,
};

function option(over: Partial<PlanOption> = {}): PlanOption {
  const given = {
    label: "14 × HGX H100",
    choices: [{ decision: "cluster.nodes[h100].count", choice: "14" }],
    groups: [h100],
    cost: 1_060_000,
    powerW: 140_000,
    goals: [wait],
    limits: [],
    confidence: null,
  };
  return { ...given, ...over } as unknown as PlanOption;
}

function input(over: object = {}): AnswerInput {
  const given = {
    best: option(),
    bound: { value: 1_000_000, gap: 0.06, requirements: [], basis: "", relaxed: null },
    minimise: "cost",
    isRandom: false,
    cheaper: option({
      groups: [{ ...h100, nodes: 13 }],
      choices: [{ decision: "cluster.nodes[h100].count", choice: "13" }],
      goals: [{ ...wait, mean: 6000, met: false, margin: -0.7 }],
    }),
    currency: "USD",
    horizonS: 31_536_000,
    growth: null,
    sensitivity: null,
    space: { decisions: [{ name: "cluster.nodes[h100].count", isCount: true, choices: [] }] },
  };
  return { ...given, ...over } as unknown as AnswerInput;
}

const bound = (gap: number | null): object => ({
  bound: { value: 1_000_000, gap, requirements: [], basis: "", relaxed: null },
});

describe("the answer of a plan", () => {
  test("what to buy, the goals, the bound and the plan that is cheaper, in one sentence", () => {
    expect(planAnswer(input())).toBe(
      "Buy 14 × HGX H100, bare metal; it meets every goal for these jobs, is within 6 % of a proven lower bound on cost, " +
        "and 13 nodes miss the p95 wait by 40 min. It costs 1,060,000 USD over 1 year.",
    );
  });

  test("one node misses, several miss", () => {
    const cheaper = option({
      groups: [{ ...h100, nodes: 1 }],
      choices: [{ decision: "cluster.nodes[h100].count", choice: "1" }],
      goals: [{ ...wait, mean: 6000, met: false, margin: -0.7 }],
    });
    expect(planAnswer(input({ cheaper }))).toContain("and 1 node misses the p95 wait by 40 min.");
  });

  test.each([0.51, 1, 8.92])("a bound that is %f below the answer is called useless", (gap) => {
    const answer = planAnswer(input(bound(gap)));
    expect(answer).not.toMatch(/within|times/);
    expect(answer).toContain(
      "No useful lower bound on cost was found: only 1,000,000 USD are proven to be needed.",
    );
  });

  test("the figures of the bound are told in full sentences", () => {
    const unit = { minimise: "cost", currency: "USD" } as const;
    const words = (gap: number | null): string =>
      boundSentences({ ...(bound(gap) as Pick<AnswerInput, "bound">), ...unit });
    const least = "No plan of the space that meets the goals costs less than 1,000,000 USD";
    expect(words(null)).toBe(`${least}.`);
    expect(words(0)).toBe("No plan of the space that meets the goals costs less than the answer.");
    expect(words(0.061)).toBe(`${least}; the answer costs at most 6.1 % more.`);
    expect(words(8.92)).toBe(
      `${least}. The answer costs 9.92 times that: the bound is too low to say how near the answer is to the best possible.`,
    );
  });

  test.each([
    [2_896_600, "2,896,000 USD"],
    [1_889_999.9999999995, "1,890,000 USD"],
    [999_999, "999,900 USD"],
    [121_500, "121,500 USD"],
    [0.123456, "0.1234 USD"],
  ])("what is proven is never rounded up: %d", (value, words) => {
    const given = { bound: { value, gap: null }, minimise: "cost", currency: "USD" };
    expect(boundSentences(given as never)).toContain(`less than ${words}.`);
  });

  test("confidence is of the goals, also when something is missing", () => {
    const best = option({ confidence: 0.9991, goals: [{ ...wait, without: "1 node of h100" }] });
    expect(planAnswer(input({ isRandom: true, best }))).toContain(
      "; with 99.9 % confidence it meets every goal even without 1 node of h100, is within",
    );
  });

  test("what is bought, rented and kept is told apart, and bare choices get their name", () => {
    const rented = { ...h100, name: "rented", label: "node with 8 H100", isBought: false } as const;
    const old = { ...h100, name: "old", label: "DGX A100", nodes: 2, have: 2 } as const;
    const best = option({
      groups: [{ ...h100, nodes: 8, have: 4 }, { ...rented, nodes: 1, hosting: "vm" }, old],
      choices: [
        { decision: "cluster.nodes[h100].count", choice: "8" },
        { decision: "policy.queue", choice: "easy-backfill" },
        { decision: "how GPUs are cut", choice: "two 3g" },
      ],
    });
    const decisions = best.choices.map(({ decision }, index) => ({
      name: decision,
      isCount: index === 0,
      choices: [],
    }));
    expect(planAnswer(input({ best, space: { decisions }, cheaper: null }))).toMatch(
      /^Buy 4 × HGX H100 more \(8 in all\), rent 1 node with 8 H100 and keep the 2 × DGX A100 there are, queue easy-backfill, two 3g; /,
    );
  });

  test("numbers that change the answer, load as a share of today's", () => {
    const flip = (text: string, value: number): object => ({
      flip: { text, value, side: "below", goalsMet: true, goals: [] },
    });
    const sensitivity = {
      goalsMet: true,
      factors: [{ id: "x", label: "Speed", value: 1, ...flip("below 0.95", 0.95) }],
      cheaper: [{ id: "load", label: "Load", value: 1.25, ...flip("below 1.2109", 1.21094) }],
    };
    expect(planAnswer(input({ sensitivity }))).toContain(
      "It no longer meets every goal if “Speed” is below 0.95. The cheaper plan would do if the load is below 96.8 % of today's.",
    );
  });

  test.each([
    [1, "The one assumed number that was varied does not change the answer within its range."],
    [2, "Neither of the two assumed numbers that were varied changes the answer within its range."],
    [5, "None of the 5 assumed numbers that were varied changes the answer within its range."],
  ])("%i numbers that change nothing", (count, words) => {
    const factors = Array.from({ length: count }, (_, index) => ({
      id: String(index),
      label: "",
      value: 1,
      flip: null,
    }));
    expect(planAnswer(input({ sensitivity: { goalsMet: true, factors, cheaper: [] } }))).toContain(
      words,
    );
  });
});

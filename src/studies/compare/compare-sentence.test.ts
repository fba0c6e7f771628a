import { describe, expect, test } from "vitest";

import { comparisonSentence } from "./compare-sentence.js";
import type { GoalVerdict, JudgedGoal } from "./judge-goals.js";

function sentence(...verdicts: readonly GoalVerdict[]): string {
  const goals = verdicts.map((verdict) => ({ verdict }) as JudgedGoal);
  return comparisonSentence({ base: "today", variant: "more", metrics: [] }, goals);
}

describe("goals in the sentence of a comparison", () => {
  test.each<[GoalVerdict[], string]>([
    [["met"], "it meets the goal."],
    [["missed", "missed"], "it misses both goals."],
    [
      ["not shown", "not shown", "not shown"],
      "it is shown neither to meet nor to miss any of the 3 goals.",
    ],
    [
      ["missed", "not shown"],
      "it misses 1 of 2 goals and is shown neither to meet nor to miss the other.",
    ],
    [["met", "missed", "missed"], "it meets 1 of 3 goals and misses the other 2."],
    [
      ["met", "missed", "too close"],
      "it meets 1 of 3 goals, misses 1 and is too close to the target of the other to tell.",
    ],
  ])("%j", (verdicts, words) => {
    expect(sentence(...verdicts)).toContain(words);
  });
});

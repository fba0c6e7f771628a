import { describe, expect, it } from "vitest";

import type { JudgedGoal } from "../../compare/judge-goals.js";
import { fleetPlanAnswer } from "./fleet-plan-answer.js";
import type { FleetPlanCandidate } from "./fleet-plan-document.js";

function goal(over: Partial<JudgedGoal>): JudgedGoal {
  return {
    id: "all done",
    metric: "upgrades.doneShare",
    comparison: "atLeast",
    target: 1,
    unit: "share",
    verdict: "met",
    actual: 1,
    interval: null,
    confidence: null,
    replicationsMet: 1,
    ...over,
  };
}

const failing = goal({ verdict: "missed", actual: 0.708 });
const plan = (spares: number, over: Partial<FleetPlanCandidate> = {}): FleetPlanCandidate => ({
  values: [String(spares), '"greedy"'],
  objective: spares,
  verdict: "meets",
  goals: [goal({})],
  ...over,
});

function answer(plans: readonly FleetPlanCandidate[], best: number | null): string {
  return fleetPlanAnswer(
    {
      plans,
      best,
      belowBest: best === null || best === 0 ? null : best - 1,
      decisions: [
        { name: "spare nodes", path: "fleet.pools[eu].spares" },
        { name: "packing", path: "x" },
      ],
      minimise: { metric: "upgrades.spareNodes", unit: "nodes" },
      design: { streams: "common", replications: 20, confidence: 0.9 },
    },
    1,
  );
}

describe("the answer of a plan of a fleet", () => {
  it("says which plan, that none of those that meet the goals has less, and what the next below misses", () => {
    const fails = plan(1, { verdict: "misses", goals: [failing] });
    expect(answer([fails, plan(2), plan(3)], 1)).toBe(
      "The plan with spare nodes = 2, packing = greedy meets the goal, at 90 % confidence over all plans together. " +
        "Of the 2 plans that do, none has a lower figure for “spare nodes that its pools have” (2 nodes). " +
        "The nearest plan with a lower one (1 node), spare nodes = 1, packing = greedy, misses “all done” (70.8 %, goal at least 100 %).",
    );
  });

  it("the only one is called so; what is not shown is not called a miss", () => {
    const open = plan(1, {
      verdict: "open",
      goals: [goal({ verdict: "not shown", actual: 0.99 })],
    });
    const words = answer([open, plan(2)], 1);
    expect(words).toContain("It is the only one of 2 plans shown to do so (");
    expect(words).toContain(", is not shown to meet “all done” (99 %, ");
    expect(answer([plan(0)], 0)).toMatch(/ No plan that was run has a lower one\.$/);
  });

  it("without a plan that meets the goal it says what is missed and what is open", () => {
    const fails = plan(1, { verdict: "misses", goals: [failing] });
    const open = plan(2, { verdict: "open", goals: [goal({ verdict: "not shown" })] });
    expect(answer([fails, open], null)).toBe(
      "None of the 2 plans is shown to meet the goal, at 90 % confidence over all plans together. " +
        "1 of them is open: more replications may decide. " +
        "What is missed: share of the nodes that have the new version in the end.",
    );
  });
});

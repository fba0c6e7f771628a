import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { affinityScores, meetsRequired } from "./cluster-affinity.js";
import { judgeEviction } from "./eviction.js";
import { nominateNext } from "./multikueue-dispatch.js";
import { pickBest, pickToRemove, type StandingPlacement } from "./pick-clusters.js";
import { afterLossInTurn, afterLossTogether, poolAfterLoss } from "./quorum.js";
import { pickToRoll, type RolledPlacement } from "./rolling-update.js";
import { planStages } from "./staged-update.js";
import { evaluateSpread, skewAfterPlacing } from "./topology-spread.js";

describe("placing across clusters", () => {
  const cluster = (nodes: number | undefined, region: string) => ({
    labels: { region },
    properties: (nodes === undefined ? {} : { nodes }) as Readonly<Record<string, number>>,
  });

  it("the whole weight without a sorter, a part of it with one, nothing without the property", () => {
    const clusters = [
      cluster(2, "east"),
      cluster(8, "east"),
      cluster(undefined, "east"),
      cluster(5, "west"),
    ];
    expect(affinityScores(clusters, [{ labels: { region: "east" }, weight: 10 }])).toEqual([
      10, 10, 10, 0,
    ]);
    expect(
      affinityScores(clusters, [
        { weight: 10, sorter: { property: "nodes", order: "descending" } },
      ]),
    ).toEqual([0, 10, 0, 5]);
    expect(
      affinityScores(clusters, [
        { weight: -10, sorter: { property: "nodes", order: "ascending" } },
      ]),
    ).toEqual([-10, 0, 0, -5]);
  });

  it("required terms are alternatives, and what is not reported never matches", () => {
    const east = cluster(4, "east");
    expect(meetsRequired(east, [])).toBe(true);
    expect(
      meetsRequired(east, [{ labels: { region: "west" } }, { labels: { region: "east" } }]),
    ).toBe(true);
    for (const [operator, holds] of [
      ["eq", true],
      ["ne", false],
      ["gt", false],
      ["ge", true],
      ["lt", false],
      ["le", true],
    ] as const) {
      const terms = [{ properties: [{ property: "nodes", operator, value: 4 }] }];
      expect(meetsRequired(east, terms), operator).toBe(holds);
      expect(meetsRequired(cluster(undefined, "east"), terms), operator).toBe(false);
    }
  });

  it("equal scores go to the larger name", () => {
    const scored = ["a", "c", "b"].map((name) => ({
      name,
      spreadScore: 0,
      affinityScore: 0,
      obsoleteScore: 0,
    }));
    expect(pickBest(scored, 2).map(({ name }) => name)).toEqual(["c", "b"]);
  });

  it("what is only scheduled goes first, then who has no score, then the lowest", () => {
    const standing = (name: string, state: StandingPlacement["state"], affinity?: number) => ({
      name,
      state,
      ...(affinity === undefined ? {} : { score: { spread: 0, affinity } }),
    });
    const all = [
      standing("a", "bound", 5),
      standing("b", "bound"),
      standing("c", "scheduled", 9),
      standing("d", "bound", 1),
    ];
    expect(pickToRemove(all, 4).map(({ name }) => name)).toEqual(["c", "b", "d", "a"]);
  });

  it("spread: placing greedily where it is allowed never exceeds the skew", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 30 }),
        (domainOf, maxSkew, count) => {
          const clusters = domainOf.map((domain) => ({
            labels: { zone: `z${domain}` },
            placements: 0,
          }));
          for (let placed = 0; placed < count; placed++) {
            const verdicts = evaluateSpread(clusters, [
              { topologyKey: "zone", maxSkew, whenUnsatisfiable: "do-not-schedule" },
            ]);
            const at = verdicts.findIndex(({ forbiddenBy }) => forbiddenBy === undefined);
            if (at < 0) break;
            clusters[at]!.placements++;
          }
          const counts = new Map<string, number>();
          for (const { labels, placements } of clusters)
            counts.set(labels.zone, (counts.get(labels.zone) ?? 0) + placements);
          const values = [...counts.values()];
          // A single domain has no skew, and KubeFleet counts one all the same.
          if (values.length > 1)
            expect(Math.max(...values) - Math.min(...values)).toBeLessThanOrEqual(maxSkew);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("the change of skew is what counting again gives, whenever domains differ", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        (counts, pick) => {
          const at = pick % counts.length;
          const skewOf = (values: readonly number[]): number =>
            Math.max(...values) - Math.min(...values);
          const after = counts.map((value, index) => value + Number(index === at));
          const { change } = skewAfterPlacing(counts, counts[at]!, 1);
          expect(skewOf(after)).toBe(skewOf(counts) + change);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("rolling out", () => {
  it("never leaves fewer ready than the budget, whatever the states", () => {
    const placement = fc.record({
      name: fc.constant("x"),
      state: fc.constantFrom("unwanted", "scheduled", "bound"),
      isReady: fc.boolean(),
      hasFailed: fc.boolean(),
      isBeingDeleted: fc.boolean(),
      isStale: fc.boolean(),
    }) as fc.Arbitrary<RolledPlacement>;
    fc.assert(
      fc.property(
        fc.array(placement, { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
        (states, target, unavailable, surge) => {
          const placements = states.map((one) => ({
            ...one,
            isReady: one.state !== "scheduled" && one.isReady && !one.hasFailed,
          }));
          const rolled = pickToRoll(placements, target, {
            maxUnavailable: { count: unavailable },
            maxSurge: { count: surge },
          });
          const readyLost = rolled.filter((one) => one.isReady).length;
          const steady = placements.filter((one) => one.isReady && !one.isBeingDeleted).length;
          if (readyLost > 0)
            expect(steady - readyLost).toBeGreaterThanOrEqual(target - unavailable);
          expect(new Set(rolled).size).toBe(rolled.length);
        },
      ),
    );
  });

  it("stages tell every cluster that is in two or in none, and every label that is no number", () => {
    const clusters = [
      { name: "a", labels: { tier: "1", order: "x" } },
      { name: "b", labels: {} },
    ];
    const plan = planStages(
      [
        { name: "first", labels: { tier: "1" }, sortingLabelKey: "order" },
        { name: "again", labels: { tier: "1" } },
      ],
      clusters,
    );
    expect("faults" in plan && plan.faults).toEqual([
      "stage first: label order of cluster a must be a whole number",
      "cluster a is in stage first and in stage again; it can be in one",
      "cluster b is in no stage",
    ]);
  });

  it("evictions: without a budget or of a failed one always, shares only where a number is wanted", () => {
    const state = { placements: 3, available: 3 };
    expect(judgeEviction(state, undefined)).toBe("allowed");
    expect(judgeEviction(state, { maxUnavailable: { count: 1 } })).toBe("misconfigured");
    expect(judgeEviction(state, { minAvailable: { percent: 50 } })).toBe("misconfigured");
    expect(judgeEviction(state, { minAvailable: { count: 2 } })).toBe("allowed");
    expect(
      judgeEviction({ ...state, available: 0, hasFailed: true }, { minAvailable: { count: 2 } }),
    ).toBe("allowed");
    expect(
      judgeEviction({ ...state, wanted: 3, available: 2 }, { minAvailable: { percent: 50 } }),
    ).toBe("blocked");
  });

  it("the example of the documentation: one cluster more every five minutes", () => {
    const clusters = ["onprem", "aws", "gcp"];
    const rule = { stepSize: 1, roundS: 300 };
    const first = nominateNext(clusters, [], 0, rule);
    const second = nominateNext(clusters, first, 300, rule);
    expect([first, second, nominateNext(clusters, second, 300, rule)]).toEqual([
      ["onprem"],
      ["onprem", "aws"],
      clusters,
    ]);
  });
});

describe("quorum", () => {
  it("more nodes never survive less, and a pool never survives what its cluster does not", () => {
    const rank = { down: 0, even: 1, up: 2 };
    for (const hasWitness of [false, true]) {
      for (let nodes = 2; nodes < 12; nodes++) {
        for (let lost = 1; lost < nodes; lost++) {
          const state = { nodes, hasWitness };
          const next = { nodes: nodes + 2, hasWitness };
          expect(rank[afterLossTogether(next, lost)]).toBeGreaterThanOrEqual(
            rank[afterLossTogether(state, lost)],
          );
          if (poolAfterLoss(state, lost) === "up") expect(afterLossInTurn(state, lost)).toBe("up");
        }
      }
    }
  });
});

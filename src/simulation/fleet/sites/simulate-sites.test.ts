import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRandomStreams } from "../../../engine/streams.js";
import { SITE_STATES, type RolloutOutcome } from "./rollout-book.js";
import { rolloutFixture, sitesFixture, stageFixture } from "./site-fixture.js";
import { simulateSites, type SitesOutcome } from "./simulate-sites.js";
import type { SitesSpec, SiteTemplate } from "./sites-spec.js";
import { createTelemetryQueue } from "./telemetry-queue.js";

const DAY_S = 86_400;
const HOUR_S = 3_600;

function simulate(spec: SitesSpec, days: number, seed = 1): SitesOutcome {
  return simulateSites(spec, { durationS: days * DAY_S, stepS: HOUR_S }, createRandomStreams(seed));
}

function stateOf(rollout: RolloutOutcome, site: number): string {
  return SITE_STATES[rollout.siteState[site]!]!;
}

/** Sites that were under way together at most, from when each began and was done. */
function mostAtOnce(
  { siteBeganS, siteDoneS, siteState }: RolloutOutcome,
  durationS: number,
): number {
  const changes: [number, number][] = [];
  siteBeganS.forEach((beganS, site) => {
    if (Number.isNaN(beganS)) return;
    const doneS = siteDoneS[site]!;
    changes.push([beganS, 1], [Number.isNaN(doneS) ? durationS : doneS, -1]);
  });
  expect(siteState.length).toBe(siteBeganS.length);
  changes.sort((left, right) => left[0] - right[0] || left[1] - right[1]);
  let now = 0;
  let most = 0;
  for (const [, change] of changes) most = Math.max(most, (now += change));
  return most;
}

const fault = (days: number, repairH: number): NonNullable<SiteTemplate["nodeFault"]> => ({
  timeToFailure: { kind: "exponential", meanS: days * DAY_S },
  repair: { kind: "exponential", meanS: repairH * HOUR_S },
});

const troubled = fc.record({
  nodes: fc.integer({ min: 1, max: 4 }),
  witness: fc.constantFrom("none", "cloud", "local"),
  hasPool: fc.boolean(),
  days: fc.integer({ min: 1, max: 20 }),
  atOnce: fc.integer({ min: 1, max: 4 }),
  isModel: fc.boolean(),
  wholeFirst: fc.boolean(),
  failureChance: fc.constantFrom(0, 0.3),
  disconnected: fc.constantFrom("wait", "skip"),
  seed: fc.integer({ min: 0, max: 1e6 }),
} as const);

function troubledSpec(
  given: typeof troubled extends fc.Arbitrary<infer Value> ? Value : never,
): SitesSpec {
  const { days, atOnce, isModel, nodes, witness, hasPool } = given;
  const stage = (name: string): ReturnType<typeof stageFixture> =>
    stageFixture(
      name,
      { ring: name },
      {
        groups: [{ name, labels: { ring: name }, maxConcurrency: { count: atOnce } }],
        failuresMax: { percent: 20 },
        waitS: HOUR_S,
      },
    );
  const { service, ...ofNodes } = rolloutFixture({
    wholeFirst: given.wholeFirst,
    failureChance: given.failureChance,
    disconnected: given.disconnected as "wait" | "skip",
    stages: [stage("first"), { ...stage("rest"), after: [0] }],
  });
  return sitesFixture(
    {
      count: 12,
      nodes,
      witness: witness as SiteTemplate["witness"],
      hasPool,
      labelShares: [
        {
          label: "ring",
          values: [
            { value: "first", share: 0.25 },
            { value: "rest", share: 0.75 },
          ],
        },
      ],
      nodeFault: fault(days, 6),
      powerFault: fault(4 * days, 1),
      linkFault: fault(2 * days, 8),
      disconnected: [{ fromS: 5 * HOUR_S, durationS: 40 * HOUR_S, share: 0.3, spreadS: DAY_S }],
      offlineLimitS: 30 * HOUR_S,
      redeployS: 2 * HOUR_S,
    },
    { rollouts: [isModel ? { ...ofNodes, service: service! } : ofNodes] },
  );
}

describe("sites under any faults", () => {
  it("account for all their time and requests, and never update more sites than they may", () => {
    fc.assert(
      fc.property(troubled, (given) => {
        const days = 6;
        const { books, sites, rollouts } = simulate(troubledSpec(given), days, given.seed);
        for (const { index } of sites) {
          const downS = books.downS.reduce((sum, column) => sum + column[index]!, 0);
          expect(books.upS[index]! + downS).toBeCloseTo(days * DAY_S, 3);
          expect(books.awayS[index]!).toBeLessThanOrEqual(days * DAY_S + 1e-3);
          expect(books.readySlotS[index]!).toBeLessThanOrEqual(books.allSlotS[index]! + 1e-3);
        }
        const [service] = books.services;
        for (const { index } of sites) {
          expect(service!.requests[index]).toBeCloseTo(8_640 * days, 3);
          expect(service!.missed[index]!).toBeGreaterThanOrEqual(service!.unserved[index]! - 1e-6);
          expect(service!.missed[index]!).toBeLessThanOrEqual(service!.requests[index]! + 1e-6);
        }
        const [rollout] = rollouts;
        expect(mostAtOnce(rollout!, days * DAY_S)).toBeLessThanOrEqual(given.atOnce);
        for (const stage of rollout!.stages)
          expect(stage.atOnceSeen).toBeLessThanOrEqual(stage.atOnceMax);
        const [first, rest] = rollout!.stages;
        if (rest!.beganS !== null) expect(rest!.beganS).toBeGreaterThanOrEqual(first!.endedS!);
        // A budget that was passed: nobody begins after it.
        const { stoppedS } = rollout!;
        if (stoppedS !== null)
          expect(
            rollout!.siteBeganS.every((beganS) => Number.isNaN(beganS) || beganS <= stoppedS),
          ).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("gives the same bytes for the same seed, and others for another", () => {
    const spec = troubledSpec({
      nodes: 2,
      witness: "cloud",
      hasPool: true,
      days: 3,
      atOnce: 2,
      isModel: false,
      wholeFirst: true,
      failureChance: 0.3,
      disconnected: "wait",
      seed: 1,
    });
    const text = (seed: number): string => {
      const { figures, timeline, tables } = simulate(spec, 6, seed);
      return JSON.stringify([[...figures], timeline, tables]);
    };
    expect(text(4)).toBe(text(4));
    expect(text(4)).not.toBe(text(5));
  });

  it("one more site changes no other", () => {
    const few = simulate(sitesFixture({ count: 3, nodeFault: fault(3, 6) }), 5);
    const many = simulate(sitesFixture({ count: 4, nodeFault: fault(3, 6) }), 5);
    expect([...many.books.upS].slice(0, 3)).toEqual([...few.books.upS]);
  });
});

describe("availability against closed forms", () => {
  // Nodes fail every 10 days and are away for 2: each is up 10 / 12 of the time in the long run.
  const up = 10 / 12;
  const run = (template: Partial<SiteTemplate>): number => {
    const faults = { nodeFault: fault(10, 48), bootS: 0, rebuildBaseS: 0 };
    const spec = sitesFixture({ count: 120, ...faults, ...template, serves: [] }, { services: [] });
    return simulate(spec, 400).figures.get("sites.availability")!;
  };

  it("one node is up as long as it lives", () => {
    expect(run({ nodes: 1, witness: "none" })).toBeCloseTo(up, 2);
  });

  it("two nodes and a witness, without a pool: unless both are away", () => {
    expect(run({ nodes: 2, witness: "local", hasPool: false })).toBeCloseTo(1 - (1 - up) ** 2, 2);
  });

  it("two nodes with a pool and no witness: only together", () => {
    expect(run({ nodes: 2, witness: "none" })).toBeCloseTo(up ** 2, 2);
  });

  it("three nodes with a pool: at least two", () => {
    expect(run({ nodes: 3, witness: "none" })).toBeCloseTo(up ** 3 + 3 * up ** 2 * (1 - up), 2);
  });
});

describe("a rollout over sites", () => {
  it("fetches over the link, waits for it, and takes one node after the other", () => {
    // 1 GB at 8 Mbit/s are 1000 s; the link is away from 500 to 1500.
    const spec = sitesFixture(
      { disconnected: [{ fromS: 500, durationS: 1_000, share: 1, spreadS: 0 }] },
      { rollouts: [rolloutFixture()] },
    );
    const { rollouts, books, figures } = simulate(spec, 1);
    expect([rollouts[0]!.siteBeganS[0], rollouts[0]!.siteDoneS[0]]).toEqual([0, 2_000 + 2 * 300]);
    expect(rollouts[0]!.endedS).toBe(2_600);
    // One of two slots was away for 600 s.
    expect(books.allSlotS[0]! - books.readySlotS[0]!).toBeCloseTo(600, 6);
    expect(figures.get("rollouts[model-v2].updatedShare")).toBe(1);
  });

  it("with nodes: each comes back and rebuilds before the next one goes", () => {
    const { service: _, ...ofNodes } = rolloutFixture();
    const { rollouts, books } = simulate(sitesFixture({}, { rollouts: [ofNodes] }), 1);
    // 1000 s to fetch, then twice 300 s of restart and 1800 s of rebuilding.
    expect(rollouts[0]!.siteDoneS[0]).toBe(1_000 + 2 * 2_100);
    expect(books.outages[0]).toBe(0);
  });

  it("not waiting for the rebuild takes every two-node site down", () => {
    const { service: _, ...ofNodes } = rolloutFixture({ wholeFirst: false });
    const { figures } = simulate(sitesFixture({ count: 5 }, { rollouts: [ofNodes] }), 1);
    expect(figures.get("rollouts.outages")).toBe(5);
  });

  it("skips a site without a link, or goes on with the next and comes back to it", () => {
    const away = {
      count: 6,
      disconnected: [{ fromS: 0, durationS: 5 * HOUR_S, share: 0.5, spreadS: 0 }],
    };
    const run = (disconnected: "wait" | "skip"): RolloutOutcome =>
      simulate(
        sitesFixture(away, { rollouts: [rolloutFixture({ startS: 60, disconnected })] }),
        1,
        3,
      ).rollouts[0]!;
    const skipped = run("skip").stages[0]!;
    expect(skipped.skipped).toBeGreaterThan(0);
    expect(skipped.updated + skipped.skipped).toBe(6);
    const waited = run("wait");
    expect(waited.stages[0]!.updated).toBe(6);
    expect(waited.endedS).toBeGreaterThan(5 * HOUR_S);
  });

  it("stops when more sites fail than it bears; sites on their way finish", () => {
    const group = [{ name: "all", labels: {}, maxConcurrency: { count: 2 } }];
    const stage = { ...stageFixture("all", {}), groups: group, failuresMax: { count: 1 } };
    const spec = sitesFixture(
      { count: 10 },
      {
        rollouts: [
          rolloutFixture({
            failureChance: 1,
            stages: [stage, { ...stageFixture("never", { site: "nobody" }), after: [0] }],
          }),
        ],
      },
    );
    const { rollouts } = simulate(spec, 1);
    const [rollout] = rollouts;
    expect(rollout!.stoppedS).not.toBeNull();
    // Two fail at one instant; the third began between the two, and finishes.
    expect(rollout!.stages[0]!.failed).toBe(3);
    expect(stateOf(rollout!, 9)).toBe("waiting");
    expect([rollout!.endedS, rollout!.stages[1]!.beganS]).toEqual([null, null]);
  });

  it("begins in the window of the local day only", () => {
    const spec = sitesFixture(
      {},
      {
        regions: [{ name: "east", utcOffsetS: 2 * HOUR_S, labels: {} }],
        rollouts: [
          rolloutFixture({ window: { fromS: 22 * HOUR_S, durationS: 4 * HOUR_S }, pollS: HOUR_S }),
        ],
      },
    );
    // 22:00 in the east is 20:00 of the run; the rollout begins at 02:00 local time, when the window is just over.
    const { rollouts } = simulate(spec, 2);
    expect(rollouts[0]!.siteBeganS[0]).toBe(20 * HOUR_S);
  });

  it("waits and approval of a stage run side by side", () => {
    const stages = [
      { ...stageFixture("one", {}), waitS: 2 * HOUR_S, approvalAfterS: 3 * HOUR_S },
      { ...stageFixture("two", { site: "nobody" }), after: [0], approvalBeforeS: HOUR_S },
    ];
    const { rollouts } = simulate(sitesFixture({}, { rollouts: [rolloutFixture({ stages })] }), 1);
    const [one, two] = rollouts[0]!.stages;
    expect(one!.endedS! - one!.sitesDoneS!).toBe(3 * HOUR_S);
    expect(two!.beganS).toBe(one!.endedS);
    expect(rollouts[0]!.endedS).toBe(one!.endedS! + HOUR_S);
  });
});

describe("cached telemetry", () => {
  it("drops what is older than the horizon and sends the rest, the oldest first", () => {
    const queue = createTelemetryQueue(48 * HOUR_S, 4);
    const pass = (fromH: number, toH: number, isSent: boolean, isMeasured = true): void =>
      queue.pass({ fromS: fromH * HOUR_S, toS: toH * HOUR_S, isMeasured, isSent });
    pass(0, 10, true);
    expect(queue.waitingS).toBe(0);
    pass(10, 82, false);
    expect([queue.lostS / HOUR_S, queue.waitingS / HOUR_S]).toEqual([24, 48]);
    // 48 h wait, and each hour adds one and sends four: after eight hours half is left.
    pass(82, 90, true);
    expect(queue.waitingS / HOUR_S).toBe(24);
    pass(90, 99, true);
    expect([queue.lostS / HOUR_S, queue.waitingS]).toEqual([24, 0]);
    // A site that is down measures nothing, and what it kept grows old all the same.
    pass(99, 100, false);
    pass(100, 150, false, false);
    expect([queue.lostS / HOUR_S, queue.waitingS]).toEqual([25, 0]);
  });
});

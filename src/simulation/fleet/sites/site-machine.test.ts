import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRandomStreams } from "../../../engine/streams.js";
import { afterLossTogether, poolAfterLoss } from "../../../policy/fleet/quorum.js";
import { createSiteMachine, type SiteMachine } from "./site-machine.js";
import { sitesFixture } from "./site-fixture.js";
import { drawSites } from "./site-set.js";
import type { SiteChangeKind } from "./site-timeline.js";
import type { SiteTemplate } from "./sites-spec.js";
import { poolIsUp, votesAfterLoss } from "./site-votes.js";

function machine(template: Partial<SiteTemplate>, seed = 1): SiteMachine {
  const streams = createRandomStreams(seed);
  const [site] = drawSites(sitesFixture(template), streams);
  return createSiteMachine(site!, streams.stream("coin"));
}

/** Lets time pass to a moment, with what happens by itself on the way. */
function pass(site: SiteMachine, untilS: number): void {
  while (site.nextS <= untilS) site.settle(site.nextS);
}

function happen(site: SiteMachine, timeS: number, kind: SiteChangeKind, node = 0): void {
  pass(site, timeS);
  site.change({ timeS, kind, node });
}

/** Whether a site of equal nodes is up after losses one minute apart, or all at once. */
function survives(
  template: Partial<SiteTemplate>,
  losses: number,
  how: "in turn" | "at once",
): "up" | "even" | "down" {
  const outcomes = new Set(
    Array.from({ length: 12 }, (_, seed) => {
      const site = machine({ bootS: 0, ...template }, seed);
      if (how === "at once" && losses > 1) {
        // Planned work on all of them begins at one instant: the votes are counted once.
        return votesAfterLoss(
          {
            members: template.nodes!,
            hasWitness: template.witness !== "none",
            witnessAnswers: true,
          },
          losses,
        );
      }
      for (let node = 0; node < losses; node++) happen(site, 60 * (node + 1), "node-fails", node);
      return site.isUp ? "up" : "down";
    }),
  );
  if (outcomes.size === 1) return [...outcomes][0]!;
  return "even";
}

describe("the votes of a site, state by state", () => {
  const cluster = { hasPool: false };
  it.each([
    // nodes, witness, one loss, one then another, two at once
    [2, "none", "even", "down", "down"],
    [2, "cloud", "up", "down", "down"],
    [3, "none", "up", "even", "down"],
    [3, "cloud", "up", "up", "down"],
    [4, "none", "up", "up", "even"],
    [4, "cloud", "up", "up", "up"],
    [5, "none", "up", "up", "up"],
    [5, "cloud", "up", "up", "up"],
  ] as const)("%i nodes, witness %s: cluster", (nodes, witness, one, another, both) => {
    expect(survives({ ...cluster, nodes, witness }, 1, "in turn")).toBe(one);
    expect(survives({ ...cluster, nodes, witness }, 2, "in turn")).toBe(another);
    expect(survives({ ...cluster, nodes, witness }, 2, "at once")).toBe(both);
  });

  it.each([
    [2, "none", false, false],
    [2, "cloud", true, false],
    [3, "none", true, false],
    [3, "cloud", true, false],
    [4, "none", true, false],
    [4, "cloud", true, true],
    [5, "none", true, true],
    [5, "cloud", true, true],
  ] as const)("%i nodes, witness %s: storage pool", (nodes, witness, one, two) => {
    const shape = { nodes, hasWitness: witness !== "none" };
    expect(poolIsUp(shape, nodes - 1, true)).toBe(one);
    expect(poolIsUp(shape, nodes - 2, true)).toBe(two);
    expect(poolAfterLoss(shape, 2) === "up").toBe(two);
  });

  it("counts as the policy does while the witness answers", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 0, max: 16 }),
        fc.boolean(),
        (members, lost, hasWitness) => {
          expect(votesAfterLoss({ members, hasWitness, witnessAnswers: true }, lost)).toBe(
            afterLossTogether({ nodes: members, hasWitness }, lost),
          );
        },
      ),
    );
  });
});

describe("a two-node site with a witness and a storage pool", () => {
  it("goes down when the link to the witness and a node are away, in either order", () => {
    for (const [first, second] of [
      ["link-off", "node-fails"],
      ["node-fails", "link-off"],
    ] as const) {
      const site = machine({});
      happen(site, 100, first);
      expect(site.isUp).toBe(true);
      happen(site, 200, second);
      expect(site.isUp, first).toBe(false);
      expect(site.downCause).toBe("nodes");
      happen(site, 300, "link-on");
      expect(site.isUp).toBe(true);
    }
  });

  it("a local witness does not need the link", () => {
    const site = machine({ witness: "local" });
    happen(site, 100, "link-off");
    happen(site, 200, "node-fails");
    expect(site.isUp).toBe(true);
  });

  it("is fatal to lose the other node while data are rebuilt, and not after", () => {
    const fails = (secondS: number): SiteMachine => {
      const site = machine({});
      happen(site, 1_000, "node-fails", 0);
      happen(site, 2_000, "node-repaired", 0);
      // Boots until 2600, rebuilds until 4400.
      happen(site, secondS, "node-fails", 1);
      return site;
    };
    const tooSoon = fails(4_300);
    expect([tooSoon.isUp, tooSoon.downCause]).toEqual([false, "data"]);
    expect(fails(4_500).isUp).toBe(true);
    happen(tooSoon, 5_000, "node-repaired", 1);
    pass(tooSoon, 5_650);
    expect([tooSoon.isUp, tooSoon.isWhole]).toEqual([true, false]);
    // What was left of rebuilding goes on: 100 s from 5600 on.
    pass(tooSoon, 5_701);
    expect(tooSoon.isWhole).toBe(true);
  });

  it("planned work on one node and a failure of the other take it down until one is back", () => {
    const site = machine({});
    site.takeNode(0, 1_000, 2_500);
    expect(site.isUp).toBe(true);
    happen(site, 1_200, "node-fails", 1);
    expect(site.isUp).toBe(false);
    // Nothing was written after both were away, but the first missed 200 s: its data are not current.
    pass(site, 2_500);
    expect([site.isUp, site.downCause]).toEqual([false, "data"]);
    happen(site, 4_000, "node-repaired", 1);
    pass(site, 4_600);
    expect(site.isUp).toBe(true);
  });

  it("power takes all down, keeps data current, and comes back with booting", () => {
    const site = machine({});
    happen(site, 100, "power-off");
    expect([site.isUp, site.downCause]).toEqual([false, "power"]);
    happen(site, 500, "power-on");
    expect([site.isUp, site.downCause]).toEqual([false, "starting"]);
    pass(site, 1_100);
    expect([site.isUp, site.isWhole]).toEqual([true, true]);
  });

  it("after the limit without a link, what comes back may not start until the link is there", () => {
    const site = machine({ offlineLimitS: 1_000, witness: "local", redeployS: 5_000 });
    happen(site, 100, "link-off");
    happen(site, 200, "node-fails", 0);
    happen(site, 300, "node-repaired", 0);
    pass(site, 1_000);
    expect([site.isExpired, site.isBarred(0)]).toEqual([false, false]);
    pass(site, 1_100);
    expect(site.isExpired).toBe(true);
    happen(site, 3_000, "node-fails", 1);
    happen(site, 3_100, "node-repaired", 1);
    pass(site, 4_000);
    expect([site.isUp, site.isBarred(0), site.isBarred(1)]).toEqual([true, false, true]);
    happen(site, 5_000, "link-on");
    expect([site.isUp, site.downCause]).toEqual([false, "redeploy"]);
    pass(site, 10_000);
    expect([site.isUp, site.isBarred(1)]).toEqual([true, false]);
  });
});

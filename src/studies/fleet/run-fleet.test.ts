import { describe, expect, it } from "vitest";

import { parseSetArgument } from "../../scenario/apply-overlays.js";
import { FLEET_METRICS } from "../../scenario/fleet/fleet-metrics.js";
import { parseFleet } from "../../scenario/fleet/parse-fleet.js";
import { resolveFleet } from "../../scenario/fleet/resolve-fleet.js";
import { decideFleet } from "./fleet-decision.js";
import { figuresOf } from "./fleet-result-document.js";
import { runFleet, type FleetStudy } from "./run-fleet.js";

const TEXT = `schema: headroom/fleet/v1
name: stores
question: Does it go out?
fleet:
  sites:
    - name: store
      count: 40
      nodes: { count: 2, gpu: L4 }
      links: [{ bandwidth: 100Mbit/s, roundTrip: 30ms }]
      faults:
        node: { mtbf: 20d, repair: { fixed: 6h } }
workload:
  services:
    - { name: checkout, compute: 180ms, demand: { perSiteDay: 40000 }, latencyGoal: 1s, elsewhere: { compute: 1s } }
rollouts:
  - name: model
    what: model
    service: checkout
    bytes: 15GB
    restart: 4m
    stages: [{ name: all, groups: [{ name: g, maxConcurrency: 50% }] }]
goals:
  - { id: new model, metric: rollouts.updatedShare, of: model, atLeast: 95% }
  - { metric: services.latencyP99S, atMost: 5s }
`;

function study(...sets: readonly string[]): FleetStudy {
  const fleet = resolveFleet(
    parseFleet({ file: "fleet.yaml", text: TEXT, overlays: sets.map(parseSetArgument) }),
  );
  return runFleet({ fleet, seed: 3, inputs: [{ path: "fleet.yaml", sha256: "00" }] });
}

describe("the result of a fleet", () => {
  const one = study();

  it("has every metric of its parts, and figuresOf reads those with a value", () => {
    const { figures } = one.result;
    const parts = ["sites", "services", "rollouts"];
    for (const { path } of FLEET_METRICS.filter((metric) =>
      parts.includes(metric.path.split(".")[0]!),
    ))
      expect(Object.hasOwn(figures, path), path).toBe(true);
    expect(figuresOf(one.result).get("rollouts[model].updatedShare")).toBe(1);
    expect(one.result.decision).toMatch(/^Yes: the fleet meets both goals \(tightest: /);
    expect(one.result.goals.map(({ met }) => met)).toEqual([true, true]);
  });

  it("a question that yes does not answer is answered by the finding", () => {
    const { goals, figures } = one.result;
    const decided = decideFleet({ question: "When is it out?", goals, figures });
    expect(decided).toMatch(/^The fleet meets both goals \(tightest: new model at 100 %, goal /);
  });

  it("the same seed gives the same bytes", () => {
    expect(JSON.stringify(study().result)).toBe(JSON.stringify(one.result));
  });

  it("replications give means, intervals that stay where the figure can be, and their count", () => {
    const { result } = study("run.replications=4", "run.duration=3d");
    const { replications, figures, goals } = result;
    expect(replications!.count).toBe(4);
    const { low, high } = replications!.intervals["sites.outages"]!;
    expect(low).toBeGreaterThanOrEqual(0);
    expect([low <= figures["sites.outages"]!, figures["sites.outages"]! <= high]).toEqual([
      true,
      true,
    ]);
    expect(replications!.intervals["sites.availability"]!.high).toBeLessThanOrEqual(1);
    expect(goals[0]!.replicationsMet).toBe(4);
  });

  it("a goal without a value is missed", () => {
    const { result } = study(
      "goals=[{metric: sites.capacityShare, atLeast: 50%}]",
      "workload=null",
      "rollouts=null",
    );
    expect(result.goals[0]).toMatchObject({ actual: null, met: false });
    expect(result.decision).toContain("no value");
  });
});

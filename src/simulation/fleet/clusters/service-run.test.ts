import { describe, expect, it } from "vitest";

import { markovQueueMetrics } from "../../../stats/queueing.js";
import { clustersSpec, member, runClusters } from "./clusters-fixture.js";
import type { MemberSpec } from "./clusters-spec.js";
import type { FleetServiceSpec } from "./service-spec.js";

const SERVICE: FleetServiceSpec = {
  name: "chat",
  replicas: [
    { member: 0, count: 2 },
    { member: 1, count: 2 },
  ],
  gpusPerReplica: 1,
  slotsPerReplica: 1,
  computeS: 1,
  compute: "fixed",
  startS: 0,
  waitingPerSlotMax: 1_000,
  firstRequestS: 0,
  users: [{ region: "a", requestsPerS: 0.5, allowed: [true, true], rttS: [0.01, 0.1] }],
};

function run(
  service: Partial<FleetServiceSpec>,
  members: readonly MemberSpec[],
  durationS = 20_000,
) {
  return runClusters(
    clustersSpec(members, [], { services: [{ ...SERVICE, ...service }] }),
    durationS,
  );
}

const two = [member("a", 1, 4), member("b", 1, 4)];

describe("services on several clusters", () => {
  it("a request takes the round trip, its wait as M/M/c has it, and its compute time", () => {
    const { figures } = run(
      { compute: "exponential", users: [{ ...SERVICE.users[0]!, requestsPerS: 1.4 }] },
      two,
      60_000,
    );
    const theory = markovQueueMetrics({ arrivalsPerS: 1.4, servicesPerS: 1, servers: 2 });
    expect(figures.get("inference.roundTripMeanS")).toBeCloseTo(0.01, 9);
    expect(figures.get("inference.elsewhereShare")).toBe(0);
    const queueS = figures.get("inference.queueMeanS")!;
    expect(Math.abs(queueS / theory.waitMeanS - 1)).toBeLessThan(0.08);
    expect(figures.get("inference.latencyMeanS")).toBeCloseTo(
      0.01 + queueS + figures.get("inference.computeMeanS")!,
      9,
    );
  });

  it("goes to the next nearest when the nearest is full, and never where it may not", () => {
    const busy = { ...SERVICE.users[0]!, requestsPerS: 2.5 };
    const spilled = run({ waitingPerSlotMax: 0, users: [busy] }, two);
    expect(spilled.figures.get("inference.elsewhereShare")).toBeGreaterThan(0.2);
    const bound = run({ waitingPerSlotMax: 0, users: [{ ...busy, allowed: [true, false] }] }, two);
    expect(bound.figures.get("inference.elsewhereShare")).toBe(0);
    expect([...bound.run.services[0]!.users[0]!.servedBy.keys()]).toEqual(["a"]);
  });

  it("fails over while the nearest cluster is down, and does not serve where nobody may", () => {
    const down = [member("a", 1, 4, { outages: [{ fromS: 5_000, toS: 10_000 }] }), two[1]!];
    const over = run({}, down);
    expect(over.figures.get("inference.unserved")).toBe(0);
    expect(over.figures.get("inference.elsewhereShare")).toBeCloseTo(0.25, 1);
    const bound = run({ users: [{ ...SERVICE.users[0]!, allowed: [true, false] }] }, down);
    expect(bound.figures.get("inference.unservedShare")).toBeCloseTo(0.25, 1);
  });

  it("a cut line keeps neither a floor from its own cluster nor its people at home", () => {
    const cut = [member("a", 1, 4, { disconnected: [{ fromS: 0, toS: 10_000 }] }), two[1]!];
    const { figures } = run({}, cut);
    expect(figures.get("inference.unserved")).toBe(0);
    expect(figures.get("inference.elsewhereShare")).toBe(0);
    const only = run({ replicas: [{ member: 1, count: 2 }] }, cut);
    expect(only.figures.get("inference.unservedShare")).toBeCloseTo(0.5, 1);
  });

  it("replicas hold their GPUs, and come again when their nodes do", () => {
    const failing = [
      member("a", 1, 4, { pool: { loss: { meanLifeS: 3_000, repairS: 500 } } }),
      two[1]!,
    ];
    const { figures, run: outcome } = run({ startS: 100 }, failing);
    expect(figures.get("clusters[b].gpuHoursHeld")).toBeCloseTo((2 * 20_000) / 3_600, 9);
    expect(outcome.members[0]!.pools[0]!.losses).toBeGreaterThan(1);
    expect(figures.get("inference.elsewhereShare")).toBeGreaterThan(0.03);
    expect(figures.get("inference.unservedShare")).toBeLessThan(0.01);
  });
});

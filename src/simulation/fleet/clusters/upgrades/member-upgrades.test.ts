import { expect, test } from "vitest";

import type { MemberCluster } from "../member-cluster.js";
import type { ClustersSpec, JobGroupSpec, MemberSpec } from "../clusters-spec.js";
import { clustersSpec, jobs, member, raceOf } from "../clusters-fixture.js";
import { simulateClusters } from "../simulate-clusters.js";
import type { FleetServiceSpec } from "../service-spec.js";
import { createRandomStreams } from "../../../../engine/streams.js";
import type { FleetUpgrade, PoolUpgrade } from "../../upgrades/fleet-upgrades-spec.js";
import { ROLLING } from "../../upgrades/upgrade-fixture.js";
import type { RollingStrategy, UpgradeStrategy } from "../../upgrades/upgrade-spec.js";
import type { MemberUpgradeSpec } from "./member-upgrade-spec.js";

const IN_PLACE: RollingStrategy = {
  ...ROLLING,
  maxSurge: { count: 0 },
  maxUnavailable: { count: 1 },
  surgeAvailable: 0,
};

/** Takes the first pools of these members through an upgrade that begins at 1,000 s; 100 s a change, 200 s a boot. */
function upgradeOf(
  members: readonly MemberSpec[],
  strategy: UpgradeStrategy,
  changes: Partial<FleetUpgrade> = {},
): MemberUpgradeSpec {
  const pools = members.map(({ name, pools: [pool] }): PoolUpgrade => ({
    pool: `${name}/gpus`,
    cluster: name,
    spares: 0,
    upgrade: {
      pool: { name: `${name}/gpus`, nodes: pool!.count, slots: { gpu: pool!.gpusPerNode } },
      strategy,
      times: { bootS: 200, changeS: 100 },
      workloads: [],
      placement: "pack",
    },
  }));
  return {
    upgrade: {
      name: "k8s",
      startS: 1_000,
      pools,
      stages: [
        {
          name: "all",
          groups: [
            {
              name: "all",
              clusters: members.map(({ name }) => name),
              maxConcurrency: { count: 1 },
            },
          ],
          maxConcurrency: { count: 50 },
          maxAllowedFailures: { count: 0 },
          waitS: 0,
        },
      ],
      windows: new Map(),
      pollS: 600,
      sparesMax: 0,
      ...changes,
    },
    places: members.map((_, index) => ({ member: index, pool: 0 })),
  };
}

function run(
  spec: ClustersSpec,
  {
    durationS = 40_000,
    look,
  }: { durationS?: number; look?: (m: readonly MemberCluster[]) => void } = {},
) {
  const outcome = simulateClusters(
    spec,
    { durationS, stepS: durationS / 10 },
    createRandomStreams(1),
    look,
  );
  return { outcome, pools: outcome.upgrades.flatMap(({ pools }) => pools) };
}

/** One cluster of nodes of 8 GPUs, upgraded with these jobs on it. */
function upgraded(
  nodes: number,
  groups: readonly JobGroupSpec[],
  strategy: UpgradeStrategy,
  changes: Parameters<typeof clustersSpec>[2] = {},
) {
  const members = [member("west", nodes, 8)];
  return run({
    ...clustersSpec(members, groups, changes),
    upgrades: [upgradeOf(members, strategy)],
  });
}

const LONG = { gpusPerWorker: 8, durationS: 20_000, placement: raceOf(0) };

test("a drained job goes back to its queue, loses what is in no checkpoint, and starts where there is room", () => {
  // Two nodes, one job: it leaves the first node for the second at 1,000 s, and that one for the first at 1,130 s.
  const { outcome, pools } = upgraded(
    2,
    [jobs("train", { ...LONG, checkpoint: { intervalS: 600, bytes: 0 }, restartS: 60 })],
    IN_PLACE,
  );
  const { result, startS } = pools[0]!;
  expect(startS).toBe(1_000);
  expect(result).toMatchObject({ end: "done", course: "in-place", nodesChanged: 2, stops: 2 });
  // Grace of 30 s and change of 100 s, twice.
  expect(result!.durationS).toBe(260);
  // 400 s since the checkpoint at 600 s; then, after 60 s of starting again, 70 s of work on the second node.
  expect(result!.lostGpuHours).toBeCloseTo(((400 + 70) * 8) / 3_600, 9);
  expect(result!.restartGpuHours).toBeCloseTo((2 * 60 * 8) / 3_600, 9);
  expect(result!.waitingGpuHours).toBe(0);
  // What was done and kept is 600 s: the rest, and twice the start, come after 1,130 s.
  expect(outcome.run.jobs[0]).toMatchObject({ stops: 2, endS: 1_130 + 60 + 20_000 - 600 });
  expect(outcome.figures.get("clusters.lossStops")).toBe(0);
});

test("where it has no room it waits for its node to be changed, and that time is counted", () => {
  const { outcome, pools } = upgraded(1, [jobs("train", LONG)], IN_PLACE);
  expect(pools[0]!.result).toMatchObject({ end: "done", stops: 1 });
  expect(pools[0]!.result!.waitingGpuHours).toBeCloseTo((130 * 8) / 3_600, 9);
  expect(pools[0]!.result!.capacityLostGpuHours).toBeCloseTo((130 * 8) / 3_600, 9);
  expect(outcome.run.jobs[0]!.endS).toBe(1_130 + 20_000);
});

test.each([
  // Writes for 100 s what was done in 1,000 s, ends 30 s later, waits for the change of 100 s.
  ["save", { saveS: 100 }, { stops: 1, lost: 0, endS: 1_000 + 100 + 130 + 19_000 }],
  // The next checkpoint is at 1,200 s.
  ["next-checkpoint", {}, { stops: 1, lost: 0, endS: 1_200 + 130 + 18_800 }],
  ["stop", {}, { stops: 1, lost: 400, endS: 1_130 + 19_400 }],
] as const)("onDrain: %s", (onDrain, changes, want) => {
  const group = jobs("train", {
    ...LONG,
    ...changes,
    onDrain,
    checkpoint: { intervalS: 600, bytes: 0 },
  });
  const { outcome, pools } = upgraded(1, [group], IN_PLACE);
  expect(pools[0]!.result).toMatchObject({ end: "done", stops: want.stops });
  expect(pools[0]!.result!.lostGpuHours).toBeCloseTo((want.lost * 8) / 3_600, 9);
  expect(outcome.run.jobs[0]!.endS).toBe(want.endS);
});

test("a job that does not yield hangs the upgrade; schedule deletes its node, cordon leaves it alone", () => {
  const group = jobs("train", { ...LONG, onDrain: "finish" });
  const stopped = upgraded(2, [group], IN_PLACE);
  expect(stopped.pools[0]!.result).toMatchObject({ end: "stopped", nodesChanged: 0, stops: 0 });
  expect(stopped.pools[0]!.result!.why).toContain("train (8 GPUs a worker) does not yield");
  // The node stays closed until the end of the run.
  expect(stopped.pools[0]!.result!.capacityLostGpuHours).toBeCloseTo((39_000 * 8) / 3_600, 6);
  expect(stopped.outcome.run.jobs[0]!.endS).toBe(20_000);

  const deleted = upgraded(2, [group], { ...IN_PLACE, undrainable: "schedule" });
  expect(deleted.pools[0]!.result).toMatchObject({ end: "stopped", stops: 1, nodesChanged: 1 });
  expect(deleted.outcome.run.jobs[0]!.stops).toBe(1);

  const left = upgraded(2, [group], { ...IN_PLACE, undrainable: "cordon" });
  expect(left.pools[0]!.result).toMatchObject({
    end: "done-with-blocked-nodes",
    stops: 0,
    nodesChanged: 1,
    blockedNodes: ["west/gpus-000"],
  });
});

test("surge nodes take what is drained; they are paid for, and gone at the end", () => {
  const { outcome, pools } = upgraded(2, [jobs("train", { ...LONG, count: 2 })], ROLLING);
  const { result } = pools[0]!;
  expect(result).toMatchObject({ end: "done", course: "surge", surgeNodes: 1, openGpusMin: 16 });
  expect(result!.waitingGpuHours).toBe(0);
  const [pool] = outcome.run.members[0]!.pools;
  expect(pool!.nodes.filter(({ state }) => state === "up")).toHaveLength(2);
  expect(pool!.totals(40_000).nodeHours * 3_600).toBeCloseTo(80_000 + result!.durationS, 6);
});

test("blue-green puts as many new nodes beside the old ones, and removes these", () => {
  const { outcome, pools } = upgraded(2, [jobs("train", { ...LONG, count: 2 })], {
    kind: "blue-green",
    drainBatch: { percent: 50 },
    drainTimeoutS: 1_800,
    batchSoakS: 300,
    finalSoakS: 600,
    surgeAvailable: 2,
  });
  expect(pools[0]!.result).toMatchObject({ end: "done", stops: 2, surgeNodes: 2 });
  // Boot, drain, pause, drain, last pause.
  expect(pools[0]!.result!.durationS).toBe(200 + 30 + 300 + 30 + 600);
  const [pool] = outcome.run.members[0]!.pools;
  expect(pool!.alive).toBe(2);
  expect(outcome.run.jobs.every(({ endS }) => endS !== undefined)).toBe(true);
});

const SERVICE: FleetServiceSpec = {
  name: "chat",
  replicas: [{ member: 0, count: 3 }],
  gpusPerReplica: 8,
  slotsPerReplica: 4,
  computeS: 1,
  compute: "fixed",
  startS: 300,
  waitingPerSlotMax: 4,
  firstRequestS: 500,
  users: [{ region: "west", requestsPerS: 0.2, allowed: [true], rttS: [0.001] }],
  budget: { maxUnavailable: { count: 1 } },
  need: { count: 2 },
};

test("without a spare node the first eviction of replicas blocks the second, and nothing is lost with one", () => {
  const two = { ...IN_PLACE, maxUnavailable: { count: 2 } };
  // Two replicas on each node.
  const halves = { ...SERVICE, gpusPerReplica: 4, replicas: [{ member: 0, count: 6 }] };
  const full = upgraded(3, [], IN_PLACE, { services: [halves] });
  expect(full.pools[0]!.result).toMatchObject({ end: "stopped", nodesChanged: 0, missS: 0 });
  expect(full.pools[0]!.result!.why).toMatch(/disruption budget.*5 of 6.*evicted before: chat/);
  const spare = upgraded(4, [], IN_PLACE, { services: [SERVICE] });
  expect(spare.pools[0]!.result).toMatchObject({ end: "done", missS: 0, waitingGpuHours: 0 });
  // The spare node, where the first replica went, is drained too.
  expect(spare.pools[0]!.result!.services[0]).toMatchObject({ readyMin: 2, evictions: 4 });
  expect(spare.outcome.figures.get("inference.rerouted")).toBe(0);
  // Two away are below what is needed of three.
  const both = { ...SERVICE, budget: { maxUnavailable: { count: 2 } } };
  const missed = upgraded(4, [], two, { services: [both] });
  expect(missed.pools[0]!.result!.missS).toBeGreaterThan(0);
});

test("a service of which nobody said what it needs leaves its misses without a value", () => {
  const { need: _, ...unknown } = SERVICE;
  const { pools } = upgraded(4, [], IN_PLACE, { services: [unknown] });
  expect(pools[0]!.result).toMatchObject({ end: "done", isNeedKnown: false, isPainless: false });
});

test("clusters go one after the other, each when its line is there; a failed one ends the run", () => {
  const members = [
    member("east", 1, 8, { disconnected: [{ fromS: 0, toS: 5_000 }] }),
    member("west", 1, 8),
  ];
  const { outcome, pools } = run({
    ...clustersSpec(members, []),
    upgrades: [upgradeOf(members, IN_PLACE)],
  });
  // East is away: west goes first, and the line of east is looked at every 600 s.
  expect(pools.map(({ startS }) => startS)).toEqual([5_200, 1_000]);
  expect(outcome.upgrades[0]!.run).toMatchObject({ end: "done", endS: 5_300 });

  const hanging = run({
    ...clustersSpec(members, [jobs("train", { ...LONG, onDrain: "finish", placement: raceOf(1) })]),
    upgrades: [upgradeOf(members, IN_PLACE)],
  });
  expect(hanging.outcome.upgrades[0]!.run.end).toBe("failed");
  expect(hanging.pools[0]!.result).toBeUndefined();
});

test("machines that go while they are drained need no change", () => {
  const members = [
    member("west", 0, 8, {
      pool: {
        count: 3,
        elastic: { min: 3, max: 3, provisionS: 50, idleTimeoutS: 60 },
        loss: { meanLifeS: 600 },
      },
    }),
  ];
  const { pools } = run({
    ...clustersSpec(members, [
      jobs("train", { ...LONG, durationS: 500, count: 50, betweenS: 100 }),
    ]),
    upgrades: [upgradeOf(members, IN_PLACE)],
  });
  expect(pools[0]!.result).toMatchObject({ end: "done", nodesChanged: 3 });
});

test("closed nodes take nothing, GPUs are never held twice, and no job is lost", () => {
  const strategies: readonly UpgradeStrategy[] = [
    IN_PLACE,
    ROLLING,
    { ...ROLLING, maxSurge: { percent: 50 }, undrainable: "schedule", drainTimeoutS: 300 },
    { ...IN_PLACE, undrainable: "cordon", drainTimeoutS: 300 },
  ];
  for (const [index, strategy] of strategies.entries()) {
    const onDrain = (["stop", "save", "next-checkpoint", "finish"] as const)[index]!;
    const members = [
      member("east", 3, 8),
      member("west", 4, 8, {
        queue: { order: "skip", preemption: "lower-priority", graceS: 30, quotaGpus: {} },
        pool: { loss: { meanLifeS: 9_000, repairS: 700 } },
      }),
    ];
    const groups = [0, 1].map((priority) =>
      jobs(`kind-${priority}`, {
        priority,
        onDrain,
        workers: 1 + priority,
        gpusPerWorker: 4,
        count: 40,
        betweenS: 150,
        arrivals: "poisson",
        durationS: 900,
        durations: "exponential",
        checkpoint: { intervalS: 300, bytes: 0 },
        restartS: 20,
        saveS: 40,
        placement: raceOf(0, 1),
      }),
    );
    const closedHeld = new Map<object, number>();
    const { outcome } = run(
      { ...clustersSpec(members, groups), upgrades: [upgradeOf(members, strategy)] },
      {
        look: (all) => {
          for (const node of all.flatMap(({ pools }) => pools.flatMap(({ nodes }) => nodes))) {
            if (!node.isClosed) closedHeld.delete(node);
            else {
              // What holds a closed node can only become less.
              const before = closedHeld.get(node) ?? Infinity;
              expect(node.holders.size).toBeLessThanOrEqual(before);
              closedHeld.set(node, node.holders.size);
            }
          }
        },
      },
    );
    for (const job of outcome.run.jobs) expect(job.endS).toBeDefined();
    // Work that was done is what every job needs, and what was lost: nothing vanishes.
    const { figures } = outcome;
    expect(figures.get("jobs.finished")).toBe(80);
    for (const one of outcome.run.members) expect(one.running.size).toBe(0);
  }
});

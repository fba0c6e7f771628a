import fc from "fast-check";
import { expect, test } from "vitest";

import { findSpares } from "./find-spares.js";
import { planSurge } from "./plan-surge.js";
import { simulateUpgrade } from "./simulate-upgrade.js";
import { jobsOf, ROLLING, serviceOf, upgradeOf } from "./upgrade-fixture.js";

test("the page's quota example: five pools of four nodes with 50 % need ten nodes", () => {
  const pool = { name: "p", nodes: 4, slots: { gpu: 8 } };
  const plan = planSurge(pool, { ...ROLLING, maxSurge: { percent: 50 } });
  expect(plan).toEqual({ course: "surge", surge: 2, atOnce: 2 });
});

test.each([
  ["a share is rounded up", { maxSurge: { percent: 33 } }, "surge", 2],
  ["more than the pool has is capped", { maxSurge: { count: 9 } }, "surge", 4],
  [
    "four of five surge nodes fail before 1.35",
    { maxSurge: { count: 3 }, surgeAvailable: 2 },
    "none",
    0,
  ],
  [
    "from 1.35 on one is tried",
    { maxSurge: { count: 3 }, surgeAvailable: 2, kubernetesMinor: 35 },
    "surge-of-one",
    1,
  ],
  [
    "then in place, where that is allowed",
    {
      maxSurge: { count: 3 },
      surgeAvailable: 0,
      kubernetesMinor: 35,
      maxUnavailable: { count: 2 },
    },
    "in-place",
    2,
  ],
  [
    "without surge, in place",
    { maxSurge: { count: 0 }, maxUnavailable: { count: 5 } },
    "in-place",
    4,
  ],
  ["neither is refused", { maxSurge: { count: 0 } }, "none", 0],
] as const)("%s", (_, part, course, atOnce) => {
  const plan = planSurge({ name: "p", nodes: 4, slots: { gpu: 8 } }, { ...ROLLING, ...part });
  expect(plan.course).toBe(course);
  expect("atOnce" in plan ? plan.atOnce : 0).toBe(atOnce);
});

test("a system pool is not upgraded in place, and a pool has at most 1,000 nodes", () => {
  const noSurge = { ...ROLLING, surgeAvailable: 0, maxUnavailable: { count: 1 } };
  const system = { name: "p", nodes: 4, slots: {}, isSystem: true };
  expect(planSurge(system, noSurge).course).toBe("none");
  const large = { name: "p", nodes: 990, slots: {} };
  expect(planSurge(large, { ...ROLLING, maxSurge: { count: 11 } }).course).toBe("none");
  expect(planSurge(large, { ...ROLLING, maxSurge: { count: 10 } }).course).toBe("surge");
});

test("an empty pool takes a boot, and a soak and a change per batch", () => {
  const strategy = { ...ROLLING, maxSurge: { count: 2 }, soakS: 60 };
  const result = simulateUpgrade(upgradeOf({ strategy }));
  expect(result).toMatchObject({ end: "done", durationS: 600 + 2 * (60 + 900), surgeNodes: 2 });
  expect(result.capacityLostGpuHours).toBe(0);
  expect(result.isPainless).toBe(true);
});

test("with a surge node a full pool of services never falls below its budget", () => {
  const result = simulateUpgrade(upgradeOf({ workloads: [serviceOf()] }));
  expect(result).toMatchObject({ end: "done", isPainless: true, stops: 0 });
  expect(result.services[0]).toMatchObject({ readyMin: 3, missS: 0, evictions: 4 });
  // Draining takes 30 s of grace; a drain waits until the replica evicted before serves, which the change hides.
  expect(result.durationS).toBe(600 + 4 * (30 + 900));
});

test("a full GPU pool without spare nodes hangs, and says so", () => {
  const strategy = { ...ROLLING, maxSurge: { count: 0 }, maxUnavailable: { count: 1 } };
  const two = serviceOf({ replicas: 8, slots: { gpu: 4 }, need: 7 });
  const result = simulateUpgrade(upgradeOf({ strategy, workloads: [two] }));
  expect(result).toMatchObject({ end: "stopped", durationS: 1_800, nodesChanged: 0, missS: 0 });
  expect(result.why).toMatch(/^h100-000 was not empty after 30 min of draining/);
  expect(result.why).toContain("a pod of chat (4 GPUs) may not be evicted");
  expect(result.why).toContain(
    "No node that takes pods has room for what was evicted before: chat",
  );
  const search = findSpares(upgradeOf({ strategy, workloads: [two] }), 3);
  expect(search.painless).toBe(1);
  expect(search.trials.map(({ result: { end } }) => end)).toEqual(["stopped", "done"]);
});

test("without surge machines the upgrade is refused before anything changes", () => {
  const strategy = { ...ROLLING, surgeAvailable: 0 };
  const result = simulateUpgrade(upgradeOf({ strategy, workloads: [serviceOf()] }));
  expect(result).toMatchObject({ end: "refused", durationS: 0, nodesChanged: 0 });
  expect(result.why).toContain("1 surge node is needed and none can be had");
});

test("a service that needs all it has is not helped by nodes", () => {
  const search = findSpares(upgradeOf({ workloads: [serviceOf({ need: 4 })] }), 2);
  expect(search.painless).toBeNull();
  expect(search.obstacle).toContain("one more replica is needed, not one more node");
});

test.each([
  ["stop", 0],
  ["schedule", 0],
  ["cordon", 1],
] as const)("a budget that never yields, undrainable nodes: %s", (undrainable, left) => {
  const stubborn = serviceOf({ replicas: 1, need: 1, budget: { maxUnavailable: { count: 0 } } });
  const strategy = { ...ROLLING, undrainable, maxBlockedNodes: { count: 4 } };
  const result = simulateUpgrade(upgradeOf({ strategy, workloads: [stubborn] }));
  const end = { stop: "stopped", schedule: "done", cordon: "done-with-blocked-nodes" }[undrainable];
  expect(result.end).toBe(end);
  expect(result.closed.filter(({ reason }) => reason === "blocked")).toHaveLength(left);
  expect(result.services[0]!.missS).toBe(undrainable === "schedule" ? 4 * 300 : 0);
});

test("jobs: what is lost is what is in no checkpoint", () => {
  const none = { ...ROLLING, maxSurge: { count: 4 } };
  const run = (part: Parameters<typeof jobsOf>[0]) =>
    simulateUpgrade(upgradeOf({ strategy: none, workloads: [jobsOf(part)] }));
  const killed = run({});
  // One draw decides how far the job is: the same for every behaviour.
  const doneS = (killed.lostGpuHours / 8) * 3_600 - 600;
  expect(doneS).toBeGreaterThan(0);
  expect(killed.stops).toBe(1);
  expect(killed.restartGpuHours).toBeCloseTo((120 * 8) / 3_600, 9);
  expect(run({ checkpointEveryS: 1_800 }).lostGpuHours).toBeLessThanOrEqual(4);
  const saved = run({ onDrain: "save" });
  expect(saved.lostGpuHours).toBe(0);
  expect(saved.restartGpuHours).toBeCloseTo(((60 + 120) * 8) / 3_600, 9);
  const polite = run({ onDrain: "next-checkpoint", checkpointEveryS: 1_500 });
  expect(polite).toMatchObject({ lostGpuHours: 0, stops: 1, end: "done" });
  const rude = run({ onDrain: "finish", durationS: 720_000 });
  expect(rude).toMatchObject({ end: "stopped" });
});

test("a rolling upgrade may stop the same job again and again; blue-green stops it once", () => {
  const job = jobsOf({ count: 2, durationS: 360_000 });
  const spread = { placement: "spread", workloads: [job] } as const;
  const rolling = simulateUpgrade(upgradeOf(spread));
  const strategy = {
    kind: "blue-green",
    drainBatch: { percent: 10 },
    drainTimeoutS: 1_800,
    batchSoakS: 900,
    finalSoakS: 3_600,
    surgeAvailable: 4,
  } as const;
  const blueGreen = simulateUpgrade(upgradeOf({ ...spread, strategy }));
  expect(rolling.stops).toBeGreaterThanOrEqual(2);
  expect(blueGreen.stops).toBe(2);
  // 600 s to boot, four batches of one node, 15 min between, 60 min at the end; 30 s of grace on two nodes.
  expect(blueGreen.durationS).toBe(600 + 2 * 30 + 3 * 900 + 3_600);
});

test("a new MIG layout in place serves those who asked for its slices, and takes them from others", () => {
  const strategy = { ...ROLLING, maxSurge: { count: 0 }, maxUnavailable: { count: 1 } };
  const pool = {
    name: "mig",
    nodes: 2,
    slots: { "1g.10gb": 7 },
    slotsAfter: { "3g.40gb": 2 },
  };
  const small = serviceOf({
    name: "small",
    replicas: 7,
    slots: { "1g.10gb": 1 },
    need: 5,
    startS: 100,
  });
  const large = serviceOf({ name: "large", replicas: 2, slots: { "3g.40gb": 1 }, need: 1 });
  const result = simulateUpgrade(upgradeOf({ pool, strategy, workloads: [small, large] }));
  expect(result.waitingBefore).toEqual(["2 × large"]);
  expect(result.services[1]!.ready.at(-1)!.replicas).toBe(2);
  expect(result.end).toBe("stopped");
});

test("the same seed gives the same upgrade; GPUs are never held twice", () => {
  const service = serviceOf({ replicas: 6, slots: { gpu: 2 }, need: 5 });
  const arbitrary = fc.record({
    nodes: fc.integer({ min: 1, max: 8 }),
    gpus: fc.integer({ min: 2, max: 8 }),
    surge: fc.integer({ min: 0, max: 4 }),
    seed: fc.integer({ min: 1, max: 1_000 }),
    gangs: fc.integer({ min: 0, max: 4 }),
    undrainable: fc.constantFrom("stop", "schedule", "cordon"),
  });
  fc.assert(
    fc.property(arbitrary, ({ nodes, gpus, surge, seed, gangs, undrainable }) => {
      const spec = upgradeOf({
        pool: { name: "p", nodes, slots: { gpu: gpus } },
        strategy: {
          ...ROLLING,
          maxSurge: { count: surge },
          maxUnavailable: { count: 1 },
          undrainable: undrainable as "stop",
        },
        workloads: [service, jobsOf({ count: gangs, workers: 2, slots: { gpu: 2 } })],
        seed,
      });
      const result = simulateUpgrade(spec);
      expect(simulateUpgrade(spec)).toEqual(result);
      const nodesMost = nodes + result.surgeNodes;
      for (const { openGpus, heldGpus } of result.capacity) {
        expect(openGpus).toBeLessThanOrEqual(nodesMost * gpus);
        expect(heldGpus).toBeLessThanOrEqual(nodesMost * gpus);
      }
      // A budget is kept whatever happens, unless the upgrade deletes nodes with their pods.
      const [chat] = result.services;
      const readyFirst = chat!.ready[0]!.replicas;
      if (undrainable !== "schedule")
        expect(chat!.readyMin).toBeGreaterThanOrEqual(Math.min(readyFirst, 5));
      expect(result.nodesChanged).toBeLessThanOrEqual(nodes);
    }),
    { numRuns: 60 },
  );
});

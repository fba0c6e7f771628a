import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRandomStreams } from "../../../engine/streams.js";
import { markovQueueMetrics } from "../../../stats/queueing.js";
import { clustersSpec, jobs, member, raceOf, runClusters, timesOf } from "./clusters-fixture.js";
import type { ClustersSpec, JobGroupSpec, MemberSpec } from "./clusters-spec.js";
import { neverFits } from "./job-costs.js";
import { simulateClusters, type ClustersOutcome } from "./simulate-clusters.js";

const RUNS = { numRuns: 15 };

const aPool = fc.record({
  gpusPerNode: fc.integer({ min: 1, max: 8 }),
  count: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom("steady", "failing", "spot", "growing"),
  pricePerNodeHour: fc.integer({ min: 0, max: 50 }),
});

const aMember = fc.record({
  pool: aPool,
  quota: fc.integer({ min: 1, max: 16 }),
  order: fc.constantFrom("strict" as const, "skip" as const),
  preemption: fc.constantFrom("never" as const, "lower-priority" as const),
  cutFromS: fc.integer({ min: 0, max: 4_000 }),
  cutForS: fc.integer({ min: 0, max: 3_000 }),
  areOutages: fc.boolean(),
});

const aGroup = fc.record({
  workers: fc.integer({ min: 1, max: 3 }),
  gpusPerWorker: fc.integer({ min: 1, max: 4 }),
  priority: fc.integer({ min: 0, max: 2 }),
  count: fc.integer({ min: 1, max: 8 }),
  tenant: fc.constantFrom("team", "others"),
  input: fc.constantFrom("none", "free", "bound"),
  prefetch: fc.boolean(),
  placement: fc.constantFrom("race", "incremental", "burst", "cheapest", "pick"),
  budget: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  checkpointTo: fc.option(fc.constant(0), { nil: undefined }),
});

type AMember = typeof aMember extends fc.Arbitrary<infer Value> ? Value : never;
type AGroup = typeof aGroup extends fc.Arbitrary<infer Value> ? Value : never;

function memberOf({ pool, ...rest }: AMember, index: number): MemberSpec {
  const window = [{ fromS: rest.cutFromS, toS: rest.cutFromS + rest.cutForS + 1 }];
  return member(`m${index}`, pool.count, pool.gpusPerNode, {
    pool: {
      pricePerNodeHour: pool.pricePerNodeHour,
      ...(pool.kind === "failing" ? { loss: { meanLifeS: 2_000, repairS: 300 } } : {}),
      ...(pool.kind === "spot" ? { loss: { meanLifeS: 1_500 } } : {}),
      ...(pool.kind === "spot" || pool.kind === "growing"
        ? { elastic: { min: 0, max: 4, provisionS: 120, idleTimeoutS: 200 } }
        : {}),
    },
    queue: {
      order: rest.order,
      preemption: rest.preemption,
      graceS: 10,
      quotaGpus: { team: rest.quota },
    },
    disconnected: window,
    outages: rest.areOutages ? [{ fromS: rest.cutFromS + 500, toS: rest.cutFromS + 900 }] : [],
  });
}

function groupOf(given: AGroup, index: number, members: number): JobGroupSpec {
  const all = Array.from({ length: members }, (_, one) => one);
  const placements: Readonly<Record<AGroup["placement"], JobGroupSpec["placement"]>> = {
    race: raceOf(...all),
    incremental: {
      kind: "race",
      members: all,
      dispatcher: "incremental",
      stepSize: 1,
      roundS: 100,
    },
    burst: {
      kind: "burst",
      home: [0],
      to: all.slice(1),
      when: { rule: "wait-exceeds", waitS: 50 },
    },
    cheapest: { kind: "burst", home: [0], to: all.slice(1), when: { rule: "cheapest" } },
    pick: {
      kind: "pick",
      type: "n",
      count: 1,
      members: [],
      required: [],
      preferred: [
        { weight: 10, sorter: { property: "headroom/available-gpus", order: "descending" } },
      ],
      spread: [],
      tolerations: [],
    },
  };
  return jobs(`g${index}`, {
    tenant: given.tenant,
    workers: given.workers,
    gpusPerWorker: given.gpusPerWorker,
    priority: given.priority,
    count: given.count,
    betweenS: 150,
    arrivals: "poisson",
    durationS: 600,
    durations: "exponential",
    inputs: given.input === "none" ? [] : [given.input === "free" ? 0 : 1],
    prefetch: given.prefetch,
    restartS: 20,
    placement: placements[given.placement],
    checkpoint: {
      intervalS: 100,
      bytes: 1e9,
      ...(given.checkpointTo === undefined ? {} : { to: given.checkpointTo }),
    },
    ...(given.budget === undefined ? {} : { budgetPerJob: given.budget }),
  });
}

function specOf(
  members: readonly AMember[],
  groups: readonly AGroup[],
  orchestrated: boolean,
): ClustersSpec {
  const specs = members.map(memberOf);
  return clustersSpec(
    specs,
    groups.map((group, index) => groupOf(group, index, specs.length)),
    {
      hub: { orchestratedPreemption: orchestrated, quotaGpus: { others: 12 } },
      datasets: [
        { name: "free", bytes: 4e11, at: [0], allowed: specs.map(() => true) },
        // May lie at every second cluster only.
        { name: "bound", bytes: 2e11, at: [0], allowed: specs.map((_, at) => at % 2 === 0) },
      ],
      cacheBytes: specs.map((_, at) => (at === 1 ? 1e11 : undefined)),
    },
  );
}

const aFleet = fc
  .tuple(
    fc.array(aMember, { minLength: 1, maxLength: 4 }),
    fc.array(aGroup, { minLength: 1, maxLength: 4 }),
    fc.boolean(),
  )
  .map((parts) => specOf(...parts));

/** Runs with every change of every member looked at. */
function runWatched(
  spec: ClustersSpec,
  seed: number,
  look: (outcome: ClustersOutcome["run"]["members"]) => void,
) {
  return simulateClusters(
    spec,
    { durationS: 8_000, stepS: 1_000 },
    createRandomStreams(seed),
    look,
  );
}

describe("random fleets with random faults", () => {
  it("never break a quota, hold a GPU twice, or put data or a job where they may not be", () => {
    fc.assert(
      fc.property(aFleet, fc.integer({ min: 0, max: 1_000 }), (spec, seed) => {
        let looks = 0;
        const { run } = runWatched(spec, seed, (members) => {
          looks++;
          for (const one of members) checkMember(one);
        });
        expect(looks).toBeGreaterThan(0);
        for (const job of run.jobs) {
          for (const { copies } of job.entries)
            for (const copy of copies) {
              expect(neverFits(spec, job.group, copy.member)).toBeUndefined();
              if (job.group.inputs.includes(1)) expect(copy.member % 2).toBe(0);
            }
          expect(job.endS === undefined || job.endS - job.submitS >= job.workS - 1e-6).toBe(true);
        }
        for (const { what, to } of run.moves)
          if (what === "bound") expect(Number(to.slice(1)) % 2).toBe(0);
      }),
      RUNS,
    );
  });

  it("never send a job where it would cost more than its budget", () => {
    fc.assert(
      fc.property(aFleet, (spec) => {
        const { run } = runClusters(spec, 8_000, 3);
        for (const job of run.jobs) {
          const budget = job.group.budgetPerJob;
          if (budget === undefined) continue;
          for (const { nominated } of job.entries)
            for (const one of nominated) {
              // Moves only become cheaper as copies spread; GPUs alone must be within the budget.
              const { pricePerNodeHour, gpusPerNode } = spec.members[one]!.pools[0]!;
              const gpus = job.group.workers * job.group.gpusPerWorker;
              const cost = (pricePerNodeHour / gpusPerNode) * gpus * (job.workS / 3_600);
              expect(cost).toBeLessThanOrEqual(budget * (1 + 1e-12));
            }
        }
      }),
      RUNS,
    );
  });

  it("the same seed gives the same run", () => {
    fc.assert(
      fc.property(aFleet, fc.integer({ min: 0, max: 1_000 }), (spec, seed) => {
        const words = (outcome: ClustersOutcome): string =>
          JSON.stringify([[...outcome.figures], outcome.timeline, outcome.tables]);
        expect(words(runClusters(spec, 8_000, seed))).toBe(words(runClusters(spec, 8_000, seed)));
      }),
      { numRuns: 8 },
    );
  });

  it("clusters that share nothing do not move each other", () => {
    fc.assert(
      fc.property(
        aMember,
        aMember,
        aGroup,
        aGroup,
        fc.integer({ min: 0, max: 99 }),
        (left, right, one, other, seed) => {
          const members = [memberOf(left, 0), memberOf(right, 1)];
          const alone = (group: AGroup, index: number, at: number) => ({
            ...groupOf({ ...group, input: "none", checkpointTo: undefined }, index, 1),
            tenant: `tenant-${index}`,
            placement: raceOf(at),
          });
          const both = timesOf(
            runClusters(clustersSpec(members, [alone(one, 0, 0), alone(other, 1, 1)]), 8_000, seed),
          );
          const first = timesOf(
            runClusters(clustersSpec([members[0]!], [alone(one, 0, 0)]), 8_000, seed),
          );
          const second = timesOf(
            runClusters(clustersSpec([members[1]!], [alone(other, 1, 0)]), 8_000, seed),
          );
          expect(both).toEqual({ ...first, ...second });
        },
      ),
      { numRuns: 15 },
    );
  });
});

function checkMember({
  pools,
  spec,
  running,
  tenantGpus,
}: ClustersOutcome["run"]["members"][number]): void {
  const held = pools.map((pool) => pool.nodes.map(() => 0));
  const byTenant = new Map<string, number>();
  for (const { place, entry } of running) {
    const { gpusPerWorker, tenant, workers } = entry.job.group;
    for (const node of place!.nodes) held[place!.pool]![node]! += gpusPerWorker;
    byTenant.set(tenant, (byTenant.get(tenant) ?? 0) + workers * gpusPerWorker);
  }
  pools.forEach((pool, index) => {
    pool.nodes.forEach((node, at) => {
      if (node.state === "gone") return;
      const isWhole = node.freeGpus + held[index]![at]! === pool.spec.gpusPerNode;
      if (!isWhole || node.freeGpus < 0) expect.unreachable(`node ${at} has ${node.freeGpus} free`);
    });
    expect(pool.alive).toBeLessThanOrEqual(pool.nodesMax);
  });
  for (const [tenant, gpus] of tenantGpus) {
    expect(gpus).toBe(byTenant.get(tenant) ?? 0);
    expect(gpus).toBeLessThanOrEqual(spec.queue.quotaGpus[tenant] ?? Infinity);
  }
}

describe("closed forms", () => {
  const poisson = (count: number) =>
    jobs("job", { count, betweenS: 1 / 0.028, arrivals: "poisson", durations: "exponential" });

  it("one cluster of c GPUs starts each job when the first of them is free, to the last digit", () => {
    const { run } = runClusters(clustersSpec([member("a", 2, 2)], [poisson(2_000)]), 200_000, 8);
    const freeS = [0, 0, 0, 0];
    for (const job of run.jobs) {
      const first = freeS.indexOf(Math.min(...freeS));
      const startS = Math.max(job.submitS, freeS[first]!);
      freeS[first] = startS + job.workS;
      expect(job.entries[0]!.startS).toBe(startS);
      expect(job.endS).toBe(freeS[first]);
    }
  });

  it("Poisson arrivals and exponential work wait as M/M/c says", () => {
    const theory = markovQueueMetrics({ arrivalsPerS: 0.028, servicesPerS: 0.01, servers: 4 });
    const means = [1, 2, 3].map((seed) =>
      runClusters(clustersSpec([member("a", 1, 4)], [poisson(6_000)]), 1e6, seed).figures.get(
        "jobs.waitMeanS",
      )!,
    );
    // The mean of a run of 6 000 correlated waits has a standard error of about 12 %.
    const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
    expect(Math.abs(mean / theory.waitMeanS - 1)).toBeLessThan(0.15);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import { createFakeCluster, nodesOfEight } from "./fake-control.js";
import { createFaultProcess } from "./fault-process.js";
import type { FaultComponent, FaultsOutcome, FaultsSpec, RepairTime } from "./fault-spec.js";

const NO_JOBS = createJobTableBuilder().build().jobs;
const HOUR_S = 3600;
const NOTHING: FaultsSpec = {
  components: [],
  maintenance: [],
  sparePools: [],
  restartCostS: 0,
  stream: "faults",
};

function nodeFailures(
  nodes: number,
  options: { readonly meanS: number; readonly repair: RepairTime; readonly name?: string },
): FaultComponent {
  return {
    name: options.name ?? "node",
    timeToFailure: { kind: "exponential", meanS: options.meanS },
    repair: options.repair,
    instances: Array.from({ length: nodes }, (_, node) => ({ id: String(node), nodes: [node] })),
  };
}

function runFake(
  spec: Partial<FaultsSpec>,
  options: { readonly nodes: number; readonly untilS: number; readonly seed?: number },
): { readonly outcome: FaultsOutcome } & ReturnType<typeof createFakeCluster> {
  const cluster = createFakeCluster(nodesOfEight(options.nodes), options.seed ?? 1);
  const process = createFaultProcess({ ...NOTHING, ...spec }, NO_JOBS);
  cluster.run(process, options.untilS);
  return { ...cluster, outcome: process.outcome() };
}

describe("failures and repairs", () => {
  test("availability is MTBF / (MTBF + MTTR), whatever the distribution of the repair", () => {
    const repairs: RepairTime[] = [
      { kind: "fixed", durationS: 10 * HOUR_S },
      { kind: "exponential", meanS: 10 * HOUR_S },
      // Mean of a log-normal: median × e^{σ² / 2}.
      { kind: "log-normal", medianS: 10 * HOUR_S * Math.exp(-0.125), sigma: 0.5 },
    ];
    for (const repair of repairs) {
      const { outcome } = runFake(
        { components: [nodeFailures(40, { meanS: 90 * HOUR_S, repair })] },
        { nodes: 40, untilS: 20_000 * HOUR_S },
      );
      // About 8 000 cycles: one standard deviation is some 0.0015.
      expect(1 - outcome.failedGpuS / outcome.totalGpuS).toBeCloseTo(0.9, 2);
      const [component] = outcome.components;
      expect(component!.downGpuS).toBeCloseTo(outcome.failedGpuS, 0);
    }
  });

  test("a Weibull with shape 1 is the exponential, draw by draw", () => {
    const repair: RepairTime = { kind: "fixed", durationS: HOUR_S };
    const exponential = nodeFailures(5, { meanS: 50 * HOUR_S, repair });
    const weibull: FaultComponent = {
      ...exponential,
      timeToFailure: { kind: "weibull", shape: 1, scaleS: 50 * HOUR_S },
    };
    const at = (component: FaultComponent) =>
      runFake({ components: [component] }, { nodes: 5, untilS: 1000 * HOUR_S }).acts;
    const [first, second] = [at(exponential), at(weibull)];
    expect(second.length).toBe(first.length);
    second.forEach((act, index) => {
      expect(act.what).toBe(first[index]!.what);
      expect(act.timeS).toBeCloseTo(first[index]!.timeS, 3);
    });
  });

  test("a node under two failures comes back when both are repaired", () => {
    const always = (name: string, meanS: number, durationS: number): FaultComponent =>
      nodeFailures(1, { name, meanS, repair: { kind: "fixed", durationS } });
    const { acts } = runFake(
      { components: [always("a", 10, 1000), always("b", 20, 1000)] },
      { nodes: 1, untilS: 100_000 },
    );
    const changes = acts.filter((act) => !act.what.startsWith("stopped"));
    changes.forEach((act, index) => {
      expect(act.what).toBe(index % 2 === 0 ? "failed 0" : "back 0");
    });
    const failures = acts.filter((act) => act.what.startsWith("stopped"));
    expect(failures.length).toBeGreaterThan(changes.length / 2);
  });

  test("a fault without repair takes nothing out of service", () => {
    const { acts, outcome } = runFake(
      { components: [nodeFailures(3, { meanS: 1000, repair: { kind: "fixed", durationS: 0 } })] },
      { nodes: 3, untilS: 100_000 },
    );
    expect(acts.every((act) => act.what.startsWith("stopped: node failed"))).toBe(true);
    expect(outcome.failedGpuS).toBe(0);
    expect(outcome.components[0]!.failures).toBe(acts.length);
    expect(outcome.components[0]!.repairs).toBe(acts.length);
  });

  test("a switch takes its nodes, a GPU only itself", () => {
    const spec: Partial<FaultsSpec> = {
      components: [
        {
          name: "switch",
          timeToFailure: { kind: "exponential", meanS: 10_000 },
          repair: { kind: "fixed", durationS: 500 },
          instances: [{ id: "s0", nodes: [0, 1, 2] }],
        },
        {
          name: "gpu",
          timeToFailure: { kind: "exponential", meanS: 10_000 },
          repair: { kind: "fixed", durationS: 500 },
          instances: [{ id: "g", nodes: [3], gpus: [5] }],
        },
      ],
    };
    const { outcome, acts } = runFake(spec, { nodes: 4, untilS: 1_000_000 });
    const [switches, gpus] = outcome.components;
    expect(switches!.downGpuS).toBeGreaterThan(0);
    expect(switches!.downGpuS + gpus!.downGpuS).toBeCloseTo(outcome.failedGpuS, 3);
    expect(acts.some((act) => act.what === "failed 3 gpus 5")).toBe(true);
    expect(acts.some((act) => act.what === "failed 3")).toBe(false);
  });
});

describe("common random numbers", () => {
  const component = nodeFailures(4, { meanS: 5000, repair: { kind: "fixed", durationS: 700 } });
  const failuresOf = (acts: readonly { timeS: number; what: string }[]) =>
    acts.filter((act) => act.what.startsWith("stopped: node failed"));

  test("more nodes, spares and other components leave the failures of a node as they are", () => {
    const base = failuresOf(runFake({ components: [component] }, { nodes: 4, untilS: 1e5 }).acts);
    const more = runFake(
      {
        components: [
          nodeFailures(6, { name: "nic", meanS: 3000, repair: { kind: "exponential", meanS: 90 } }),
          nodeFailures(6, { meanS: 5000, repair: { kind: "fixed", durationS: 700 } }),
        ],
        sparePools: [{ nodes: [0, 1, 2, 3, 4, 5], spares: 2 }],
      },
      { nodes: 6, untilS: 1e5 },
    );
    const same = failuresOf(more.acts).filter((act) => Number(act.what.split(" ").at(-1)) < 4);
    expect(same).toEqual(base);
  });

  test("another repair distribution moves failures only by the repairs", () => {
    const other = { ...component, repair: { kind: "exponential", meanS: 700 } } as const;
    const gapsOf = (which: FaultComponent): number[] => {
      const { acts } = runFake({ components: [which] }, { nodes: 4, untilS: 1e5 });
      const gaps: number[] = [];
      let backS = 0;
      for (const act of acts) {
        if (act.what === "back 0") backS = act.timeS;
        if (act.what === "failed 0") gaps.push(act.timeS - backS);
      }
      return gaps;
    };
    const [fixed, exponential] = [gapsOf(component), gapsOf(other)];
    expect(fixed.length).toBeGreaterThan(5);
    fixed.slice(0, 5).forEach((gap, index) => {
      expect(exponential[index]).toBeCloseTo(gap, 6);
    });
  });

  test("the same seed gives the same acts, another seed others", () => {
    const acts = (seed: number) =>
      runFake({ components: [component] }, { nodes: 4, untilS: 1e5, seed }).acts;
    expect(acts(7)).toEqual(acts(7));
    expect(acts(8)).not.toEqual(acts(7));
  });
});

describe("spares", () => {
  test("stand by at first, take over at once, and the repaired node becomes the spare", () => {
    const { acts } = runFake(
      {
        components: [
          {
            name: "node",
            timeToFailure: { kind: "weibull", shape: 1e9, scaleS: 1000 },
            repair: { kind: "fixed", durationS: 100 },
            instances: [{ id: "1", nodes: [1] }],
          },
        ],
        sparePools: [{ nodes: [0, 1, 2, 3], spares: 1 }],
      },
      { nodes: 4, untilS: 1200 },
    );
    const what = acts.map((act) => act.what);
    expect(what).toEqual([
      "reserved 3",
      "stopped: node failed 1",
      "failed 1",
      "back 3",
      "reserved 1", // repaired: its place is taken
    ]);
  });

  test("nodes in service are never more than the pool has without its spares", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 1000 }),
        (spares, seed) => {
          const nodes = [0, 1, 2, 3, 4];
          const cluster = createFakeCluster(nodesOfEight(5), seed);
          const spec: FaultsSpec = {
            ...NOTHING,
            components: [
              nodeFailures(5, { meanS: 300, repair: { kind: "exponential", meanS: 200 } }),
            ],
            sparePools: [{ nodes, spares }],
          };
          const process = createFaultProcess(spec, NO_JOBS);
          for (const untilS of [0, 100, 500, 2000]) {
            const watched = createFakeCluster(nodesOfEight(5), seed);
            const again = createFaultProcess(spec, NO_JOBS);
            watched.run(again, untilS);
            const inService = 5 - watched.out.size;
            const failed = [...watched.out.values()].filter((state) => state === "failed").length;
            expect(inService).toBe(Math.min(5 - spares, 5 - failed));
            const { failedGpuS, reservedGpuS, totalGpuS } = again.outcome();
            expect(failedGpuS + reservedGpuS).toBeLessThanOrEqual(totalGpuS + 1e-6);
          }
          cluster.run(process, 2000);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("maintenance", () => {
  test("drains, goes down batch after batch, comes back, and comes again", () => {
    const { acts, outcome } = runFake(
      {
        maintenance: [
          {
            name: "kernel update",
            batches: [[0, 1], [2]],
            firstS: 1000,
            everyS: 10_000,
            durationS: 300,
            drainS: 200,
            saves: "at-preemption",
          },
        ],
      },
      { nodes: 3, untilS: 11_000 },
    );
    expect(acts.map((act) => `${act.timeS} ${act.what}`)).toEqual([
      "800 drained 0",
      "800 drained 1",
      "1000 stopped: kernel update 0",
      "1000 stopped: kernel update 1",
      "1100 drained 2",
      "1300 back 0",
      "1300 back 1",
      "1300 stopped: kernel update 2",
      "1600 back 2",
      "10800 drained 0",
      "10800 drained 1",
      "11000 stopped: kernel update 0",
      "11000 stopped: kernel update 1",
    ]);
    expect(outcome.drainedGpuS).toBe(8 * (3 * 500 + 2 * 200));
    expect(outcome.failedGpuS).toBe(0);
  });
});

// Goal: in whole runs, nothing works on what has failed, failures do not depend on policies, and the meter agrees
// with the utilization. Method: small random clusters and jobs under several policies, watched by a rate factor.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createEnergyObserver, type EnergyObserver } from "../power/energy-observer.js";
import type { BatchRun, BatchSpec } from "../batch/batch-spec.js";
import { clusterOf, runJobs, type TestJob } from "../batch/batch-fixture.js";
import { forEachPart, type RateFactorEntry } from "../batch/gang-rates.js";
import type { ClusterControl, ClusterProcess } from "../batch/cluster-process.js";
import { digestRecords } from "../batch/records.js";
import { createCheckpointRate } from "./checkpoint-rate.js";
import { createFaultProcess, type FaultProcess } from "./fault-process.js";
import type { FaultsSpec } from "./fault-spec.js";

const NODES = 4;
const GPUS = 4;
const HOUR_S = 3600;

/** Whole nodes fail, GPUs fail by themselves, a pair shares a switch, one node stands by. */
const FAULTS: FaultsSpec = {
  components: [
    {
      name: "node",
      timeToFailure: { kind: "exponential", meanS: 20 * HOUR_S },
      repair: { kind: "exponential", meanS: 5 * HOUR_S },
      instances: [0, 1, 2, 3].map((node) => ({ id: String(node), nodes: [node] })),
    },
    {
      name: "gpu",
      timeToFailure: { kind: "weibull", shape: 0.7, scaleS: 40 * HOUR_S },
      repair: { kind: "log-normal", medianS: 2 * HOUR_S, sigma: 1 },
      instances: [0, 1, 2, 3].map((gpu) => ({ id: String(gpu), nodes: [1], gpus: [gpu] })),
    },
    {
      name: "switch",
      timeToFailure: { kind: "exponential", meanS: 60 * HOUR_S },
      repair: { kind: "fixed", durationS: HOUR_S },
      instances: [{ id: "pair", nodes: [2, 3] }],
    },
  ],
  maintenance: [
    {
      name: "update",
      batches: [[0], [1], [2, 3]],
      firstS: 10 * HOUR_S,
      everyS: 50 * HOUR_S,
      durationS: 2 * HOUR_S,
      drainS: HOUR_S,
      saves: "at-preemption",
    },
  ],
  sparePools: [{ nodes: [0, 1, 2, 3], spares: 1 }],
  restartCostS: 60,
  stream: "faults",
};

/** What a run did, beside the run. */
interface Watched {
  readonly run: BatchRun;
  readonly process: FaultProcess;
  /** Failures in order: time and reason. */
  readonly failures: readonly string[];
  readonly observer: EnergyObserver;
}

function watch(rows: readonly TestJob[], spec: Partial<BatchSpec> = {}): Watched {
  const cluster = clusterOf(Array.from({ length: NODES }, () => GPUS));
  const failures: string[] = [];
  const states = new Map<number, string>();
  const goneGpus = new Set<string>();
  let process: FaultProcess | undefined;
  let observer: EnergyObserver | undefined;
  /**
   * No gang may take room on what is out of service. One that another order pushes out and lets back into its own room
   * at the same instant has never left it: on a node that drains it may stay.
   */
  const watching: RateFactorEntry = ({ nowS }) => {
    const rooms = new Map<number, { readonly room: string; leftAtS: number }>();
    return {
      name: "watch",
      started(job, lane, parts) {
        const gpusOf: [node: number, gpus: readonly number[]][] = [];
        forEachPart(lane, parts, (node, gpus) => gpusOf.push([node, [...gpus]]));
        const room = JSON.stringify(gpusOf);
        const before = rooms.get(job);
        const stays = before?.room === room && before.leftAtS === nowS();
        rooms.set(job, { room, leftAtS: Infinity });
        for (const [node, gpus] of gpusOf) {
          if (!stays || states.get(node) !== "drained") expect(states.get(node)).toBeUndefined();
          for (const gpu of gpus) expect(goneGpus.has(`${node}/${gpu}`)).toBe(false);
        }
      },
      stopped(job) {
        rooms.get(job)!.leftAtS = nowS();
      },
      rateOf: () => 1,
      slowestIn: () => 1,
    };
  };
  const run = runJobs(rows, {
    cluster,
    placement: { kind: "nodes", policy: "first-fit" },
    rates: [
      watching,
      ({ jobs }) => createCheckpointRate(jobs),
      (context) => {
        observer = createEnergyObserver(
          {
            kinds: [{ gpusPerNode: GPUS, gpuIdleW: 100, gpuBusyW: 700, overheadW: 1000 }],
            firstNodes: [0],
          },
          context,
        );
        return observer.factor;
      },
    ],
    processes: [
      ({ jobs }) => {
        process = createFaultProcess(FAULTS, jobs);
        return spied(process, { failures, states, goneGpus });
      },
    ],
    limits: { untilS: 2000 * HOUR_S, eventsMax: 1_000_000 },
    ...spec,
  });
  return { run, process: process!, failures, observer: observer! };
}

/** The process with its control watched: what it takes, gives back and stops. */
function spied(
  process: FaultProcess,
  seen: {
    readonly failures: string[];
    readonly states: Map<number, string>;
    readonly goneGpus: Set<string>;
  },
): ClusterProcess {
  return {
    name: process.name,
    happens: (code) => {
      process.happens(code);
    },
    start(control) {
      const watched: ClusterControl = Object.create(control, {
        take: {
          value(node: number, state: "failed") {
            seen.states.set(node, state);
            control.take(node, state);
          },
        },
        restore: {
          value(node: number) {
            seen.states.delete(node);
            control.restore(node);
          },
        },
        takeGpus: {
          value(node: number, gpus: readonly number[]) {
            for (const gpu of gpus) seen.goneGpus.add(`${node}/${gpu}`);
            control.takeGpus(node, gpus);
          },
        },
        restoreGpus: {
          value(node: number, gpus: readonly number[]) {
            for (const gpu of gpus) seen.goneGpus.delete(`${node}/${gpu}`);
            control.restoreGpus(node, gpus);
          },
        },
        stopJobsOn: {
          value(...args: Parameters<ClusterControl["stopJobsOn"]>) {
            const [node, terms, gpus] = args;
            if (terms.savesProgress === "at-checkpoints")
              seen.failures.push(`${control.nowS} ${terms.reason} ${node} ${gpus ?? "all"}`);
            return control.stopJobsOn(...args);
          },
        },
      }) as ClusterControl;
      process.start(watched);
    },
  };
}

const checkpoints = (
  checkpointIntervalS: number,
  checkpointCostS: number,
): Pick<TestJob, "checkpointIntervalS" | "checkpointCostS"> => ({
  checkpointIntervalS,
  checkpointCostS,
});

const anyJob: fc.Arbitrary<TestJob> = fc.record({
  submitS: fc.integer({ min: 0, max: 40 * HOUR_S }),
  durationS: fc.integer({ min: 60, max: 30 * HOUR_S }),
  workers: fc.integer({ min: 1, max: 3 }),
  gpuCount: fc.integer({ min: 1, max: GPUS }),
  checkpointIntervalS: fc.constantFrom(undefined, 600, HOUR_S),
  checkpointCostS: fc.constantFrom(undefined, 0, 60),
});

describe("failures in whole runs", () => {
  test("nothing works on what has failed, and the meter agrees with the utilization", () => {
    fc.assert(
      fc.property(
        fc.array(anyJob, { minLength: 1, maxLength: 12 }),
        fc.constantFrom("fifo-strict", "fifo-skip", "sjf", "srtf"),
        fc.integer({ min: 1, max: 1000 }),
        (rows, name, seed) => {
          const { run, process, observer } = watch(rows, { queue: { name }, seed });
          const { components, failedGpuS, drainedGpuS, reservedGpuS, totalGpuS } =
            process.outcome();
          const sum = (key: "failures" | "repairs" | "downGpuS"): number =>
            components.reduce((total, component) => total + component[key], 0);
          expect(sum("repairs")).toBeLessThanOrEqual(sum("failures"));
          // Overlaps are counted for each of the components that caused them, and once in the total.
          expect(failedGpuS).toBeLessThanOrEqual(sum("downGpuS") + 1e-3);
          expect(failedGpuS + drainedGpuS + reservedGpuS).toBeLessThanOrEqual(totalGpuS + 1e-3);
          const spanS = run.endOfRunS - run.startOfTraceS;
          const { kinds } = observer.finish(run.endOfRunS);
          const [energy] = kinds;
          expect(energy!.busyGpuS * 1000).toBeCloseTo(run.utilization.integrals[0]!, -1);
          expect(energy!.nodeS).toBeCloseTo(NODES * spanS, 3);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a gang on a node that drains keeps its room when a job that goes first pushes it out for an instant only", () => {
    const rows = [
      { submitS: 0, durationS: 4741, gpuCount: 1 },
      { ...{ submitS: 0, durationS: 28_853, workers: 3, gpuCount: 2 }, ...checkpoints(600, 60) },
      { submitS: 0, durationS: 60, gpuCount: 1 },
      { submitS: 32_397, durationS: 60, workers: 2, gpuCount: 3 },
    ];
    const { run } = watch(rows, { queue: { name: "srtf" }, seed: 8 });
    expect([run.startS[3], run.endS[3], run.preemption?.stops[3]]).toEqual([32_397, 32_457, 0]);
  });

  test("failures are the same under every policy and for other jobs, as far as both runs go", () => {
    const rows = [0, 1, 2, 3, 4].map((index) => ({
      submitS: index * HOUR_S,
      durationS: 60 * HOUR_S,
      gpuCount: 2,
      workers: 2,
      checkpointIntervalS: HOUR_S,
    }));
    const lists = [
      watch(rows).failures,
      watch(rows, { queue: { name: "srtf" } }).failures,
      watch(rows.slice(1), { placement: { kind: "nodes", policy: "spread" } }).failures,
    ];
    const least = Math.min(...lists.map((list) => list.length));
    expect(least).toBeGreaterThan(10);
    for (const list of lists) expect(list.slice(0, least)).toEqual(lists[0]!.slice(0, least));
  });

  test("the same seed gives the same bytes, and a process without faults changes nothing", () => {
    const rows = [
      { submitS: 0, durationS: 50 * HOUR_S, gpuCount: 4, workers: 2 },
      { submitS: 60, durationS: 20 * HOUR_S, gpuCount: 2 },
    ];
    const digest = ({ run }: Watched): string => digestRecords(run.records, run.reasons);
    expect(digest(watch(rows))).toBe(digest(watch(rows)));
    expect(digest(watch(rows, { seed: 2 }))).not.toBe(digest(watch(rows)));
    const nothing: FaultsSpec = { ...FAULTS, components: [], maintenance: [], sparePools: [] };
    const quiet = watch(rows, { processes: [({ jobs }) => createFaultProcess(nothing, jobs)] });
    const plain = watch(rows, { processes: [] });
    expect(digest(quiet)).toBe(digest(plain));
  });
});

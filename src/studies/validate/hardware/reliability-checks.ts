import type { ClusterSpec } from "../../../cluster/spec.js";
import { dalyIntervalS } from "../../../performance/reliability/checkpoint-interval.js";
import {
  failuresPerNodeS,
  findFailurePreset,
  meanTimeBetweenFailuresS,
  type FailurePreset,
} from "../../../performance/reliability/failure-presets.js";
import {
  exactEfficiency,
  firstOrderEfficiency,
} from "../../../performance/reliability/training-efficiency.js";
import { simulateBatch } from "../../../simulation/batch/simulate-batch.js";
import { createCheckpointRate } from "../../../simulation/faults/checkpoint-rate.js";
import { createFaultProcess, type FaultProcess } from "../../../simulation/faults/fault-process.js";
import type { FaultComponent, FaultsSpec } from "../../../simulation/faults/fault-spec.js";
import { createJobTableBuilder } from "../../../workload/job-table-builder.js";
import type { JobTable } from "../../../workload/job-table.js";
import { boundedCheck, type Check } from "../check.js";

const TOPIC = "hardware";
const GROUP = "Failures: published rates, checkpoint intervals, effective training time";
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const SEED = 1;
/** Two-sided 99 %: what a count may be off by chance. */
const Z_99 = 2.5758293035489004;

/** Failures simulated at published rates, and effective training time against closed forms. Needs no data. */
export function reliabilityChecks(): Check[] {
  return [...llama3Checks(), ...publishedTimeChecks(), ...dalyChecks(), ...efficiencyChecks()];
}

const NODES = 2048;
const LLAMA3_DAYS = 54;
const LLAMA3_RUNS = 2;

/** The published training job: 2 048 nodes for 54 days, with enough spares that it always runs. */
function llama3Checks(): Check[] {
  const preset = presetNamed("llama3");
  const counts = Array.from({ length: LLAMA3_RUNS }, (_, run) => interruptionsOf(preset, run));
  const mean = counts.reduce((sum, count) => sum + count, 0) / LLAMA3_RUNS;
  const published = 419;
  const shared = { topic: TOPIC, group: GROUP, source: preset.source };
  const hours = (LLAMA3_DAYS * 24) / mean;
  // The standard deviation of a Poisson count is its root; the time to interruption is off by the same share.
  const chance = (Z_99 * Math.sqrt(published / LLAMA3_RUNS)) / published;
  return [
    boundedCheck({
      ...shared,
      id: "hardware/reliability/llama3-interruptions",
      what: `interruptions of one job on 16 384 GPUs in 54 days, mean of ${LLAMA3_RUNS} simulated runs`,
      expected: published,
      actual: mean,
      error: Math.abs(mean - published),
      unit: "interruptions",
      bar: chance * published,
    }),
    boundedCheck({
      ...shared,
      id: "hardware/reliability/llama3-time-to-interruption",
      what: "mean time to interruption of that job, simulated",
      expected: 3.09,
      actual: hours,
      error: Math.abs(hours - 3.09),
      unit: "h",
      bar: chance * 3.09,
    }),
  ];
}

function interruptionsOf(preset: FailurePreset, run: number): number {
  const spares = 40;
  const nodes = NODES + spares;
  const instances = Array.from({ length: nodes }, (_, node) => ({
    id: String(node),
    nodes: [node],
  }));
  const components = preset.causes.map((cause): FaultComponent => {
    const perNode = cause.scope === "gpu" ? preset.exposure.gpusPerNode : 1;
    return {
      name: cause.id,
      timeToFailure: {
        kind: "exponential",
        meanS: meanTimeBetweenFailuresS(preset, cause) / perNode,
      },
      repair: cause.needsRepair
        ? { kind: "exponential", meanS: 12 * HOUR_S }
        : { kind: "fixed", durationS: 0 },
      instances,
    };
  });
  const { outcome } = simulateJob({
    cluster: clusterOf(nodes, 8),
    job: { workers: NODES, gpus: 8, durationS: 2 * LLAMA3_DAYS * DAY_S },
    checkpoint: { intervalS: HOUR_S, costS: 0 },
    faults: {
      components,
      maintenance: [],
      sparePools: [{ nodes: Array.from({ length: nodes }, (_, node) => node), spares }],
      restartCostS: 300,
      stream: "faults",
    },
    seed: SEED + run,
    untilS: LLAMA3_DAYS * DAY_S,
  });
  return outcome.components.reduce((sum, component) => sum + component.interruptions, 0);
}

/** The mean times that the RSC-1 study gives by size. Small jobs fail for other reasons, which it says itself. */
function publishedTimeChecks(): Check[] {
  const preset = presetNamed("rsc1");
  const perNodeS = failuresPerNodeS(preset, { gpusPerNode: 8 });
  return [
    { gpus: 16_384, hours: 1.8, bar: 0.05 },
    { gpus: 131_072, hours: 0.23, bar: 0.0058 },
    { gpus: 1024, hours: 7.9, bar: null },
  ].map(({ gpus, hours, bar }) => {
    const actual = 1 / ((gpus / 8) * perNodeS) / HOUR_S;
    const error = Math.abs(actual - hours);
    const check = {
      id: `hardware/reliability/rsc1-${gpus}`,
      topic: TOPIC,
      group: GROUP,
      what: `mean time to failure at ${gpus} GPUs from 6.50 failures per 1 000 node-days${bar === null ? "; small jobs fail for other reasons too" : ""}`,
      source: preset.source,
      expected: hours,
      actual,
      error,
      unit: "h",
    };
    return bar === null ? { ...check, bar, pass: null } : boundedCheck({ ...check, bar });
  });
}

/** Daly's own worked figures, given to whole minutes and tenths. */
function dalyChecks(): Check[] {
  return [
    { meanMinutes: 24 * 60, minutes: 117, bar: 0.5 },
    { meanMinutes: 6 * 60, minutes: 57, bar: 0.5 },
    { meanMinutes: 15, minutes: 9.1, bar: 0.05 },
  ].map(({ meanMinutes, minutes, bar }) => {
    const actual = dalyIntervalS({ costS: 300, meanTimeToInterruptionS: meanMinutes * 60 }) / 60;
    return boundedCheck({
      id: `hardware/reliability/daly-${meanMinutes}`,
      topic: TOPIC,
      group: GROUP,
      what: `optimal checkpoint interval, 5 min each, an interruption every ${meanMinutes} min`,
      source: "Daly, FGCS 22 (2006), doi:10.1016/j.future.2004.11.016, abstract",
      expected: minutes,
      actual,
      error: Math.abs(actual - minutes),
      unit: "min",
      bar,
    });
  });
}

/** One job whose interruptions are simulated, and what formulas say of it. */
interface EfficiencyCase {
  readonly id: string;
  readonly what: string;
  readonly meanTimeToInterruptionS: number;
  readonly intervalS: number;
  readonly costS: number;
  readonly restartS: number;
  /** Interruptions to simulate: enough that chance stays far below the bar. */
  readonly interruptions: number;
}

function efficiencyChecks(): Check[] {
  const perHour = (name: string): number =>
    failuresPerNodeS(presetNamed(name), { gpusPerNode: 8 }) * HOUR_S;
  const llama3S = HOUR_S / (2048 * perHour("llama3"));
  const cases: readonly EfficiencyCase[] = [
    {
      id: "rsc1-128-nodes",
      what: "128 nodes at the RSC-1 rate, a checkpoint of 5 min every 60 min, 5 min to restart",
      meanTimeToInterruptionS: HOUR_S / (128 * perHour("rsc1")),
      intervalS: HOUR_S,
      costS: 300,
      restartS: 300,
      interruptions: 10_000,
    },
    {
      id: "llama3-2048-nodes",
      what: "2 048 nodes at the Llama 3 rate, a checkpoint of 5 min at Daly's interval, 10 min to restart",
      meanTimeToInterruptionS: llama3S,
      intervalS: dalyIntervalS({ costS: 300, meanTimeToInterruptionS: llama3S }),
      costS: 300,
      restartS: 600,
      interruptions: 40_000,
    },
  ];
  return cases.flatMap((one) => {
    const actual = simulatedEfficiency(one);
    const row = (id: string, what: string, source: string, expected: number) => ({
      id: `hardware/reliability/efficiency-${one.id}-${id}`,
      topic: TOPIC,
      group: GROUP,
      what: `effective training time ratio against ${what}; ${one.what}`,
      source,
      expected,
      actual,
      error: Math.abs(actual / expected - 1),
      unit: "relative",
    });
    const exact = row(
      "exact",
      "the complete model",
      "Daly, FGCS 22 (2006): exponential interruptions, also during checkpoints and restarts",
      exactEfficiency(one),
    );
    const first = row(
      "published",
      "the published first-order formula",
      "Kokolis et al., arXiv 2410.21680: (1 - N r (u0 + dt/2)) / (1 + w/dt)",
      firstOrderEfficiency(one)!,
    );
    // First order: it must hold where little is lost, and is shown where much is.
    const isInItsRange = one.meanTimeToInterruptionS > 20 * one.intervalS;
    return [
      boundedCheck({ ...exact, bar: 0.01 }),
      isInItsRange ? boundedCheck({ ...first, bar: 0.01 }) : { ...first, bar: null, pass: null },
    ];
  });
}

/** Work over time of one long job that restarts where it was. */
function simulatedEfficiency(one: EfficiencyCase): number {
  const intervals = Math.round((one.interruptions * one.meanTimeToInterruptionS) / one.intervalS);
  const durationS = intervals * one.intervalS;
  const { endS } = simulateJob({
    cluster: clusterOf(1, 8),
    job: { workers: 1, gpus: 8, durationS },
    checkpoint: one,
    faults: {
      components: [
        {
          name: "job",
          timeToFailure: { kind: "exponential", meanS: one.meanTimeToInterruptionS },
          repair: { kind: "fixed", durationS: 0 },
          instances: [{ id: "all", nodes: [0] }],
        },
      ],
      maintenance: [],
      sparePools: [],
      restartCostS: one.restartS,
      stream: "faults",
    },
    seed: SEED,
    untilS: 1e12,
  });
  return durationS / endS;
}

function simulateJob(options: {
  readonly cluster: ClusterSpec;
  readonly job: { readonly workers: number; readonly gpus: number; readonly durationS: number };
  readonly checkpoint: { readonly intervalS: number; readonly costS: number };
  readonly faults: FaultsSpec;
  readonly seed: number;
  readonly untilS: number;
}): { readonly endS: number; readonly outcome: ReturnType<FaultProcess["outcome"]> } {
  const { job, checkpoint, faults } = options;
  const builder = createJobTableBuilder();
  builder.add({
    id: "training",
    submitS: 0,
    durationS: job.durationS,
    workers: job.workers,
    gpuCount: job.gpus,
    checkpointIntervalS: checkpoint.intervalS,
    checkpointCostS: checkpoint.costS,
  });
  const jobs: JobTable = builder.build({ originS: 0 }).jobs;
  let process: FaultProcess | undefined;
  const run = simulateBatch({
    cluster: options.cluster,
    jobs,
    queue: { name: "fifo-strict" },
    placement: { kind: "nodes", policy: "first-fit" },
    rates: [() => createCheckpointRate(jobs)],
    processes: [() => (process = createFaultProcess(faults, jobs))],
    seed: options.seed,
    limits: { untilS: options.untilS, eventsMax: 10_000_000 },
    observe: { seriesRowsMax: 100 },
  });
  return { endS: run.endS[0]!, outcome: process!.outcome() };
}

function clusterOf(nodes: number, gpuCount: number): ClusterSpec {
  return {
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `node-${index}`,
      cpuMilli: 96_000,
      memoryBytes: 1e12,
      podsMax: 110,
      gpuCount,
      gpuModel: "H100",
    })),
  };
}

function presetNamed(name: string): FailurePreset {
  const preset = findFailurePreset(name);
  if (preset === undefined) throw new Error(`reliability checks: no failure preset ${name}`);
  return preset;
}

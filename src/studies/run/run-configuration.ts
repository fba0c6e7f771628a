import type { ClusterSpec } from "../../cluster/spec.js";
import type { QueuePolicySpec } from "../../policy/queue/types.js";
import type { BatchRun, PlacementSpec } from "../../simulation/batch/batch-spec.js";
import { simulateBatch } from "../../simulation/batch/simulate-batch.js";
import { summarizeBatch } from "../../simulation/batch/summary.js";
import type { JobTable } from "../../workload/job-table.js";
import { evaluateGoals, type GoalTarget } from "./evaluate-goals.js";
import type { RunResult } from "./result-document.js";

/** One thing to simulate: the base of a scenario, or a variant of it. */
export interface Configuration {
  /** `base`, or the name of the variant. */
  readonly name: string;
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
  readonly queue: QueuePolicySpec;
  readonly placement: PlacementSpec;
  readonly goals: readonly GoalTarget[];
  readonly limits: { readonly untilS?: number; readonly eventsMax: number };
}

/** A configuration with everything its run gave. */
export interface ConfigurationRun {
  readonly configuration: Configuration;
  readonly run: BatchRun;
  readonly result: RunResult;
}

/** Simulates one configuration and folds it into its numbers. Same configuration and seed, same result. */
export function runConfiguration(configuration: Configuration, seed: number): ConfigurationRun {
  const { cluster, jobs, queue, placement, limits, goals } = configuration;
  const run = simulateBatch({
    cluster,
    jobs,
    queue,
    placement,
    seed,
    limits,
    observe: { idleClasses: true },
  });
  const summary = summarizeBatch(run);
  const computed = {
    jobs: summary.jobs,
    gpu: summary.gpu,
    waitReasons: summary.waitReasons,
    tenants: summary.tenants,
    partitions: summary.partitions,
    warnings: run.warnings,
    stopReason: run.stopReason,
    endS: run.endOfRunS,
    eventsHandled: run.eventsHandled,
  };
  return { configuration, run, result: { goals: evaluateGoals(goals, computed), ...computed } };
}

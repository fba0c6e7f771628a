import type { ClusterSpec } from "../../cluster/spec.js";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import type { QueuePolicySpec } from "../../policy/queue/types.js";
import type { BatchObservation, BatchRun, BatchSpec } from "../../simulation/batch/batch-spec.js";
import type { PlacementSpec } from "../../simulation/batch/placement-spec.js";
import type { JobTerms } from "../../simulation/batch/job-terms.js";
import type { NodeGroup } from "../../scenario/resolved.js";
import type { SettledService } from "../../scenario/services/settled-service.js";
import { simulateBatch } from "../../simulation/batch/simulate-batch.js";
import { summarizeBatch } from "../../simulation/batch/summary.js";
import type { JobTable } from "../../workload/job-table.js";
import type { TopologyRequest } from "../../workload/topology-request.js";
import { evaluateGoals, type GoalTarget } from "./evaluate-goals.js";
import { findOverload, type Overload } from "./find-overload.js";
import { groupResults } from "./group-results.js";
import { createLaneFold } from "./lane-usage.js";
import { operationsResults, preemptionsOnly } from "./operations-results.js";
import { prepareOperations, type OperatedRun, type Operations } from "./operations.js";
import type { OptionalResults } from "./optional-results.js";
import { preemptionResult } from "./preemption-result.js";
import { replayUsage } from "./replay-usage.js";
import { migResult } from "./mig-result.js";
import type { RunResult } from "./result-document.js";
import { topologyResult } from "./topology-result.js";
import { prepareServices, type PreparedServices } from "./services.js";
import { servingResult, servingWarnings } from "./serving-result.js";
import { createFairnessFold } from "./tenant-fairness.js";

/** One thing to simulate: the base of a scenario, or a variant of it. */
export interface Configuration {
  /** `base`, or the name of the variant. */
  readonly name: string;
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
  readonly jobTerms?: JobTerms;
  readonly queue: QueuePolicySpec;
  /** For a queue policy that admits by quota. */
  readonly quotas?: QuotaSpec;
  readonly placement: PlacementSpec;
  readonly partitions?: NonNullable<BatchSpec["partitions"]>;
  readonly topology?: TopologyRequest;
  readonly goals: readonly GoalTarget[];
  readonly limits: { readonly untilS?: number; readonly eventsMax: number };
  /** Services beside the jobs, and the groups their machines belong to; absent without any. */
  readonly services?: readonly SettledService[];
  readonly nodeGroups?: readonly NodeGroup[];
  /** Absent when nothing fails, nothing is measured and nothing has a price. */
  readonly operations?: Operations;
}

/** A configuration with everything its run gave. */
export interface ConfigurationRun {
  readonly configuration: Configuration;
  /** Of several replications the first. */
  readonly run: OperatedRun;
  readonly result: RunResult;
  /** Figures of `run`, where `result` holds means over several or leaves out a warm-up. */
  readonly firstResult?: RunResult;
}

/** Simulates one configuration and folds it into its numbers. Same configuration and seed, same result. */
export function runConfiguration(configuration: Configuration, seed: number): ConfigurationRun {
  const run = simulateConfiguration(configuration, seed, { idleClasses: true });
  const overload = findOverload(run, configuration.cluster);
  const computed = computeResult(configuration, run, overload);
  return {
    configuration,
    run,
    result: { goals: evaluateGoals(configuration.goals, computed), ...computed },
  };
}

/** Simulates one configuration. */
export function simulateConfiguration(
  configuration: Configuration,
  seed: number,
  observe: BatchObservation,
): OperatedRun {
  const { cluster, jobTerms, queue, quotas, placement, partitions, topology, limits } =
    configuration;
  const services = prepareServices(configuration.jobs, configuration.services ?? [], {
    nodeGroups: configuration.nodeGroups ?? [],
    hosting: configuration.operations?.hosting,
    seed,
  });
  const operations = prepareOperations({ ...configuration, ...services }, configuration.operations);
  const run = simulateBatch({
    ...jobTerms,
    cluster,
    ...operations.spec,
    ...withServices(services, operations.spec.processes),
    queue,
    ...(quotas === undefined ? {} : { quotas }),
    placement,
    ...(partitions === undefined ? {} : { partitions }),
    ...(topology === undefined ? {} : { topology }),
    seed,
    limits,
    observe,
  });
  const served = services.outcomes(run.endOfRunS);
  return { ...operations.finish(run), ...(served.length === 0 ? {} : { served }) };
}

function withServices(
  { managedFrom, processes }: PreparedServices,
  others: BatchSpec["processes"] = [],
): Pick<BatchSpec, "managedFrom" | "processes"> {
  if (managedFrom === undefined) return {};
  return { managedFrom, processes: [...others, ...processes] };
}

/**
 * Folds a run into its numbers.
 *
 * @param watched the part of the run that figures count, such as that after a warm-up; all of it when absent
 */
export function computeResult(
  { cluster, queue, quotas }: Pick<Configuration, "cluster" | "queue" | "quotas">,
  run: OperatedRun,
  { overloaded, offeredLoad, warnings }: Overload,
  watched: BatchRun = run,
): Omit<RunResult, "goals"> {
  const summary = summarizeBatch(watched);
  const fairness = createFairnessFold(
    run,
    watched.startOfTraceS,
    // Queues of partitions give no tenant a quota.
    queue.options?.["queueBy"] === "partition" ? undefined : quotas,
  );
  const lanes = createLaneFold(run, cluster, watched.startOfTraceS);
  replayUsage(run, [fairness, lanes]);
  const preemption = preemptionsOnly(preemptionResult(watched, summary.jobs.gpuHoursLost), run);
  const { tenant, tenantNames, partition, partitionNames } = run.jobs;
  const operated = operationsResults(run);
  return {
    jobs: {
      ...summary.jobs,
      ...(run.operated?.faults === undefined ? {} : { preemptions: preemption?.stops ?? 0 }),
      offeredLoad,
      overloaded,
    },
    gpu: summary.gpu,
    waitReasons: summary.waitReasons,
    tenants: groupResults(watched, summary.tenants, { groupOf: tenant, names: tenantNames }),
    partitions: groupResults(watched, summary.partitions, {
      groupOf: partition,
      names: partitionNames,
      lanes: lanes.results(),
    }),
    warnings: [...run.warnings, ...warnings, ...servingWarnings(run)],
    stopReason: run.stopReason,
    endS: run.endOfRunS,
    eventsHandled: run.eventsHandled,
    ...operated,
    ...present("serving", servingResult(run, watched, operated.cost)),
    ...present("preemption", preemption),
    ...present("gangWaits", lanes.gangWaits()),
    ...present("fairness", fairness.result()),
    ...present("mig", migResult(run)),
    ...present("topology", topologyResult(watched, cluster)),
  };
}

function present<Name extends keyof OptionalResults>(
  name: Name,
  value: OptionalResults[Name],
): OptionalResults {
  return value === undefined ? {} : { [name]: value };
}

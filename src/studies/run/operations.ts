import { SpecificationError } from "../../base/specification-error.js";
import { formatDuration } from "../../base/units.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import type { EnergyReading } from "../../performance/power/energy-meter.js";
import { hopelessJob, withCheckpoints } from "../../scenario/resolve-checkpoints.js";
import type { NodeGroup, ResolvedConfiguration } from "../../scenario/resolved.js";
import type { BatchRun, BatchSpec } from "../../simulation/batch/batch-spec.js";
import { createCheckpointRate } from "../../simulation/faults/checkpoint-rate.js";
import { createFaultProcess, type FaultProcess } from "../../simulation/faults/fault-process.js";
import type { ElasticPoolOutcome } from "../../simulation/batch/elastic-pool.js";
import type { FaultsOutcome } from "../../simulation/faults/fault-spec.js";
import {
  createEnergyObserver,
  type EnergyObserver,
  type NodeSwitch,
} from "../../simulation/power/energy-observer.js";
import type { JobTable } from "../../workload/job-table.js";
import { prepareHosting } from "./hosting.js";
import type { ServedService } from "./services.js";

/** What fails, what is used and what is paid in one configuration. */
export type Operations = Pick<
  ResolvedConfiguration,
  "faults" | "checkpoint" | "power" | "cost" | "hosting"
> & {
  readonly nodeGroups: readonly NodeGroup[];
};

/** What a run gave beyond its jobs. */
export interface OperationsOutcome {
  readonly operations: Operations;
  readonly faults?: FaultsOutcome;
  readonly energy?: EnergyReading;
  /** What elastic groups did; empty without any. */
  readonly pools: readonly ElasticPoolOutcome[];
}

/** A batch run with what its operations gave. */
export interface OperatedRun extends BatchRun {
  readonly operated?: OperationsOutcome;
  /** What became of services; absent without any. */
  readonly served?: readonly ServedService[];
}

/** A run about to be simulated: what its operations add to the spec, and how to read them afterwards. */
export interface PreparedOperations {
  readonly spec: Pick<BatchSpec, "jobs" | "rates" | "processes">;
  /** The run with its outcome. */
  finish(run: BatchRun): OperatedRun;
}

/**
 * Puts failures, checkpoints and the meter into a batch run. Without any, the run stays as it is.
 *
 * @param operations absent when the scenario has none
 * @throws SpecificationError when a job would fail for ever and the run has no end of its own
 */
export function prepareOperations(
  configuration: {
    readonly cluster: ClusterSpec;
    readonly jobs: JobTable;
    readonly limits?: { readonly untilS?: number };
    readonly managedFrom?: number;
  },
  operations: Operations | undefined,
): PreparedOperations {
  const { cluster } = configuration;
  if (operations === undefined) {
    return { spec: { jobs: configuration.jobs }, finish: (run) => run };
  }
  const { faults, checkpoint, power, nodeGroups } = operations;
  const hosting = prepareHosting(configuration, nodeGroups, operations.hosting);
  const jobs =
    checkpoint === undefined
      ? configuration.jobs
      : withCheckpoints(configuration.jobs, checkpoint, { cluster, nodeGroups, faults });
  // Managed rows are ended from outside.
  const ending = { ...jobs, count: configuration.managedFrom ?? jobs.count };
  if (configuration.limits?.untilS === undefined)
    checkEnds(ending, { cluster, nodeGroups, faults });
  let process: FaultProcess | undefined;
  let observer: EnergyObserver | undefined;
  return {
    spec: {
      jobs,
      rates: [
        ...hosting.rates,
        ...(checkpoint === undefined ? [] : [() => createCheckpointRate(jobs)]),
        ...(power === undefined
          ? []
          : [
              (context: Parameters<typeof createEnergyObserver>[1]) => {
                const firstNodes = nodeGroups.map((group) => group.firstNode);
                observer = createEnergyObserver({ kinds: power.kinds, firstNodes }, context);
                return observer.factor;
              },
            ]),
      ],
      processes: [
        ...hosting.processes,
        ...(faults === undefined
          ? []
          : [
              () => {
                process = createFaultProcess(faults, jobs);
                return process;
              },
            ]),
      ],
    },
    finish(run) {
      const outcome = process?.outcome();
      const pools = hosting.outcomes();
      const energy = observer?.finish(run.endOfRunS, comingsOf(pools, nodeGroups));
      return {
        ...run,
        operated: {
          operations,
          pools,
          ...(outcome === undefined ? {} : { faults: outcome }),
          ...(energy === undefined ? {} : { energy }),
        },
      };
    },
  };
}

function checkEnds(jobs: JobTable, machines: Parameters<typeof hopelessJob>[1]): void {
  const hopeless = hopelessJob(jobs, machines);
  if (hopeless === undefined) return;
  const { id, segmentS, interruptionS } = hopeless;
  throw new SpecificationError(
    `the job "${id}" works ${formatDuration(segmentS)} without a checkpoint and failures stop its nodes every ${formatDuration(interruptionS)} on average: it would hardly ever end; ` +
      "give workload.checkpoint, or run.until to stop the run",
  );
}

/** Nodes of elastic groups use electricity while they are up or being provisioned, like they are paid for. */
function comingsOf(
  pools: readonly ElasticPoolOutcome[],
  nodeGroups: readonly NodeGroup[],
): { readonly kinds: ReadonlySet<number>; readonly switches: readonly NodeSwitch[] } {
  const kindOf = ({ name }: ElasticPoolOutcome): number =>
    nodeGroups.findIndex((group) => group.name === name);
  return {
    kinds: new Set(pools.map(kindOf)),
    switches: pools.flatMap((pool) =>
      pool.upTimes.flatMap(({ fromS, toS }) => [
        { timeS: fromS, kind: kindOf(pool), change: 1 },
        ...(Number.isNaN(toS) ? [] : [{ timeS: toS, kind: kindOf(pool), change: -1 }]),
      ]),
    ),
  };
}

/** The operations of a resolved configuration, as a field of what is to be simulated; empty without any. */
export function operationsOf(resolved: ResolvedConfiguration): {
  readonly operations?: Operations;
} {
  const { faults, checkpoint, power, cost, hosting, nodeGroups } = resolved;
  const parts = {
    ...given("faults", faults),
    ...given("checkpoint", checkpoint),
    ...given("hosting", hosting),
  };
  const priced = { ...given("power", power), ...given("cost", cost) };
  const operations = { ...parts, ...priced };
  return Object.keys(operations).length === 0 ? {} : { operations: { ...operations, nodeGroups } };
}

function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}

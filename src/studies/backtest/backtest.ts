import { SpecificationError } from "../../base/specification-error.js";
import { InputError } from "../../diagnostics/problem.js";
import { VERSION } from "../../io/version.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import { simulateBatch } from "../../simulation/batch/simulate-batch.js";
import type { JobTable } from "../../workload/job-table.js";
import { describeCluster } from "../run/describe-cluster.js";
import { placementOf } from "../run/placement-of.js";
import type {
  BacktestDocument,
  BacktestTrace,
  GroupComparison,
  HourComparison,
} from "./backtest-document.js";
import { backtestAssumptions, backtestWarnings } from "./backtest-words.js";
import { comparedJobs, jobsThatRan } from "./classify-jobs.js";
import { compareJobByJob, compareWaits, selectPairs, type WaitPairs } from "./compare-waits.js";
import type { LoadedBacktest } from "./load-backtest.js";
import { clusterFingerprint, identifyPolicy } from "./policy-identity.js";
import { rankCorrelation } from "./rank-correlation.js";
import { calendarTime, recordedUse } from "./recorded-use.js";
import { backtestVerdict } from "./verdict.js";

const HOUR_S = 3600;
const HOURS_PER_DAY = 24;

/** A replayed history: the document for machines, and the run with its pairs for tables and charts. */
export interface Backtest {
  readonly document: BacktestDocument;
  /** Over the jobs that ran. */
  readonly run: BatchRun;
  /** Rows of `run.jobs` that are compared, in order of submission. */
  readonly comparedRows: readonly number[];
  /** Waits of those jobs. */
  readonly pairs: WaitPairs;
}

/**
 * Replays a history under its own policy and says how far the simulated waits are from the recorded ones.
 *
 * A wait is the time from submission to the first start, on both sides.
 *
 * @throws InputError when the policy cannot be used with this cluster and these jobs
 */
export function runBacktest(loaded: LoadedBacktest): Backtest {
  const { configuration, seed } = loaded;
  const ran = jobsThatRan(loaded.jobs);
  const run = replay(loaded, ran.jobs);
  const { rows, leftOut } = comparedJobs(run);
  const pairs = pairsOf(run, rows);
  const cluster = describeCluster(configuration.cluster);
  const byHourAndGroup = comparisonsByGroup(run.jobs, rows, pairs);
  const facts: Omit<BacktestDocument, "verdict" | "warnings"> = {
    schema: "headroom/backtest/v1",
    version: VERSION,
    trace: traceOf(loaded),
    cluster: {
      file: loaded.options.clusterPath,
      sentence: cluster.sentence,
      kinds: cluster.kinds,
      nodes: cluster.nodes,
      gpus: cluster.gpus,
      fingerprint: clusterFingerprint(configuration.cluster),
    },
    policy: { ...identifyPolicy(configuration.policy), assumed: loaded.assumedPolicy },
    seed,
    jobs: {
      count: loaded.jobs.count,
      simulated: run.jobs.count,
      compared: rows.length,
      leftOut: [...ran.leftOut, ...leftOut],
    },
    wait: compareWaits(pairs),
    ...compareJobByJob(pairs),
    rankCorrelation: rankCorrelation(pairs.recordedS, pairs.simulatedS),
    ...byHourAndGroup,
    recordedUse: recordedUse(run.jobs, configuration.cluster),
    assumptions: backtestAssumptions(loaded),
    inputs: loaded.inputs,
    eventsHandled: run.eventsHandled,
  };
  const document: BacktestDocument = {
    ...facts,
    verdict: backtestVerdict(facts),
    warnings: [...loaded.warnings, ...backtestWarnings(facts, run)],
  };
  return { document, run, comparedRows: rows, pairs };
}

/** The simulation names a policy that does not fit its jobs (no estimates to backfill by) as a SpecificationError. */
function replay({ configuration, seed, options }: LoadedBacktest, jobs: JobTable): BatchRun {
  const { cluster, policy, run } = configuration;
  try {
    return simulateBatch({
      cluster,
      jobs,
      queue: policy.queue,
      ...(policy.quotas === undefined ? {} : { quotas: policy.quotas }),
      placement: placementOf(policy.placement),
      seed,
      limits: { eventsMax: run.eventsMax },
    });
  } catch (error) {
    if (!(error instanceof SpecificationError)) throw error;
    throw new InputError([
      {
        file: options.clusterPath,
        rule: "policy-does-not-fit",
        message: error.message,
        help: "an option is given as: --queue '{name: easy-backfill, estimate: duration}'",
      },
    ]);
  }
}

function pairsOf({ jobs, startS }: BatchRun, rows: readonly number[]): WaitPairs {
  const recordedStartS = jobs.recordedStartS!;
  return {
    recordedS: Float64Array.from(rows, (job) => recordedStartS[job]! - jobs.submitS[job]!),
    simulatedS: Float64Array.from(rows, (job) => startS[job]! - jobs.submitS[job]!),
  };
}

function traceOf({ jobs, format, options, inputs, rowsLeftOut }: LoadedBacktest): BacktestTrace {
  const day = (timeS: number): string | null => calendarTime(jobs, timeS)?.slice(0, 10) ?? null;
  return {
    path: options.tracePath,
    sha256: inputs.at(-1)!.sha256,
    format,
    firstDay: day(jobs.submitS[0]!),
    lastDay: day(jobs.submitS[jobs.count - 1]!),
    clock: jobs.originEpochS === undefined ? "trace" : "utc",
    rowsLeftOut,
  };
}

function comparisonsByGroup(
  jobs: JobTable,
  rows: readonly number[],
  pairs: WaitPairs,
): Pick<BacktestDocument, "byPartition" | "byTenant" | "byHour"> {
  const originS = jobs.originEpochS ?? 0;
  const hourOf = (job: number): number => {
    const hours = Math.floor((originS + jobs.submitS[job]!) / HOUR_S) % HOURS_PER_DAY;
    return hours < 0 ? hours + HOURS_PER_DAY : hours;
  };
  const compare = (positions: readonly number[]): Omit<GroupComparison, "name"> => ({
    jobs: positions.length,
    ...compareWaits(selectPairs(pairs, positions)),
  });
  const named = (indexOf: Int32Array, names: readonly string[]): GroupComparison[] =>
    groupsOf(rows, (job) => indexOf[job]!)
      .map(([index, positions]) => ({ name: names[index]!, ...compare(positions) }))
      .sort((left, right) => right.jobs - left.jobs || (left.name < right.name ? -1 : 1));
  return {
    byPartition: named(jobs.partition, jobs.partitionNames),
    byTenant: named(jobs.tenant, jobs.tenantNames),
    byHour: groupsOf(rows, hourOf)
      .map(([hour, positions]): HourComparison => ({ hour, ...compare(positions) }))
      .sort((left, right) => left.hour - right.hour),
  };
}

/** Positions within `rows` by group. */
function groupsOf(
  rows: readonly number[],
  groupOf: (job: number) => number,
): [group: number, positions: number[]][] {
  const groups = new Map<number, number[]>();
  rows.forEach((job, position) => {
    const group = groupOf(job);
    const positions = groups.get(group);
    if (positions === undefined) groups.set(group, [position]);
    else positions.push(position);
  });
  return [...groups];
}

import { InputError } from "../../diagnostics/problem.js";
import type { RunStatistics } from "../../scenario/resolved.js";
import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import type { JobTable } from "../../workload/job-table.js";
import { findOverload } from "../run/find-overload.js";
import { evaluateGoals, type MetricEvidence } from "../run/evaluate-goals.js";
import type { PrecisionResult, ReplicationsResult, WarmUpResult } from "../run/result-document.js";
import {
  computeResult,
  simulateConfiguration,
  type Configuration,
  type ConfigurationRun,
} from "../run/run-configuration.js";
import { afterWarmUp } from "./after-warm-up.js";
import { averageResults } from "./average-result.js";
import { BATCHED_METRICS, batchMeansIntervals } from "./batch-means.js";
import { FIRST_LOOK, judgePrecision, nextLook } from "./precision.js";
import {
  pairedDifferences,
  replicationIntervals,
  valuesOf,
  type ComputedResult,
} from "./replication-intervals.js";
import { replicationSeed } from "./replication-seed.js";
import { replicationWarnings } from "./replication-warnings.js";
import { arrivalSeries, findRunWarmUp, type ArrivalSeries } from "./run-warm-up.js";

/** A configuration whose jobs may differ from replication to replication. */
export interface ReplicatedConfiguration extends Configuration {
  jobsWith(seed: number): JobTable;
}

/** Everything a replicated study depends on. */
export interface ReplicationOptions {
  /** The base, then the variants. */
  readonly configurations: readonly ReplicatedConfiguration[];
  readonly statistics: RunStatistics;
  readonly seed: number;
  /** Path of the scenario, for messages. */
  readonly file: string;
  /** Called before each simulation, for progress. */
  readonly onStart: (name: string, index: number, count: number) => void;
}

/** True when a scenario asks for more than one plain run. */
export function asksForStatistics(statistics: RunStatistics): boolean {
  const { replications, warmUpS, interval } = statistics;
  return replications > 1 || warmUpS !== undefined || interval === "batch-means";
}

/**
 * Runs the base and every variant over and over with the same random streams, until the replications or the
 * precision asked for are reached, and gives their means with intervals.
 *
 * The run that is kept for tables and charts is that of the first replication, warm-up included.
 *
 * @throws InputError when the warm-up leaves no job of some replication
 */
export function runReplications(options: ReplicationOptions): readonly ConfigurationRun[] {
  const { configurations, statistics } = options;
  const warmUps = findWarmUps(options);
  const kept: BatchRun[] = [];
  const results: ComputedResult[][] = configurations.map(() => []);
  const overloads: string[][] = configurations.map(() => []);
  let intervals: ReplicationsResult["intervals"][] = [];
  let precision: PrecisionResult | null = null;
  let lookAt = statistics.precision === undefined ? Infinity : FIRST_LOOK;
  for (let replication = 1; replication <= statistics.replications; replication++) {
    configurations.forEach((configuration, index) => {
      options.onStart(
        label(configuration, replication, statistics),
        (replication - 1) * configurations.length + index,
        statistics.replications * configurations.length,
      );
      const run = simulateReplication(configuration, replication, options, true);
      if (replication === 1) kept.push(run);
      const watched = afterWarmUp(run, warmUps[index]!.endS);
      checkNotEmpty(watched, warmUps[index]!, options);
      const overload = findOverload(run, configuration.cluster);
      // One warning of many runs is made of these at the end.
      overloads[index]!.push(...overload.warnings.slice(0, 1));
      results[index]!.push(
        computeResult(configuration, run, { ...overload, warnings: [] }, watched),
      );
      if (statistics.interval === "batch-means") {
        intervals.push(batchMeansIntervals(watched, statistics.confidence));
      }
    });
    if (replication !== lookAt && replication !== statistics.replications) continue;
    precision = look(options, results);
    if (precision?.reached === true) break;
    lookAt = nextLook(replication);
  }
  if (statistics.interval !== "batch-means") {
    intervals = results.map((list) => replicationIntervals(list, statistics.confidence));
  }
  return configurations.map((configuration, index): ConfigurationRun => {
    const own = results[index]!;
    const replications: ReplicationsResult = {
      method: statistics.interval,
      count: own.length,
      confidence: statistics.confidence,
      warmUp: statistics.warmUpS === undefined ? null : warmUps[index]!,
      precision,
      intervals: intervals[index]!,
      overloadedCount: own.filter(({ jobs }) => jobs.overloaded === true).length,
      ...(index === 0
        ? {}
        : { differences: pairedDifferences(results[0]!, own, statistics.confidence) }),
    };
    const shown = { ...configuration, jobs: kept[index]!.jobs };
    const overload = overloads[index]![0];
    return foldConfiguration(shown, kept[index]!, own, replications, overload);
  });
}

function foldConfiguration(
  configuration: Configuration,
  run: BatchRun,
  results: readonly ComputedResult[],
  replications: ReplicationsResult,
  overload: string | undefined,
): ConfigurationRun {
  const averaged = averageResults(results);
  const goals = evaluateGoals(configuration.goals, averaged, (metric) =>
    evidenceFor(metric, results, replications),
  );
  const warnings = replicationWarnings(configuration.goals, averaged, replications, overload);
  const computed = computeResult(configuration, run, findOverload(run, configuration.cluster));
  return {
    configuration,
    run,
    firstResult: { goals: evaluateGoals(configuration.goals, computed), ...computed },
    result: {
      goals,
      ...averaged,
      warnings: [...averaged.warnings, ...warnings],
      replications,
    },
  };
}

function evidenceFor(
  metric: string,
  results: readonly ComputedResult[],
  { intervals, method, warmUp, count }: ReplicationsResult,
): MetricEvidence {
  const perReplication = count > 1 ? valuesOf(results, metric) : undefined;
  const isExpected = method === "batch-means" ? BATCHED_METRICS.has(metric) : count > 1;
  const isBiased = warmUp?.detected === false;
  return {
    interval: isBiased ? "missing" : (intervals[metric] ?? (isExpected ? "missing" : "none")),
    ...(perReplication === undefined ? {} : { perReplication }),
  };
}

function look(
  { configurations, statistics }: ReplicationOptions,
  results: readonly (readonly ComputedResult[])[],
): PrecisionResult | null {
  const { precision, confidence } = statistics;
  if (precision === undefined) return null;
  const goals = configurations.flatMap((configuration) => configuration.goals);
  const paths = [...new Set(goals.map(({ metric }) => metric))];
  return judgePrecision(results, {
    paths: paths.length === 0 ? ["jobs.waitS.mean"] : paths,
    precision,
    confidence,
  });
}

/** One plain run keeps the seed of the scenario: its jobs are those that the scenario shows elsewhere. */
function simulateReplication(
  configuration: ReplicatedConfiguration,
  replication: number,
  { statistics, seed: root }: ReplicationOptions,
  idleClasses: boolean,
): BatchRun {
  const seed = statistics.replications === 1 ? root : replicationSeed(root, replication);
  const jobs = configuration.jobsWith(seed);
  return simulateConfiguration({ ...configuration, jobs }, seed, { idleClasses });
}

/**
 * The warm-up of every configuration: as given, or found over the first replications. The longest found one
 * holds for all, so that base and variants count the same jobs.
 */
function findWarmUps(options: ReplicationOptions): readonly WarmUpResult[] {
  const { configurations, statistics, onStart } = options;
  const { warmUpS: asked } = statistics;
  if (asked !== "auto") {
    const endS = asked ?? 0;
    return configurations.map(() => ({ asked: endS, detected: true, endS }));
  }
  const pilots = Math.min(FIRST_LOOK, statistics.replications);
  const found = configurations.map((configuration) => {
    const series: ArrivalSeries[] = [];
    for (let replication = 1; replication <= pilots; replication++) {
      onStart(`${configuration.name}, looking for the warm-up`, replication - 1, pilots);
      series.push(arrivalSeries(simulateReplication(configuration, replication, options, false)));
    }
    return findRunWarmUp(series);
  });
  const endS = Math.max(...found.map((one) => one.endS));
  return found.map(({ detected }) => ({ asked, detected, endS }));
}

function checkNotEmpty(
  watched: BatchRun,
  { endS }: WarmUpResult,
  { file }: ReplicationOptions,
): void {
  if (watched.outcome.some((code) => code !== OUTCOME.notSubmitted)) return;
  if (watched.jobs.count === 0 || endS === 0) return;
  throw new InputError([
    {
      file,
      rule: "warm-up-too-long",
      path: "run.warmup",
      message: `run.warmup leaves nothing: no job arrives after ${endS} s`,
      help: "shorten the warm-up, or simulate more weeks",
    },
  ]);
}

function label(
  { name }: Configuration,
  replication: number,
  { replications }: RunStatistics,
): string {
  return replications === 1 ? name : `${name}, replication ${replication}`;
}

import type { LoadedConfiguration, LoadedScenario } from "../../io/load-scenario.js";
import type { WorkloadWarning } from "../../io/workload-warnings.js";
import { VERSION } from "../../io/version.js";
import { trustOf } from "../backtest/trust.js";
import { asksForStatistics, runReplications } from "../replicate/run-replications.js";
import { decide } from "./decision.js";
import { describeCluster } from "./describe-cluster.js";
import { gatherAssumptions } from "./gather-assumptions.js";
import { operationsOf } from "./operations.js";
import { placementOf } from "./placement-of.js";
import type { ResultDocument } from "./result-document.js";
import {
  runConfiguration,
  type Configuration,
  type ConfigurationRun,
} from "./run-configuration.js";
import { withSpecificationFaults } from "./specification-fault.js";

/** Name of the configuration that is no variant, in results and reports. */
const BASE_NAME = "base";

/** What a scenario gave: the document for machines, and every run for tables and charts. */
export interface ScenarioRun {
  readonly document: ResultDocument;
  readonly base: ConfigurationRun;
  readonly variants: readonly ConfigurationRun[];
}

/**
 * Simulates the base and every variant with the same seed and streams (common random numbers), as often as
 * the scenario asks for.
 *
 * @param onStart called before each simulation, for progress
 * @throws InputError when the backtest that the scenario trusts is none, or its warm-up leaves no job
 */
export function runScenario(
  loaded: LoadedScenario,
  onStart: (name: string, index: number, count: number) => void = () => undefined,
): ScenarioRun {
  const { scenario, seed } = loaded;
  const trusted = trustOf(loaded);
  const runs = runConfigurations(loaded, onStart);
  const [base, ...variants] = runs as [ConfigurationRun, ...ConfigurationRun[]];
  const decision = decide({
    cluster: describeCluster(base.configuration.cluster).sentence,
    question: scenario.question ?? null,
    base: { result: base.result },
    variants: variants.map((run) => ({ name: run.configuration.name, result: run.result })),
  });
  const document: ResultDocument = {
    schema: "headroom/result/v1",
    version: VERSION,
    scenario: scenario.name,
    question: scenario.question ?? null,
    decision,
    seed,
    inputs: loaded.inputs,
    ...base.result,
    warnings: [
      ...loaded.warnings,
      ...unsaid(loaded.base.workloadWarnings, base.result),
      ...(trusted?.warnings ?? []),
      ...base.result.warnings,
    ],
    assumptions: [
      ...gatherAssumptions(
        loaded.base.resolved.assumptions,
        loaded.variants.map(({ resolved }) => resolved),
      ),
      ...(trusted?.assumption === undefined ? [] : [trusted.assumption]),
    ],
    ...(trusted === undefined ? {} : { trust: trusted.trust }),
    variants: variants.map((run, index) => ({
      name: run.configuration.name,
      set: loaded.variants[index]!.resolved.set,
      ...run.result,
      warnings: [
        ...unsaid(loaded.variants[index]!.workloadWarnings, run.result),
        ...run.result.warnings,
      ],
    })),
  };
  return { document, base, variants };
}

/** Warnings about the jobs, without those that the run has found out to be so and says with its own figures. */
function unsaid(
  warnings: readonly WorkloadWarning[],
  { jobs }: ConfigurationRun["result"],
): readonly string[] {
  const isSaid: Partial<Record<WorkloadWarning["rule"], boolean>> = {
    "demand-exceeds-capacity": jobs.overloaded === true,
    "jobs-larger-than-cluster": jobs.neverPlaceable > 0,
  };
  return warnings.flatMap(({ rule, sentence }) => (isSaid[rule] === true ? [] : [sentence]));
}

function runConfigurations(
  loaded: LoadedScenario,
  onStart: (name: string, index: number, count: number) => void,
): readonly ConfigurationRun[] {
  const { scenario, seed } = loaded;
  const configurations = [loaded.base, ...loaded.variants].map((one) => ({
    ...configurationOf(one),
    jobsWith: (root: number) => one.jobsWith(root),
  }));
  const { statistics } = loaded.base.resolved;
  if (asksForStatistics(statistics)) {
    return withSpecificationFaults(scenario.file, undefined, () =>
      runReplications({ configurations, statistics, seed, file: scenario.file, onStart }),
    );
  }
  return configurations.map((configuration, index) => {
    onStart(configuration.name, index, configurations.length);
    const variant = index === 0 ? undefined : configuration.name;
    return withSpecificationFaults(scenario.file, variant, () =>
      runConfiguration(configuration, seed),
    );
  });
}

/** What a loaded configuration asks to be simulated, with its jobs under the seed of the scenario. */
export function configurationOf({ resolved, jobs, services }: LoadedConfiguration): Configuration {
  const { name, cluster, policy, goals, run } = resolved;
  return {
    name: name ?? BASE_NAME,
    cluster,
    jobs,
    jobTerms: resolved.jobTerms,
    queue: policy.queue,
    ...(policy.quotas === undefined ? {} : { quotas: policy.quotas }),
    placement: placementOf(policy.placement),
    ...(policy.partitions === undefined ? {} : { partitions: policy.partitions }),
    ...(resolved.topology === undefined ? {} : { topology: resolved.topology }),
    ...operationsOf(resolved),
    ...(services.length === 0 ? {} : { services, nodeGroups: resolved.nodeGroups }),
    goals,
    limits: {
      eventsMax: run.eventsMax,
      ...(run.untilS === undefined ? {} : { untilS: run.untilS }),
    },
  };
}

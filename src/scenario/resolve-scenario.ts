import { isRandom } from "./checks/check-run.js";
import { goalIdOf } from "./checks/check-goals.js";
import { DEFAULTS } from "./defaults.js";
import { findMetric } from "./metrics.js";
import { metricOfService } from "./serving-metrics.js";
import type { ParsedConfiguration, ParsedScenario } from "./parse-scenario.js";
import { createJobTableBuilder } from "../workload/job-table-builder.js";
import { parseTarget } from "./parse-target.js";
import { noteGpuRates, unusedCalibrations } from "./calibration/note-calibrations.js";
import { resolveCluster, type ResolvedCluster } from "./resolve-cluster.js";
import { resolveHostingSection } from "./resolve-hosting-section.js";
import { resolveOperations } from "./resolve-operations.js";
import { resolveJobTerms } from "./resolve-job-terms.js";
import { CATALOGUE_CURRENCY } from "./resolve-cost.js";
import { resolveJobs } from "./resolve-jobs.js";
import { resolvePlan } from "./resolve-plan.js";
import { resolveQuotas } from "./resolve-quotas.js";
import type {
  Assumption,
  Goal,
  ResolvedConfiguration,
  ResolvedScenario,
  WorkloadReference,
} from "./resolved.js";
import { resolvePlacement } from "./resolve-placement.js";
import { resolveTopologyRequest } from "./resolve-topology.js";
import { trainingTimeOf } from "./resolve-training-time.js";
import { quotasOf } from "./schema/policy-schema.js";
import type { RUNNING_JOBS } from "./schema/workload-schema.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import type { QueuePolicySpec } from "../policy/queue/types.js";

/** Builds everything that can be known before a trace is read: nodes, inline jobs, goals, assumptions. */
export function resolveScenario(scenario: ParsedScenario): ResolvedScenario {
  const { spec } = scenario;
  return {
    file: scenario.file,
    name: spec.name,
    question: spec.question,
    description: spec.description,
    labels: spec.labels ?? [],
    seed: spec.seed ?? DEFAULTS.seed,
    ...resolvePlan(spec),
    base: resolveConfiguration(scenario.base),
    variants: scenario.variants.map(resolveConfiguration),
    extended: scenario.extended,
    traces: scenario.traces,
    backtest: scenario.backtest,
    warnings: [
      ...scenario.warnings,
      ...unusedCalibrations(
        scenario.base.calibrations,
        resolveCluster(scenario.base.spec.cluster).cluster.nodes.map(({ gpuModel }) => gpuModel),
      ),
    ],
  };
}

function resolveConfiguration(configuration: ParsedConfiguration): ResolvedConfiguration {
  const { name, set, spec } = configuration;
  const machines = resolveCluster(spec.cluster, configuration.calibrations);
  const { gpuNames, calibrations, assumptions: clusterAssumptions, ...cluster } = machines;
  const assumptions = new Map(
    [...configuration.given, ...clusterAssumptions].map((entry) => [entry.id, entry] as const),
  );
  const assume = (entry: Assumption): void => {
    assumptions.set(entry.id, entry);
  };
  const workload = resolveWorkload(configuration, machines, assume);
  const operations = resolveOperations(spec, machines, assume);
  const hosting = resolveHostingSection(spec, machines, assume);
  if ((hosting.hosting?.communication?.steps.training.size ?? 0) > 0)
    noteGpuRates(
      cluster.cluster.nodes.map(({ gpuModel }) => gpuModel),
      calibrations,
      assume,
    );
  return {
    name,
    set,
    ...cluster,
    workload,
    jobTerms: resolveJobTerms(spec, gpuNames, assume),
    policy: {
      queue: resolveQueue(spec.policy.queue),
      placement: resolvePlacement(spec.policy.placement),
      ...quotasFor(spec, gpuNames),
      ...(spec.policy.partitions === undefined
        ? {}
        : { partitions: spec.policy.partitions as "own" | "shared" }),
    },
    ...(spec.workload.services === undefined
      ? {}
      : {
          ...(calibrations.length === 0 ? {} : { calibrations }),
          services: spec.workload.services.map((input, index) => ({
            input,
            ...configuration.services[index]!,
          })),
        }),
    ...(spec.workload.topology === undefined
      ? {}
      : { topology: resolveTopologyRequest(spec.workload.topology) }),
    goals: (spec.goals ?? []).map((goal) => resolveGoal(goal, spec)),
    run: {
      untilS: spec.run?.until,
      eventsMax: spec.run?.eventsMax ?? DEFAULTS.eventsMax,
    },
    isRandom: isRandom(spec),
    statistics: {
      replications: spec.run?.replications ?? DEFAULTS.replications,
      confidence: spec.run?.confidence ?? DEFAULTS.confidence,
      warmUpS: spec.run?.warmup,
      precision: spec.run?.precision,
      interval: spec.run?.interval === "batch-means" ? "batch-means" : DEFAULTS.interval,
    },
    ...operations,
    ...hosting,
    assumptions: [...assumptions.values()],
  };
}

function resolveWorkload(
  { spec, trace, parameters }: ParsedConfiguration,
  machines: ResolvedCluster,
  assume: (assumption: Assumption) => void,
): WorkloadReference {
  const {
    jobs,
    format = DEFAULTS.traceFormat,
    runningJobs,
    load = DEFAULTS.load,
    limits,
  } = spec.workload;
  const common = { load, jobsMax: limits?.maxJobs };
  if (jobs !== undefined)
    return {
      kind: "jobs",
      jobs: resolveJobs(jobs, machines.gpuNames, assume, (job) =>
        trainingTimeOf(spec, machines, job),
      ),
      ...common,
    };
  if (parameters !== undefined) return { kind: "generate", parameters, ...common };
  if (trace === undefined && spec.workload.services !== undefined)
    return { kind: "jobs", jobs: createJobTableBuilder().build({ originS: 0 }).jobs, ...common };
  if (trace === undefined)
    throw new Error("scenario: a workload passed the checks without jobs, trace or parameters");
  return {
    kind: "trace",
    trace,
    format: format === DEFAULTS.traceFormat ? undefined : format,
    ...(runningJobs === undefined
      ? {}
      : { runningJobs: runningJobs as (typeof RUNNING_JOBS)[number] }),
    ...common,
  };
}

function resolveQueue(queue: ScenarioSpec["policy"]["queue"]): QueuePolicySpec {
  if (typeof queue === "string") return { name: queue };
  const { name, quotas: _, ...options } = queue as Record<string, number | string | boolean>;
  return Object.keys(options).length === 0
    ? { name: String(name) }
    : { name: String(name), options };
}

function quotasFor(
  spec: ScenarioSpec,
  gpuNames: GpuNames,
): Pick<ResolvedConfiguration["policy"], "quotas"> {
  const written = quotasOf(spec.policy.queue);
  if (written === undefined) return {};
  const { quotas } = resolveQuotas(written, gpuNames);
  if (quotas === undefined) throw new Error("scenario: quotas passed the checks and are not valid");
  return { quotas };
}

function resolveGoal(goal: NonNullable<ScenarioSpec["goals"]>[number], spec: ScenarioSpec): Goal {
  const { service } = goal;
  const metric = findMetric(
    service === undefined ? goal.metric : metricOfService(goal.metric, service),
  );
  const comparison = goal.atMost === undefined ? "atLeast" : "atMost";
  const given = goal.atMost ?? goal.atLeast;
  const target =
    metric === undefined || given === undefined ? undefined : parseTarget(metric.unit, given);
  if (metric === undefined || target?.ok !== true) {
    throw new Error(`scenario: goal ${goal.id ?? goal.metric} passed the checks without a target`);
  }
  const id = goalIdOf(goal) ?? metric.path;
  const currency = spec.cost?.currency ?? CATALOGUE_CURRENCY;
  const unit = metric.unit === "currency" ? currency : metric.unit;
  return { id, metric: metric.path, comparison, target: target.value, unit };
}

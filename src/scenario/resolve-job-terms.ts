import { formatDuration } from "../base/units.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import type { JobTerms } from "../simulation/batch/job-terms.js";
import type { LimitRule } from "../simulation/batch/limit-rules.js";
import type { WorkerScaling } from "../simulation/batch/worker-scaling.js";
import { resolveMigProfiles } from "./resolve-mig-profiles.js";
import type { Assumption } from "./resolved.js";
import { RESCALE_DEFAULT_S } from "./schema/job-terms-schema.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type Assume = (assumption: Assumption) => void;
type ElasticInput = NonNullable<ScenarioSpec["workload"]["elastic"]>;

/** The terms on which jobs run, which have passed their checks; empty when the scenario names none. */
export function resolveJobTerms(
  { workload, policy }: ScenarioSpec,
  gpuNames: GpuNames,
  assume: Assume,
): JobTerms {
  return {
    ...gpuSpeedsOf(workload, gpuNames, assume),
    ...elasticOf(workload, assume),
    ...resolveMigProfiles(workload, assume),
    ...(policy.limits === undefined ? {} : { useLimits: policy.limits.map(limitOf) }),
  };
}

function gpuSpeedsOf(
  { gpuSpeeds }: ScenarioSpec["workload"],
  gpuNames: GpuNames,
  assume: Assume,
): Pick<JobTerms, "gpuSpeeds"> {
  if (gpuSpeeds === undefined) return {};
  assume({
    id: "gpu-speeds",
    what: "Speed of jobs by GPU model, relative to their durations",
    value: `${gpuSpeeds.map(({ gpu, speed }) => `${gpu} ${speed}`).join(", ")}; others 1`,
    provenance: "given",
    source: "workload.gpuSpeeds; one factor for every job, whatever it computes",
  });
  return {
    gpuSpeeds: Object.fromEntries(
      gpuSpeeds.flatMap(({ gpu, speed }) =>
        gpuNames.accepted(gpu).map((model) => [model, speed] as const),
      ),
    ),
  };
}

function elasticOf(
  { elastic }: ScenarioSpec["workload"],
  assume: Assume,
): Pick<JobTerms, "elastic"> {
  if (elastic === undefined) return {};
  const { scaling, rescaleCost } = elastic;
  assume({
    id: "elastic-scaling",
    what: "Speed of a job with other than the workers it asks for",
    value: describeScaling(elastic),
    provenance: scaling === undefined ? "assumed" : "given",
    source:
      scaling === undefined
        ? "nothing given; the best case: communication costs nothing"
        : "workload.elastic.scaling; one curve for every job",
  });
  assume({
    id: "elastic-rescale-cost",
    what: "Time without progress when a running job changes its number of workers",
    value: formatDuration(rescaleCost ?? RESCALE_DEFAULT_S),
    provenance: rescaleCost === undefined ? "published" : "given",
    source:
      rescaleCost === undefined
        ? "restart delay in the simulator of Pollux (OSDI 2021); measure it, large models take minutes"
        : "workload.elastic.rescaleCost",
  });
  return {
    elastic: { scaling: scalingOf(elastic), rescaleCostS: rescaleCost ?? RESCALE_DEFAULT_S },
  };
}

function scalingOf({ scaling, exponent = 1, serialShare = 0 }: ElasticInput): WorkerScaling {
  if (scaling === "power") return { kind: "power", exponent };
  return scaling === "amdahl" ? { kind: "amdahl", serialShare } : { kind: "linear" };
}

function describeScaling({ scaling, exponent, serialShare }: ElasticInput): string {
  if (scaling === "power") return `n workers do n^${exponent} times the work of one`;
  if (scaling === "amdahl")
    return `Amdahl's law, ${serialShare} of the work of one worker cannot be divided`;
  return "n workers do n times the work of one";
}

type LimitInput = NonNullable<ScenarioSpec["policy"]["limits"]>[number];

function limitOf({ tenant, user, gpus, runningJobs, submittedJobs }: LimitInput): LimitRule {
  const name = tenant ?? user;
  return {
    scope: tenant === undefined ? "user" : "tenant",
    ...(name === undefined || name === "*" ? {} : { name }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(runningJobs === undefined ? {} : { runningJobs }),
    ...(submittedJobs === undefined ? {} : { submittedJobs }),
  };
}

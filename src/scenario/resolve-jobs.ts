import type { JobRow } from "../workload/job-row.js";
import { createJobTableBuilder } from "../workload/job-table-builder.js";
import type { GpuPartRequest, JobTable } from "../workload/job-table.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import { topologyText } from "../workload/topology-request.js";
import { DEFAULTS, LIMITS } from "./defaults.js";
import type { NodeSelectorRule } from "../workload/node-selector.js";
import { parseArray } from "./parse-array.js";
import type { Assumption } from "./resolved.js";
import { resolveTopologyRequest } from "./resolve-topology.js";
import type { TrainingTime } from "./resolve-training-time.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type JobInput = NonNullable<ScenarioSpec["workload"]["jobs"]>[number];

/** Jobs written in a scenario as a table; second 0 of the table is the start of the scenario. */
export function resolveJobs(
  jobs: readonly JobInput[],
  gpuNames: GpuNames,
  assume: (assumption: Assumption) => void,
  trainingTime: (job: JobInput) => TrainingTime | undefined = () => undefined,
): JobTable {
  const builder = createJobTableBuilder();
  const rowsOf = new Map<string, readonly number[]>();
  for (const job of jobs) {
    const gpuPart = gpuPartOf(job);
    const gpuCount = job.gpus ?? (gpuPart === undefined ? DEFAULTS.gpus : 1);
    const row = {
      submitS: job.submit,
      durationS: job.duration ?? durationOf(job, trainingTime(job), assume),
      walltimeS: job.walltime,
      workers: job.workers ?? DEFAULTS.workers,
      cpuMilli: job.cpu ?? 0,
      memoryBytes: job.memory ?? 0,
      gpuCount,
      gpuMilli: gpuCount === 0 ? 0 : (job.gpuShare ?? 1000),
      gpuModels: acceptedModels(job.gpuModels ?? [], gpuNames),
      gpuPart,
      tenant: job.tenant,
      priority: job.priority ?? DEFAULTS.priority,
      partition: job.partition,
      topology:
        job.topology === undefined ? undefined : topologyText(resolveTopologyRequest(job.topology)),
      nodeSelector: job.nodeSelector?.map(ruleOf),
      user: job.user,
      workersMin: job.workersMin,
      workersMax: job.workersMax,
      deadlineS: job.deadline,
      preemptible: job.preemptible,
      checkpointIntervalS: job.checkpointInterval,
    };
    const rows = tasksOf(job).map((task) => builder.add({ ...task, ...row }));
    if (rows.includes(-1)) throw new Error(`scenario: job ${job.id} passed the checks twice`);
    rowsOf.set(job.id, rows);
  }
  for (const { id, after = [] } of jobs) {
    for (const row of rowsOf.get(id)!)
      for (const before of after)
        for (const afterRow of rowsOf.get(before)!) builder.addDependency(row, afterRow);
  }
  if (jobs.some((job) => job.cpu === undefined || job.memory === undefined)) assume(NO_HOST_DEMAND);
  return builder.build({ originS: 0 }).jobs;
}

function durationOf(
  { id, model }: JobInput,
  time: TrainingTime | undefined,
  assume: (assumption: Assumption) => void,
): number {
  if (time === undefined)
    throw new Error(`scenario: job ${id} passed the checks without a duration`);
  const { durationS, tokensPerS, where, extrapolated } = time;
  assume({
    id: `training:duration:${id}`,
    what: `Duration of ${id}: ${model!.tokens!} tokens of ${model!.name} on ${where}`,
    value: `${Number(durationS.toPrecision(4))} s at ${Number(tokensPerS.toPrecision(4))} tokens/s`,
    provenance: "assumed",
    source: `estimated step time of the model at the best placement${extrapolated ? "; some communication is outside of what was measured" : ""}`,
  });
  return durationS;
}

type SelectorInput = NonNullable<JobInput["nodeSelector"]>[number];

function ruleOf({ label, is, in: values, notIn }: SelectorInput): NodeSelectorRule {
  const wanted = is === undefined ? values : [is];
  return {
    label,
    ...(wanted === undefined ? {} : { in: wanted }),
    ...(notIn === undefined ? {} : { notIn }),
  };
}

/** The rows a job becomes: itself, or the tasks of its array. */
function tasksOf({
  id,
  array,
}: JobInput): readonly Pick<JobRow, "id" | "array" | "arrayRunningMax">[] {
  if (array === undefined) return [{ id }];
  const parsed = parseArray(array, LIMITS.jobsMax);
  if (parsed === undefined) throw new Error(`scenario: array ${array} passed the checks`);
  const { tasks, runningMax } = parsed;
  return tasks.map((task) => ({ id: `${id}[${task}]`, array: id, arrayRunningMax: runningMax }));
}

/** What a job says about parts of a GPU; undefined when it says nothing. */
function gpuPartOf({ mig, gpuMemory, gpuReplica }: JobInput): GpuPartRequest | undefined {
  if (mig === undefined && gpuMemory === undefined && gpuReplica !== true) return undefined;
  return {
    migProfiles: (mig ?? []).map((name) => name.trim().toLowerCase()),
    isMigOnly: mig !== undefined,
    gpuMemoryBytes: gpuMemory ?? 0,
    isReplicaEnough: gpuReplica === true,
  };
}

/** Models in the order written, each once. */
function acceptedModels(names: readonly string[], gpuNames: GpuNames): readonly string[] {
  return [...new Set(names.flatMap((name) => gpuNames.accepted(name)))];
}

const NO_HOST_DEMAND: Assumption = {
  id: "jobs-without-cpu-or-memory",
  what: "CPU and memory of jobs that name none",
  value: "none: only GPUs and pods limit them",
  provenance: "assumed",
  source: "workload.jobs leaves cpu or memory out",
};

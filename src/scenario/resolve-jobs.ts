import { createJobTableBuilder } from "../workload/job-table-builder.js";
import type { GpuPartRequest, JobTable } from "../workload/job-table.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import { topologyText } from "../workload/topology-request.js";
import { DEFAULTS } from "./defaults.js";
import type { Assumption } from "./resolved.js";
import { resolveTopologyRequest } from "./resolve-topology.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type JobInput = NonNullable<ScenarioSpec["workload"]["jobs"]>[number];

/** Jobs written in a scenario as a table; second 0 of the table is the start of the scenario. */
export function resolveJobs(
  jobs: readonly JobInput[],
  gpuNames: GpuNames,
  assume: (assumption: Assumption) => void,
): JobTable {
  const builder = createJobTableBuilder();
  for (const job of jobs) {
    const gpuPart = gpuPartOf(job);
    const gpuCount = job.gpus ?? (gpuPart === undefined ? DEFAULTS.gpus : 1);
    const row = builder.add({
      id: job.id,
      submitS: job.submit,
      durationS: job.duration,
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
    });
    if (row === -1) throw new Error(`scenario: job ${job.id} passed the checks twice`);
  }
  if (jobs.some((job) => job.cpu === undefined || job.memory === undefined)) assume(NO_HOST_DEMAND);
  return builder.build({ originS: 0 }).jobs;
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

import type { ClusterSpec } from "../cluster/spec.js";
import { gangGpuMilli } from "../policy/gang/gang-gpu-milli.js";
import { OUTCOME, type BatchRun } from "../simulation/batch/batch-spec.js";
import type { PodRequest } from "../workload/job-table.js";
import type { JobRows, JobState } from "./tables-csv.js";

const GPU_MILLI = 1000;
const BYTES_PER_MIB = 1024 * 1024;

const STATES: Readonly<Record<number, JobState>> = {
  [OUTCOME.notSubmitted]: "not-submitted",
  [OUTCOME.waiting]: "waiting",
  [OUTCOME.running]: "running",
  [OUTCOME.completed]: "completed",
  [OUTCOME.neverPlaceable]: "never-placeable",
};

/** One run as rows of `jobs.csv`. */
export function jobRows(options: {
  readonly workloadName: string;
  readonly cluster: ClusterSpec;
  readonly run: BatchRun;
}): JobRows {
  const { run, cluster, workloadName } = options;
  const { jobs } = run;
  const profiles = jobs.shapes.map(profileName);
  return {
    count: run.managed?.from ?? jobs.count,
    workloadName,
    jobId: (job) => jobs.ids[job]!,
    profile: (job) => profiles[jobs.shape[job]!]!,
    submitS: (job) => jobs.submitS[job]!,
    startS: (job) => run.startS[job]!,
    finishS: (job) => run.endS[job]!,
    requestedResources: (job) => jobs.workers[job]!,
    requestedS: (job) => jobs.walltimeS[job]!,
    state: (job) => STATES[run.outcome[job]!]!,
    allocatedResources: (job) => intervalSet(run.placementOf(job).map((part) => part.node)),
    tenant: (job) => jobs.tenantNames[jobs.tenant[job]!]!,
    gpus: (job) => gangGpuMilli(jobs, job) / GPU_MILLI,
    placement: (job) =>
      run
        .placementOf(job)
        .map(
          ({ node, gpus }) =>
            `${cluster.nodes[node]!.name}${gpus.length > 0 ? `:${gpus.join(",")}` : ""}`,
        )
        .join(" "),
    reasonWaited: (job) => {
      const reason = run.reasons[run.waitReason[job]!] ?? "";
      const holders = run.holdersFor?.(job);
      return holders === undefined ? reason : `${reason}; GPUs are held by ${holders}`;
    },
  };
}

/** What one worker asks for, as a short name: "8gpu-64cpu-512000mib". */
function profileName({ gpuCount, gpuMilli, cpuMilli, memoryBytes, gpuModels }: PodRequest): string {
  const gpus = gpuCount === 1 && gpuMilli < GPU_MILLI ? `${gpuMilli}mgpu` : `${gpuCount}gpu`;
  const models = gpuModels.length > 0 ? [gpuModels.join("|")] : [];
  return [
    gpus,
    `${cpuMilli / 1000}cpu`,
    `${Math.round(memoryBytes / BYTES_PER_MIB)}mib`,
    ...models,
  ].join("-");
}

/** Node indexes as Batsim's interval set: sorted, "0-3 7". */
function intervalSet(nodes: readonly number[]): string {
  const sorted = [...new Set(nodes)].sort((left, right) => left - right);
  const parts: string[] = [];
  for (let first = 0; first < sorted.length;) {
    let last = first;
    while (last + 1 < sorted.length && sorted[last + 1] === sorted[last]! + 1) last++;
    parts.push(first === last ? String(sorted[first]) : `${sorted[first]}-${sorted[last]}`);
    first = last + 1;
  }
  return parts.join(" ");
}

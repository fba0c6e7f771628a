import { createGpuNames } from "../../hardware/gpu-names.js";
import type {
  JobGroupSpec,
  SubmittedJobSpec,
} from "../../simulation/fleet/clusters/clusters-spec.js";
import type { JobTable } from "../../workload/job-table.js";
import { resolveTraceGpuModels } from "../trace-gpu-models.js";

/** What a group of jobs is beyond what its trace says of each. */
export type TraceGroupBase = Omit<
  JobGroupSpec,
  "workers" | "gpusPerWorker" | "count" | "betweenS" | "arrivals" | "durationS" | "durations"
>;

/** Jobs of a trace as groups of one shape each, and what of the trace fleets do not know. */
export interface TraceGroups {
  readonly groups: readonly JobGroupSpec[];
  readonly count: number;
  /** Sentences without a full stop. */
  readonly notes: readonly string[];
}

interface Shape {
  readonly workers: number;
  readonly gpusPerWorker: number;
  readonly gpuModels: readonly string[];
  readonly priority: number;
  readonly submissions: SubmittedJobSpec[];
  gpuSeconds: number;
}

/**
 * Turns the jobs of a trace into groups: one for every number of workers, GPUs, GPU models and priority.
 *
 * @param given what the file says in place of the trace: GPU models and priority
 */
export function groupsOfTrace(
  base: TraceGroupBase,
  read: JobTable,
  given: {
    readonly maxJobs: number;
    readonly gpuModels: readonly string[] | undefined;
    readonly priority: number | undefined;
  },
): TraceGroups {
  const { jobs, unknown } = resolveTraceGpuModels(read, createGpuNames([]));
  const shapes = new Map<string, Shape>();
  let [withoutGpu, withPart, count] = [0, 0, 0];
  const jobsMax = Math.min(jobs.count, given.maxJobs);
  for (let row = 0; row < jobsMax; row += 1) {
    const pod = jobs.shapes[jobs.shape[row]!]!;
    if (pod.gpuCount === 0) {
      withoutGpu += 1;
      continue;
    }
    if (pod.gpuMilli < 1_000 || pod.gpuPart !== undefined) withPart += 1;
    count += 1;
    const workers = jobs.workers[row]!;
    const gpuModels = given.gpuModels ?? pod.gpuModels;
    const priority = given.priority ?? jobs.priority[row]!;
    const key = JSON.stringify([workers, pod.gpuCount, gpuModels, priority]);
    let shape = shapes.get(key);
    if (shape === undefined) {
      shape = {
        workers,
        gpusPerWorker: pod.gpuCount,
        gpuModels,
        priority,
        submissions: [],
        gpuSeconds: 0,
      };
      shapes.set(key, shape);
    }
    const workS = jobs.durationS[row]!;
    shape.submissions.push({ number: row + 1, submitS: base.firstS + jobs.submitS[row]!, workS });
    shape.gpuSeconds += workS * workers * pod.gpuCount;
  }
  const all = [...shapes.values()];
  const most = all.reduce<Shape | undefined>(
    (best, one) => (best === undefined || one.gpuSeconds > best.gpuSeconds ? one : best),
    undefined,
  );
  return {
    groups: all.map((shape) => groupOf(base, shape, shape === most)),
    count,
    notes: [
      ...(withoutGpu === 0 ? [] : [`${withoutGpu} jobs ask for no GPU and are left out`]),
      ...(withPart === 0
        ? []
        : [
            `${withPart} jobs ask for a part of a GPU and get whole ones: named clusters share none`,
          ]),
      ...(jobs.workersMin === undefined
        ? []
        : ["elastic jobs run with the workers they ask for: named clusters do not resize them"]),
      ...(unknown.length === 0
        ? []
        : [
            `jobs ask for GPU models that are not in the catalogue: ${unknown.slice(0, 5).join(", ")}`,
          ]),
    ],
  };
}

function groupOf(base: TraceGroupBase, shape: Shape, isPriced: boolean): JobGroupSpec {
  const { workers, gpusPerWorker, gpuModels, priority, submissions } = shape;
  const workS = submissions.reduce((sum, one) => sum + one.workS, 0);
  const words = [
    `${workers} × ${gpusPerWorker} GPU${gpusPerWorker === 1 ? "" : "s"}`,
    ...(gpuModels.length === 0 ? [] : [gpuModels.join(" or ")]),
    `priority ${priority}`,
  ];
  return {
    ...base,
    name: `${base.name} (${words.join(", ")})`,
    kind: base.name,
    submissions,
    isPriced,
    priority,
    workers,
    gpusPerWorker,
    ...(gpuModels.length === 0 ? {} : { gpuModels }),
    count: submissions.length,
    betweenS: 0,
    arrivals: "even",
    durationS: workS / submissions.length,
    durations: "fixed",
  };
}

import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { GangDemands } from "../../policy/gang/types.js";
import type { JobTable } from "../../workload/job-table.js";

/**
 * Jobs that ask for the same thing in the same lane, numbered 0..count-1 in order of first appearance.
 * When one of a class has no room, none of it has: queues try one job per class.
 */
export interface DemandClasses extends GangDemands {
  /** Class of every job. */
  readonly classOf: Int32Array;
  /** Lane of every class; -1 when no lane serves the partition. */
  readonly lane: Int32Array;
}

/** Groups jobs by (lane, shape, workers, GPUs of the gang). @param laneOf lane of a partition, or -1 */
export function classifyDemands(
  jobs: JobTable,
  laneOf: (partition: number) => number,
): DemandClasses {
  const classOf = new Int32Array(jobs.count);
  const shape: number[] = [];
  const workers: number[] = [];
  const gpuMilli: number[] = [];
  const lane: number[] = [];
  const groups = new Map<number, Map<number, number[]>>();
  for (let job = 0; job < jobs.count; job++) {
    const jobLane = laneOf(jobs.partition[job]!);
    const jobMilli = gangGpuMilli(jobs, job);
    const laneAndShape = (jobLane + 1) * jobs.shapes.length + jobs.shape[job]!;
    const byWorkers = getOrAdd(groups, laneAndShape, () => new Map<number, number[]>());
    const sameWorkers = getOrAdd(byWorkers, jobs.workers[job]!, () => []);
    let demand = sameWorkers.find((candidate) => gpuMilli[candidate] === jobMilli);
    if (demand === undefined) {
      demand = shape.length;
      sameWorkers.push(demand);
      shape.push(jobs.shape[job]!);
      workers.push(jobs.workers[job]!);
      gpuMilli.push(jobMilli);
      lane.push(jobLane);
    }
    classOf[job] = demand;
  }
  return {
    count: shape.length,
    classOf,
    shape: Int32Array.from(shape),
    workers: Int32Array.from(workers),
    gpuMilli: Float64Array.from(gpuMilli),
    lane: Int32Array.from(lane),
  };
}

function getOrAdd<Value>(map: Map<number, Value>, key: number, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = create();
  map.set(key, added);
  return added;
}

/** What a class asks for, in words: "8 GPUs", "4 x 8 GPUs", "0.5 GPU", "no GPU". */
export function describeDemand(classes: DemandClasses, demand: number): string {
  const gpus = classes.gpuMilli[demand]! / 1000;
  const workers = classes.workers[demand]!;
  if (gpus === 0) return workers === 1 ? "no GPU" : `${workers} x no GPU`;
  const each = gpus / workers;
  const isEven = workers > 1 && Number.isInteger(each);
  const count = isEven ? each : gpus;
  return `${isEven ? `${workers} x ` : ""}${count} ${count > 1 ? "GPUs" : "GPU"}`;
}

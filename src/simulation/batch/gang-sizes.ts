import type { JobTable } from "../../workload/job-table.js";

/** The sizes an elastic gang may have, and the demand of each. */
export interface GangSizes {
  readonly min: number;
  readonly max: number;
  /** Workers it asks for: those its duration was recorded with. */
  readonly asked: number;
  /** Demand by number of workers, from 1 to `max`; 0 workers have none. */
  readonly demandOf: Int32Array;
}

/** Rows of demands that grow while they are made. */
export interface DemandRows {
  readonly shape: number[];
  readonly workers: number[];
  readonly gpuMilli: number[];
  readonly lane: number[];
  readonly topology: number[];
}

/** Fewest and most workers of a job; equal for a rigid one, and for one whose GPUs cannot be shared out evenly. */
export function workerRange(
  jobs: JobTable,
  job: number,
  gangMilli: number,
): { readonly min: number; readonly max: number } {
  const workers = jobs.workers[job]!;
  if (gangMilli % workers !== 0) return { min: workers, max: workers };
  return {
    min: Math.min(workers, jobs.workersMin?.[job] ?? workers),
    max: Math.max(workers, jobs.workersMax?.[job] ?? workers),
  };
}

/** Adds the demands of all sizes of a class to the rows; classes that differ only in size share them. */
export function addGangSizes(
  rows: DemandRows,
  demand: number,
  range: { readonly min: number; readonly max: number },
  demandsBySize: Map<string, number[]>,
): GangSizes {
  const asked = rows.workers[demand]!;
  const lane = rows.lane[demand]!;
  const shape = rows.shape[demand]!;
  const topology = rows.topology[demand]!;
  const workerMilli = rows.gpuMilli[demand]! / asked;
  const key = [lane, shape, topology, workerMilli].join("/");
  const known = demandsBySize.get(key) ?? [];
  demandsBySize.set(key, known);
  known[asked] ??= demand;
  for (let workers = 1; workers <= range.max; workers++) {
    if (known[workers] !== undefined) continue;
    known[workers] = rows.shape.push(shape) - 1;
    rows.workers.push(workers);
    rows.gpuMilli.push(workers * workerMilli);
    rows.lane.push(lane);
    rows.topology.push(topology);
  }
  // A class keeps its own demand at the size it asks for.
  const demandOf = Int32Array.from({ length: range.max + 1 }, (_, workers) =>
    workers === asked ? demand : (known[workers] ?? -1),
  );
  return { ...range, asked, demandOf };
}

import type { JobTable, PodRequest } from "../../workload/job-table.js";
import { ENDLESS_S } from "../batch/managed-jobs.js";

/** A managed row to append: what its pods ask for, and whose they are. */
export interface ManagedRow {
  readonly id: string;
  readonly shape: PodRequest;
  /** Pods, one per node of a replica that spans several. */
  readonly workers: number;
  readonly tenant: string;
  readonly priority: number;
  readonly partition: string;
  /** False when no job may take its place. */
  readonly isPreemptible: boolean;
}

/**
 * The job table with managed rows at its end: submitted at second 0 for queues that go by the time of
 * submission, and longer than any run for those that go by durations.
 *
 * @returns the table, and its first managed row
 */
export function appendRows(
  jobs: JobTable,
  rows: readonly ManagedRow[],
): { readonly jobs: JobTable; readonly managedFrom: number } {
  const names = (known: readonly string[], more: readonly string[]): string[] => [
    ...new Set([...known, ...more]),
  ];
  const tenantNames = names(
    jobs.tenantNames,
    rows.map(({ tenant }) => tenant),
  );
  const partitionNames = names(
    jobs.partitionNames,
    rows.map(({ partition }) => partition),
  );
  const shapes = [...jobs.shapes];
  const shapeIndex = rows.map(({ shape }) => {
    const known = shapes.indexOf(shape);
    return known === -1 ? shapes.push(shape) - 1 : known;
  });
  const int = (own: Int32Array, of: (row: ManagedRow, index: number) => number): Int32Array =>
    Int32Array.from([...own, ...rows.map(of)]);
  const table: JobTable = {
    ...jobs,
    ...optionalColumns(jobs, rows),
    count: jobs.count + rows.length,
    ids: [...jobs.ids, ...rows.map(({ id }) => id)],
    submitS: filled(jobs.submitS, rows.length, 0),
    durationS: filled(jobs.durationS, rows.length, ENDLESS_S),
    walltimeS: filled(jobs.walltimeS, rows.length, ENDLESS_S),
    workers: int(jobs.workers, ({ workers }) => workers),
    shape: int(jobs.shape, (_, index) => shapeIndex[index]!),
    tenant: int(jobs.tenant, ({ tenant }) => tenantNames.indexOf(tenant)),
    priority: int(jobs.priority, ({ priority }) => priority),
    partition: int(jobs.partition, ({ partition }) => partitionNames.indexOf(partition)),
    shapes,
    tenantNames,
    partitionNames,
  };
  return { jobs: table, managedFrom: jobs.count };
}

/** Columns that the table may have, and those that the rows bring. */
function optionalColumns(jobs: JobTable, rows: readonly ManagedRow[]): Partial<JobTable> {
  const more = rows.length;
  const workers = rows.map((row) => row.workers);
  const gangGpus = rows.map((row) => row.workers * row.shape.gpuCount);
  const ints = {
    gangGpus: join(jobs.gangGpus, gangGpus),
    user: zeros(jobs.user, more),
    workersMin: join(jobs.workersMin, workers),
    workersMax: join(jobs.workersMax, workers),
    topology: zeros(jobs.topology, more),
    array: zeros(jobs.array, more),
  };
  const unknown = {
    recordedStartS: unknowns(jobs.recordedStartS, more),
    recordedEndS: unknowns(jobs.recordedEndS, more),
    deadlineS: unknowns(jobs.deadlineS, more),
    checkpointIntervalS: unknowns(jobs.checkpointIntervalS, more),
    checkpointCostS: unknowns(jobs.checkpointCostS, more),
    ranS: unknowns(jobs.ranS, more),
  };
  const offsets = {
    runningOnOffset: offsetsTo(jobs.runningOnOffset, more),
    dependencyOffset: offsetsTo(jobs.dependencyOffset, more),
  };
  const bytes = {
    status:
      jobs.status === undefined
        ? undefined
        : Uint8Array.from([...jobs.status, ...new Uint8Array(more)]),
    preemptible: preemptibleColumn(jobs, rows),
  };
  const all = { ...ints, ...unknown, ...offsets, ...bytes };
  return Object.fromEntries(Object.entries(all).filter(([, column]) => column !== undefined));
}

function preemptibleColumn(jobs: JobTable, rows: readonly ManagedRow[]): Uint8Array | undefined {
  if (jobs.preemptible === undefined && rows.every(({ isPreemptible }) => isPreemptible))
    return undefined;
  const own = jobs.preemptible ?? new Uint8Array(jobs.count).fill(1);
  return Uint8Array.from([...own, ...rows.map(({ isPreemptible }) => (isPreemptible ? 1 : 0))]);
}

function join(own: Int32Array | undefined, more: readonly number[]): Int32Array | undefined {
  if (own === undefined) return undefined;
  const column = new Int32Array(own.length + more.length);
  column.set(own);
  column.set(more, own.length);
  return column;
}

function zeros(own: Int32Array | undefined, more: number): Int32Array | undefined {
  return join(own, Array<number>(more).fill(0));
}

function unknowns(own: Float64Array | undefined, more: number): Float64Array | undefined {
  return own === undefined ? undefined : filled(own, more, Number.NaN);
}

function offsetsTo(own: Int32Array | undefined, more: number): Int32Array | undefined {
  return own === undefined ? undefined : join(own, Array<number>(more).fill(own.at(-1)!));
}

function filled(own: Float64Array, more: number, value: number): Float64Array {
  const column = new Float64Array(own.length + more).fill(value);
  column.set(own);
  return column;
}

import { createGrowingColumn, float64, int32 } from "./growing-column.js";
import { createIdIndex } from "./id-index.js";
import type { JobRow } from "./job-row.js";
import type { JobTable, PodRequest } from "./job-table.js";
import { createNamePool } from "./name-pool.js";
import { createOptionalJobColumns } from "./optional-job-columns.js";
import { gpuPartKey } from "./gpu-part-key.js";
import { nodeSelectorKey } from "./node-selector.js";
import { ownText } from "./own-text.js";

/** How the rows become a table. */
export interface JobTableBuildOptions {
  /**
   * Second 0 of the table on the clock of the rows: a number of seconds; `first-submit` (default) to let
   * the first job arrive at 0; or, on a Unix clock, `monday` for the Monday 00:00 UTC before it.
   */
  readonly originS?: number | "first-submit" | "monday";
  /** Set when the rows' clock is Unix time; the table then says when its second 0 was. */
  readonly unixClock?: boolean;
}

/** A finished table, with what happened to the rows on the way. */
export interface BuiltJobTable {
  readonly jobs: JobTable;
  /** Rows that were submitted before the row above them; they were sorted, stably. */
  readonly rowsOutOfOrder: number;
}

/** Collects jobs row by row into columns. */
export interface JobTableBuilder {
  readonly count: number;
  /** Row of the job with this id, counted as appended, or -1. */
  rowOf(id: string): number;
  /**
   * Appends one job and returns its row, or -1 without appending when the id is taken.
   *
   * The builder trusts the values; readers check them, because only they know the place in the file.
   */
  add(job: JobRow): number;
  /** Submit time of a row already appended. Seconds on the clock of the rows. */
  submitOf(row: number): number;
  /** Replaces the duration of a row, for traces whose end is known only after the last row. Seconds. */
  setDuration(row: number, durationS: number): void;
  /** Takes a row out again that turned out to be no job after later parts of the file were read. */
  remove(row: number): void;
  /** Says that `row` may start only after the end of `afterRow`; both counted as appended. */
  addDependency(row: number, afterRow: number): void;
  /** Makes the table. The builder must not be used afterwards. */
  build(options?: JobTableBuildOptions): BuiltJobTable;
}

/** Creates an empty builder. A million rows stay below 200 MB while building, ids included. */
export function createJobTableBuilder(): JobTableBuilder {
  const ids: string[] = [];
  const idIndex = createIdIndex(ids);
  const columns = createRequiredColumns();
  const optional = createOptionalJobColumns();
  const shapes = createShapePool();
  const tenants = createNamePool();
  const partitions = createNamePool([""]);
  const dependencies: Dependency[] = [];
  const removed = new Set<number>();

  return {
    get count() {
      return ids.length;
    },
    rowOf: (id) => idIndex.rowOf(id),
    add(job) {
      const row = ids.length;
      ids.push(ownText(job.id));
      if (idIndex.add(row) !== -1) {
        ids.pop();
        return -1;
      }
      pushNumbers(columns, job);
      columns.shape.push(shapes.indexOf(job));
      columns.tenant.push(tenants.indexOf(job.tenant ?? ""));
      columns.partition.push(partitions.indexOf(job.partition ?? ""));
      optional.set(row, job);
      return row;
    },
    submitOf: (row) => columns.submitS.get(row),
    setDuration: (row, durationS) => columns.durationS.set(row, durationS),
    remove: (row) => void removed.add(row),
    addDependency(row, afterRow) {
      dependencies.push({ row, afterRow });
    },
    build(options = {}) {
      const appended = ids.length;
      const count = appended - removed.size;
      const appendedS = columns.submitS.finish(undefined);
      const { order, rowsOutOfOrder } = orderBySubmit(appendedS, removed);
      const submitS = order === undefined ? appendedS : inOrder(appendedS, order);
      const zeroS = secondZero(submitS[0] ?? 0, options.originS ?? "first-submit");
      submitS.forEach((value, row) => (submitS[row] = value - zeroS));
      const workers = columns.workers.finish(order);
      const shape = columns.shape.finish(order);
      const gpuCountOf = (row: number): number => shapes.shapes[shape[row]!]!.gpuCount;
      const jobs: JobTable = {
        count,
        ids: order === undefined ? ids : Array.from(order, (row) => ids[row]!),
        submitS,
        durationS: columns.durationS.finish(order),
        walltimeS: columns.walltimeS.finish(order),
        workers,
        shape,
        tenant: columns.tenant.finish(order),
        priority: columns.priority.finish(order),
        partition: columns.partition.finish(order),
        shapes: shapes.shapes,
        tenantNames: tenants.names,
        partitionNames: partitions.names,
        ...(options.unixClock === true ? { originEpochS: zeroS } : {}),
        ...optional.finish({ appended, order, zeroS, workers, gpuCountOf }),
        ...dependencyColumns(appended, dependencies, order),
      };
      return { jobs, rowsOutOfOrder };
    },
  };
}

const WEEK_S = 604_800;
/** 1970-01-05, the first Monday of Unix time. */
const FIRST_MONDAY_S = 345_600;

function secondZero(firstSubmitS: number, origin: number | "first-submit" | "monday"): number {
  if (origin === "first-submit") return firstSubmitS;
  if (origin !== "monday") return origin;
  return Math.floor((firstSubmitS - FIRST_MONDAY_S) / WEEK_S) * WEEK_S + FIRST_MONDAY_S;
}

function createRequiredColumns() {
  return {
    submitS: createGrowingColumn(float64),
    durationS: createGrowingColumn(float64),
    walltimeS: createGrowingColumn(float64),
    workers: createGrowingColumn(int32),
    shape: createGrowingColumn(int32),
    tenant: createGrowingColumn(int32),
    priority: createGrowingColumn(int32),
    partition: createGrowingColumn(int32),
  };
}

function pushNumbers(columns: ReturnType<typeof createRequiredColumns>, job: JobRow): void {
  columns.submitS.push(job.submitS);
  columns.durationS.push(job.durationS);
  columns.walltimeS.push(job.walltimeS ?? Number.NaN);
  columns.workers.push(job.workers ?? 1);
  columns.priority.push(job.priority ?? 0);
}

/** `row` waits for the end of `afterRow`, both counted as appended. */
interface Dependency {
  readonly row: number;
  readonly afterRow: number;
}

/** The rows that stay in stable order of submit time; undefined when that is all rows as appended. */
function orderBySubmit(
  submitS: Float64Array,
  removed: ReadonlySet<number>,
): { order: Int32Array | undefined; rowsOutOfOrder: number } {
  let rowsOutOfOrder = 0;
  let above = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < submitS.length; row += 1) {
    if (removed.has(row)) continue;
    if (submitS[row]! < above) rowsOutOfOrder += 1;
    above = submitS[row]!;
  }
  if (rowsOutOfOrder === 0 && removed.size === 0) return { order: undefined, rowsOutOfOrder };
  const order = new Int32Array(submitS.length - removed.size);
  let count = 0;
  for (let row = 0; row < submitS.length; row += 1) {
    if (removed.has(row)) continue;
    order[count] = row;
    count += 1;
  }
  if (rowsOutOfOrder > 0) {
    order.sort((left, right) => submitS[left]! - submitS[right]! || left - right);
  }
  return { order, rowsOutOfOrder };
}

function inOrder(values: Float64Array, order: Int32Array): Float64Array {
  return Float64Array.from(order, (row) => values[row]!);
}

/** Turns pairs of appended rows into offsets and targets in final rows; pairs with a removed row go. */
function dependencyColumns(
  appended: number,
  dependencies: readonly Dependency[],
  order: Int32Array | undefined,
): Partial<JobTable> {
  if (dependencies.length === 0) return {};
  const finalRow = new Int32Array(appended).fill(-1);
  const count = order?.length ?? appended;
  for (let row = 0; row < count; row += 1) finalRow[order?.[row] ?? row] = row;
  const kept = dependencies.filter(
    ({ row, afterRow }) => finalRow[row] !== -1 && finalRow[afterRow] !== -1,
  );
  if (kept.length === 0) return {};
  const dependencyOffset = new Int32Array(count + 1);
  for (const { row } of kept) dependencyOffset[finalRow[row]! + 1]! += 1;
  for (let row = 0; row < count; row += 1) dependencyOffset[row + 1]! += dependencyOffset[row]!;
  const next = dependencyOffset.slice();
  const targets = new Int32Array(kept.length);
  for (const { row, afterRow } of kept) {
    const at = finalRow[row]!;
    targets[next[at]!] = finalRow[afterRow]!;
    next[at]! += 1;
  }
  return { dependencyOffset, dependencies: targets };
}

interface ShapePool {
  readonly shapes: readonly PodRequest[];
  indexOf(job: JobRow): number;
}

/** Interns what one worker asks for: traces have few distinct shapes and many jobs. */
function createShapePool(): ShapePool {
  const shapes: PodRequest[] = [];
  const indexes = new Map<string, number>();
  return {
    shapes,
    indexOf(job) {
      const { gpuCount, cpuMilli = 0, memoryBytes = 0, gpuModels = [] } = job;
      const gpuMilli = job.gpuMilli ?? (gpuCount > 0 ? 1000 : 0);
      const { gpuPart, nodeSelector = [] } = job;
      const plainKey = `${cpuMilli}|${memoryBytes}|${gpuCount}|${gpuMilli}|${gpuModels.join("|")}`;
      const partKey = gpuPart === undefined ? plainKey : `${plainKey}|${gpuPartKey(gpuPart)}`;
      const key =
        nodeSelector.length === 0 ? partKey : `${partKey}|${nodeSelectorKey(nodeSelector)}`;
      const known = indexes.get(key);
      if (known !== undefined) return known;
      shapes.push({
        cpuMilli,
        memoryBytes,
        gpuCount,
        gpuMilli,
        gpuModels: gpuModels.map(ownText),
        ...(nodeSelector.length === 0 ? {} : { nodeSelector }),
        ...(gpuPart === undefined
          ? {}
          : { gpuPart: { ...gpuPart, migProfiles: gpuPart.migProfiles.map(ownText) } }),
      });
      indexes.set(key, shapes.length - 1);
      return shapes.length - 1;
    },
  };
}

import { createOptionalColumn, float64, int32, uint8 } from "./growing-column.js";
import { JOB_STATUSES } from "./job-table.js";
import type { JobTable } from "./job-table.js";
import type { JobRow } from "./job-row.js";
import { createNamePool } from "./name-pool.js";
import { createRunningOnColumns } from "./running-on-columns.js";

/** The columns of a job table that most traces do not have; they cost nothing until a row has a value. */
export interface OptionalJobColumns {
  /** Takes over the optional values of the job; rows come in order. */
  set(row: number, job: JobRow): void;
  /** The columns in which some row has a value, in the given order of rows. */
  finish(finished: FinishedRows): Partial<JobTable>;
}

/** What is settled about the rows when the optional columns are finished. */
export interface FinishedRows {
  /** Rows that were appended. */
  readonly appended: number;
  /** The rows that stay, in final order; undefined for all as appended. */
  readonly order: Int32Array | undefined;
  /** Second 0 of the table on the clock of the rows. */
  readonly zeroS: number;
  /** Workers per job, in the final order. */
  readonly workers: Int32Array;
  /** GPUs per worker of the job, in the final order. */
  gpuCountOf(row: number): number;
}

type Writable = { -readonly [Key in keyof JobTable]?: JobTable[Key] };

/** Marks a row of an integer column that gets its value from the other columns at the end. */
const DERIVED = -1;

/** Creates the columns, all empty. */
export function createOptionalJobColumns(): OptionalJobColumns {
  const user = createNamedColumn();
  const topology = createNamedColumn();
  const arrays = createArrayColumns();
  const status = createOptionalColumn(uint8, 0);
  const preemptible = createOptionalColumn(uint8, 0);
  const gangGpus = createOptionalColumn(int32, DERIVED);
  const workerCounts = {
    workersMin: createOptionalColumn(int32, DERIVED),
    workersMax: createOptionalColumn(int32, DERIVED),
  };
  const seconds = createSecondsColumns();
  const runningOn = createRunningOnColumns();
  const workerColumns = entriesOf(workerCounts);

  return {
    set(row, job) {
      user.set(row, job.user);
      topology.set(row, job.topology);
      arrays.set(row, job);
      if (job.status !== undefined && job.status !== "unknown") {
        status.set(row, JOB_STATUSES.indexOf(job.status));
      }
      if (job.preemptible === true) preemptible.set(row, 1);
      if (job.runningOn !== undefined && job.runningOn.length > 0)
        runningOn.set(row, job.runningOn);
      if (job.gangGpus !== undefined) gangGpus.set(row, job.gangGpus);
      for (const [name, column] of workerColumns) {
        const value = job[name];
        if (value !== undefined) column.set(row, value);
      }
      seconds.set(row, job);
    },
    finish({ appended, order, zeroS, workers, gpuCountOf }) {
      const finished: Writable = {};
      Object.assign(
        finished,
        user.finish(appended, order, "user", "userNames"),
        topology.finish(appended, order, "topology", "topologyTexts"),
        arrays.finish(appended, order),
        runningOn.finish(appended, order),
      );
      assignPresent(finished, "status", status.finish(appended, order));
      assignPresent(finished, "preemptible", preemptible.finish(appended, order));
      const gangs = gangGpus.finish(appended, order);
      assignPresent(finished, "gangGpus", gangs);
      fillDerived(gangs, (row) => workers[row]! * gpuCountOf(row));
      for (const [name, column] of workerColumns) {
        const values = column.finish(appended, order);
        assignPresent(finished, name, values);
        fillDerived(values, (row) => workers[row]!);
      }
      Object.assign(finished, seconds.finish(appended, order, zeroS));
      return finished;
    },
  };
}

/** A column of names, of which "" is what a row has that says nothing. */
function createNamedColumn() {
  const pool = createNamePool([""]);
  const column = createOptionalColumn(int32, 0);
  return {
    set(row: number, name: string | undefined): void {
      if (name !== undefined && name !== "") column.set(row, pool.indexOf(name));
    },
    finish(appended: number, order: Int32Array | undefined, rowsName: string, namesName: string) {
      const rows = column.finish(appended, order);
      return rows === undefined ? {} : { [rowsName]: rows, [namesName]: pool.names };
    },
  };
}

/** The columns of times: instants move with the clock of the table, lengths do not. */
function createSecondsColumns(): {
  set(row: number, job: JobRow): void;
  finish(appended: number, order: Int32Array | undefined, zeroS: number): Partial<JobTable>;
} {
  const instants = {
    recordedStartS: createOptionalColumn(float64, Number.NaN),
    recordedEndS: createOptionalColumn(float64, Number.NaN),
    deadlineS: createOptionalColumn(float64, Number.NaN),
  };
  const lengths = {
    checkpointIntervalS: createOptionalColumn(float64, Number.NaN),
    checkpointCostS: createOptionalColumn(float64, Number.NaN),
    ranS: createOptionalColumn(float64, Number.NaN),
  };
  const columns = entriesOf({ ...instants, ...lengths });
  return {
    set(row, job) {
      for (const [name, column] of columns) {
        const value = job[name];
        if (value !== undefined && !Number.isNaN(value)) column.set(row, value);
      }
    },
    finish(appended, order, zeroS) {
      const finished: Writable = {};
      for (const [name, column] of entriesOf(instants)) {
        const values = column.finish(appended, order);
        assignPresent(finished, name, values);
        values?.forEach((value, row) => (values[row] = value - zeroS));
      }
      for (const [name, column] of entriesOf(lengths)) {
        assignPresent(finished, name, column.finish(appended, order));
      }
      return finished;
    },
  };
}

/** The columns of job arrays. */
function createArrayColumns(): {
  set(row: number, job: JobRow): void;
  finish(appended: number, order: Int32Array | undefined): Partial<JobTable>;
} {
  const names = createNamePool([""]);
  const runningMax: number[] = [0];
  const column = createOptionalColumn(int32, 0);
  return {
    set(row, { array = "", arrayRunningMax }) {
      if (array === "") return;
      const index = names.indexOf(array);
      column.set(row, index);
      runningMax[index] = arrayRunningMax ?? runningMax[index] ?? 0;
    },
    finish(appended, order) {
      const array = column.finish(appended, order);
      if (array === undefined) return {};
      return { array, arrayNames: names.names, arrayRunningMax: Int32Array.from(runningMax) };
    },
  };
}

function assignPresent<Name extends keyof JobTable>(
  target: Writable,
  name: Name,
  value: Writable[Name],
): void {
  if (value !== undefined) target[name] = value;
}

function fillDerived(column: Int32Array | undefined, valueOf: (row: number) => number): void {
  column?.forEach((value, row) => {
    if (value === DERIVED) column[row] = valueOf(row);
  });
}

function entriesOf<Key extends string, Value>(record: Record<Key, Value>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}

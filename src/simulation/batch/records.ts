import { createNumberHash } from "../../base/hash.js";

/** What can happen to a job, in the order of the codes in `BatchRecords.kind`. */
export const RECORD_KINDS = [
  "submitted",
  "started",
  "finished",
  "refused",
  "never-placeable",
  "stopped",
  "resumed",
  "resized",
] as const;

/** One kind of record. */
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Codes of the kinds, for the hot path. */
export const RECORD = {
  submitted: 0,
  started: 1,
  finished: 2,
  refused: 3,
  neverPlaceable: 4,
  stopped: 5,
  resumed: 6,
  resized: 7,
} as const;

/**
 * Everything observable of one batch run, in the order it happened, as columns.
 *
 * `refused` says that the job was tried and had no room, with the reason in `detail`; it is written when
 * the reason differs from the job's last one. Jobs behind a refused one of the same demand, or behind a
 * blocked head, are not tried and have no record of their own.
 */
export interface BatchRecords {
  readonly count: number;
  /** Simulated seconds. */
  readonly timeS: Float64Array;
  /** Index into RECORD_KINDS. */
  readonly kind: Uint8Array;
  /** Row in the job table. */
  readonly job: Int32Array;
  /**
   * `refused`, `never-placeable`, `stopped`: index into the run's reasons. `resized`: workers of an elastic job
   * from now on, also right after a start with other than it asked for. Otherwise 0.
   */
  readonly detail: Int32Array;
}

/** Collects records; grows by doubling. */
export interface RecordLog {
  write(kind: number, timeS: number, job: number, detail: number): void;
  /** The records so far, without a copy. */
  finish(): BatchRecords;
}

class GrowingRecordLog implements RecordLog {
  private count = 0;
  private timeS: Float64Array;
  private kind: Uint8Array;
  private job: Int32Array;
  private detail: Int32Array;

  constructor(capacity: number) {
    this.timeS = new Float64Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.job = new Int32Array(capacity);
    this.detail = new Int32Array(capacity);
  }

  write(kind: number, timeS: number, job: number, detail: number): void {
    if (this.count === this.timeS.length) this.grow();
    const row = this.count++;
    this.timeS[row] = timeS;
    this.kind[row] = kind;
    this.job[row] = job;
    this.detail[row] = detail;
  }

  finish(): BatchRecords {
    const { count } = this;
    return {
      count,
      timeS: this.timeS.subarray(0, count),
      kind: this.kind.subarray(0, count),
      job: this.job.subarray(0, count),
      detail: this.detail.subarray(0, count),
    };
  }

  private grow(): void {
    const capacity = Math.ceil(this.timeS.length * 1.5) + 16;
    const { timeS, kind, job, detail } = this;
    this.timeS = new Float64Array(capacity);
    this.timeS.set(timeS);
    this.kind = new Uint8Array(capacity);
    this.kind.set(kind);
    this.job = new Int32Array(capacity);
    this.job.set(job);
    this.detail = new Int32Array(capacity);
    this.detail.set(detail);
  }
}

/** @param capacity records to make room for at first */
export function createRecordLog(capacity: number): RecordLog {
  return new GrowingRecordLog(capacity);
}

/** Hexadecimal digest of every record, reasons by their text: equal runs have equal digests. */
export function digestRecords(records: BatchRecords, reasons: readonly string[]): string {
  const hash = createNumberHash();
  for (let row = 0; row < records.count; row++) {
    hash.addNumber(records.timeS[row]!);
    hash.addInteger(records.kind[row]!);
    hash.addInteger(records.job[row]!);
    hash.addInteger(records.detail[row]!);
  }
  for (const reason of reasons) hash.addText(reason);
  return hash.hex();
}

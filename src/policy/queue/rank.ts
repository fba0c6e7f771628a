import type { JobTable } from "../../workload/job-table.js";
import type { StaticOrderPolicy } from "./types.js";

/** A total order of jobs: `jobAt[rankOf[job]] === job`. */
export interface JobRanking {
  readonly rankOf: Int32Array;
  readonly jobAt: Int32Array;
}

/** The place of every job in the policy's order; file order decides between equal keys. */
export function rankJobs(jobs: JobTable, policy: StaticOrderPolicy): JobRanking {
  return rankByKeys(policy.primaryKeys(jobs), policy.secondaryKeys?.(jobs));
}

/**
 * Sorts rows by (primary, secondary, row).
 *
 * @throws RangeError when a key is NaN: it has no place in any order
 */
export function rankByKeys(primary: Float64Array, secondary?: Float64Array): JobRanking {
  const count = primary.length;
  const jobAt = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    if (Number.isNaN(primary[row]) || Number.isNaN(secondary?.[row] ?? 0)) {
      throw new RangeError(`queue order: the sort key of row ${row} must be a number, got NaN`);
    }
    jobAt[row] = row;
  }
  const compare =
    secondary === undefined
      ? (left: number, right: number): number => primary[left]! - primary[right]! || left - right
      : (left: number, right: number): number =>
          primary[left]! - primary[right]! || secondary[left]! - secondary[right]! || left - right;
  if (!isSorted(jobAt, compare)) jobAt.sort(compare);
  const rankOf = new Int32Array(count);
  for (let rank = 0; rank < count; rank++) rankOf[jobAt[rank]!] = rank;
  return { rankOf, jobAt };
}

function isSorted(rows: Int32Array, compare: (left: number, right: number) => number): boolean {
  for (let index = 1; index < rows.length; index++) {
    if (compare(rows[index - 1]!, rows[index]!) > 0) return false;
  }
  return true;
}

import type { JobTable } from "./job-table.js";
import { keepJobs } from "./keep-jobs.js";

/**
 * The first jobs of a table, in order of submission; times stay as they are.
 *
 * Dependencies on jobs that are left out cannot exist: a job depends on earlier ones only where the
 * reader sorted them, so links to rows beyond the cut are dropped.
 *
 * @param countMax ≥ 1; the whole table when it has no more
 */
export function firstJobs(jobs: JobTable, countMax: number): JobTable {
  return jobs.count <= countMax ? jobs : keepJobs(jobs, (row) => row < countMax);
}

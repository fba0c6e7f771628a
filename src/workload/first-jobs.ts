import { jobRowAt } from "./job-row-at.js";
import { createJobTableBuilder } from "./job-table-builder.js";
import type { JobTable } from "./job-table.js";

/**
 * The first jobs of a table, in order of submission; times stay as they are.
 *
 * Dependencies on jobs that are left out cannot exist: a job depends on earlier ones only where the
 * reader sorted them, so links to rows beyond the cut are dropped.
 *
 * @param countMax ≥ 1; the whole table when it has no more
 */
export function firstJobs(jobs: JobTable, countMax: number): JobTable {
  if (jobs.count <= countMax) return jobs;
  const builder = createJobTableBuilder();
  for (let row = 0; row < countMax; row++) builder.add(jobRowAt(jobs, row));
  const { dependencyOffset, dependencies } = jobs;
  if (dependencyOffset !== undefined && dependencies !== undefined) {
    for (let row = 0; row < countMax; row++) {
      for (let at = dependencyOffset[row]!; at < dependencyOffset[row + 1]!; at++) {
        if (dependencies[at]! < countMax) builder.addDependency(row, dependencies[at]!);
      }
    }
  }
  const { jobs: first } = builder.build({ originS: 0 });
  const { originEpochS } = jobs;
  return originEpochS === undefined ? first : { ...first, originEpochS };
}

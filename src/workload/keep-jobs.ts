import { jobRowAt } from "./job-row-at.js";
import { createJobTableBuilder } from "./job-table-builder.js";
import type { JobTable } from "./job-table.js";

/**
 * The jobs of a table that pass a test, in their order; times stay as they are.
 *
 * Dependencies on jobs that are left out are dropped: nothing is left to wait for.
 */
export function keepJobs(jobs: JobTable, keeps: (row: number) => boolean): JobTable {
  const builder = createJobTableBuilder();
  const kept = new Int32Array(jobs.count).fill(-1);
  for (let row = 0; row < jobs.count; row++)
    if (keeps(row)) kept[row] = builder.add(jobRowAt(jobs, row));
  const { dependencyOffset, dependencies } = jobs;
  if (dependencyOffset !== undefined && dependencies !== undefined) {
    for (let row = 0; row < jobs.count; row++) {
      if (kept[row] === -1) continue;
      for (let at = dependencyOffset[row]!; at < dependencyOffset[row + 1]!; at++) {
        const after = kept[dependencies[at]!]!;
        if (after !== -1) builder.addDependency(kept[row]!, after);
      }
    }
  }
  const { jobs: table } = builder.build({ originS: 0 });
  const { originEpochS } = jobs;
  return originEpochS === undefined ? table : { ...table, originEpochS };
}

import type { ClusterSpec } from "../../cluster/spec.js";
import { createJobTableBuilder } from "../../workload/job-table-builder.js";
import type { JobRow } from "../../workload/job-row.js";
import type { JobTable } from "../../workload/job-table.js";
import { OUTCOMES, type BatchRun, type BatchSpec } from "./batch-spec.js";
import { simulateBatch } from "./simulate-batch.js";

/** A job of a test: what matters to it; one GPU and one worker otherwise. */
export type TestJob = Partial<JobRow> & { readonly submitS: number; readonly durationS: number };

/** Jobs j0, j1, ... on the clock of their submit times. */
export function tableOf(rows: readonly TestJob[]): JobTable {
  const builder = createJobTableBuilder();
  rows.forEach((row, index) => builder.add({ id: `j${index}`, gpuCount: 1, ...row }));
  return builder.build({ originS: 0 }).jobs;
}

/** Nodes n0, n1, ... with these numbers of GPUs and plenty of everything else. */
export function clusterOf(gpuCounts: readonly number[], partition?: string): ClusterSpec {
  return {
    nodes: gpuCounts.map((gpuCount, index) => ({
      name: `n${index}`,
      cpuMilli: 64_000,
      memoryBytes: 1_099_511_627_776,
      podsMax: 110,
      gpuCount,
      gpuModel: "H100",
      ...(partition === undefined ? {} : { partition }),
    })),
  };
}

/** Runs the jobs, strictly first come first served on a pool of four GPUs unless told otherwise, with every check on. */
export function runJobs(rows: readonly TestJob[], options: Partial<BatchSpec> = {}): BatchRun {
  return simulateBatch({
    cluster: clusterOf([4]),
    jobs: tableOf(rows),
    queue: { name: "fifo-strict" },
    placement: { kind: "pool" },
    seed: 1,
    limits: { eventsMax: 1_000_000 },
    observe: { checkInvariants: true },
    ...options,
  });
}

/** Outcome names by job. */
export function outcomesOf(run: BatchRun): string[] {
  return Array.from(run.outcome, (code) => OUTCOMES[code]!);
}

/** Text of the job's wait reason. */
export function reasonOf(run: BatchRun, job: number): string | undefined {
  return run.reasons[run.waitReason[job]!];
}

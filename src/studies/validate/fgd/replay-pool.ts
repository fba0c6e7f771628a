import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";

import { runReplayTask, type ReplayReport, type ReplayTask } from "./replay-task.js";

/** How many replays run and who is told. */
export interface ReplayPoolOptions {
  /** Worker threads; all cores when absent, this thread when 1. */
  readonly threads?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Does replays on worker threads and returns their reports in the order of the tasks.
 *
 * Threads load the compiled worker; where there is none (sources run by a test runner), the replays are
 * done in this thread, with the same results.
 */
export async function runReplays(
  tasks: readonly ReplayTask[],
  { threads = availableParallelism(), onProgress }: ReplayPoolOptions = {},
): Promise<readonly ReplayReport[]> {
  let done = 0;
  const noted = (report: ReplayReport): ReplayReport => {
    done += 1;
    onProgress?.(done, tasks.length);
    return report;
  };
  const worker = fileURLToPath(new URL("./replay-entry.cjs", import.meta.url));
  if (threads <= 1 || !existsSync(worker)) {
    const reports: ReplayReport[] = [];
    for (const task of tasks) reports.push(noted(await runReplayTask(task)));
    return reports;
  }
  const pool = new Piscina({
    filename: worker,
    minThreads: 1,
    maxThreads: Math.min(threads, tasks.length),
  });
  try {
    return await Promise.all(
      tasks.map(async (task) => noted((await pool.run(task)) as ReplayReport)),
    );
  } finally {
    await pool.destroy();
  }
}

// What piscina loads in a worker thread; by `import`, for the reason that stands in `pool/pool-entry.cts`.
import type { ReplayReport, ReplayTask } from "./replay-task.js" with {
  "resolution-mode": "import",
};

const loading = import("./replay-task.js");

async function replay(task: ReplayTask): Promise<ReplayReport> {
  const { runReplayTask } = await loading;
  return runReplayTask(task);
}

export = replay;

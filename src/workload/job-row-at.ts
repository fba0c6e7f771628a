import type { JobRow } from "./job-row.js";
import { JOB_STATUSES } from "./job-table.js";
import type { JobTable } from "./job-table.js";
import { runningOnOf } from "./running-on-columns.js";

/** One job of a table as a row that a builder takes; dependencies are not part of it. */
export function jobRowAt(jobs: JobTable, row: number): JobRow {
  const shape = jobs.shapes[jobs.shape[row]!]!;
  const status = jobs.status?.[row];
  const user = jobs.user?.[row];
  const topology = jobs.topology?.[row];
  return {
    id: jobs.ids[row]!,
    submitS: jobs.submitS[row]!,
    durationS: jobs.durationS[row]!,
    walltimeS: jobs.walltimeS[row]!,
    workers: jobs.workers[row]!,
    cpuMilli: shape.cpuMilli,
    memoryBytes: shape.memoryBytes,
    gpuCount: shape.gpuCount,
    gpuMilli: shape.gpuMilli,
    gpuModels: shape.gpuModels,
    gpuPart: shape.gpuPart,
    tenant: jobs.tenantNames[jobs.tenant[row]!]!,
    priority: jobs.priority[row]!,
    partition: jobs.partitionNames[jobs.partition[row]!]!,
    gangGpus: jobs.gangGpus?.[row],
    user: user === undefined ? undefined : jobs.userNames?.[user],
    topology: topology === undefined ? undefined : jobs.topologyTexts?.[topology],
    status: status === undefined ? undefined : JOB_STATUSES[status],
    recordedStartS: jobs.recordedStartS?.[row],
    recordedEndS: jobs.recordedEndS?.[row],
    workersMin: jobs.workersMin?.[row],
    workersMax: jobs.workersMax?.[row],
    deadlineS: jobs.deadlineS?.[row],
    preemptible: jobs.preemptible?.[row] === 1,
    checkpointIntervalS: jobs.checkpointIntervalS?.[row],
    checkpointCostS: jobs.checkpointCostS?.[row],
    ranS: jobs.ranS?.[row],
    runningOn: jobs.runningOn === undefined ? undefined : runningOnOf(jobs, row),
  };
}

import type { ReportSection } from "../block.js";
import { type QueueOverTime, queueLengthChart } from "../charts/queue-length.js";
import { CONFIGURATIONS_MAX } from "../charts/theme.js";
import type { Configuration } from "../run-report-input.js";
import { type TimeBuckets, bucketColumn, timeBuckets, timeWhile } from "../series/time-buckets.js";
import { POINTS_MAX } from "./gpus.js";
import { drawnReplication } from "./replication-note.js";

/** A tenth of the GPUs idle beside a queue is worth a look; less is the usual rest. */
const IDLE_SHARE_WORTH_A_LOOK = 0.1;

const EXPLANATION =
  "Jobs that were submitted and had not started. A queue while most GPUs are busy means there are " +
  "too few GPUs; a queue while GPUs are idle means that order or placement keeps jobs from them.";

/** How the queue moved over time in every configuration. */
export function queueSection(runs: readonly Configuration[]): ReportSection {
  const shown = runs.slice(0, CONFIGURATIONS_MAX);
  const startS = Math.min(...shown.map(({ columns }) => columns.series.timeS[0] ?? 0));
  const endS = Math.max(startS, ...shown.map(endOf));
  const buckets = timeBuckets({ startS, endS, bucketsMax: POINTS_MAX });
  const title = "How the queue moved";
  if (shown.every(({ drawn }) => drawn.jobs.queueLengthMax === 0)) {
    return { id: "queue", title, blocks: [{ kind: "text", markdown: "No job was ever queued." }] };
  }
  return {
    id: "queue",
    title,
    blocks: [
      ...drawnReplication(runs),
      queueLengthChart(
        shown.map((run) => queueOf(run, buckets)),
        buckets,
      ),
    ],
    explanation: EXPLANATION,
  };
}

function endOf({ drawn: result, columns }: Configuration): number {
  return Math.max(result.endS, columns.series.timeS.at(-1) ?? 0);
}

function shareOf(milli: Float64Array, capacityMilli: number): Float64Array {
  return milli.map((value) => (capacityMilli === 0 ? 0 : value / capacityMilli));
}

function queueOf(run: Configuration, buckets: TimeBuckets): QueueOverTime {
  const { name, drawn: result, columns } = run;
  const { timeS, jobsQueued, gpuMilliAllocated } = columns.series;
  const endS = endOf(run);
  const spanS = endS - (timeS[0] ?? 0);
  const busyLimitMilli = result.gpu.count * 1000 * (1 - IDLE_SHARE_WORTH_A_LOOK);
  const shareWhile = (holds: (row: number) => boolean): number =>
    spanS > 0 ? timeWhile(timeS, endS, holds) / spanS : 0;
  return {
    name,
    queued: bucketColumn(timeS, jobsQueued, buckets),
    inUse: bucketColumn(timeS, shareOf(gpuMilliAllocated, result.gpu.count * 1000), buckets),
    queueLengthMean: result.jobs.queueLengthMean,
    queueLengthMax: result.jobs.queueLengthMax,
    queuedTimeShare: shareWhile((row) => jobsQueued[row]! > 0),
    queuedBesideIdleShare: shareWhile(
      (row) => jobsQueued[row]! > 0 && gpuMilliAllocated[row]! < busyLimitMilli,
    ),
  };
}

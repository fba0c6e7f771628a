import type { ClusterSpec } from "../../cluster/spec.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import {
  createUtilizationRecorder,
  type UtilizationRecorder,
} from "../../simulation/batch/utilization-recorder.js";
import type { GangWaitsResult } from "./optional-results.js";
import type { UsageFold } from "./replay-usage.js";
import type { LaneResult } from "./result-document.js";

const GPU_MILLI = 1000;
const SECONDS_PER_HOUR = 3600;
/** Rows of the series of one partition; a chart shows fewer. */
const ROWS_MAX = 2_000;

/** Nodes with a queue of their own: a partition, or the whole cluster. */
export interface LaneSpec {
  /** Name of the partition; undefined when the whole cluster is one. */
  readonly partition: string | undefined;
  readonly gpuMilli: number;
}

/** How full a partition was and how long its queue, over time: row i holds until row i+1. */
export interface LaneSeries {
  /** Name of the partition. */
  readonly name: string;
  readonly gpus: number;
  readonly timeS: Float64Array;
  readonly gpuMilliAllocated: Float64Array;
  readonly jobsQueued: Float64Array;
}

/** Adds up what the jobs of every lane hold and wait for. */
export interface LaneFold extends UsageFold {
  /** By partition; empty when the whole cluster is one lane. */
  results(): ReadonlyMap<string, LaneResult>;
  /** Undefined when no job asks for more than one GPU. */
  gangWaits(): GangWaitsResult | undefined;
  /** Of every partition with its own nodes; empty unless asked for. */
  series(): readonly LaneSeries[];
}

/** The lanes of a cluster: its partitions when a node names one, else the whole. */
export function lanesOfCluster({ nodes }: ClusterSpec): readonly LaneSpec[] {
  const milli = (chosen: ClusterSpec["nodes"]): number =>
    chosen.reduce((sum, { gpuCount }) => sum + gpuCount * GPU_MILLI, 0);
  if (nodes.every(({ partition }) => partition === undefined))
    return [{ partition: undefined, gpuMilli: milli(nodes) }];
  const names = [...new Set(nodes.map(({ partition = "" }) => partition))];
  return names.map((name) => ({
    partition: name,
    gpuMilli: milli(nodes.filter(({ partition = "" }) => partition === name)),
  }));
}

/**
 * @param fromS start of the part of the run that figures count
 * @param options.withSeries also keep the course over time, from the start of the trace
 */
export function createLaneFold(
  run: BatchRun,
  cluster: ClusterSpec,
  fromS: number,
  options: { readonly withSeries: boolean } = { withSeries: false },
): LaneFold {
  const { jobs } = run;
  const lanes = lanesOfCluster(cluster).map((lane) => createLaneBook(lane, fromS, options));
  const laneOf = jobs.partitionNames.map((name) =>
    lanes.find(({ lane }) => lane.partition === undefined || lane.partition === name),
  );
  let gangs = 0;
  for (let job = 0; job < jobs.count; job++) {
    if (gangGpuMilli(jobs, job) > GPU_MILLI && jobs.submitS[job]! >= fromS) gangs++;
  }
  let spanS = 0;
  return {
    change(timeS, job, waits, runs) {
      laneOf[jobs.partition[job]!]?.change(timeS, gangGpuMilli(jobs, job), waits, runs);
    },
    finish(endS) {
      spanS = Math.max(0, endS - fromS);
      for (const lane of lanes) lane.finish(endS);
    },
    results: () =>
      new Map(
        lanes.flatMap((book) =>
          book.lane.partition === undefined ? [] : [[book.lane.partition, book.result(spanS)]],
        ),
      ),
    gangWaits() {
      if (gangs === 0) return undefined;
      const idleMilliS = lanes.reduce((sum, book) => sum + book.idleMilliS(), 0);
      return {
        gangs,
        idleGpuHours: idleMilliS / GPU_MILLI / SECONDS_PER_HOUR,
        idleShare:
          spanS > 0 && run.gpuMilliTotal > 0 ? idleMilliS / (run.gpuMilliTotal * spanS) : 0,
      };
    },
    series: () => lanes.flatMap((book) => book.series() ?? []),
  };
}

interface LaneBook {
  readonly lane: LaneSpec;
  change(timeS: number, gpuMilli: number, waits: number, runs: number): void;
  finish(endS: number): void;
  result(spanS: number): LaneResult;
  idleMilliS(): number;
  series(): LaneSeries | undefined;
}

function createLaneBook(
  lane: LaneSpec,
  fromS: number,
  { withSeries }: { readonly withSeries: boolean },
): LaneBook {
  const recorder: UtilizationRecorder | undefined =
    withSeries && lane.partition !== undefined
      ? createUtilizationRecorder({ quantities: 2, rowsMax: ROWS_MAX })
      : undefined;
  const values = new Float64Array(2);
  let sinceS = fromS;
  let heldMilli = 0;
  let queued = 0;
  let gangMilli = 0;
  const sums = { held: 0, queued: 0, idle: 0 };
  let queuedMax = 0;
  const advance = (timeS: number): void => {
    const elapsedS = timeS - sinceS;
    if (!(elapsedS > 0)) return;
    sinceS = timeS;
    sums.held += heldMilli * elapsedS;
    sums.queued += queued * elapsedS;
    sums.idle += Math.min(lane.gpuMilli - heldMilli, gangMilli) * elapsedS;
    // Within an instant jobs come and start: only what lasts counts as a queue.
    if (queued > queuedMax) queuedMax = queued;
  };
  return {
    lane,
    change(timeS, gpuMilli, waits, runs) {
      advance(timeS);
      heldMilli += runs * gpuMilli;
      queued += waits;
      if (gpuMilli > GPU_MILLI) gangMilli += waits * gpuMilli;
      values[0] = heldMilli;
      values[1] = queued;
      recorder?.sample(timeS, values);
    },
    finish(endS) {
      advance(endS);
      recorder?.finish(Math.max(endS, sinceS));
    },
    result: (spanS) => ({
      gpus: lane.gpuMilli / GPU_MILLI,
      allocatedShare: spanS > 0 && lane.gpuMilli > 0 ? sums.held / (lane.gpuMilli * spanS) : 0,
      queueLengthMean: spanS > 0 ? sums.queued / spanS : 0,
      queueLengthMax: queuedMax,
    }),
    idleMilliS: () => sums.idle,
    series() {
      if (recorder === undefined) return undefined;
      const { timeS, columns } = recorder.columns();
      return {
        name: lane.partition!,
        gpus: lane.gpuMilli / GPU_MILLI,
        timeS,
        gpuMilliAllocated: columns[0]!,
        jobsQueued: columns[1]!,
      };
    },
  };
}

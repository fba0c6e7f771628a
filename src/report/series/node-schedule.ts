import type { ClusterSpec } from "../../cluster/spec.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import { RECORD } from "../../simulation/batch/records.js";

const GPU_MILLI = 1000;

/** A job on neighbouring GPUs of one node, from the beginning to the end of its last run. */
export interface ScheduledBar {
  /** Row of the job table. */
  readonly job: number;
  /** Index into the nodes. */
  readonly node: number;
  /** First GPU of the node that it holds, and how many from there on. */
  readonly firstGpu: number;
  readonly gpus: number;
  /** Seconds of simulated time. */
  readonly fromS: number;
  readonly toS: number;
}

/** Which jobs held whole GPUs of which nodes, and when. */
export interface NodeSchedule {
  readonly nodes: readonly {
    readonly name: string;
    readonly gpuCount: number;
    /** Domain at each level above the node, widest first; empty where nodes are not grouped. */
    readonly domains: readonly string[];
    /** Share of its GPU time that the bars hold, 0..1. */
    readonly heldShare: number;
  }[];
  /** Levels above the node, widest first. */
  readonly levels: readonly string[];
  /** In the order of the job table. */
  readonly bars: readonly ScheduledBar[];
  readonly startS: number;
  readonly endS: number;
  /** Name and tenant of the jobs that have bars. */
  readonly nameOf: (job: number) => string;
  readonly tenantOf: (job: number) => string;
  /** Jobs that ran on parts of GPUs, and have no bar. */
  readonly onParts: number;
  /** Jobs that were stopped at least once: only their last run has bars. */
  readonly stopped: number;
}

/** The schedule of a run. Jobs on parts of GPUs are counted and left out: several share a line. */
export function nodeSchedule(run: BatchRun, { nodes, topology }: ClusterSpec): NodeSchedule {
  const { jobs, records } = run;
  const lastStartS = Float64Array.from(run.startS);
  const stopped = new Set<number>();
  for (let row = 0; row < records.count; row++) {
    const [kind, job] = [records.kind[row]!, records.job[row]!];
    if (kind === RECORD.started || kind === RECORD.resumed) lastStartS[job] = records.timeS[row]!;
    else if (kind === RECORD.stopped) stopped.add(job);
  }
  const bars: ScheduledBar[] = [];
  const heldGpuS = new Float64Array(nodes.length);
  let onParts = 0;
  for (let job = 0; job < jobs.count; job++) {
    const fromS = lastStartS[job]!;
    if (Number.isNaN(fromS)) continue;
    const toS = Number.isNaN(run.endS[job]!) ? run.endOfRunS : run.endS[job]!;
    const isPart = jobs.shapes[jobs.shape[job]!]!.gpuMilli < GPU_MILLI;
    let sharing = false;
    for (const { node, gpus } of run.placementOf(job)) {
      if (gpus.length === 0) continue;
      if (isPart || nodes[node]!.partitioning !== undefined) {
        sharing = true;
        continue;
      }
      heldGpuS[node]! += gpus.length * (toS - fromS);
      for (const [firstGpu, count] of runsOf(gpus))
        bars.push({ job, node, firstGpu, gpus: count, fromS, toS });
    }
    if (sharing) onParts++;
  }
  const managedFrom = run.managed?.from ?? jobs.count;
  const tenantOf = (job: number): string => jobs.tenantNames[jobs.tenant[job]!]!;
  const startS = run.series.timeS[0] ?? run.startOfTraceS;
  const spanS = run.endOfRunS - startS;
  return {
    nodes: nodes.map(({ name, gpuCount, domains = [] }, node) => ({
      name,
      gpuCount,
      domains,
      heldShare: gpuCount * spanS > 0 ? Math.min(1, heldGpuS[node]! / (gpuCount * spanS)) : 0,
    })),
    levels: topology?.levels ?? [],
    bars,
    startS,
    endS: run.endOfRunS,
    nameOf: (job) => (job < managedFrom ? jobs.ids[job]! : `replica of ${tenantOf(job)}`),
    tenantOf,
    onParts,
    stopped: stopped.size,
  };
}

/** Neighbouring indexes as [first, how many]. */
function runsOf(gpus: readonly number[]): readonly (readonly [number, number])[] {
  const sorted = [...gpus].sort((left, right) => left - right);
  const runs: [number, number][] = [];
  for (const gpu of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === gpu) last[1]++;
    else runs.push([gpu, 1]);
  }
  return runs;
}

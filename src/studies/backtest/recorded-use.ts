import type { ClusterSpec } from "../../cluster/spec.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { JobTable } from "../../workload/job-table.js";
import type { OverCapacity, RecordedUse } from "./backtest-document.js";

const GPU_MILLI = 1000;

/**
 * Adds up the GPUs that the record has in use at every instant and holds them against the cluster.
 *
 * A record that needs more GPUs than there are shows that the cluster file is not the cluster of the
 * trace; waits simulated on it mean nothing. A job is taken to use its GPUs from its recorded start for
 * its duration, or to its recorded end where that is earlier: time between is when it was suspended or
 * queued again. At one instant ends come before starts.
 */
export function recordedUse(jobs: JobTable, cluster: ClusterSpec): RecordedUse {
  const ownNodes = cluster.nodes.some(({ partition }) => partition !== undefined);
  const whole = peakOf(jobs, () => true, Number.POSITIVE_INFINITY);
  const names = ownNodes
    ? [...new Set(cluster.nodes.map(({ partition = "" }) => partition))]
    : [undefined];
  const overCapacity = names.flatMap((name): OverCapacity[] => {
    const capacityGpus = cluster.nodes
      .filter(({ partition = "" }) => name === undefined || partition === name)
      .reduce((sum, { gpuCount }) => sum + gpuCount, 0);
    const isHere = (job: number): boolean =>
      name === undefined || jobs.partitionNames[jobs.partition[job]!] === name;
    const peak = peakOf(jobs, isHere, capacityGpus * GPU_MILLI);
    if (peak.milli <= capacityGpus * GPU_MILLI) return [];
    return [
      {
        partition: name ?? "",
        capacityGpus,
        peakGpus: peak.milli / GPU_MILLI,
        peakAtS: peak.atS,
        peakAt: calendarTime(jobs, peak.atS),
        aboveS: peak.aboveS,
      },
    ];
  });
  return { peakGpus: whole.milli / GPU_MILLI, peakAtS: whole.atS, overCapacity };
}

/** Calendar time (UTC) of a second of the trace, such as `2017-10-03T04:05:06Z`; null without calendar times. */
export function calendarTime(jobs: JobTable, timeS: number): string | null {
  if (jobs.originEpochS === undefined) return null;
  const iso = new Date((jobs.originEpochS + timeS) * 1000).toISOString();
  return iso.replace(/\.\d+Z$/, "Z");
}

interface Peak {
  readonly milli: number;
  readonly atS: number;
  readonly aboveS: number;
}

function peakOf(jobs: JobTable, isHere: (job: number) => boolean, capacityMilli: number): Peak {
  const startS: number[] = [];
  const endS: number[] = [];
  const milli: number[] = [];
  for (let job = 0; job < jobs.count; job++) {
    const start = jobs.recordedStartS?.[job] ?? Number.NaN;
    const end = recordedEndOfUseS(jobs, job, start);
    if (!isHere(job) || !(end > start)) continue;
    startS.push(start);
    endS.push(end);
    milli.push(gangGpuMilli(jobs, job));
  }
  const byStart = orderBy(startS);
  const byEnd = orderBy(endS);
  let used = 0;
  let peak = { milli: 0, atS: 0 };
  let aboveS = 0;
  let beforeS = 0;
  let ended = 0;
  const advance = (timeS: number): void => {
    if (used > capacityMilli) aboveS += timeS - beforeS;
    beforeS = timeS;
  };
  for (const started of byStart) {
    const timeS = startS[started]!;
    for (; ended < byEnd.length && endS[byEnd[ended]!]! <= timeS; ended++) {
      advance(endS[byEnd[ended]!]!);
      used -= milli[byEnd[ended]!]!;
    }
    advance(timeS);
    used += milli[started]!;
    if (used > peak.milli) peak = { milli: used, atS: timeS };
  }
  for (; ended < byEnd.length; ended++) {
    advance(endS[byEnd[ended]!]!);
    used -= milli[byEnd[ended]!]!;
  }
  return { ...peak, aboveS };
}

function recordedEndOfUseS(jobs: JobTable, job: number, startS: number): number {
  const ranS = startS + jobs.durationS[job]!;
  const endS = jobs.recordedEndS?.[job] ?? Number.NaN;
  return Number.isNaN(endS) ? ranS : Math.min(endS, ranS);
}

function orderBy(timesS: readonly number[]): Int32Array {
  const order = Int32Array.from(timesS, (_, index) => index);
  return order.sort((left, right) => timesS[left]! - timesS[right]! || left - right);
}

import type { JobTable } from "../job-table.js";
import { jobGpuMilli } from "./job-gpu-milli.js";

/** Parts of the time of which mean and peak are told: as many as a terminal has room for. */
const BINS = 72;

/** GPUs in use at once if every job started the moment it is submitted: demand, before any cluster. */
export interface DemandOverTime {
  /** Most GPUs at once. */
  readonly peakGpus: number;
  /** When that was first reached, on the clock of `submitS`. */
  readonly peakAtS: number;
  /** GPU-seconds over the time from `fromS` to `toS`; null when that is no time. */
  readonly meanGpus: number | null;
  /** First submission. */
  readonly fromS: number;
  /** Last end, if all started at once. */
  readonly toS: number;
  /** Length of one of `bins`, in seconds. */
  readonly binS: number;
  /** Equal parts from `fromS` to `toS`; empty when that is no time. */
  readonly bins: readonly DemandBin[];
}

/** Demand in one part of the time. */
export interface DemandBin {
  readonly meanGpus: number;
  readonly peakGpus: number;
}

/** Follows the demand; a job holds its GPUs from its submission up to, and not including, its end. */
export function demandOverTime(jobs: JobTable): DemandOverTime {
  const rows = Int32Array.from({ length: jobs.count }, (_, row) => row).filter(
    (row) => jobs.durationS[row]! > 0,
  );
  const endS = Float64Array.from(jobs.submitS, (submitS, row) => submitS + jobs.durationS[row]!);
  const byEnd = rows.slice().sort((left, right) => endS[left]! - endS[right]!);
  const fromS = jobs.submitS[0] ?? 0;
  const toS = byEnd.length === 0 ? fromS : endS[byEnd.at(-1)!]!;
  const bins = createBins(fromS, toS);
  let milli = 0;
  let peakMilli = 0;
  let peakAtS = fromS;
  let nowS = fromS;
  let ended = 0;
  const advance = (toTimeS: number): void => {
    if (toTimeS > nowS) bins.add(nowS, toTimeS, milli);
    nowS = toTimeS;
  };
  const endUntil = (timeS: number): void => {
    while (ended < byEnd.length && endS[byEnd[ended]!]! <= timeS) {
      advance(endS[byEnd[ended]!]!);
      milli -= jobGpuMilli(jobs, byEnd[ended]!);
      ended += 1;
    }
  };
  for (const row of rows) {
    const submitS = jobs.submitS[row]!;
    endUntil(submitS);
    advance(submitS);
    milli += jobGpuMilli(jobs, row);
    if (milli > peakMilli) {
      peakMilli = milli;
      peakAtS = submitS;
    }
  }
  endUntil(Infinity);
  return { peakGpus: peakMilli / 1000, peakAtS, fromS, toS, ...bins.finish() };
}

/** Collects the demand of stretches of time into equal parts. */
function createBins(fromS: number, toS: number) {
  const binS = (toS - fromS) / BINS;
  const area = new Float64Array(BINS);
  const peak = new Float64Array(BINS);
  const binOf = (timeS: number): number => Math.min(BINS - 1, Math.floor((timeS - fromS) / binS));
  return {
    add(startS: number, endS: number, milli: number): void {
      let bin = binOf(startS);
      for (let atS = startS; atS < endS; bin += 1) {
        const stopS = bin >= BINS - 1 ? endS : Math.min(endS, fromS + (bin + 1) * binS);
        if (stopS > atS) {
          area[bin]! += milli * (stopS - atS);
          peak[bin] = Math.max(peak[bin]!, milli);
          atS = stopS;
        }
      }
    },
    finish(): Pick<DemandOverTime, "meanGpus" | "binS" | "bins"> {
      if (!(binS > 0)) return { meanGpus: null, binS: 0, bins: [] };
      const bins = Array.from(area, (sum, bin) => ({
        meanGpus: sum / binS / 1000,
        peakGpus: peak[bin]! / 1000,
      }));
      const total = area.reduce((sum, part) => sum + part, 0);
      return { meanGpus: total / (toS - fromS) / 1000, binS, bins };
    },
  };
}

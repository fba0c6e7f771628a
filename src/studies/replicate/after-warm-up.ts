import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import type { UtilizationTotals } from "../../simulation/batch/utilization-recorder.js";

/**
 * The run as if it had been watched only from `fromS` on.
 *
 * Jobs are left out by their arrival: leaving them out by their end would keep the long ones. Averages over
 * time begin at `fromS`; they are exact, except that of the series' row that holds `fromS` in its middle,
 * when the run is so long that rows are gathered.
 */
export function afterWarmUp(run: BatchRun, fromS: number): BatchRun {
  const { jobs, preemption } = run;
  const counts = (job: number): boolean => jobs.submitS[job]! >= fromS;
  const kept = (times: Float64Array): Float64Array =>
    times.map((timeS, job) => (counts(job) ? timeS : Number.NaN));
  return {
    ...run,
    startS: kept(run.startS),
    endS: kept(run.endS),
    outcome: run.outcome.map((code, job) => (counts(job) ? code : OUTCOME.notSubmitted)),
    ...(preemption === undefined
      ? {}
      : {
          preemption: {
            stops: preemption.stops.map((stops, job) => (counts(job) ? stops : 0)),
            occupiedS: preemption.occupiedS,
            lostS: preemption.lostS,
          },
        }),
    utilization: totalsFrom(run, fromS),
    startOfTraceS: Math.max(run.startOfTraceS, fromS),
  };
}

/** Integrals and largest values over the rows of the series from `fromS` on. */
function totalsFrom(
  { series, idleClassNames, endOfRunS }: BatchRun,
  fromS: number,
): UtilizationTotals {
  const { timeS } = series;
  const columns: readonly ArrayLike<number>[] = [
    series.gpuMilliAllocated,
    series.jobsQueued,
    series.jobsRunning,
    ...idleClassNames.map((name) => series.idleMilliByClass[name]!),
  ];
  const integrals = new Float64Array(columns.length);
  const maxima = new Float64Array(columns.length);
  for (let row = 0; row < timeS.length; row++) {
    const untilS = timeS[row + 1] ?? endOfRunS;
    const widthS = untilS - Math.max(timeS[row]!, fromS);
    // The last row may hold for no time and still be the largest.
    if (widthS < 0 || (widthS === 0 && timeS[row]! < fromS)) continue;
    columns.forEach((column, index) => {
      integrals[index]! += column[row]! * widthS;
      maxima[index] = Math.max(maxima[index]!, column[row]!);
    });
  }
  const startS = Math.max(timeS[0] ?? endOfRunS, fromS);
  return { spanS: Math.max(0, endOfRunS - startS), integrals, maxima };
}

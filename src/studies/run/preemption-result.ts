import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { RECORD } from "../../simulation/batch/records.js";
import type { PreemptionResult } from "./optional-results.js";

/**
 * What stopping jobs for others cost; undefined when none was stopped.
 *
 * @param run with the jobs that figures count
 * @param gpuHoursLost of these jobs
 */
export function preemptionResult(
  run: BatchRun,
  gpuHoursLost: number,
): PreemptionResult | undefined {
  const { preemption, records, reasons, outcome } = run;
  if (preemption === undefined) return undefined;
  const stopsByReason = new Map<string, number>();
  for (let row = 0; row < records.count; row++) {
    if (records.kind[row] !== RECORD.stopped) continue;
    if (outcome[records.job[row]!] === OUTCOME.notSubmitted) continue;
    const reason = reasons[records.detail[row]!]!;
    stopsByReason.set(reason, (stopsByReason.get(reason) ?? 0) + 1);
  }
  return {
    stops: preemption.stops.reduce((sum, stops) => sum + stops, 0),
    jobsStopped: preemption.stops.reduce((sum, stops) => sum + (stops > 0 ? 1 : 0), 0),
    gpuHoursLost,
    reasons: [...stopsByReason]
      .map(([name, stops]) => ({ name, stops }))
      .sort((left, right) => right.stops - left.stops || (left.name < right.name ? -1 : 1)),
  };
}

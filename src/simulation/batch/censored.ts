import { summarizeInPlace, type DistributionSummary } from "../../stats/quantile.js";

/**
 * The distribution of a time over jobs, some of which the end of the run cut short.
 *
 * A job that still waits has waited at least until now. Leaving it out would let a policy meet a goal by
 * starving jobs; counting it with its time so far would let one that has just arrived make the figure smaller.
 * So every figure is the larger one of both: over the jobs whose time is known, and over these together with
 * the others at their time so far. It is a lower bound of what the figure will be, and never below what it was
 * without the jobs cut short. Without such jobs both are the same, and where no job is over there is no value.
 *
 * @param known times of jobs that are over; sorted in place
 * @param soFar times so far of jobs that are not; null-free, may be empty
 */
export function summarizeCensored(known: Float64Array, soFar: Float64Array): DistributionSummary {
  const settled = summarizeInPlace(known);
  // Where nothing is over nothing is known: a time so far would pass for a result.
  if (soFar.length === 0 || settled.mean === null) return settled;
  const both = new Float64Array(known.length + soFar.length);
  both.set(known);
  both.set(soFar, known.length);
  const open = summarizeInPlace(both);
  const larger = (left: number | null, right: number | null): number | null =>
    left !== null && right !== null && right > left ? right : left;
  return {
    mean: larger(settled.mean, open.mean),
    p50: larger(settled.p50, open.p50),
    p95: larger(settled.p95, open.p95),
    p99: larger(settled.p99, open.p99),
    max: larger(settled.max, open.max),
  };
}

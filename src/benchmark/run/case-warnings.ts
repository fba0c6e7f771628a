import { quantile } from "../../stats/quantile.js";
import {
  processTimeS,
  type BenchmarkWarning,
  type BenchmarkWarningKind,
  type ProcessRun,
} from "../result-document.js";

/** Shares above which a warning is given. */
const OUTLIER_SHARE = 0.05;
const SAME_SHARE = 0.05;
const RESOLUTION_SHARE = 0.001;
const DRIFT = 0.03;
const HOST_OVERHEAD = 0.2;
const CLOCK_CHANGE = 0.05;

/** Fewest process runs in which a drift can be told from chance. */
const DRIFT_RUNS_MIN = 6;

/** What a reader of a case's figures has to know; nothing is thrown away for it. */
export function caseWarnings(
  runs: readonly ProcessRun[],
  timer: "device" | "host",
  resolutionS: number,
): readonly BenchmarkWarning[] {
  return [
    outliers(runs),
    saturation(runs),
    resolution(runs, resolutionS),
    disagreement(runs, timer),
    correlation(runs),
    drift(runs),
    throttling(runs),
  ].filter((warning) => warning !== undefined);
}

function warn(kind: BenchmarkWarningKind, message: string): BenchmarkWarning {
  return { kind, message };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function tenantSamples(runs: readonly ProcessRun[]): readonly (readonly number[])[] {
  return runs.flatMap((run) => run.tenants.map((tenant) => tenant.samplesS));
}

/** Samples more than 3 interquartile ranges beyond the quartiles of their process (Tukey's far out). */
function outliers(runs: readonly ProcessRun[]): BenchmarkWarning | undefined {
  let far = 0;
  let count = 0;
  for (const samples of tenantSamples(runs)) {
    const low = quantile(samples, 0.25)!;
    const high = quantile(samples, 0.75)!;
    const reach = 3 * (high - low);
    count += samples.length;
    far += samples.filter((value) => value < low - reach || value > high + reach).length;
  }
  if (far <= OUTLIER_SHARE * count) return undefined;
  return warn("outliers", `${percent(far / count)} of ${count} samples are far from the others`);
}

/** Many equal samples: the clock is too coarse to tell them apart. */
function saturation(runs: readonly ProcessRun[]): BenchmarkWarning | undefined {
  let same = 0;
  let count = 0;
  for (const samples of tenantSamples(runs)) {
    count += samples.length;
    same += samples.length - new Set(samples).size;
  }
  if (same <= SAME_SHARE * count) return undefined;
  return warn("timer-saturation", `${percent(same / count)} of ${count} samples equal another one`);
}

function resolution(
  runs: readonly ProcessRun[],
  resolutionS: number,
): BenchmarkWarning | undefined {
  const shortestS = Math.min(...runs.map((run) => processTimeS(run) * run.launchesPerSample));
  if (resolutionS <= RESOLUTION_SHARE * shortestS) return undefined;
  return warn(
    "timer-resolution",
    `the clock steps by ${percent(resolutionS / shortestS)} of a sample; longer samples (sampleTime) would be finer`,
  );
}

/** The host saw less time than the device, which cannot be, or much more. */
function disagreement(
  runs: readonly ProcessRun[],
  timer: "device" | "host",
): BenchmarkWarning | undefined {
  if (timer === "host") return undefined;
  const ratios = runs.flatMap((run) =>
    run.tenants.flatMap(({ samplesS, hostSamplesS }) =>
      samplesS.map((timeS, index) => (hostSamplesS?.[index] ?? timeS) / timeS),
    ),
  );
  const ratio = quantile(ratios, 0.5) ?? 1;
  if (ratio < 0.98) {
    const message = `the host's clock saw ${percent(1 - ratio)} less time than the device's: one of them is wrong`;
    return warn("timer-disagreement", message);
  }
  if (ratio <= 1 + HOST_OVERHEAD) return undefined;
  const message = `seen from the host a launch takes ${percent(ratio - 1)} longer than on the device`;
  return warn("timer-disagreement", message);
}

/**
 * Samples that follow each other closely say less than their number: n/(1 + 2Σ(1 − k/n)·ρ_k), summed to the
 * first pair of autocorrelations that is not positive (Geyer 1992).
 */
function correlation(runs: readonly ProcessRun[]): BenchmarkWarning | undefined {
  const shares = tenantSamples(runs)
    .filter((samples) => samples.length >= 10)
    .map((samples) => effectiveSamples(samples) / samples.length);
  const share = quantile(shares, 0.5);
  if (share === undefined || share >= 0.5) return undefined;
  return warn(
    "autocorrelation",
    `samples of a process resemble each other: ${percent(share)} of them count as independent`,
  );
}

/** Number of independent samples that say as much as these. */
export function effectiveSamples(samples: readonly number[]): number {
  const count = samples.length;
  const mean = samples.reduce((sum, value) => sum + value, 0) / count;
  const off = samples.map((value) => value - mean);
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < count; i++) sum += off[i]! * off[i - lag]!;
    return sum / count;
  };
  const variance = covariance(0);
  if (!(variance > 0)) return count;
  let sum = 0;
  for (let lag = 1; lag + 1 < count; lag += 2) {
    const pair = [lag, lag + 1].map((at) => (1 - at / count) * (covariance(at) / variance));
    if (pair[0]! + pair[1]! <= 0) break;
    sum += pair[0]! + pair[1]!;
  }
  return Math.min(count, count / (1 + 2 * sum));
}

/** A trend of the processes' times: Theil and Sen's slope over the session, when most pairs agree on its sign. */
function drift(runs: readonly ProcessRun[]): BenchmarkWarning | undefined {
  if (runs.length < DRIFT_RUNS_MIN) return undefined;
  const points = runs.map((run) => ({ atS: run.startedS, timeS: processTimeS(run) }));
  const slopes: number[] = [];
  let agreement = 0;
  points.forEach((early, index) => {
    for (const late of points.slice(index + 1)) {
      if (late.atS === early.atS) continue;
      const slope = (late.timeS - early.timeS) / (late.atS - early.atS);
      slopes.push(slope);
      agreement += Math.sign(slope);
    }
  });
  const spanS = points.at(-1)!.atS - points[0]!.atS;
  const typicalS = quantile(
    points.map((point) => point.timeS),
    0.5,
  )!;
  const change = ((quantile(slopes, 0.5) ?? 0) * spanS) / typicalS;
  if (Math.abs(change) < DRIFT || Math.abs(agreement) < 0.6 * slopes.length) return undefined;
  const direction = change > 0 ? "slower" : "faster";
  return warn(
    "clock-drift",
    `launches became ${percent(Math.abs(change))} ${direction} over the session`,
  );
}

function throttling(runs: readonly ProcessRun[]): BenchmarkWarning | undefined {
  const states = runs.flatMap((run) =>
    [run.stateBefore, run.stateAfter].filter((state) => state !== undefined),
  );
  const reasons = new Set(states.flatMap((state) => state.throttleReasons ?? []));
  if (reasons.size > 0) {
    return warn("throttling", `the device held its clock down: ${[...reasons].sort().join(", ")}`);
  }
  const clocks = states.flatMap((state) =>
    state.smClockHz === undefined ? [] : [state.smClockHz],
  );
  if (clocks.length === 0) return undefined;
  const low = Math.min(...clocks);
  const high = Math.max(...clocks);
  if (low >= (1 - CLOCK_CHANGE) * high) return undefined;
  const range = `${Math.round(low / 1e6)} to ${Math.round(high / 1e6)} MHz`;
  return warn("clock-drift", `the device's clock moved from ${range} between processes`);
}

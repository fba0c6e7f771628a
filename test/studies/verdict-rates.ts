import { exp, log } from "../../src/base/elementary.js";
import { judgeSuite, type CaseTimes } from "../../src/benchmark/regression/judge-suite.js";
import { DEFAULT_VERDICT_SETTINGS } from "../../src/benchmark/regression/verdict-settings.js";
import { createRandomStreams, type RandomStream } from "../../src/engine/streams.js";
import { quantileOfSorted } from "../../src/stats/quantile.js";

/**
 * The noise of real benchmarks, all at once: processes differ from each other, samples of one process follow
 * each other, some samples are far out, and the machine drifts over the session.
 */
export interface NoiseModel {
  /** Standard deviation between processes, of the logarithm. */
  readonly betweenProcesses: number;
  /** Standard deviation of samples within a process, of the logarithm. */
  readonly withinProcess: number;
  /** Correlation of a sample with the one before it. */
  readonly correlation: number;
  /** Share of samples that are outliers, and how much longer they take on average (exponential). */
  readonly outlierShare: number;
  readonly outlierMean: number;
  /** How much slower the machine is at the end of the session than at its start, linear in between. */
  readonly drift: number;
}

/** Between 1 %, within 2 % with correlation 0.6, 5 % outliers of mean +8 %, 3 % drift. */
export const FULL_NOISE: NoiseModel = {
  betweenProcesses: 0.01,
  withinProcess: 0.02,
  correlation: 0.6,
  outlierShare: 0.05,
  outlierMean: 0.08,
  drift: 0.03,
};

/** One experiment: many suites of which some cases are slower by a known factor. */
export interface VerdictExperiment {
  readonly name: string;
  readonly trials: number;
  readonly cases: number;
  /** Cases, from the first, that really are slower. */
  readonly slowerCases: number;
  /** By how much: 0.05 is 5 %. */
  readonly slowdown: number;
  readonly pairs: number;
  readonly samplesPerProcess: number;
  readonly noise: NoiseModel;
  readonly seed: number;
}

/** How often verdicts were right. */
export interface VerdictRates extends Omit<VerdictExperiment, "noise"> {
  readonly noise: NoiseModel;
  /** Share of suites in which an unchanged case was called a regression: the gate fails for nothing. */
  readonly suitesWithFalseRegression: number;
  /** Share of suites in which an unchanged case was called a regression or an improvement. */
  readonly suitesWithFalseChange: number;
  /** Share of the slower cases that were called a regression; null without any. */
  readonly detected: number | null;
  /** Share of unchanged cases with each verdict. */
  readonly verdictsOfUnchanged: Readonly<Record<string, number>>;
}

/** Draws the suites of an experiment and judges them as `bench compare` does. */
export function measureVerdictRates(experiment: VerdictExperiment): VerdictRates {
  const { trials, cases, slowerCases, noise, ...rest } = experiment;
  const random = createRandomStreams(experiment.seed).stream(`verdicts ${experiment.name}`);
  const verdicts: Record<string, number> = {};
  let [falseRegression, falseChange, detected] = [0, 0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const suite = Array.from({ length: cases }, (_, index) =>
      drawCase(`case ${index}`, index < slowerCases ? experiment.slowdown : 0, experiment, random),
    );
    let [regressions, changes] = [0, 0];
    judgeSuite(suite, DEFAULT_VERDICT_SETTINGS).forEach(({ verdict }, index) => {
      if (index < slowerCases) {
        if (verdict === "regression") detected += 1;
        return;
      }
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (verdict === "regression") regressions += 1;
      if (verdict === "regression" || verdict === "improvement") changes += 1;
    });
    if (regressions > 0) falseRegression += 1;
    if (changes > 0) falseChange += 1;
  }
  const unchanged = trials * (cases - slowerCases);
  return {
    ...rest,
    trials,
    cases,
    slowerCases,
    noise,
    suitesWithFalseRegression: falseRegression / trials,
    suitesWithFalseChange: falseChange / trials,
    detected: slowerCases === 0 ? null : detected / (trials * slowerCases),
    verdictsOfUnchanged: Object.fromEntries(
      Object.entries(verdicts).map(([verdict, count]) => [verdict, count / unchanged]),
    ),
  };
}

function drawCase(
  id: string,
  slowdown: number,
  experiment: VerdictExperiment,
  random: RandomStream,
): CaseTimes {
  const { pairs, samplesPerProcess, noise } = experiment;
  const [baseS, newS]: [number[], number[]] = [[], []];
  for (let position = 0; position < 2 * pairs; position++) {
    // ABBA: base new new base, base new new base.
    const isNew = position % 4 === 1 || position % 4 === 2;
    const at = (noise.drift * position) / (2 * pairs - 1);
    const start = (isNew ? log(1 + slowdown) : 0) + at;
    (isNew ? newS : baseS).push(exp(start + drawProcess(samplesPerProcess, noise, random)));
  }
  return { id, baseS, newS };
}

/** The median of one process's samples, as a logarithm. */
function drawProcess(count: number, noise: NoiseModel, random: RandomStream): number {
  const own = noise.betweenProcesses * random.normal();
  const samples = new Float64Array(count);
  const innovation = Math.sqrt(1 - noise.correlation * noise.correlation);
  let state = random.normal();
  for (let index = 0; index < count; index++) {
    const outlier =
      random.uniform() < noise.outlierShare ? random.exponential(noise.outlierMean) : 0;
    samples[index] = own + noise.withinProcess * state + outlier;
    state = noise.correlation * state + innovation * random.normal();
  }
  samples.sort();
  return quantileOfSorted(samples, 0.5)!;
}

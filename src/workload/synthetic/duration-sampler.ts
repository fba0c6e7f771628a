import { exp, log } from "../../base/elementary.js";
import type { DurationModel } from "./parameters.js";
import { standardNormalQuantile } from "./standard-normal.js";
import { createWeightedChoice } from "./weighted-choice.js";

/** Durations by two uniform numbers in [0, 1): which part, and where in it. Seconds. */
export type DurationSampler = (partUniform: number, valueUniform: number) => number;

/** Keeps a uniform number away from 0 and 1, where the normal quantile is infinite. */
const UNIFORM_MARGIN = 1e-15;

/** Creates the sampler of a duration model. */
export function createDurationSampler(model: DurationModel): DurationSampler {
  if (model.model === "quantiles") {
    const { valuesS } = model;
    return (_part, u) => quantileAt(valuesS, u);
  }
  const { parts, minS, maxS } = model;
  const choose = createWeightedChoice(parts.map((part) => part.weight));
  const logMedians = parts.map((part) => log(part.medianS));
  return (partUniform, valueUniform) => {
    const part = choose(partUniform);
    const u = Math.min(1 - UNIFORM_MARGIN, Math.max(UNIFORM_MARGIN, valueUniform));
    const value = exp(logMedians[part]! + parts[part]!.sigma * standardNormalQuantile(u));
    return Math.min(maxS, Math.max(minS, value));
  };
}

function quantileAt(valuesS: readonly number[], u: number): number {
  const at = u * (valuesS.length - 1);
  const index = Math.min(Math.floor(at), valuesS.length - 2);
  const lower = valuesS[index]!;
  const upper = valuesS[index + 1]!;
  const share = at - index;
  // Durations span six decades; halfway between 1 minute and 10 hours is 24 minutes, not 5 hours.
  if (lower > 0) return exp(log(lower) * (1 - share) + log(upper) * share);
  return lower + (upper - lower) * share;
}

import { exp, log } from "../../base/elementary.js";
import type { RandomStream } from "../../engine/streams.js";
import type { DurationModel } from "./parameters.js";
import { createWeightedChoice } from "./weighted-choice.js";

/** Draws one duration in seconds; `parts` chooses the lognormal of a mixture, `values` the value in it. */
export type DurationSampler = (parts: RandomStream, values: RandomStream) => number;

/** Creates the sampler of a duration model. */
export function createDurationSampler(model: DurationModel): DurationSampler {
  if (model.model === "quantiles") {
    const { valuesS } = model;
    return (_parts, values) => quantileAt(valuesS, values.uniform());
  }
  const { parts: lognormals, minS, maxS } = model;
  const choose = createWeightedChoice(lognormals.map(({ weight }) => weight));
  const parameters = lognormals.map(({ medianS, sigma }) => ({ mu: log(medianS), sigma }));
  return (parts, values) => {
    const drawnS = values.logNormal(parameters[choose(parts.uniform())]!);
    return Math.min(maxS, Math.max(minS, drawnS));
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

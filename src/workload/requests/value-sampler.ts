import { exp, log } from "../../base/elementary.js";
import { SpecificationError } from "../../base/specification-error.js";
import type { RandomStream } from "../../engine/streams.js";
import { createWeightedChoice } from "../synthetic/weighted-choice.js";
import type { Bounds, ValueDistribution } from "./traffic-description.js";

/** Draws one value. */
export type ValueSampler = (stream: RandomStream) => number;

/** Redraws of a normal value before its bounds are called out of reach. */
const REDRAWS_MAX = 10_000;

/** Makes the sampler of a distribution. Every kind but `normal` uses the same number of draws each time. */
export function createValueSampler(distribution: ValueDistribution): ValueSampler {
  switch (distribution.kind) {
    case "fixed":
      return () => distribution.value;
    case "uniform": {
      const { min, max } = distribution;
      return (stream) => min + (max - min) * stream.uniform();
    }
    case "lognormal": {
      const { sigma } = distribution;
      const mu = log(distribution.median);
      return (stream) => clamp(stream.logNormal({ mu, sigma }), distribution);
    }
    case "exponential":
      return (stream) => clamp(stream.exponential(distribution.mean), distribution);
    case "normal":
      return normalSampler(distribution);
    case "empirical": {
      const { values } = distribution;
      return (stream) => values[stream.integerBelow(values.length)]!;
    }
    case "quantiles":
      return quantileSampler(distribution.points);
    case "mixture": {
      const choose = createWeightedChoice(distribution.parts.map(({ weight }) => weight));
      const samplers = distribution.parts.map(({ of }) => createValueSampler(of));
      return (stream) => samplers[choose(stream.uniform())]!(stream);
    }
  }
}

function clamp(value: number, { min, max }: Bounds): number {
  return Math.min(max, Math.max(min, value));
}

function normalSampler(distribution: Extract<ValueDistribution, { kind: "normal" }>): ValueSampler {
  const { mean, standardDeviation, min, max } = distribution;
  return (stream) => {
    for (let draw = 0; draw < REDRAWS_MAX; draw++) {
      const value = mean + standardDeviation * stream.normal();
      if (value >= min && value <= max) return value;
    }
    throw new SpecificationError(
      `a normal distribution with mean ${mean} and standard deviation ${standardDeviation} does not reach ${min}..${max}`,
    );
  };
}

/** Log-linear between positive quantiles: lengths span decades, and halfway from 1 to 10 000 is 100. */
function quantileSampler(points: readonly (readonly [number, number])[]): ValueSampler {
  return (stream) => {
    const u = stream.uniform();
    const above = points.findIndex(([q]) => q > u);
    const [upperQ, upper] = points[above === -1 ? points.length - 1 : above]!;
    const [lowerQ, lower] = points[above === -1 ? points.length - 1 : above - 1]!;
    const share = upperQ === lowerQ ? 0 : (u - lowerQ) / (upperQ - lowerQ);
    if (lower > 0) return exp(log(lower) * (1 - share) + log(upper) * share);
    return lower + (upper - lower) * share;
  };
}

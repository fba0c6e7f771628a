import { expm1, log, pow, log1p } from "../../base/elementary.js";
import type { RandomStream } from "../../engine/streams.js";

/**
 * How much longer one worker's step takes now and then than on an undisturbed machine, as a share of
 * the undisturbed step. Workers and steps are independent of each other.
 *
 * `exponential`: always a little, with this mean. `pauses`: with this chance per step the worker stands
 * still for `lengthShare` of a step. `quantiles`: measured values, equally spaced quantiles from the
 * least to the greatest, linear between two.
 */
export type StepJitter =
  | { readonly kind: "none" }
  | { readonly kind: "exponential"; readonly meanShare: number }
  | { readonly kind: "pauses"; readonly chance: number; readonly lengthShare: number }
  | { readonly kind: "quantiles"; readonly shares: readonly number[] };

/** Workers that share one kind of jitter. */
export interface JitteredWorkers {
  readonly jitter: StepJitter;
  /** ≥ 0. */
  readonly workers: number;
}

/** Above this the harmonic number is taken from its expansion, which is then exact to the last digits. */
const HARMONIC_SUM_MAX = 64;
const EULER_GAMMA = 0.5772156649015329;
/** What is left out of an infinite tail may add at most this share of the integral. */
const TAIL_CHANCE = 1e-13;
const PANELS = 128;

/**
 * Checks the numbers of a jitter.
 *
 * @throws RangeError when a number is negative, not finite, a chance is above 1, or measured values do not rise
 */
export function checkStepJitter(jitter: StepJitter): void {
  const share = (name: string, value: number): void => {
    if (!(value >= 0 && value < Infinity))
      throw new RangeError(`step jitter: ${name} must be a number >= 0, got ${value}`);
  };
  switch (jitter.kind) {
    case "none":
      return;
    case "exponential":
      share("meanShare", jitter.meanShare);
      return;
    case "pauses":
      share("lengthShare", jitter.lengthShare);
      if (!(jitter.chance >= 0 && jitter.chance <= 1))
        throw new RangeError(`step jitter: chance must be in 0..1, got ${jitter.chance}`);
      return;
    case "quantiles":
      if (jitter.shares.length < 2)
        throw new RangeError("step jitter: at least two quantiles are needed");
      jitter.shares.forEach((value, index) => {
        share(`shares[${index}]`, value);
        if (index > 0 && value < jitter.shares[index - 1]!)
          throw new RangeError(`step jitter: shares must not fall, shares[${index}] is ${value}`);
      });
  }
}

/**
 * Expected share by which a synchronous step is longer than an undisturbed one: the mean of the maximum
 * over all workers, because every step ends with the last of them.
 *
 * Exact for one kind of jitter: exponential `m · H(n)`, pauses `c (1 − (1 − p)ⁿ)`, quantiles
 * `Σ Δx (1 − (u₂ⁿ⁺¹ − u₁ⁿ⁺¹) / ((n + 1) Δu))`. Several kinds in one gang: `∫ (1 − Π Fᵢ(x)^nᵢ) dx`, by
 * Simpson's rule, to about 1e-6 of the value.
 */
export function expectedMaximumShare(gang: readonly JitteredWorkers[]): number {
  const moving = gang.filter(({ jitter, workers }) => workers > 0 && meanShare(jitter) > 0);
  const [first] = moving;
  if (first === undefined) return 0;
  return moving.length === 1 ? maximumOfOneKind(first) : maximumOfSeveral(moving);
}

/** Mean share of one worker alone. */
export function meanShare(jitter: StepJitter): number {
  return maximumOfOneKind({ jitter, workers: 1 });
}

/** One worker's share in one step. */
export function drawStepJitter(jitter: StepJitter, stream: RandomStream): number {
  switch (jitter.kind) {
    case "none":
      return 0;
    case "exponential":
      return jitter.meanShare === 0 ? 0 : stream.exponential(jitter.meanShare);
    case "pauses":
      return stream.uniform() < jitter.chance ? jitter.lengthShare : 0;
    case "quantiles": {
      const { shares } = jitter;
      const place = stream.uniform() * (shares.length - 1);
      const low = Math.floor(place);
      return shares[low]! + (place - low) * (shares[low + 1]! - shares[low]!);
    }
  }
}

function maximumOfOneKind({ jitter, workers }: JitteredWorkers): number {
  switch (jitter.kind) {
    case "none":
      return 0;
    case "exponential":
      return jitter.meanShare * harmonic(workers);
    case "pauses":
      // 1 - (1 - p)^n without losing digits for rare pauses.
      return jitter.chance >= 1
        ? jitter.lengthShare
        : jitter.lengthShare * -expm1(workers * log1p(-jitter.chance));
    case "quantiles":
      return maximumOfQuantiles(jitter.shares, workers);
  }
}

/** H(n) = 1 + 1/2 + … + 1/n; the expansion for large n is off by less than 1e-14. */
function harmonic(n: number): number {
  if (n > HARMONIC_SUM_MAX) {
    const square = n * n;
    const tail = 1 / (2 * n) - 1 / (12 * square) + 1 / (120 * square * square);
    return log(n) + EULER_GAMMA + tail;
  }
  let sum = 0;
  for (let k = n; k >= 1; k--) sum += 1 / k;
  return sum;
}

function maximumOfQuantiles(shares: readonly number[], workers: number): number {
  const steps = shares.length - 1;
  let sum = shares[0]!;
  for (let index = 0; index < steps; index++) {
    const below = pow(index / steps, workers + 1);
    const above = pow((index + 1) / steps, workers + 1);
    const meanPower = ((above - below) * steps) / (workers + 1);
    sum += (shares[index + 1]! - shares[index]!) * (1 - meanPower);
  }
  return sum;
}

/** Chance that one worker's share is at most x. */
function distribution(jitter: StepJitter, x: number): number {
  switch (jitter.kind) {
    case "none":
      return 1;
    case "exponential":
      return -expm1(-x / jitter.meanShare);
    case "pauses":
      return x >= jitter.lengthShare ? 1 : 1 - jitter.chance;
    case "quantiles": {
      const { shares } = jitter;
      if (x < shares[0]!) return 0;
      const above = shares.findIndex((share) => share > x);
      if (above === -1) return 1;
      const low = shares[above - 1]!;
      return (above - 1 + (x - low) / (shares[above]! - low)) / (shares.length - 1);
    }
  }
}

/** The integral between the points where a distribution jumps or bends, each part by Simpson's rule. */
function maximumOfSeveral(gang: readonly JitteredWorkers[]): number {
  const points = [...new Set([0, ...gang.flatMap(bends)])].sort((left, right) => left - right);
  const exceeds = (x: number): number =>
    1 - gang.reduce((all, { jitter, workers }) => all * pow(distribution(jitter, x), workers), 1);
  let sum = 0;
  for (let index = 1; index < points.length; index++) {
    sum += simpson(exceeds, points[index - 1]!, points[index]!);
  }
  return sum;
}

function bends({ jitter, workers }: JitteredWorkers): number[] {
  switch (jitter.kind) {
    case "none":
      return [];
    case "exponential": {
      // Doubling pieces follow the tail down to where one of the workers almost never is.
      const endShares = log(workers / TAIL_CHANCE);
      const ends: number[] = [];
      for (let end = endShares; end > endShares / 64; end /= 2) ends.push(jitter.meanShare * end);
      return ends;
    }
    case "pauses":
      return [jitter.lengthShare];
    case "quantiles":
      return [...jitter.shares];
  }
}

function simpson(f: (x: number) => number, from: number, to: number): number {
  // Just inside the ends: a distribution that jumps has its value of this side there.
  const inset = (to - from) * 1e-12;
  const width = (to - from) / PANELS;
  let sum = f(from + inset) + f(to - inset);
  for (let panel = 1; panel < PANELS; panel++)
    sum += (panel % 2 === 1 ? 4 : 2) * f(from + panel * width);
  return (sum * width) / 3;
}

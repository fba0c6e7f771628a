import { createRandomStreams } from "../../engine/streams.js";
import { momentsOf } from "../../stats/moments.js";
import { studentTQuantile } from "../../stats/student-t.js";
import { labelMetric } from "../run/metric-label.js";
import { formatQuantity } from "../run/format-quantity.js";
import { createPointRunner, type PointOutcome, type PointRunner } from "./evaluate-points.js";
import { overlayOf, valueText, type Factor } from "./factor.js";
import { findFlip, sameAnswer, sameDecision, type FlipSearch } from "./find-flip.js";
import { morrisEffects, morrisTrajectories } from "./morris.js";
import type { SensitivityRequest } from "./sensitivity-request.js";
import type {
  FactorSwing,
  Flip,
  GlobalEffect,
  SensitivityDocument,
  SwingEnd,
} from "./sensitivity-document.js";

type DecidedSearch = FlipSearch & Required<Pick<FlipSearch, "isSame">>;

/**
 * Varies every factor by itself (tornado), finds where the decision changes, and where asked for all factors
 * together (Morris), always on the random numbers of the scenario itself.
 *
 * @throws InputError when the range of a factor leaves what its field allows
 */
export async function runSensitivity(request: SensitivityRequest): Promise<SensitivityDocument> {
  const { factors, goals, confidence } = request;
  const runner = createPointRunner(request.pool, request);
  const points = [
    [],
    ...factors.flatMap((factor) => [at(factor, factor.low), at(factor, factor.high)]),
  ];
  const [base, ...ends] = (await runner.run(points)) as [PointOutcome, ...PointOutcome[]];
  const metric = request.metrics.length === 1 ? request.metrics[0]! : tightest(goals, base);
  const unit = request.unitOf(metric);
  const search: DecidedSearch = {
    isSame: request.decidedBy === "all goals" ? sameAnswer : sameDecision,
    ...(request.resolution === undefined ? {} : { resolution: request.resolution }),
  };
  const swings: FactorSwing[] = [];
  for (const [index, factor] of factors.entries()) {
    const outcomes = [ends[2 * index]!, ends[2 * index + 1]!] as const;
    const flip =
      request.unsearched?.has(factor.id) === true
        ? null
        : await flipOf(factor, base, outcomes, { runner, search });
    swings.push(swingOf(factor, { base, outcomes, flip, confidence, metric }));
  }
  const global = await globalEffects(request, metric, runner);
  const sorted = swings.sort((left, right) => (right.swing ?? -1) - (left.swing ?? -1));
  const goalsMet = base.goals.every(({ met }) => met);
  return {
    schema: "headroom/sensitivity/v1",
    version: request.version,
    scenario: request.name,
    question: request.question,
    decision: decisionOf(sorted, { metric, unit, goalsMet, hasGoals: goals.length > 0 }),
    seed: request.seed,
    replications: request.replications,
    confidence,
    metric,
    unit,
    base: meanOrNull(base.values.get(metric)!),
    goalsMet,
    goals: goals.map((goal, index) => ({
      id: goal.id,
      target: goal.target,
      unit: goal.unit,
      actual: base.goals[index]!.actual,
      met: base.goals[index]!.met,
    })),
    factors: sorted,
    global,
    trajectories: request.trajectories,
    notVaried: request.notVaried,
    runs: runner.runs,
    inputs: base.inputs,
  };
}

/** The metric of the goal with the least room to its target, as a share of it; the first of equals. */
function tightest(goals: SensitivityRequest["goals"], base: PointOutcome): string {
  const room = goals.map(({ target }, index) => {
    const { actual, met } = base.goals[index]!;
    if (actual === null) return 0;
    // A target of nothing that is met leaves no room to speak of.
    if (target === 0 && met) return Infinity;
    return Math.abs(actual - target) / (target === 0 ? 1 : Math.abs(target));
  });
  return goals[room.indexOf(Math.min(...room))]!.metric;
}

function at(factor: Factor, value: number) {
  const { path, value: text } = overlayOf(factor, value);
  return [{ path, value: text, source: `--vary ${path}=${text}` }];
}

async function flipOf(
  factor: Factor,
  base: PointOutcome,
  [low, high]: readonly [PointOutcome, PointOutcome],
  {
    runner,
    search,
  }: {
    readonly runner: PointRunner;
    readonly search: DecidedSearch;
  },
): Promise<Flip | null> {
  const ends = [
    { value: factor.low, outcome: low },
    { value: factor.high, outcome: high },
  ];
  const changed = ends.filter(({ outcome }) => !search.isSame(outcome, base));
  if (changed.length === 0) return null;
  if (factor.value === undefined) {
    // Where the scenario stands is not known: only a change from one end to the other has a place.
    const [start, end] = ends as [(typeof ends)[0], (typeof ends)[0]];
    if (search.isSame(start.outcome, end.outcome)) return null;
    return findFlip(factor, start, end, runner, search);
  }
  const from = { value: factor.value, outcome: base };
  const flips: Flip[] = [];
  for (const end of changed) flips.push(await findFlip(factor, from, end, runner, search));
  return flips.reduce((nearest, flip) =>
    Math.abs(flip.value - from.value) < Math.abs(nearest.value - from.value) ? flip : nearest,
  );
}

function swingOf(
  factor: Factor,
  found: {
    readonly base: PointOutcome;
    readonly outcomes: readonly [PointOutcome, PointOutcome];
    readonly flip: Flip | null;
    readonly confidence: number;
    readonly metric: string;
  },
): FactorSwing {
  const { outcomes, flip } = found;
  const low = endOf(factor, factor.low, outcomes[0], found);
  const high = endOf(factor, factor.high, outcomes[1], found);
  const sizes = [low.difference, high.difference].filter((size) => size !== null).map(Math.abs);
  const holdsZero = ({ interval, difference }: SwingEnd): boolean =>
    interval === null ? difference === 0 : interval[0] <= 0 && interval[1] >= 0;
  return {
    id: factor.id,
    label: factor.label,
    path: factor.path,
    value: factor.value ?? null,
    provenance: factor.provenance,
    source: factor.source,
    low,
    high,
    swing: sizes.length === 0 ? null : Math.max(...sizes),
    isUnclear: holdsZero(low) && holdsZero(high),
    flip,
  };
}

function endOf(
  factor: Factor,
  value: number,
  outcome: PointOutcome,
  against: {
    readonly base: PointOutcome;
    readonly metric: string;
    readonly confidence: number;
  },
): SwingEnd {
  const { base, metric, confidence } = against;
  const values = outcome.values.get(metric)!;
  const before = base.values.get(metric)!;
  // One value where nothing is drawn: it is the same in every replication.
  const differences = values.map(
    (one, index) => one - (before.length === 1 ? before[0]! : before[index]!),
  );
  const mean = meanOrNull(differences);
  return {
    value,
    text: valueText(factor, value),
    metric: meanOrNull(values),
    difference: mean,
    interval: mean === null ? null : intervalOf(differences, confidence),
    goalsMet: outcome.goals.every(({ met }) => met),
    missed: outcome.goals.filter(({ met }) => !met).map(({ id }) => id),
  };
}

function intervalOf(
  values: readonly number[],
  confidence: number,
): readonly [number, number] | null {
  if (values.length < 2) return null;
  const { mean, variance } = momentsOf(values);
  const quantile = studentTQuantile((1 + confidence) / 2, values.length - 1);
  const half = quantile * Math.sqrt(variance / values.length);
  return [mean - half, mean + half];
}

function meanOrNull(values: readonly number[]): number | null {
  return values.some((value) => !Number.isFinite(value)) ? null : momentsOf(values).mean;
}

async function globalEffects(
  { factors, trajectories: count, seed }: SensitivityRequest,
  metric: string,
  runner: PointRunner,
): Promise<readonly GlobalEffect[]> {
  if (count === 0 || factors.length === 0) return [];
  const random = createRandomStreams(seed).stream("sensitivity/morris");
  const trajectories = morrisTrajectories(factors.length, count, random);
  const points = trajectories.flatMap(({ points: walk }) =>
    walk.map((positions) =>
      factors.flatMap((factor, index) =>
        at(factor, factor.low + positions[index]! * (factor.high - factor.low)),
      ),
    ),
  );
  const outcomes = await runner.run(points);
  let next = 0;
  const outputs = trajectories.map(({ points: walk }) =>
    walk.map(() => meanOrNull(outcomes[next++]!.values.get(metric)!) ?? Number.NaN),
  );
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return morrisEffects(trajectories, outputs, factors.length).map((effect, index) => ({
    id: factors[index]!.id,
    meanAbsolute: orNull(effect.meanAbsolute),
    mean: orNull(effect.mean),
    deviation: orNull(effect.deviation),
  }));
}

function decisionOf(
  factors: readonly FactorSwing[],
  about: {
    readonly metric: string;
    readonly unit: string;
    readonly goalsMet: boolean;
    readonly hasGoals: boolean;
  },
): string {
  const { metric, unit, goalsMet, hasGoals } = about;
  const { phrase } = labelMetric(metric);
  const largest = factors.find(({ swing, isUnclear }) => swing !== null && swing > 0 && !isUnclear);
  const most =
    largest === undefined
      ? `None of the ${factors.length} numbers moves the ${phrase} noticeably.`
      : `${largest.label} moves the ${phrase} most: by up to ${formatQuantity(largest.swing!, unit)} between ${largest.low.text} and ${largest.high.text}.`;
  if (!hasGoals) return most;
  const flips = factors.filter(({ flip }) => flip !== null);
  if (flips.length === 0) {
    return `${goalsMet ? "All goals stay met" : "The same goals stay missed"} whatever each of the ${factors.length} numbers is within its range. ${most}`;
  }
  const said = flips.slice(0, 3).map(({ label, flip }) => `${label} is ${flip!.text}`);
  const more = flips.length > 3 ? `, or ${flips.length - 3} more` : "";
  return `The decision changes when ${said.join(", or when ")}${more}. ${most}`;
}

import type { Goal } from "../../scenario/resolved.js";
import type { PlanSpec } from "../../scenario/plan-spec.js";
import type { PlanEvaluator, PlanPoint } from "./evaluate.js";
import {
  countOfGroup,
  figuresOf,
  sunkCost,
  type PlanCandidate,
  type PlanFigures,
} from "./figures.js";
import { goalState, type GoalState } from "./feasibility.js";

/** Later looks add this share of replications, and at least so many. */
const MORE_SHARE = 0.25;
const MORE_MIN = 4;

/** A state of the cluster in which the goals must hold. */
export interface Situation {
  /** Undefined for the plan as it is; else the group that lacks nodes. */
  readonly without: { readonly group: string; readonly nodes: number } | undefined;
  readonly point: PlanPoint;
}

/** One goal in one situation. */
export interface GoalOutcome {
  readonly goal: Goal;
  readonly situation: Situation;
  /** Mean over replications; null where one gave no value. */
  readonly mean: number | null;
  readonly state: GoalState;
}

/** What was found out about a candidate. */
export interface Judgement {
  readonly candidate: PlanCandidate;
  readonly figures: PlanFigures;
  /** `unshown`: after the most replications some goal could not be told from its target. */
  readonly verdict: "meets" | "fails" | "unshown";
  /** Goals in the situations that were looked at; a failure ends the looking. */
  readonly outcomes: readonly GoalOutcome[];
  readonly replications: number;
  /** Cost over the horizon: exact, or the mean over replications. Undefined without prices. */
  readonly cost: number | undefined;
}

/** What judges need to know beside the candidate. */
export interface JudgeSetting {
  readonly spec: PlanSpec;
  readonly evaluator: PlanEvaluator;
  /** Wrong verdicts allowed, as a share, over all goals, plans and situations together. */
  readonly alpha: number;
  /** Verdicts that `alpha` is shared by. */
  readonly verdicts: number;
}

/** Situations of a candidate: as planned first, then without nodes of each group that has some. */
export function situationsOf(candidate: PlanCandidate, spec: PlanSpec): readonly Situation[] {
  const { family, counts } = candidate;
  const groupCounts = family.groups.map((group) => countOfGroup(group, counts));
  const asPlanned: Situation = { without: undefined, point: { family, groupCounts, load: 1 } };
  if (spec.surviveNodes === 0) return [asPlanned];
  const without = family.groups.flatMap((group, index): readonly Situation[] => {
    const count = groupCounts[index]!;
    if (count === 0) return [];
    const nodes = Math.min(count, spec.surviveNodes);
    const left = groupCounts.map((one, other) => (other === index ? count - nodes : one));
    return [
      { without: { group: group.name, nodes }, point: { family, groupCounts: left, load: 1 } },
    ];
  });
  return [asPlanned, ...without];
}

/** How far from its target a goal may be for either verdict to do. */
export function epsilonOf({ target, unit }: Goal, tolerance: number): number {
  if (target !== 0) return Math.abs(target) * tolerance;
  // A target of nothing has no share: half a thing, a second, a hundredth.
  return unit === "jobs" || unit === "stops" ? 0.5 : unit === "s" ? 1 : 0.01;
}

/**
 * Judges candidates side by side, replication by replication, until every goal is decided or the most replications
 * are reached. All of them see the same random streams.
 *
 * @param goals those that count
 */
export async function judgeAll(
  candidates: readonly PlanCandidate[],
  goals: readonly Goal[],
  setting: JudgeSetting,
): Promise<readonly Judgement[]> {
  const races = candidates.map((candidate) => createRace(candidate, setting.spec));
  for (;;) {
    const open = races.filter((race) => !isSettled(race, goals, setting));
    if (open.length === 0) break;
    await setting.evaluator.ensure(
      open.map((race) => ({
        point: race.situations[race.reached]!.point,
        replications: race.replications,
      })),
    );
  }
  return races.map((race) => judgementOf(race, goals, setting));
}

interface Race {
  readonly candidate: PlanCandidate;
  readonly situations: readonly Situation[];
  /** Situation that is being run. */
  reached: number;
  replications: number;
}

function createRace(candidate: PlanCandidate, spec: PlanSpec): Race {
  return {
    candidate,
    situations: situationsOf(candidate, spec),
    reached: 0,
    replications: spec.replicationsFirst,
  };
}

/** True when nothing is left to run; otherwise the race says what to run next. */
function isSettled(race: Race, goals: readonly Goal[], setting: JudgeSetting): boolean {
  const { spec, evaluator } = setting;
  for (;;) {
    const situation = race.situations[race.reached];
    if (situation === undefined) return true;
    const isRandom = evaluator.isRandom(situation.point);
    const wanted = isRandom ? race.replications : 1;
    if (evaluator.runsOf(situation.point).count < wanted) return false;
    const states = goals.map((goal) => stateOf(goal, situation, setting));
    if (states.includes("fails")) return true;
    if (states.every((state) => state === "meets")) {
      race.reached += 1;
      race.replications = spec.replicationsFirst;
      continue;
    }
    const next = looksOf(spec).find((look) => look > race.replications);
    if (!isRandom || next === undefined) return true;
    race.replications = next;
  }
}

/** Numbers of replications at which verdicts are asked for. */
export function looksOf({
  replicationsFirst,
  replicationsMax,
}: Pick<PlanSpec, "replicationsFirst" | "replicationsMax">): readonly number[] {
  const looks: number[] = [];
  for (let look = replicationsFirst; look < replicationsMax;) {
    looks.push(look);
    look += Math.max(MORE_MIN, Math.ceil(look * MORE_SHARE));
  }
  return [...looks, replicationsMax];
}

function stateOf(goal: Goal, { point }: Situation, setting: JudgeSetting): GoalState {
  const { spec, evaluator, alpha, verdicts } = setting;
  const values = evaluator.runsOf(point).valuesOf(goal.metric);
  if (!evaluator.isRandom(point)) {
    const [value = null] = values;
    return value !== null && isGood(goal, value) ? "meets" : "fails";
  }
  return goalState(goal, values, {
    beta: alpha / verdicts,
    epsilon: epsilonOf(goal, spec.tolerance),
    first: spec.replicationsFirst,
    looks: looksOf(spec),
  });
}

/** True for a value on the good side of the target, which is good itself. */
export function isGood(
  { comparison, target }: Pick<Goal, "comparison" | "target">,
  value: number,
): boolean {
  return comparison === "atMost" ? value <= target : value >= target;
}

/** Mean over replications; null where one gave no value. */
export function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}

function judgementOf(race: Race, goals: readonly Goal[], setting: JudgeSetting): Judgement {
  const { candidate, situations, reached } = race;
  const { evaluator, spec } = setting;
  const looked = situations.slice(0, reached + 1);
  const outcomes = looked.flatMap((situation) =>
    goals.map((goal): GoalOutcome => ({
      goal,
      situation,
      mean: meanOf(evaluator.runsOf(situation.point).valuesOf(goal.metric)),
      state: stateOf(goal, situation, setting),
    })),
  );
  const figures = figuresOf(candidate, spec);
  const runs = evaluator.runsOf(situations[0]!.point);
  return {
    candidate,
    figures,
    verdict: outcomes.some(({ state }) => state === "fails")
      ? "fails"
      : outcomes.every(({ state }) => state === "meets")
        ? "meets"
        : "unshown",
    outcomes,
    replications: runs.count,
    cost: costOf(candidate, figures, spec, runs.valuesOf("cost.total")),
  };
}

/** Cost over the horizon without what stands there already. */
function costOf(
  candidate: PlanCandidate,
  { costLow, isCostExact }: PlanFigures,
  spec: PlanSpec,
  totals: readonly (number | null)[],
): number | undefined {
  if (candidate.family.loaded.resolved.cost === undefined) return undefined;
  if (isCostExact) return costLow;
  const mean = meanOf(totals);
  // A cluster without nodes costs nothing.
  return mean === null ? costLow : Math.max(costLow, mean - sunkCost(candidate, spec));
}

/** What a plan has least of: money, or power. */
export function objectiveOf({ figures, cost }: Judgement, spec: PlanSpec): number {
  return spec.minimise === "power" ? figures.powerW : (cost ?? figures.costLow);
}

/** Room of a goal as a share of its target: 0.1 is 10 % to spare, below 0 is missed. */
export function marginOf(goal: Goal, mean: number | null): number {
  if (mean === null) return -Infinity;
  const room = goal.comparison === "atMost" ? goal.target - mean : mean - goal.target;
  // A target of nothing leaves no room to speak of: it is met, or missed by so much.
  if (goal.target === 0) return room >= 0 ? Infinity : room;
  return room / Math.abs(goal.target);
}

/** The goal with the least room; undefined where nothing was looked at. */
export function tightest(outcomes: readonly GoalOutcome[]): GoalOutcome | undefined {
  return outcomes.reduce<GoalOutcome | undefined>(
    (least, one) =>
      least === undefined || marginOf(one.goal, one.mean) < marginOf(least.goal, least.mean)
        ? one
        : least,
    undefined,
  );
}

import type { Goal } from "../../scenario/resolved.js";
import { replicationInterval } from "../../stats/confidence-interval.js";
import { feasibleEnds } from "../replicate/replication-intervals.js";
import type { PlanSpace } from "./family.js";
import { pValueOfMeeting } from "./feasibility.js";
import { pointOverlays, type PlanEvaluator, type PlanStage } from "./evaluate.js";
import {
  countOfGroup,
  figuresOf,
  LIMIT_KINDS,
  supplyOf,
  type PlanCandidate,
  type PlanFigures,
} from "./figures.js";
import {
  isGood,
  judgeAll,
  marginOf,
  meanOf,
  situationsOf,
  type JudgeSetting,
  type Situation,
} from "./judge.js";
import type {
  PlanGoalResult,
  PlanGroupResult,
  PlanLimitResult,
  PlanOption,
} from "./plan-document.js";

/** A plan in a few words: its nodes, then how every other decision goes. */
export function labelOf({ family, counts }: PlanCandidate): string {
  const several = family.groups.filter(({ dimension }) => dimension !== undefined).length > 1;
  const nodes = family.groups.flatMap((group) => {
    if (group.dimension === undefined) return [];
    const count = countOfGroup(group, counts);
    if (count === 0) return several ? [] : [`0 × ${group.label}`];
    return [
      `${count} × ${group.label}${isAmbiguous(family, group.label) ? ` (${group.name})` : ""}`,
    ];
  });
  const choices = family.choices.map(({ label }) => label);
  return [...(nodes.length === 0 && several ? ["no nodes"] : nodes), ...choices].join(", ");
}

function isAmbiguous(family: PlanCandidate["family"], label: string): boolean {
  return family.groups.filter((group) => group.label === label).length > 1;
}

/** Units of limits: amounts are in the currency. */
export function limitUnit(unit: string, currency: string | null): string {
  return unit === "currency" ? (currency ?? "") : unit;
}

/** Limits of the plan beside what a candidate needs. */
export function limitResults(
  space: PlanSpace,
  figures: PlanFigures,
  cost: number | null,
  currency: string | null,
): readonly PlanLimitResult[] {
  return LIMIT_KINDS.flatMap(({ id, label, unit, valueOf }): readonly PlanLimitResult[] => {
    const target = space.spec.limits[id];
    if (target === undefined) return [];
    const actual = id === "budget" ? (cost ?? valueOf(figures)) : valueOf(figures);
    return [{ id, label, unit: limitUnit(unit, currency), target, actual, met: actual <= target }];
  });
}

/**
 * Everything known of a plan, from replications of a stage.
 *
 * Situations beyond the first are run here where the search had no need of them.
 */
export async function describePlan(
  candidate: PlanCandidate,
  options: {
    readonly space: PlanSpace;
    readonly goals: readonly Goal[];
    readonly setting: JudgeSetting;
    readonly stage: PlanStage;
    readonly replications: number;
    readonly currency: string | null;
  },
): Promise<PlanOption> {
  const { space, goals, setting, stage, replications, currency } = options;
  const { spec } = space;
  const situations = situationsOf(candidate, spec);
  await setting.evaluator.ensure(
    situations.map(({ point }) => ({ point, replications })),
    stage,
  );
  const [judgement] = await judgeAll([candidate], goals, setting);
  const figures = figuresOf(candidate, spec);
  const cost = judgement!.cost ?? null;
  const isRandom = setting.evaluator.isRandom(situations[0]!.point);
  const results = situations.flatMap((situation) =>
    goals.map((goal) => goalResult(goal, situation, setting.evaluator, stage, spec.confidence)),
  );
  const limits = limitResults(space, figures, cost, currency);
  const isMet = results.every(({ met }) => met) && limits.every(({ met }) => met);
  return {
    label: labelOf(candidate),
    choices: choicesOf(candidate, space),
    groups: groupResults(candidate, space),
    cost,
    purchase: figures.purchase,
    powerW: figures.powerW,
    rackUnits: figures.rackUnits,
    nodes: figures.nodes,
    gpus: figures.gpus,
    deliveryS: figures.deliveryS,
    verdict: isMet ? "meets" : "fails",
    confidence: isRandom ? overallConfidence(results) : null,
    replications: setting.evaluator.runsOf(situations[0]!.point, stage).count,
    goals: results,
    limits,
    set: pointOverlays(situations[0]!.point, spec).map(({ path, value }) => `${path}=${value}`),
  };
}

/**
 * Confidence that all goals are met: 1 less the sum of the chances that each one is not (Bonferroni). Where one is
 * missed: that the one missed most is, over as many goals as could have been picked.
 */
export function overallConfidence(goals: readonly PlanGoalResult[]): number {
  const wrong = goals.map(({ confidence }) => 1 - (confidence ?? 0));
  if (goals.every(({ met }) => met)) return Math.max(0, 1 - wrong.reduce((sum, p) => sum + p, 0));
  const missed = goals.flatMap(({ met }, index) => (met ? [] : [wrong[index]!]));
  return Math.max(0, 1 - Math.min(...missed) * goals.length);
}

function goalResult(
  goal: Goal,
  { without, point }: Situation,
  evaluator: PlanEvaluator,
  stage: PlanStage,
  confidence: number,
): PlanGoalResult {
  const values = evaluator.runsOf(point, stage).valuesOf(goal.metric);
  const mean = meanOf(values);
  const met = mean !== null && isGood(goal, mean);
  const isRandom = evaluator.isRandom(point);
  const margin = marginOf(goal, mean);
  const { id, metric, comparison, target, unit } = goal;
  const wrong = pValueOfMeeting(goal, values);
  return {
    id,
    metric,
    comparison,
    target,
    unit,
    without:
      without === undefined
        ? null
        : `${without.nodes} ${without.nodes === 1 ? "node" : "nodes"} of ${without.group}`,
    mean,
    interval:
      isRandom && mean !== null
        ? intervalOf(metric, values as readonly number[], confidence)
        : null,
    margin: Number.isFinite(margin) ? margin : null,
    met,
    confidence: isRandom ? (met ? 1 - wrong : mean === null ? 1 : wrong) : null,
  };
}

function intervalOf(
  metric: string,
  values: readonly number[],
  confidence: number,
): readonly [number, number] | null {
  if (values.length < 2) return null;
  const { mean, halfWidth } = replicationInterval(values, confidence);
  const { low, high } = feasibleEnds(metric, mean, halfWidth);
  return [low, high];
}

function choicesOf({ family, counts }: PlanCandidate, space: PlanSpace): PlanOption["choices"] {
  return space.spec.decisions.map((decision) => {
    const dimension = space.countDecisions.indexOf(decision);
    return {
      decision: decision.name,
      choice:
        dimension === -1
          ? family.choices[space.otherDecisions.indexOf(decision)]!.label
          : String(counts[dimension]!),
    };
  });
}

function groupResults(
  { family, counts }: PlanCandidate,
  space: PlanSpace,
): readonly PlanGroupResult[] {
  return family.groups.map((group) => {
    const nodes = countOfGroup(group, counts);
    return {
      name: group.name,
      label: group.label,
      nodes,
      have: Math.min(nodes, supplyOf(space.spec, group.name).have),
      hosting: group.hosting ?? null,
      isBought: group.purchase !== undefined,
      isDecided: group.dimension !== undefined,
    };
  });
}

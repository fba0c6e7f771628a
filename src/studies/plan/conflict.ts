import type { PlanLimits } from "../../scenario/plan-spec.js";
import type { Goal } from "../../scenario/resolved.js";
import { formatQuantity } from "../run/format-quantity.js";
import type { PlanSpace } from "./family.js";
import { LIMIT_KINDS } from "./figures.js";
import { labelOf, limitUnit } from "./describe.js";
import {
  isGood,
  judgeAll,
  marginOf,
  meanOf,
  objectiveOf,
  situationsOf,
  type JudgeSetting,
} from "./judge.js";
import type { PlanConflictResult } from "./plan-document.js";
import { candidatesOf, searchPlans, type SearchConstraints } from "./search.js";

type Constraint =
  | { readonly kind: "goal"; readonly goal: Goal }
  | { readonly kind: "limit"; readonly id: keyof PlanLimits };

/** Families whose largest plan is run to see how near a goal one gets. */
const FAMILIES_TRIED_MAX = 12;

/**
 * Finds which goals and limits exclude each other: constraints are left out one by one, and those without which
 * there is still no plan are left out for good (deletion filter). What remains is a smallest conflict: leaving out any one of
 * it, there is a plan.
 */
export async function findConflict(
  space: PlanSpace,
  goals: readonly Goal[],
  setting: JudgeSetting,
  currency: string | null,
): Promise<PlanConflictResult> {
  const limits = LIMIT_KINDS.filter(({ id }) => space.spec.limits[id] !== undefined);
  let kept: readonly Constraint[] = [
    ...goals.map((goal): Constraint => ({ kind: "goal", goal })),
    ...limits.map(({ id }): Constraint => ({ kind: "limit", id })),
  ];
  for (const constraint of [...kept]) {
    const fewer = kept.filter((one) => one !== constraint);
    const { best } = await searchPlans(space, constraintsOf(fewer), setting);
    if (best === undefined) kept = fewer;
  }
  const evidence: string[] = [];
  for (const constraint of kept) {
    evidence.push(await evidenceWithout(constraint, kept, space, setting, currency));
  }
  return {
    constraints: kept.map((one) => (one.kind === "goal" ? one.goal.id : one.id)),
    evidence,
    isProven: false,
  };
}

function constraintsOf(constraints: readonly Constraint[]): SearchConstraints {
  return {
    goals: constraints.flatMap((one) => (one.kind === "goal" ? [one.goal] : [])),
    limits: constraints.flatMap((one) => (one.kind === "limit" ? [one.id] : [])),
    // What is required follows from all goals together; with fewer goals less may be.
    requirements: [],
  };
}

/** The plan that there is without one constraint, and how far it is from it. */
async function evidenceWithout(
  constraint: Constraint,
  kept: readonly Constraint[],
  space: PlanSpace,
  setting: JudgeSetting,
  currency: string | null,
): Promise<string> {
  const others = kept.filter((one) => one !== constraint);
  const words = (one: Constraint): string => `“${constraintWords(one, space, currency)}”`;
  if (others.length === 0) return alone(constraint, space, setting, currency);
  const { best } = await searchPlans(space, constraintsOf(others), setting);
  if (best?.judgement === undefined) return `${words(constraint)} alone cannot be met.`;
  const amount = objectiveOf(best.judgement, space.spec);
  const unit = space.spec.minimise === "power" ? "W" : (currency ?? "");
  const cheapest = `${labelOf(best.candidate)} for ${formatQuantity(amount, unit)}`;
  const misses = await missedBy(constraint, best.candidate, space, setting, currency);
  return `Without ${words(constraint)} there is a plan (${cheapest}), which misses it: ${misses}.`;
}

/** How a plan that meets everything else stands to a constraint. */
async function missedBy(
  constraint: Constraint,
  candidate: Parameters<typeof labelOf>[0],
  space: PlanSpace,
  setting: JudgeSetting,
  currency: string | null,
): Promise<string> {
  if (constraint.kind === "limit") {
    const kind = LIMIT_KINDS.find(({ id }) => id === constraint.id)!;
    const [judgement] = await judgeAll([candidate], [], setting);
    const { figures, cost } = judgement!;
    const value = constraint.id === "budget" ? (cost ?? figures.costLow) : kind.valueOf(figures);
    return formatQuantity(value, limitUnit(kind.unit, currency));
  }
  const { goal } = constraint;
  await judgeAll([candidate], [goal], setting);
  const means = situationsOf(candidate, space.spec).map(({ point }) =>
    meanOf(setting.evaluator.runsOf(point).valuesOf(goal.metric)),
  );
  const worst = means.find((mean) => mean === null || !isGood(goal, mean));
  return worst === undefined || worst === null
    ? "it could not be shown"
    : formatQuantity(worst, goal.unit);
}

/** A constraint that no plan meets, whatever else is asked: how near the nearest gets. */
async function alone(
  constraint: Constraint,
  space: PlanSpace,
  setting: JudgeSetting,
  currency: string | null,
): Promise<string> {
  const entries = candidatesOf(space);
  if (constraint.kind === "limit") {
    const kind = LIMIT_KINDS.find(({ id }) => id === constraint.id)!;
    const least = Math.min(...entries.map(({ figures }) => kind.valueOf(figures)));
    return `No plan is within “${constraintWords(constraint, space, currency)}”: the least is ${formatQuantity(least, limitUnit(kind.unit, currency))}.`;
  }
  const { goal } = constraint;
  const largest = space.families
    .slice(0, FAMILIES_TRIED_MAX)
    .map((family) => entries.filter(({ candidate }) => candidate.family === family).at(-1)!);
  await judgeAll([...largest.map(({ candidate }) => candidate)], [goal], setting);
  const values = entries.flatMap(({ candidate }) => {
    const { point } = situationsOf(candidate, space.spec)[0]!;
    const mean = meanOf(setting.evaluator.runsOf(point).valuesOf(goal.metric));
    return mean === null ? [] : [{ candidate, mean }];
  });
  values.sort((left, right) => marginOf(goal, right.mean) - marginOf(goal, left.mean));
  const [nearest] = values;
  const words = `“${constraintWords(constraint, space, currency)}”`;
  return nearest === undefined
    ? `No plan gives a value for ${words}.`
    : `No plan meets ${words}, whatever it costs: the nearest is ${formatQuantity(nearest.mean, goal.unit)} by ${labelOf(nearest.candidate)}.`;
}

/** A goal or limit with its target, in words. */
function constraintWords(
  constraint: Constraint,
  space: PlanSpace,
  currency: string | null,
): string {
  if (constraint.kind === "goal") {
    const { id, comparison, target, unit } = constraint.goal;
    return `${id} ${comparison === "atMost" ? "≤" : "≥"} ${formatQuantity(target, unit)}`;
  }
  const { unit } = LIMIT_KINDS.find(({ id }) => id === constraint.id)!;
  const target = formatQuantity(space.spec.limits[constraint.id]!, limitUnit(unit, currency));
  // "nodes ≤ 9" and not "nodes ≤ 9 nodes".
  return `${constraint.id} ≤ ${target.replace(/ (nodes|rack units)$/, "")}`;
}

/**
 * A conflict of the budget that follows from what every plan needs: nothing has to be run.
 *
 * Goals without which the bound is still above the budget are left out, one by one.
 *
 * @param boundOf proven bound for some of the goals; null when nothing can be proven
 */
export function provenConflict(
  space: PlanSpace,
  goals: readonly Goal[],
  boundOf: (goals: readonly Goal[]) => number | null,
  currency: string | null,
): PlanConflictResult | undefined {
  const { budget } = space.spec.limits;
  if (budget === undefined || space.spec.minimise !== "cost") return undefined;
  const isAbove = (some: readonly Goal[]): boolean => (boundOf(some) ?? 0) > budget;
  if (!isAbove(goals)) return undefined;
  let kept = goals;
  for (const goal of goals) {
    const fewer = kept.filter((one) => one !== goal);
    if (isAbove(fewer)) kept = fewer;
  }
  const amount = (value: number): string => formatQuantity(value, currency ?? "");
  return {
    constraints: [...kept.map(({ id }) => id), "budget"],
    evidence: [
      `Every plan of the space that meets the goals costs at least ${amount(boundOf(goals)!)}, and plan.limits.budget is ${amount(budget)}.`,
    ],
    isProven: true,
  };
}

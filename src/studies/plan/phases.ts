import type { Goal } from "../../scenario/resolved.js";
import type { PlanSpec } from "../../scenario/plan-spec.js";
import { countOfGroup, deliveryOf, supplyOf, type PlanCandidate } from "./figures.js";
import type { PlanEvaluator, PlanPoint } from "./evaluate.js";
import { isGood, marginOf, meanOf } from "./judge.js";
import type { PlanOrderResult, PlanPhaseResult } from "./plan-document.js";

/** Phases that are simulated; of more arrivals those between the first and the last are thinned evenly. */
const PHASES_MAX = 10;

/** Nodes of every group that are there at a time, in seconds from today. */
export function nodesAt(
  candidate: PlanCandidate,
  spec: PlanSpec,
  timeS: number,
): readonly number[] {
  return candidate.family.groups.map((group) => {
    const count = countOfGroup(group, candidate.counts);
    const { leadTimeS, batch, everyS, have } = supplyOf(spec, group.name);
    const missing = Math.max(0, count - have);
    if (timeS < leadTimeS) return count - missing;
    if (!Number.isFinite(batch)) return count;
    const arrivals = Math.floor((timeS - leadTimeS) / everyS + 1e-9) + 1;
    return count - missing + Math.min(missing, arrivals * batch);
  });
}

/** Times at which something arrives, from today. */
function arrivalTimes(candidate: PlanCandidate, spec: PlanSpec): readonly number[] {
  const times = new Set<number>([0]);
  for (const group of candidate.family.groups) {
    const { leadTimeS, batch, everyS, have } = supplyOf(spec, group.name);
    const missing = countOfGroup(group, candidate.counts) - have;
    if (missing <= 0) continue;
    const arrivals = Number.isFinite(batch) ? Math.ceil(missing / batch) : 1;
    for (let index = 0; index < arrivals; index++) times.add(leadTimeS + index * everyS);
  }
  const sorted = [...times].sort((left, right) => left - right);
  if (sorted.length <= PHASES_MAX) return sorted;
  const step = (sorted.length - 1) / (PHASES_MAX - 1);
  return Array.from({ length: PHASES_MAX }, (_, index) => sorted[Math.round(index * step)]!);
}

/** What is there when, and whether today's demand meets the goals on it. */
export async function phasesOf(
  candidate: PlanCandidate,
  goals: readonly Goal[],
  spec: PlanSpec,
  evaluator: PlanEvaluator,
): Promise<readonly PlanPhaseResult[]> {
  const { family } = candidate;
  const times = arrivalTimes(candidate, spec);
  const points = times.map((timeS): PlanPoint => ({
    family,
    groupCounts: nodesAt(candidate, spec, timeS),
    load: 1,
  }));
  await evaluator.ensure(points.map((point) => ({ point, replications: spec.replicationsFirst })));
  return points.map((point, index): PlanPhaseResult => {
    const before = index === 0 ? undefined : points[index - 1]!.groupCounts;
    const outcomes = goals.map((goal) => {
      const mean = meanOf(evaluator.runsOf(point).valuesOf(goal.metric));
      return { goal, mean, margin: marginOf(goal, mean), met: mean !== null && isGood(goal, mean) };
    });
    const [tightest] = [...outcomes].sort((left, right) => left.margin - right.margin);
    const hasNodes = point.groupCounts.some((count) => count > 0);
    const named = (count: (group: number) => number) =>
      family.groups.map(({ name }, group) => ({ name, nodes: count(group) }));
    return {
      fromS: times[index]!,
      groups: named((group) => point.groupCounts[group]!),
      arrived: named((group) => point.groupCounts[group]! - (before?.[group] ?? 0)).filter(
        ({ nodes }) => nodes > 0,
      ),
      meets: outcomes.every(({ met }) => met),
      tightestGoal: hasNodes ? (tightest?.goal.id ?? null) : null,
      tightestMean: hasNodes ? (tightest?.mean ?? null) : null,
      tightestUnit: hasNodes ? (tightest?.goal.unit ?? null) : null,
    };
  });
}

/** What to order: what takes longest stands first. Groups that are all there already are left out. */
export function ordersOf(candidate: PlanCandidate, spec: PlanSpec): readonly PlanOrderResult[] {
  const { delivery } = spec.limits;
  return candidate.family.groups
    .flatMap((group): readonly PlanOrderResult[] => {
      const count = countOfGroup(group, candidate.counts);
      const supply = supplyOf(spec, group.name);
      const nodes = Math.max(0, count - supply.have);
      if (nodes === 0) return [];
      const takesS = deliveryOf(supply, count);
      return [
        {
          group: group.name,
          nodes,
          takesS,
          orderByS: delivery === undefined ? null : Math.max(0, delivery - takesS),
        },
      ];
    })
    .sort((left, right) => right.takesS - left.takesS);
}

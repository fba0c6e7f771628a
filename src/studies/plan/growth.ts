import { log } from "../../base/elementary.js";
import type { Goal } from "../../scenario/resolved.js";
import type { PlanSpec } from "../../scenario/plan-spec.js";
import { isGood, marginOf, meanOf, situationsOf } from "./judge.js";
import type { PlanEvaluator } from "./evaluate.js";
import type { PlanCandidate } from "./figures.js";
import type { PlanGrowthResult } from "./plan-document.js";

/** Loads are whole percents above today's, and the answer is found to two of them or this share of the growth. */
const PERCENT = 100;
const STEP_PERCENT = 2;
const STEP_SHARE = 0.05;
/** First growth that is tried; then twice as much, until a goal is missed. */
const FIRST_PERCENT = 5;

/**
 * Simulates a plan with more and more of today's load until a goal is missed on average.
 *
 * Loads are doubled, then halved: it is taken that more load is never easier, and the load just above the answer was
 * run and misses. Every load is the mean of the same random streams.
 */
export async function growthOf(
  candidate: PlanCandidate,
  goals: readonly Goal[],
  spec: PlanSpec,
  evaluator: PlanEvaluator,
): Promise<PlanGrowthResult> {
  const replications = spec.replicationsFirst;
  const missedAt = async (percent: number): Promise<Goal | undefined> => {
    const load = 1 + percent / PERCENT;
    const points = situationsOf(candidate, spec).map(({ point }) => ({ ...point, load }));
    await evaluator.ensure(points.map((point) => ({ point, replications })));
    const missed = points.flatMap((point) =>
      goals.flatMap((goal) => {
        const mean = meanOf(evaluator.runsOf(point).valuesOf(goal.metric));
        return mean !== null && isGood(goal, mean) ? [] : [{ goal, margin: marginOf(goal, mean) }];
      }),
    );
    missed.sort((left, right) => left.margin - right.margin);
    return missed[0]?.goal;
  };
  const most = Math.floor((spec.growthMax - 1) * PERCENT + 1e-9);
  let meets = 0;
  let fails: number | undefined;
  let goal: Goal | undefined;
  for (let percent = Math.min(FIRST_PERCENT, most); fails === undefined && meets < most;) {
    const missed = await missedAt(percent);
    if (missed === undefined) {
      meets = percent;
      percent = Math.min(most, percent * 2);
    } else [fails, goal] = [percent, missed];
  }
  while (fails !== undefined && fails - meets > Math.max(STEP_PERCENT, STEP_SHARE * fails)) {
    const middle = Math.round((meets + fails) / 2);
    const missed = await missedAt(middle);
    if (missed === undefined) meets = middle;
    else [fails, goal] = [middle, missed];
  }
  const monthly = spec.growthPerMonth;
  return {
    meetsUpTo: meets / PERCENT,
    failsAt: fails === undefined ? null : fails / PERCENT,
    goal: goal?.id ?? null,
    replications,
    months:
      monthly === undefined || monthly <= 0 ? null : log(1 + meets / PERCENT) / log(1 + monthly),
  };
}

import { createPlanEvaluator } from "../../src/studies/plan/evaluate.js";
import { loadFamilies, type PlanSpace } from "../../src/studies/plan/family.js";
import { brokenLimits, candidatesOf } from "../../src/studies/plan/search.js";
import { judgeAll, objectiveOf } from "../../src/studies/plan/judge.js";
import { requirementsOf } from "../../src/studies/plan/bound/prove.js";
import { unitsOf } from "../../src/studies/plan/bound/prove.js";
import { createScenarioPool } from "../../src/studies/pool/scenario-pool.js";
import { loadScenario } from "../../src/io/load-scenario.js";
import type { Goal } from "../../src/scenario/resolved.js";
import type { PlanLimits } from "../../src/scenario/plan-spec.js";

/** What running every candidate of a plan gave. */
export interface BruteForce {
  readonly candidates: number;
  /** Least of what is minimised over all candidates that meet everything; undefined when none does. */
  readonly optimum: number | undefined;
  /** Candidates that meet every goal although a requirement of the bound says they cannot: defects. */
  readonly contradictions: readonly string[];
}

/** Runs every candidate of the plan of a scenario, and keeps nothing from the search under test but its verdicts. */
export async function bruteForce(path: string): Promise<BruteForce> {
  const traces = new Map();
  const scenario = await loadScenario({ path, traces });
  const spec = scenario.scenario.plan!;
  const start = {
    spec,
    base: { path, overlays: [] },
    seed: scenario.seed,
    countDecisions: spec.decisions.filter(({ group }) => group !== undefined),
    otherDecisions: spec.decisions.filter(({ group }) => group === undefined),
  };
  const space: PlanSpace = {
    ...start,
    families: await loadFamilies(start, traces, () => undefined),
  };
  const pool = createScenarioPool({ inProcess: true });
  const goals: readonly Goal[] = [
    ...scenario.scenario.base.goals,
    {
      id: "every job can be placed",
      metric: "jobs.neverPlaceable",
      comparison: "atMost",
      target: 0,
      unit: "jobs",
    },
  ];
  const metrics = [...goals.map(({ metric }) => metric), "cost.total"];
  const evaluator = createPlanEvaluator({ space, pool, metrics, onRun: () => undefined });
  const setting = { spec, evaluator, alpha: 0.05, verdicts: 1 };
  const entries = candidatesOf(space);
  const required = space.families.map((family) => requirementsOf(family, space, goals));
  const limits = Object.keys(spec.limits) as (keyof PlanLimits)[];
  const contradictions: string[] = [];
  let optimum: number | undefined;
  for (const { candidate, figures } of entries) {
    const [judgement] = await judgeAll([candidate], goals, setting);
    if (judgement!.verdict !== "meets") continue;
    const { family, counts } = candidate;
    for (const requirement of required[family.index]!) {
      if (unitsOf(requirement, family, counts) >= requirement.atLeast * (1 - 1e-9)) continue;
      contradictions.push(
        `${counts.join(",")} of family ${family.index}: ${JSON.stringify(requirement)}`,
      );
    }
    if (brokenLimits(figures, spec.limits, limits).length > 0) continue;
    const objective = objectiveOf(judgement!, spec);
    if ((judgement!.cost ?? 0) > (spec.limits.budget ?? Infinity)) continue;
    if (optimum === undefined || objective < optimum) optimum = objective;
  }
  await pool.close();
  return { candidates: entries.length, optimum, contradictions };
}

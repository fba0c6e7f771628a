import { InputError } from "../../diagnostics/problem.js";
import { loadScenario, type LoadedScenario } from "../../io/load-scenario.js";
import type { LoadedTrace } from "../../io/scenario-traces.js";
import { VERSION } from "../../io/version.js";
import { parseSetArgument } from "../../scenario/apply-overlays.js";
import type { PlanSpec } from "../../scenario/plan-spec.js";
import type { Goal } from "../../scenario/resolved.js";
import { createScenarioPool, type ScenarioPool } from "../pool/scenario-pool.js";
import { gatherAssumptions } from "../run/gather-assumptions.js";
import { afterAnswer, NO_ANSWER } from "./after-answer.js";
import { planAnswer, type AnswerInput } from "./answer.js";
import { proveFamilyBound, type FamilyBound } from "./bound/prove.js";
import type { Requirement } from "./bound/requirements.js";
import { createCountSolver } from "./bound/solve.js";
import { findConflict, provenConflict } from "./conflict.js";
import { createPlanEvaluator } from "./evaluate.js";
import { loadFamilies, type PlanSpace } from "./family.js";
import { LIMIT_KINDS } from "./figures.js";
import type { JudgeSetting } from "./judge.js";
import type { PlanDocument } from "./plan-document.js";
import { boundResult, planWarnings, spaceResult, triedPlans } from "./plan-results.js";
import { noSearch, searchPlans, type SearchConstraints, type SearchResult } from "./search.js";
import { chooseOptions } from "./choose.js";

/** What `headroom plan` was asked. */
export interface PlanOptions {
  readonly path: string;
  /** Arguments of `--set`. */
  readonly sets: readonly string[];
  readonly allowedFolders: readonly string[];
  readonly seed?: number;
  /** Worker threads; all cores when absent. */
  readonly threads?: number;
  /** False leaves out which assumed numbers would change the answer. */
  readonly sensitivity?: boolean;
  /** True works in this thread. */
  readonly inProcess?: boolean;
  readonly signal?: AbortSignal;
  /** Called with a few words on what is going on. */
  readonly onProgress?: (text: string) => void;
}

/** A jobs goal that every plan has unless the scenario has its own: what can never be placed is in no wait. */
const EVERY_JOB_FITS: Goal = {
  id: "every job can be placed",
  metric: "jobs.neverPlaceable",
  comparison: "atMost",
  target: 0,
  unit: "jobs",
};

/**
 * Finds the cheapest plan of a scenario that meets its goals.
 *
 * @throws InputError when the scenario or its plan section is not in order, or has none
 */
export async function runPlan(options: PlanOptions): Promise<PlanDocument> {
  const { onProgress = () => undefined } = options;
  onProgress(`reading ${options.path}`);
  const traces = new Map<string, LoadedTrace>();
  const scenario = await loadScenario({
    path: options.path,
    sets: options.sets,
    allowedFolders: options.allowedFolders,
    traces,
  });
  const spec = planOf(scenario);
  const start = {
    spec,
    base: {
      path: options.path,
      overlays: options.sets.map(parseSetArgument),
      allowedFolders: options.allowedFolders,
    },
    seed: options.seed ?? scenario.seed,
    countDecisions: spec.decisions.filter(({ group }) => group !== undefined),
    otherDecisions: spec.decisions.filter(({ group }) => group === undefined),
  };
  const families = await loadFamilies(start, traces, (index, count) =>
    onProgress(`reading combination ${index + 1} of ${count}`),
  );
  const pool = createScenarioPool({
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    inProcess: options.inProcess ?? false,
  });
  try {
    return await planWith({ ...start, families }, scenario, pool, {
      onProgress,
      withSensitivity: options.sensitivity ?? true,
    });
  } finally {
    await pool.close();
  }
}

function planOf({ scenario }: LoadedScenario): PlanSpec {
  if (scenario.plan !== undefined) return scenario.plan;
  throw new InputError([
    {
      file: scenario.file,
      rule: "missing-field",
      path: "plan",
      message: "the scenario has no section plan: nothing says what may be bought",
      help: 'for example: plan: {decide: [{path: "cluster.nodes[h100].count", range: {from: 8, to: 20}}]}; headroom explain plan',
    },
  ]);
}

async function planWith(
  space: PlanSpace,
  scenario: LoadedScenario,
  pool: ScenarioPool,
  {
    onProgress,
    withSensitivity,
  }: { readonly onProgress: (text: string) => void; readonly withSensitivity: boolean },
): Promise<PlanDocument> {
  const { spec } = space;
  const goals = goalsOf(scenario.scenario.base.goals, scenario.base.jobs.count);
  const currency = scenario.scenario.base.cost?.currency ?? null;
  onProgress("proving a lower bound");
  const boundsFor = await boundsOf(space);
  const bounds = boundsFor(goals);
  const requirements = bounds.map((bound) => bound.requirements);
  let stage = "looking for the answer";
  const evaluator = createPlanEvaluator({
    space,
    pool,
    metrics: [...new Set([...goals.map(({ metric }) => metric), "cost.total"])],
    onRun: (runs) => onProgress(`${stage}: ${runs} runs`),
  });
  const limits = LIMIT_KINDS.map(({ id }) => id).filter((id) => spec.limits[id] !== undefined);
  const setting: JudgeSetting = {
    spec,
    evaluator,
    alpha: 1 - spec.confidence,
    verdicts: Math.max(1, goals.length * candidateCount(space) * situationCount(space)),
  };
  const constraints: SearchConstraints = { goals, limits, requirements };
  const proven = provenConflict(space, goals, (some) => boundValue(boundsFor(some)), currency);
  const search =
    proven === undefined
      ? await searchPlans(space, constraints, setting)
      : noSearch(space, constraints);
  const chosen =
    search.best === undefined
      ? undefined
      : await chooseOptions(search, { space, constraints, setting, currency });
  const answered: SearchResult = chosen?.search ?? search;
  const { best } = chosen ?? {};
  stage = best === undefined ? "looking for what conflicts" : "growth and phases";
  const conflict =
    best === undefined ? (proven ?? (await findConflict(space, goals, setting, currency))) : null;
  const cheaper = chosen?.cheaper ?? null;
  const after =
    best === undefined
      ? NO_ANSWER
      : await afterAnswer(best, {
          ...{ space, scenario, pool, goals, evaluator, currency, cheaper, withSensitivity },
          onSensitivity: (runs) => onProgress(`what the answer rests on: ${runs} runs`),
        });
  const document: AnswerInput = {
    ...headOf(space, scenario, currency),
    space: spaceResult(space, answered, evaluator.runs),
    best: best?.option ?? null,
    cheaper: cheaper?.option ?? null,
    safer: chosen?.safer ?? null,
    bound: boundResult(space, bounds, best?.objective),
    tried: triedPlans(answered, space, goals),
    ...after,
    conflict,
    assumptions: assumptionsOf(space),
    warnings: [...scenario.warnings, ...planWarnings(space, scenario, answered)],
  };
  return { ...document, answer: planAnswer(document) };
}

/** What all combinations of choices rest on, each number once. */
function assumptionsOf({ families }: PlanSpace): PlanDocument["assumptions"] {
  const [first, ...others] = families;
  return gatherAssumptions(
    first!.loaded.resolved.assumptions,
    others.map(({ loaded, choices }) => ({
      ...loaded.resolved,
      name: choices.map(({ label }) => label).join(", "),
    })),
  );
}

/** What is known before anything was run. */
function headOf(space: PlanSpace, { scenario, inputs }: LoadedScenario, currency: string | null) {
  const { spec } = space;
  return {
    schema: "headroom/plan/v1" as const,
    version: VERSION,
    scenario: scenario.name,
    question: scenario.question ?? null,
    seed: space.seed,
    inputs,
    minimise: spec.minimise,
    currency,
    horizonS: spec.horizonS,
    confidence: spec.confidence,
    isRandom: space.families.some(({ loaded }) => loaded.resolved.isRandom),
  };
}

/** Goals of the scenario, and that every job can be placed where it does not say otherwise. */
function goalsOf(goals: readonly Goal[], jobs: number): readonly Goal[] {
  const isSaid = goals.some(({ metric }) => metric === "jobs.neverPlaceable");
  return isSaid || jobs === 0 ? goals : [...goals, EVERY_JOB_FITS];
}

/** Proves the bounds of all families for some of the goals. */
async function boundsOf(
  space: PlanSpace,
): Promise<(goals: readonly Goal[]) => readonly FamilyBound[]> {
  const solver = await createCountSolver();
  const known = new Map<string, readonly Requirement[]>();
  return (goals) =>
    space.families.map((family) => proveFamilyBound(family, space, solver, goals, known));
}

function boundValue(bounds: readonly FamilyBound[]): number | null {
  const values = bounds.flatMap(({ solution }) =>
    solution.kind === "optimal" ? [solution.bound] : [],
  );
  return values.length === 0 ? null : Math.min(...values);
}

function candidateCount({ countDecisions, families }: PlanSpace): number {
  return countDecisions.reduce((size, { choices }) => size * choices.length, families.length);
}

function situationCount({ families, spec }: PlanSpace): number {
  return spec.surviveNodes === 0 ? 1 : 1 + Math.max(...families.map(({ groups }) => groups.length));
}

import { InputError } from "../../../diagnostics/problem.js";
import { VERSION } from "../../../io/version.js";
import { parseSetArgument, type ScenarioOverlay } from "../../../scenario/apply-overlays.js";
import { joinFleetNames } from "../../../scenario/fleet/fleet-names.js";
import { fleetUnitOf } from "../../../scenario/fleet/fleet-metrics.js";
import { valuesOfDecision } from "../../../scenario/fleet/fleet-plan.js";
import {
  FLEET_PLAN_DEFAULTS,
  type FleetPlanInput,
} from "../../../scenario/fleet/schema/fleet-plan-schema.js";
import { indifferenceOf } from "../../compare/compare-metrics.js";
import { judgeGoals, type JudgedGoal } from "../../compare/judge-goals.js";
import { loadUnitFleet } from "../../pool/fleet-unit.js";
import type { ScenarioPool } from "../../pool/scenario-pool.js";
import type { UnitScenario } from "../../pool/unit.js";
import { loadFleetConfiguration, type FleetConfiguration } from "../fleet-configuration.js";
import { createFleetRuns, meanOfRuns, valuesOfRuns, type FleetRuns } from "../fleet-runs.js";
import { fleetPlanAnswer } from "./fleet-plan-answer.js";
import type { FleetPlanCandidate, FleetPlanDocument } from "./fleet-plan-document.js";

/** What a plan of a fleet depends on. */
export interface FleetPlanRequest {
  readonly path: string;
  /** Arguments of `--set`. */
  readonly sets: readonly string[];
  readonly allowedFolders: readonly string[];
  readonly seed?: number;
}

interface Candidate {
  readonly values: readonly string[];
  readonly configuration: FleetConfiguration;
}

/**
 * Simulates every combination of what is decided on the same random numbers, and takes the one with least of the
 * objective among those that are shown to meet every goal. All goals of all plans are judged together.
 *
 * @throws InputError when the fleet has no plan, or some combination is no fleet
 */
export async function runFleetPlan(
  request: FleetPlanRequest,
  pool: ScenarioPool,
  onProgress: (text: string) => void = () => undefined,
): Promise<FleetPlanDocument> {
  const overlays = request.sets.map(parseSetArgument);
  const unit: UnitScenario = {
    path: request.path,
    overlays,
    allowedFolders: request.allowedFolders,
  };
  const loaded = await loadUnitFleet(unit);
  const { goals, statistics } = loaded.fleet;
  const plan = planOf(loaded.fleet.plan, request.path);
  const seed = request.seed ?? loaded.fleet.seed;
  const candidates = await readCandidates(unit, plan.decide, onProgress);
  const configurations = candidates.map(({ configuration }) => configuration);
  const runs = createFleetRuns(configurations, {
    pool,
    seed,
    onProgress: (done) => {
      onProgress(`simulating ${candidates.length} plans: ${done} runs done`);
    },
  });
  await runs.extendTo(1);
  const isDrawn = configurations.some((_, index) => runs.isRandom(index));
  const replications = isDrawn ? (plan.replications ?? FLEET_PLAN_DEFAULTS.replications) : 1;
  await runs.extendTo(replications);
  const judged = judgePlans(candidates, runs, {
    replications,
    minimise: plan.minimise,
    alpha: 1 - statistics.confidence,
    isDrawn,
  });
  const plans = judged.map(({ plan: one }) => one);
  const best = plans.findIndex(
    ({ verdict, objective }) => verdict === "meets" && objective !== null,
  );
  const belowBest = best === -1 ? null : lastBelow(plans, best);
  const unitOf = fleetUnitOf(plan.minimise, loaded.fleet.prices?.currency);
  const document = {
    schema: "headroom/fleet-plan/v1",
    version: VERSION,
    fleet: loaded.fleet.name,
    question: loaded.fleet.question ?? null,
    seed,
    minimise: { metric: plan.minimise, unit: unitOf },
    decisions: plan.decide.map(({ name, path }) => ({ name: name ?? path, path })),
    design: {
      streams: isDrawn ? "common" : "none",
      replications,
      confidence: statistics.confidence,
    },
    plans,
    best: best === -1 ? null : best,
    belowBest,
    inputs: loaded.inputs,
    assumptions: loaded.fleet.assumptions,
    warnings:
      best === -1
        ? []
        : runs.outcomes(judged[best]!.index, 1)[0]!.warnings.map((one) => `The best plan: ${one}`),
    names: joinFleetNames(configurations.map(({ loaded: own }) => own.fleet.names)),
  } as const;
  return { ...document, answer: fleetPlanAnswer(document, goals.length) };
}

function planOf(plan: FleetPlanInput | undefined, file: string): FleetPlanInput {
  if (plan !== undefined) return plan;
  throw new InputError([
    {
      file,
      rule: "missing-field",
      path: "plan",
      message: "the fleet says nothing of what may be decided",
      help: "add a section plan: headroom explain fleet plan",
    },
  ]);
}

/** Every combination, each read and checked: what is no fleet is refused before anything is simulated. */
async function readCandidates(
  unit: UnitScenario,
  decide: FleetPlanInput["decide"],
  onProgress: (text: string) => void,
): Promise<readonly Candidate[]> {
  let combinations: readonly (readonly ScenarioOverlay[])[] = [[]];
  for (const decision of decide) {
    const choices = valuesOfDecision(decision).map((value): ScenarioOverlay => {
      // JSON is YAML.
      const text = JSON.stringify(value ?? null);
      return { path: decision.path, value: text, source: `plan: ${decision.path}=${text}` };
    });
    combinations = combinations.flatMap((before) => choices.map((choice) => [...before, choice]));
  }
  const candidates: Candidate[] = [];
  for (const choices of combinations) {
    onProgress(`reading plan ${candidates.length + 1} of ${combinations.length}`);
    const name = choices.map(({ path, value }) => `${path}=${value}`).join(", ");
    const overlays = [...unit.overlays, ...choices];
    candidates.push({
      values: choices.map(({ value }) => value),
      configuration: await loadFleetConfiguration(name, { ...unit, overlays }),
    });
  }
  return candidates;
}

/** Judges all goals of all plans together, and orders plans by the objective. */
function judgePlans(
  candidates: readonly Candidate[],
  runs: FleetRuns,
  options: {
    readonly replications: number;
    readonly minimise: string;
    readonly alpha: number;
    readonly isDrawn: boolean;
  },
): readonly { readonly plan: FleetPlanCandidate; readonly index: number }[] {
  const { replications, minimise, alpha, isDrawn } = options;
  const outcomes = candidates.map((_, index) => runs.outcomes(index, replications));
  const samples = candidates.flatMap(({ configuration }, index) =>
    configuration.loaded.fleet.goals.map((goal) => ({
      goal,
      values: valuesOfRuns(outcomes[index]!, goal.metric),
      indifference: indifferenceOf(goal.metric, goal.target, 0),
    })),
  );
  const judged = judgeGoals(samples, { alpha, isOneRun: !isDrawn });
  let next = 0;
  const plans = candidates.map(({ values, configuration }, index) => {
    const goals = judged.slice(next, (next += configuration.loaded.fleet.goals.length));
    const objective = meanOfRuns(valuesOfRuns(outcomes[index]!, minimise));
    return { plan: { values, objective, verdict: verdictOf(goals), goals }, index };
  });
  return plans.sort(
    (left, right) =>
      (left.plan.objective ?? Infinity) - (right.plan.objective ?? Infinity) ||
      left.index - right.index,
  );
}

function verdictOf(goals: readonly JudgedGoal[]): FleetPlanCandidate["verdict"] {
  if (goals.some(({ verdict }) => verdict === "missed")) return "misses";
  return goals.every(({ verdict }) => verdict === "met") ? "meets" : "open";
}

/** The plan nearest below the best in the objective: why no less will do. */
function lastBelow(plans: readonly FleetPlanCandidate[], best: number): number | null {
  for (let place = best - 1; place >= 0; place -= 1)
    if (plans[place]!.objective! < plans[best]!.objective!) return place;
  return null;
}

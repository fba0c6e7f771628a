import type { LoadedScenario } from "../../io/load-scenario.js";
import type { Goal } from "../../scenario/resolved.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { Chosen } from "./choose.js";
import type { PlanEvaluator } from "./evaluate.js";
import type { PlanSpace } from "./family.js";
import { growthOf } from "./growth.js";
import { ordersOf, phasesOf } from "./phases.js";
import type { PlanDocument } from "./plan-document.js";
import { planSensitivity } from "./plan-sensitivity.js";

/** What is asked of an answer once it is found. */
export type AfterAnswer = Pick<PlanDocument, "growth" | "phases" | "orders" | "sensitivity">;

/** What there is without an answer. */
export const NO_ANSWER: AfterAnswer = { growth: null, phases: [], orders: [], sensitivity: null };

/** How long the answer lasts, when it is there, what to order, and which assumed numbers would change it. */
export async function afterAnswer(
  best: NonNullable<Chosen["best"]>,
  setting: {
    readonly space: PlanSpace;
    readonly scenario: LoadedScenario;
    readonly pool: ScenarioPool;
    readonly goals: readonly Goal[];
    readonly evaluator: PlanEvaluator;
    readonly currency: string | null;
    readonly cheaper: Chosen["cheaper"];
    readonly withSensitivity: boolean;
    /** Called with the simulations of the sensitivity so far. */
    readonly onSensitivity: (runs: number) => void;
  },
): Promise<AfterAnswer> {
  const { space, scenario, goals, evaluator } = setting;
  const { spec } = space;
  const { candidate } = best;
  const growth = hasDemand(scenario) ? await growthOf(candidate, goals, spec, evaluator) : null;
  return {
    growth,
    phases: await phasesOf(candidate, goals, spec, evaluator),
    orders: ordersOf(candidate, spec),
    sensitivity: setting.withSensitivity
      ? await planSensitivity({ ...setting, best, growth, onProgress: setting.onSensitivity })
      : null,
  };
}

/** True where there is anything to grow: jobs, or services with their traffic. */
function hasDemand({ base }: LoadedScenario): boolean {
  return base.jobs.count > 0 || base.resolved.services !== undefined;
}

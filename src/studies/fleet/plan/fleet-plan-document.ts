import type { FleetNames } from "../../../scenario/fleet/fleet-names.js";
import type { CompareDesign } from "../../compare/compare-document.js";
import type { JudgedGoal } from "../../compare/judge-goals.js";
import type { Assumption, InputFile } from "../../run/result-document.js";

/** One combination of the values that are decided. */
export interface FleetPlanCandidate {
  /** One value per decision, as JSON. */
  readonly values: readonly string[];
  /** Mean of what is to be least; null where some run has no value, which rules the plan out. */
  readonly objective: number | null;
  /** `open`: some goal is neither shown to be met nor to be missed. */
  readonly verdict: "meets" | "misses" | "open";
  readonly goals: readonly JudgedGoal[];
}

/** What `headroom plan --json` prints of a fleet, and `plan.json` holds. */
export interface FleetPlanDocument {
  readonly schema: "headroom/fleet-plan/v1";
  readonly version: string;
  readonly fleet: string;
  readonly question: string | null;
  readonly answer: string;
  readonly seed: number;
  readonly minimise: { readonly metric: string; readonly unit: string };
  readonly decisions: readonly { readonly name: string; readonly path: string }[];
  readonly design: Pick<CompareDesign, "streams" | "replications" | "confidence">;
  /** Every combination, those with less of the objective first. */
  readonly plans: readonly FleetPlanCandidate[];
  /** Place in `plans` of the best; null when no plan is shown to meet every goal. */
  readonly best: number | null;
  /** Place of the plan that comes next below it and does not meet every goal; null without one. */
  readonly belowBest: number | null;
  readonly inputs: readonly InputFile[];
  readonly assumptions: readonly Assumption[];
  readonly warnings: readonly string[];
  /** Names that people made up in the fleet and its plans, by what they name: what `--redact` puts pseudonyms for. None after it. */
  readonly names: FleetNames;
}

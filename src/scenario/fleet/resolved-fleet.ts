import type { Problem } from "../../diagnostics/problem.js";
import type { FleetSpec } from "../../simulation/fleet/fleet-spec.js";
import type { Assumption, Goal } from "../resolved.js";
import type { FleetNames } from "./fleet-names.js";
import type { FleetPlanInput } from "./schema/fleet-plan-schema.js";
import type { PricesInput } from "./schema/prices-schema.js";

/** A fleet ready to be run. */
export interface ResolvedFleet {
  readonly file: string;
  readonly name: string;
  readonly question: string | undefined;
  readonly description: string | undefined;
  readonly labels: readonly string[];
  readonly seed: number;
  readonly spec: FleetSpec;
  readonly goals: readonly Goal[];
  /** What prices and costs are in; absent where the fleet does not say. */
  readonly prices?: PricesInput;
  /** What `headroom plan` may decide; absent where the fleet says nothing of it. */
  readonly plan?: FleetPlanInput;
  readonly statistics: { readonly replications: number; readonly confidence: number };
  readonly assumptions: readonly Assumption[];
  /** Files that were extended, nearest first. */
  readonly extended: readonly string[];
  /** Names that people made up, by what they name. */
  readonly names: FleetNames;
  readonly warnings: readonly Problem[];
}

import type { Problem } from "../../diagnostics/problem.js";
import type { FleetSpec } from "../../simulation/fleet/fleet-spec.js";
import type { Assumption, Goal } from "../resolved.js";

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
  readonly statistics: { readonly replications: number; readonly confidence: number };
  readonly assumptions: readonly Assumption[];
  /** Files that were extended, nearest first. */
  readonly extended: readonly string[];
  readonly warnings: readonly Problem[];
}

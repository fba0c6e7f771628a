import { PLACEMENT_POLICIES } from "../policy/placement/policies.js";
import { QUEUE_POLICIES } from "../policy/queue/registry.js";
import type { QueuePolicyOption } from "../policy/queue/types.js";
import { TRACE_FORMATS } from "../workload/formats/registry.js";

/** Something a scenario refers to by name. */
export interface NamedEntry {
  readonly name: string;
  /** One sentence or more, for documentation and `headroom explain`. */
  readonly description: string;
}

/** The names a scenario may use, handed to the schema so that it never lists them itself. */
export interface ScenarioRegistries {
  readonly queuePolicies: readonly (NamedEntry & {
    readonly options: readonly QueuePolicyOption[];
  })[];
  readonly placementPolicies: readonly NamedEntry[];
  readonly placementScorers: readonly NamedEntry[];
  readonly traceFormats: readonly NamedEntry[];
}

/** What this version of Headroom can do. */
export const REGISTRIES: ScenarioRegistries = {
  queuePolicies: QUEUE_POLICIES,
  placementPolicies: PLACEMENT_POLICIES,
  // A policy with one scorer lends that scorer its name and description.
  placementScorers: PLACEMENT_POLICIES.filter((policy) => policy.scorers.length === 1),
  traceFormats: TRACE_FORMATS,
};

import { PLACEMENT_POLICIES } from "../policy/placement/policies.js";
import { createQueuePolicy, QUEUE_POLICIES } from "../policy/queue/registry.js";
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
    /** True for a policy that admits by quota: `quotas` may stand beside its options. */
    readonly takesQuotas?: boolean;
  })[];
  readonly placementPolicies: readonly NamedEntry[];
  readonly placementScorers: readonly NamedEntry[];
  readonly traceFormats: readonly NamedEntry[];
}

/** Placements of whole gangs, which do not score nodes one by one. */
const GANG_PLACEMENTS: readonly NamedEntry[] = [
  {
    name: "pool",
    description:
      "One counter of free GPUs: nodes, CPU, memory and GPU models do not matter. The best case of any placement.",
  },
  {
    name: "consolidate",
    description:
      "Whole GPUs on as few nodes as possible; CPU, memory and GPU models do not matter. All GPU nodes of a partition must have the same number of GPUs.",
  },
];

/** What this version of Headroom can do. */
export const REGISTRIES: ScenarioRegistries = {
  queuePolicies: QUEUE_POLICIES.map((policy) => ({
    ...policy,
    takesQuotas: createQueuePolicy({ name: policy.name }).kind === "quota",
  })),
  placementPolicies: [...PLACEMENT_POLICIES, ...GANG_PLACEMENTS],
  // A policy with one scorer lends that scorer its name and description.
  placementScorers: PLACEMENT_POLICIES.filter((policy) => policy.scorers.length === 1),
  traceFormats: TRACE_FORMATS,
};

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
  {
    name: "consolidate-first",
    description:
      "All workers of a job on as few nodes as possible, on scattered nodes where few do not suffice: one node if one holds all (the one with least room for them), else those with most room first and the rest where it fits tightest. Equal nodes: the earlier one. CPU, memory and GPU models count.",
  },
  {
    name: "contiguous",
    description:
      "All workers of a job on neighbouring nodes, in the order of the topology or of the cluster: the shortest run of nodes with room, of these the one with least room left, of these the first. The job waits while no run has room. Option `within`: a run stays in one domain of that level.",
  },
  {
    name: "topology",
    description:
      "Kueue's topology-aware scheduling: every job goes where its own `topology` says, by `cluster.topology` with `host` as the lowest level. Option `profile`: which algorithm is used. Equal domains: the one whose first node is the earlier.",
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

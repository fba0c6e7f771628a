import type { TopologyProfile } from "../../policy/gang/planners/topology-planner.js";
import type { PlacementPolicy } from "../../policy/placement/policy.js";

/**
 * Where the workers of a job go.
 *
 * `nodes`: each worker by a placement policy, all at once or none. `pool`: one counter of GPUs, nodes
 * do not matter. `consolidate`: whole GPUs on as few nodes as possible. `consolidate-first`: workers on as few
 * nodes as possible, on scattered ones where few do not suffice. `contiguous`: on neighbouring nodes.
 * `topology`: as Kueue's topology-aware scheduling, by what each job asks for.
 */
export type PlacementSpec =
  | { readonly kind: "nodes"; readonly policy: string | PlacementPolicy }
  | { readonly kind: "pool" }
  | { readonly kind: "consolidate" }
  | { readonly kind: "consolidate-first" }
  | {
      readonly kind: "contiguous";
      /** Level of the cluster's topology whose domains a gang does not leave. */
      readonly within?: string;
    }
  | {
      readonly kind: "topology";
      /** Default `mixed`. */
      readonly profile?: TopologyProfile;
    };

import { createCluster } from "../../cluster/cluster.js";
import { createFragmentation, type Fragmentation } from "../../cluster/fragmentation.js";
import type { TypicalPod } from "../../cluster/idle-classes.js";
import type { ClusterSpec } from "../../cluster/spec.js";
import { createConsolidateGang } from "../../policy/gang/consolidate-gang.js";
import { createFasterFirst, type FasterFirst } from "../../policy/gang/faster-first.js";
import { createNodeGang } from "../../policy/gang/node-gang.js";
import { createPlannedGang } from "../../policy/gang/planned-gang.js";
import { createConsolidateFirstPlanner } from "../../policy/gang/planners/consolidate-first-planner.js";
import { createContiguousPlanner } from "../../policy/gang/planners/contiguous-planner.js";
import type { GangPlanner } from "../../policy/gang/planners/gang-planner.js";
import { createTopologyPlanner } from "../../policy/gang/planners/topology-planner.js";
import { createPoolGang } from "../../policy/gang/pool-gang.js";
import type { GangDemands, GangPlacer } from "../../policy/gang/types.js";
import { createPlacer } from "../../policy/placement/placer.js";
import { findPlacementPolicy, PLACEMENT_POLICIES } from "../../policy/placement/policies.js";
import type { PlacementPolicy, PlacementRandom } from "../../policy/placement/policy.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { JobTerms } from "./job-terms.js";

/** What a lane's placement is made from. */
export interface GangSetting {
  readonly placement: PlacementSpec;
  readonly cluster: ClusterSpec;
  readonly shapes: readonly PodRequest[];
  readonly demands: GangDemands;
  /** As in `JobTerms`. */
  readonly gpuSpeeds: JobTerms["gpuSpeeds"];
  /** Empty when the lane has no job. */
  readonly typicalPods: readonly TypicalPod[];
  readonly random: PlacementRandom;
  /** Watch idle capacity by class; a pool and a lane without jobs have nothing to watch. */
  readonly watchFragmentation: boolean;
}

/** A gang placer with the fragmentation of its nodes, when that is watched. */
export interface LanePlacement {
  readonly gang: GangPlacer;
  readonly fragmentation: Fragmentation | undefined;
}

/**
 * Makes the placement of one lane.
 *
 * @throws RangeError when the placement policy is not known or the cluster does not suit the placement
 */
export function createLanePlacement(setting: GangSetting): LanePlacement {
  const { placement, cluster, shapes, demands } = setting;
  switch (placement.kind) {
    case "pool":
      return { gang: createPoolGang(cluster, shapes, demands), fragmentation: undefined };
    case "consolidate": {
      const state = createCluster(withoutPodLimit(cluster));
      return {
        gang: createConsolidateGang(state, shapes, demands),
        fragmentation: watch(setting, state),
      };
    }
    case "consolidate-first":
      return planned(setting, (spec) => createConsolidateFirstPlanner(spec, { demands }));
    case "contiguous":
      return planned(setting, (spec) =>
        createContiguousPlanner(spec, { demands }, placement.within),
      );
    case "topology":
      return planned(setting, (spec) =>
        createTopologyPlanner(spec, { demands }, placement.profile ?? "mixed"),
      );
    case "nodes": {
      const state = createCluster(cluster);
      const fragmentation = watch(setting, state);
      const asked = fasterFirst(setting, state) ?? { shapes, demands, before: new Map() };
      const placer = createPlacer(policyOf(placement.policy), state, asked.shapes, {
        random: setting.random,
        ...(setting.typicalPods.length > 0 ? { typicalPods: setting.typicalPods } : {}),
        ...(fragmentation === undefined ? {} : { fragmentation }),
      });
      return {
        gang: createNodeGang(state, asked.shapes, asked.demands, placer, asked.before),
        fragmentation,
      };
    }
  }
}

function fasterFirst(
  { gpuSpeeds, shapes, demands }: GangSetting,
  state: ReturnType<typeof createCluster>,
): FasterFirst | undefined {
  if (gpuSpeeds === undefined) return undefined;
  return createFasterFirst(state, shapes, demands, (model) => gpuSpeeds[model] ?? 1);
}

function planned(
  setting: GangSetting,
  plannerOf: (spec: ClusterSpec) => GangPlanner,
): LanePlacement {
  const { cluster, shapes, demands } = setting;
  const state = createCluster(cluster);
  return {
    gang: createPlannedGang(state, shapes, demands, plannerOf(cluster)),
    fragmentation: watch(setting, state),
  };
}

function watch(
  setting: GangSetting,
  state: ReturnType<typeof createCluster>,
): Fragmentation | undefined {
  const { watchFragmentation, typicalPods } = setting;
  return watchFragmentation && typicalPods.length > 0
    ? createFragmentation(state, typicalPods)
    : undefined;
}

/** Consolidating looks at GPUs only, so the pod limit of a node must not stop it halfway. */
function withoutPodLimit(cluster: ClusterSpec): ClusterSpec {
  return {
    ...cluster,
    nodes: cluster.nodes.map((node) => ({
      ...node,
      podsMax: Math.max(node.podsMax, node.gpuCount),
    })),
  };
}

function policyOf(policy: string | PlacementPolicy): PlacementPolicy {
  if (typeof policy !== "string") return policy;
  const found = findPlacementPolicy(policy);
  if (found !== undefined) return found;
  const allowed = PLACEMENT_POLICIES.map(({ name }) => name).join(", ");
  throw new RangeError(`placement policy must be one of ${allowed}, got "${policy}"`);
}

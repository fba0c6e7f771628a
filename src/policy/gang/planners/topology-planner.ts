import { SpecificationError } from "../../../base/specification-error.js";
import type { ClusterSpec } from "../../../cluster/spec.js";
import {
  assignDomains,
  hasDomains,
  type DomainAlgorithm,
  type DomainQuestion,
} from "../topology/assign-domains.js";
import { UNCONSTRAINED, type TopologyRequest } from "../../../workload/topology-request.js";
import { createTopologyTree } from "../topology/topology-tree.js";
import type { GangPlanner, PlannerOptions } from "./gang-planner.js";

/**
 * Which algorithm serves which request.
 *
 * `mixed` is Kueue's default since v0.15: best-fit for `required` and `preferred`, least-free-capacity for
 * `unconstrained`. The others use one algorithm for all.
 */
export type TopologyProfile = "mixed" | DomainAlgorithm;

/** The profiles, as scenarios name them. */
export const TOPOLOGY_PROFILES: readonly TopologyProfile[] = [
  "mixed",
  "best-fit",
  "least-free-capacity",
];

/**
 * Kueue's topology-aware scheduling: `assignDomains` with the request of each gang.
 *
 * @throws SpecificationError when a request names a level that the cluster does not have
 */
export function createTopologyPlanner(
  cluster: ClusterSpec,
  { demands }: PlannerOptions,
  profile: TopologyProfile,
): GangPlanner {
  const tree = createTopologyTree(cluster);
  const names = tree.levels.map(({ name }) => name);
  const host = names.length - 1;
  const levelOf = (request: TopologyRequest): number => {
    if (request.mode === "unconstrained") return host;
    const level = names.indexOf(request.level);
    if (level >= 0) return level;
    throw new SpecificationError(
      `topology: a job asks for the level "${request.level}", cluster.topology has ${names.join(", ")}`,
    );
  };
  const requests = demands.topologyRequests ?? [UNCONSTRAINED];
  const levels = requests.map(levelOf);
  const algorithmOf = (mode: TopologyRequest["mode"]): DomainAlgorithm =>
    profile === "mixed" ? (mode === "unconstrained" ? "least-free-capacity" : "best-fit") : profile;
  const requestOf = (demand: number): number => demands.topology?.[demand] ?? 0;
  const question = (demand: number, rooms: DomainQuestion["rooms"]): DomainQuestion => {
    const { mode } = requests[requestOf(demand)]!;
    const workers = demands.workers[demand]!;
    return {
      tree,
      rooms,
      workers,
      level: levels[requestOf(demand)]!,
      mode,
      algorithm: algorithmOf(mode),
    };
  };
  return {
    name: "topology",
    looksAtTopology: true,
    tree,
    plan: (demand, rooms) => assignDomains(question(demand, rooms)),
    hasRoom: (demand, rooms) => hasDomains(question(demand, rooms)),
    whereText(demand) {
      const request = requests[requestOf(demand)]!;
      return request.mode === "required" ? `in one ${request.level}` : "on all nodes together";
    },
  };
}

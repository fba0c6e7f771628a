import type {
  CollectiveFabric,
  CollectiveNode,
  CollectiveOperation,
  CollectiveTimer,
} from "../collectives/types.js";
import type { Parallelism } from "./parallelism.js";
import { rankGroups, type GroupKind, type RankGroup } from "./rank-groups.js";

/** Where the job is. */
export interface TrainingPlacement {
  /** Nodes with the GPUs the job has there, in the order ranks are given out. */
  readonly nodes: readonly CollectiveNode[];
  readonly fabric?: CollectiveFabric;
  /** Part of every network link that other jobs leave, in (0, 1]; 1 when absent. */
  readonly networkShare?: number;
}

/** Times of collectives within the groups of a parallelism. */
export interface GroupTimer {
  /** Seconds for the slowest group of the kind; 0 when groups have one member. `bytes` as in `CollectiveQuestion`. */
  seconds(kind: GroupKind, op: CollectiveOperation, bytes: number): number;
  /** Where the times came from, each once. */
  readonly sources: ReadonlySet<string>;
  /** True when some answer was outside of what was measured. */
  readonly extrapolated: boolean;
}

/** Asks the collective model about the groups of a parallelism where the job is. */
export function createGroupTimer(
  timer: CollectiveTimer,
  placement: TrainingPlacement,
  parallelism: Parallelism,
): GroupTimer {
  const groups = new Map<GroupKind, readonly RankGroup[]>();
  const sources = new Set<string>();
  let extrapolated = false;
  const ask = (group: RankGroup, op: CollectiveOperation, bytes: number): number => {
    const answer = timer({ op, bytes, nodes: group.nodes, ...networkOf(placement, group) });
    sources.add(answer.source);
    extrapolated ||= answer.extrapolated;
    return answer.seconds;
  };
  return {
    sources,
    get extrapolated() {
      return extrapolated;
    },
    seconds(kind, op, bytes) {
      let found = groups.get(kind);
      if (found === undefined) {
        found = rankGroups(placement.nodes, parallelism, kind);
        groups.set(kind, found);
      }
      return found.reduce((slowest, group) => Math.max(slowest, ask(group, op, bytes)), 0);
    },
  };
}

/**
 * The network as one of several groups of a node sees it. The collective model gives a group the adapters
 * next to its GPUs, at least one; where groups have to share one, each has its part of it.
 */
function networkOf(
  { fabric, networkShare = 1 }: TrainingPlacement,
  { nodes, adapterShare }: RankGroup,
): { readonly fabric?: CollectiveFabric; readonly networkShare?: number } {
  const network = fabric === undefined ? {} : { fabric };
  if (nodes.length === 1) return network;
  const shares = nodes.map(({ topology, gpus }) => {
    const adapters = fabric?.nicsPerNode ?? Math.max(1, topology.nics?.length ?? 1);
    const jobGpus = gpus.length / adapterShare;
    const ofJob = Math.max(1, Math.ceil((adapters * jobGpus) / topology.gpuCount));
    const ofGroup = Math.max(1, Math.ceil((adapters * gpus.length) / topology.gpuCount));
    return (ofJob * adapterShare) / ofGroup;
  });
  return { ...network, networkShare: networkShare * Math.min(1, ...shares) };
}

import { createCluster } from "./cluster.js";
import type { ClusterView } from "./view.js";

/** The cluster as far as questions of "could it ever" go: itself, or one that may have any MIG layout. */
export function everPossible(cluster: ClusterView): ClusterView {
  return cluster.partitions.isDynamic ? createCluster(cluster.spec, { anyLayout: true }) : cluster;
}

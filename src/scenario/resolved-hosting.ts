import type { CollectiveFabric } from "../performance/collectives/types.js";
import type {
  HostingProfile,
  ProvisioningPhase,
} from "../performance/virtualization/hosting-profile.js";
import type { JobStepsSpec } from "../simulation/batch/rates/job-steps.js";
import type { NodeLinks } from "../simulation/batch/rates/placement-rate.js";

/** Nodes of a group that are started when needed and given back when idle. */
export interface ElasticNodes {
  /** Nodes that are always up; the most is the group's count. */
  readonly nodesMin: number;
  readonly idleTimeoutS: number;
  readonly provisioning: readonly ProvisioningPhase[];
  /** Nodes that may be in provisioning at one time; absent: any number. */
  readonly bootsAtOnceMax?: number;
  /** GPUs that may be up or in provisioning; absent: those of all nodes. */
  readonly gpuQuota?: number;
}

/** What hosting and links do to the jobs on the nodes of one group. */
export interface HostedGroup {
  /** Absent runs as bare metal does. */
  readonly profile?: HostingProfile;
  /** Absent for nodes that are always there. */
  readonly elastic?: ElasticNodes;
  /** As the guest sees them; absent when not known, and when no job communicates. */
  readonly links?: NodeLinks;
  /** As they are on bare metal. */
  readonly bareLinks?: NodeLinks;
}

/** How hosting, placement and elasticity change a run. */
export interface ResolvedHosting {
  /** In the order of the node groups. */
  readonly groups: readonly HostedGroup[];
  /** Absent when where a job lands changes nothing. */
  readonly communication?: {
    readonly steps: JobStepsSpec;
    readonly fabric: CollectiveFabric;
    /** Position of the level of the cluster's topology whose domains share a leaf switch. */
    readonly leafLevel?: number;
  };
}

import type { Copy } from "./copy.js";
import type { NodePool } from "./node-pool.js";

/** Workers that are placed together or not at all. */
export interface GangDemand {
  readonly workers: number;
  readonly gpusPerWorker: number;
  readonly gpuModels?: readonly string[];
}

/** A member as the rules of preemption and growth see it. */
export interface MemberView {
  readonly pools: readonly NodePool[];
  /** In the order in which copies are admitted. */
  readonly queue: readonly Copy[];
  readonly running: ReadonlySet<Copy>;
  /** What else waits for GPUs. */
  readonly otherDemand: ReadonlyMap<string, GangDemand & { readonly count: number }>;
  /** GPUs of a tenant's quota that are left; Infinity without one. */
  quotaLeft(tenant: string): number;
  /** Pools whose GPUs the gang accepts and whose nodes are large enough. */
  poolsFor(gang: GangDemand): readonly number[];
}

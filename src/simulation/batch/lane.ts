import type { Fragmentation } from "../../cluster/fragmentation.js";
import type { GangPlacer } from "../../policy/gang/types.js";

/** Nodes with a queue of their own: a partition (virtual cluster), or the whole cluster. */
export interface Lane {
  /** Partition name; "" for the whole cluster. */
  readonly name: string;
  readonly gang: GangPlacer;
  /** Idle capacity by class; undefined when it is not watched, and for a pool. */
  readonly fragmentation: Fragmentation | undefined;
  /** Node of the lane -> node of the cluster spec. */
  readonly nodeMap: Int32Array;
}

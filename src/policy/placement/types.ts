/** Nodes that refused one pod, counted by the first filter that said no. */
export interface PlacementRefusal {
  /** The filter that refused most nodes, as a short reason: "not enough free GPUs on any node". */
  readonly reason: string;
  /** Node counts by filter name. */
  readonly nodesByFilter: Readonly<Record<string, number>>;
}

/**
 * A placement policy compiled for one cluster and one list of pod shapes.
 *
 * It chooses and never occupies: the simulation does, through ClusterState.
 */
export interface Placer {
  readonly name: string;
  /**
   * Chooses a node for one pod of the shape.
   *
   * @returns node index, or -1 when no node can take it now
   */
  choose(shape: number): number;
  /** After a successful `choose`: GPU indexes within the node, `gpuCount` of them are valid. */
  readonly gpus: Int32Array;
  /** Why no node takes the shape now. Slow; for reports. */
  explain(shape: number): PlacementRefusal;
  /** True when no node of the empty cluster could ever take the shape. */
  neverFits(shape: number): boolean;
}

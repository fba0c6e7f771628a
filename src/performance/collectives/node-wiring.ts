/**
 * How the GPUs of one node reach each other, their host and the network: what a collective needs to know
 * of a topology, and nothing else. GPUs are numbered from 0 within the node.
 */
export interface NodeWiring {
  /** Node SKU or host as people call it; for messages. */
  readonly name: string;
  /** Name in the GPU catalogue. */
  readonly gpuModel: string;
  readonly gpuCount: number;
  /** As CUDA prints it, for example "9.0". */
  readonly computeCapability: string;
  /** NVLinks of one GPU into NVSwitch; any pair of GPUs then has all of them. */
  readonly nvswitchLinks?: number;
  /** NVLinks that join two GPUs directly (bridges, meshes without a switch). */
  readonly nvlinks?: readonly NvlinkBridge[];
  /** PCIe slot of every GPU. */
  readonly pcie: { readonly generation: number; readonly lanes: number };
  /** Per GPU the host part it hangs on (NUMA node); paths between parts cross the host's own links. */
  readonly hostPartOf: readonly number[];
  /**
   * One direction of the link between two host parts; absent when unknown. An unknown link is not
   * counted as a bottleneck, and the answer says so.
   */
  readonly hostLinkBytesPerS?: number;
  readonly cpuVendor?: "intel" | "amd" | "arm";
  /** False when GPUs may not write to each other over PCIe, so that data takes two hops through host memory. */
  readonly hasPeerToPeer?: boolean;
  /** Network adapters collectives use. */
  readonly nics?: { readonly count: number; readonly bytesPerS: number };
}

/** NVLinks between two GPUs of a node. */
export interface NvlinkBridge {
  readonly between: readonly [number, number];
  readonly links: number;
}

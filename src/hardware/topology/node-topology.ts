import type { SourceId } from "../sources.js";

/** How sure a part of a topology is. `given` comes from the user's own file or machine. */
export type TopologyProvenance = "published" | "inferred" | "given";

/**
 * How the GPUs and network adapters of one node hang together. GPUs and NICs are numbered from 0 within the
 * node. A part nobody published is absent, never guessed: without `numaNodes` it is unknown which GPUs share
 * a socket, not that they all do.
 */
export interface NodeTopology {
  readonly gpuCount: number;
  /** NUMA nodes of the host with what hangs on each; every GPU is in exactly one. */
  readonly numaNodes?: readonly NumaNode[];
  /** PCIe switches or bridges, with what shares each; a device that none mentions hangs on its root port. */
  readonly pcieSwitches?: readonly PcieSwitch[];
  /** All-to-all fabric over NVLink switches inside the node. */
  readonly nvswitch?: NvswitchFabric;
  /** NVLinks that join two GPUs directly: bridges and meshes without a switch. */
  readonly nvlinks?: readonly NvlinkPair[];
  /** NVLink domain that reaches beyond the node, such as the 72 GPUs of an NVL72 rack. */
  readonly rackDomain?: RackDomain;
  /** Network adapters; absent when nothing is known of them, empty when there are none for GPUs. */
  readonly nics?: readonly NodeNic[];
  readonly provenance: TopologyProvenance;
  readonly note?: string;
  readonly sources: readonly SourceId[];
}

/** A NUMA node and the devices nearest to it. */
export interface NumaNode {
  /** Number the host gives it, where that is not its position. */
  readonly id?: number;
  readonly gpus: readonly number[];
  readonly nics?: readonly number[];
}

/** Devices behind one PCIe switch (or bridge), which reach each other without the host. */
export interface PcieSwitch {
  /** True when its devices reach each other over more than one bridge (PXB instead of PIX). */
  readonly hasSeveralBridges?: true;
  readonly gpus: readonly number[];
  readonly nics?: readonly number[];
}

/** NVLink switches that give every pair of GPUs all links of a GPU. */
export interface NvswitchFabric {
  /** GPUs it joins: all of the node in every machine known here. */
  readonly gpus: readonly number[];
  /** Key in the link catalogue, such as `nvlink-4`. */
  readonly link: string;
  /** Links of one GPU into the switches. */
  readonly linksPerGpu: number;
  /** Switch chips of the board, where known. */
  readonly chips?: number;
}

/** Direct links between two GPUs. */
export interface NvlinkPair {
  readonly between: readonly [number, number];
  /** How many links; absent when only the bridge is known. */
  readonly links?: number;
  /** Key in the link catalogue. */
  readonly link: string;
}

/** An NVLink domain of several nodes. */
export interface RackDomain {
  readonly name: string;
  readonly nodes: number;
  readonly gpus: number;
}

/** One network adapter. */
export interface NodeNic {
  /** Key in the link catalogue, such as `infiniband-ndr`. */
  readonly link: string;
  /** One direction of the adapter. */
  readonly bytesPerS: number;
  /** Which leaf switch of a rail-optimised fabric it goes to; absent when unknown or without rails. */
  readonly rail?: number;
}

import type { NodeTopology } from "./topology/node-topology.js";
import type { GivenSource, SourceId } from "./sources.js";

/** What is published about a machine one can rent or buy. A figure nobody published is absent. */
export interface NodeSku {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly hosting: "bare-metal" | "vm";
  /** 0 for machines without GPUs. */
  readonly gpuCount: number;
  /** Name in the GPU catalogue. */
  readonly gpuModel?: string;
  /** Thousandths of a virtual CPU (of a core for bare metal). */
  readonly cpuMilli?: number;
  readonly memoryBytes?: number;
  /** Pay-as-you-go price by region. */
  readonly priceUsdPerHour?: Readonly<Record<string, number>>;
  /** Most the whole machine draws. */
  readonly powerMaxW?: number;
  /** How its GPUs hang together, for machines of a user's own file; the catalogue keeps its own apart. */
  readonly topology?: NodeTopology;
  /** Machine of the catalogue whose topology that is, where the file says so. */
  readonly topologyLike?: string;
  readonly note?: string;
  /** Present for a machine of a user's own file, whose `sources` are empty. */
  readonly given?: GivenSource;
  readonly sources: readonly SourceId[];
}

import { log } from "../../base/elementary.js";
import type { Sourced } from "../virtualization/hosting-profile.js";
import { ASSUMED_HOST_RATES, hostSeconds, type HostRates } from "./host-rates.js";

/** A collection of vectors that is searched on CPU cores. */
export interface VectorIndex {
  readonly vectors: number;
  /** Numbers of a vector, of 4 bytes each. */
  readonly dimensions: number;
  /** `flat` compares with every vector; `hnsw` walks a graph of near ones. */
  readonly kind: "flat" | "hnsw";
  /** Neighbours of a vector in the graph, and candidates kept while it is walked. */
  readonly neighbours?: number;
  readonly candidates?: number;
}

/** HNSW as it is usually built and asked. */
export const HNSW_DEFAULTS = { neighbours: 32, candidates: 64 } as const;

/** Reads from anywhere in memory, over reads in a row. */
export const SCATTERED_SHARE: Sourced<number> = {
  value: 0.25,
  provenance: "assumed",
  source: "each vector of a graph is a read of its own, a few cache lines long",
};

/** Memory that the index takes. Bytes. */
export function indexBytes(index: VectorIndex): number {
  const { vectors, dimensions, kind, neighbours = HNSW_DEFAULTS.neighbours } = index;
  // The lowest layer of the graph has twice the neighbours, of 4 bytes each.
  return vectors * (4 * dimensions + (kind === "hnsw" ? 8 * neighbours : 0));
}

/**
 * Seconds of one search: every vector is read once (flat), or the candidates and their neighbours, and one path
 * down the layers, of which there are about log(vectors) / log(neighbours) (Malkov and Yashunin, arXiv
 * 1603.09320, section 4.2).
 */
export function vectorSearchS(
  index: VectorIndex,
  cores: number,
  rates: HostRates = ASSUMED_HOST_RATES,
): number {
  const { vectors, dimensions, kind } = index;
  if (vectors === 0) return 0;
  if (kind === "flat") {
    const work = { flops: 3 * dimensions * vectors, bytes: 4 * dimensions * vectors };
    return hostSeconds(work, cores, rates);
  }
  const { neighbours, candidates } = { ...HNSW_DEFAULTS, ...index };
  const layers = Math.max(1, log(vectors) / log(neighbours));
  const compared = Math.min(vectors, candidates * 2 * neighbours + layers * neighbours);
  // One search is one thread: more cores answer more searches, not one faster.
  const work = {
    flops: 3 * dimensions * compared,
    bytes: (4 * dimensions * compared) / SCATTERED_SHARE.value,
  };
  return hostSeconds(work, 1, rates);
}

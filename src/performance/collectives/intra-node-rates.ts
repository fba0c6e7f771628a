import type { NodeTopology } from "../../hardware/topology.js";
import { ncclGpu } from "./nccl-gpu.js";
import {
  areSwitched,
  bridgeLinks,
  hasAssumedBridge,
  linksBetween,
  type LinkUse,
} from "./node-links.js";
import { nvlinkRingCount } from "./nvlink-rings.js";
import type { CollectiveNode } from "./types.js";

/** What the links among some GPUs of one node carry. */
export interface IntraNodeRates {
  /** True when every step stays on NVLink. */
  readonly isNvlink: boolean;
  /** True when the GPUs meet in NVLink switches. */
  readonly isSwitched: boolean;
  /** Bytes per second of all rings over these GPUs together, one direction. */
  readonly ringBytesPerS: number;
  /** Bytes per second that each GPU sends when all send the same to all others. */
  readonly allToAllBytesPerS: number;
  /** Which link decides the ring. */
  readonly limitedBy: string;
  /** What had to be assumed, in words. */
  readonly assumptions: readonly string[];
}

/** Sets up to this size are searched for the best ring; larger ones keep their order. */
const SEARCHED_GPUS_MAX = 8;

/** Answers by topology: it is asked again for every step of every job. */
const known = new WeakMap<NodeTopology, Map<string, IntraNodeRates>>();

/**
 * Rates over the actual set of GPUs: through the switch, over direct NVLinks, or through PCIe and the host.
 *
 * @throws RangeError when NCCL's cost model does not cover the GPU
 */
export function intraNodeRates(node: CollectiveNode): IntraNodeRates {
  const ofTopology = known.get(node.topology) ?? new Map<string, IntraNodeRates>();
  known.set(node.topology, ofTopology);
  const { gpu, gpus, host } = node;
  const key = [
    gpu.name,
    gpu.computeCapability,
    gpu.pcie,
    host?.cpuVendor,
    host?.numaLinkBytesPerS,
    ...gpus,
  ].join("/");
  const before = ofTopology.get(key);
  if (before !== undefined) return before;
  const rates = computeRates(node);
  ofTopology.set(key, rates);
  return rates;
}

/** One GPU alone: no link inside the node is in its way. */
const ALONE: IntraNodeRates = {
  isNvlink: true,
  isSwitched: false,
  ringBytesPerS: Number.POSITIVE_INFINITY,
  allToAllBytesPerS: Number.POSITIVE_INFINITY,
  limitedBy: "nothing inside the node",
  assumptions: [],
};

function computeRates(node: CollectiveNode): IntraNodeRates {
  const { topology, gpus } = node;
  const nccl = ncclGpu(node.gpu);
  const assumptions = nccl.assumption === undefined ? [] : [nccl.assumption];
  if (areSwitched(topology, gpus)) {
    const bytesPerS = topology.nvswitch!.linksPerGpu * nccl.nvlinkBytesPerS;
    return {
      isNvlink: true,
      isSwitched: true,
      ringBytesPerS: bytesPerS,
      allToAllBytesPerS: bytesPerS,
      limitedBy: `${topology.nvswitch!.linksPerGpu} NVLinks per GPU into NVSwitch`,
      assumptions,
    };
  }
  if (gpus.length === 1) return ALONE;
  if (hasAssumedBridge(topology, gpus)) {
    assumptions.push("12 NVLinks per bridge assumed: their number is not published");
  }
  const uses = (from: number, to: number): readonly LinkUse[] =>
    linksBetween({ ...node, ncclGpu: nccl }, from, to);
  const allToAllBytesPerS = sharedRate(
    gpus.flatMap((from) => gpus.filter((to) => to !== from).flatMap((to) => uses(from, to))),
  ).bytesPerS;
  const rings = directRings(topology, gpus);
  if (rings > 0) {
    return {
      isNvlink: true,
      isSwitched: false,
      ringBytesPerS: rings * nccl.nvlinkBytesPerS,
      allToAllBytesPerS: allToAllBytesPerS * (gpus.length - 1),
      limitedBy: `${rings} directed rings over direct NVLinks`,
      assumptions,
    };
  }
  if (nccl.isPcieAssumed) assumptions.push("PCIe 3 x16 assumed: the slot is not in the catalogue");
  if (crossesUnknownHostLink(node)) {
    assumptions.push("links between NUMA nodes not counted: their rate is not known");
  }
  const ring = bestRing(gpus, uses);
  return {
    isNvlink: false,
    isSwitched: false,
    ringBytesPerS: ring.bytesPerS,
    allToAllBytesPerS: allToAllBytesPerS * (gpus.length - 1),
    limitedBy: ring.link,
    assumptions,
  };
}

/** Directed rings over direct NVLinks; 0 when a GPU of the set has none to the others. */
function directRings(topology: NodeTopology, gpus: readonly number[]): number {
  const links = gpus.map((left) => gpus.map((right) => bridgeLinks(topology, left, right) ?? 0));
  if (gpus.length < 2 || links.some((row) => row.every((each) => each === 0))) return 0;
  return gpus.length > SEARCHED_GPUS_MAX ? 0 : nvlinkRingCount(links);
}

/** Equal rate of flows that share links, and the link that decides it. */
function sharedRate(uses: readonly LinkUse[]): { bytesPerS: number; link: string } {
  const loads = new Map<string, { load: number; bytesPerS: number }>();
  for (const { link, load, bytesPerS } of uses) {
    loads.set(link, { bytesPerS, load: load + (loads.get(link)?.load ?? 0) });
  }
  let slowest = { bytesPerS: Number.POSITIVE_INFINITY, link: "" };
  for (const [link, { load, bytesPerS }] of loads) {
    if (bytesPerS / load < slowest.bytesPerS) slowest = { bytesPerS: bytesPerS / load, link };
  }
  return slowest;
}

/** The order of GPUs whose slowest link is fastest; the first in lexical order among equals. */
function bestRing(
  gpus: readonly number[],
  uses: (from: number, to: number) => readonly LinkUse[],
): { bytesPerS: number; link: string } {
  const rate = (order: readonly number[]): { bytesPerS: number; link: string } =>
    sharedRate(order.flatMap((from, at) => uses(from, order[(at + 1) % order.length]!)));
  const ascending = [...gpus].sort((left, right) => left - right);
  let best = rate(ascending);
  if (gpus.length <= 2 || gpus.length > SEARCHED_GPUS_MAX) return best;
  const visit = (order: readonly number[], rest: readonly number[]): void => {
    if (rest.length === 0) {
      const found = rate(order);
      if (found.bytesPerS > best.bytesPerS) best = found;
      return;
    }
    for (const next of rest) {
      visit(
        [...order, next],
        rest.filter((gpu) => gpu !== next),
      );
    }
  };
  visit(ascending.slice(0, 1), ascending.slice(1));
  return best;
}

function crossesUnknownHostLink({ topology, gpus, host }: CollectiveNode): boolean {
  if (host?.numaLinkBytesPerS !== undefined) return false;
  if (topology.numaNodes === undefined) return true;
  const homes = gpus.map((gpu) => topology.numaNodes!.findIndex((numa) => numa.gpus.includes(gpu)));
  return new Set(homes).size > 1;
}

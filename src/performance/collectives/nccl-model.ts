import { log2 } from "../../base/elementary.js";
import { channelCount, switchChannelBytesPerS } from "./nccl-channels.js";
import * as constants from "./nccl-constants.js";
import type { NcclGpu } from "./nccl-gpu.js";
import type { CollectiveOperation } from "./types.js";

/** Where an operation runs, as NCCL's cost model sees it. */
export interface NcclPlace {
  readonly gpu: NcclGpu;
  readonly cpuVendor?: "intel" | "amd" | "arm";
  readonly gpuCount: number;
  readonly nodeCount: number;
  /** True when steps inside a node stay on NVLink. */
  readonly isNvlink: boolean;
  /** Bytes per second of all rings together, inside the node or across nodes, whichever is less. */
  readonly ringBytesPerS: number;
  /** Channels across nodes: one per network adapter in use. */
  readonly networkChannels?: number;
  /** What an adapter adds to every network step; counted twice for Simple, which also flushes. */
  readonly adapterLatencyS?: number;
  /** One direction of the NVLinks of a GPU into switches that can reduce. */
  readonly switchBytesPerS?: number;
  /** Bytes per second that each GPU sends when all send to all; the ring's rate when absent. */
  readonly allToAllBytesPerS?: number;
}

/** One way NCCL could run an operation. */
export interface NcclCandidate {
  readonly algorithm: constants.NcclAlgorithm | "point-to-point";
  readonly protocol: constants.NcclProtocol;
  readonly latencyS: number;
  /** Bytes of the operation per second, latency left out. */
  readonly bytesPerS: number;
  readonly seconds: number;
}

/**
 * Steps of a ring whose link idles half the time: the first send and the last receive of each round have no
 * partner, and half of that hides behind the next round. Ours, not NCCL's; 0 gives NCCL's own formula.
 */
export const UNPAIRED_STEPS = 0.5;

const GIGA = 1e9;
const MICRO = 1e-6;
const SIMPLE = 2;

/**
 * Every (algorithm, protocol) that NCCL may use, with the time its cost model gives.
 *
 * Formulas of NCCL's `ncclTopoTuneModel` and `ncclTopoGetAlgoTime`; point-to-point operations, which have no
 * row there, take one step over all links.
 *
 * @param unpairedSteps see UNPAIRED_STEPS
 */
export function ncclCandidates(
  op: CollectiveOperation,
  bytes: number,
  place: NcclPlace,
  unpairedSteps = UNPAIRED_STEPS,
): readonly NcclCandidate[] {
  if (op === "all-to-all" || op === "send-recv")
    return pointToPoint(op, bytes, place, unpairedSteps);
  const candidates = [...rings(op, bytes, place, unpairedSteps)];
  if (op === "all-reduce") candidates.push(...trees(bytes, place, unpairedSteps));
  candidates.push(...switched(op, bytes, place));
  if (op !== "all-reduce") candidates.push(...pat(bytes, place));
  return candidates;
}

/** The fastest candidate: what NCCL would choose; the first among equals. */
export function fastest(candidates: readonly NcclCandidate[]): NcclCandidate {
  return candidates.reduce((best, each) => (each.seconds < best.seconds ? each : best));
}

/** Column of a constant that depends on the number of nodes. */
function column({ nodeCount }: NcclPlace): 0 | 1 | 2 {
  return nodeCount === 1 ? 0 : nodeCount === 2 ? 1 : 2;
}

function channelsOf(place: NcclPlace): number {
  return place.networkChannels ?? channelCount(place.gpu, place.ringBytesPerS);
}

function llRate(place: NcclPlace): number {
  const { cpuVendor, gpu, nodeCount } = place;
  if (nodeCount === 1) return constants.LL_RATE_ONE_NODE[gpu.generation] * GIGA;
  const [two, more] = constants.LL_RATE_NODES[cpuVendor === "amd" ? "amd" : "other"];
  return (nodeCount === 2 ? two : more) * GIGA;
}

function adapterUs({ adapterLatencyS = 0 }: NcclPlace, protocol: number): number {
  return ((protocol === SIMPLE ? 2 : 1) * adapterLatencyS) / MICRO;
}

/** LL128 needs NVLink inside the node and a GPU from Volta on. */
function protocolsOf({ isNvlink, gpu }: NcclPlace): readonly number[] {
  return isNvlink && gpu.capability >= 70 ? [0, 1, 2] : [0, 2];
}

function candidate(
  algorithm: NcclCandidate["algorithm"],
  protocol: number,
  latencyUs: number,
  bytesPerS: number,
  bytes: number,
): NcclCandidate {
  const latencyS = latencyUs * MICRO;
  return {
    algorithm,
    protocol: constants.NCCL_PROTOCOLS[protocol]!,
    latencyS,
    bytesPerS,
    seconds: latencyS + bytes / bytesPerS,
  };
}

/** Rate that is left when the unpaired steps of a ring inside one NVLink domain are counted. */
function pairedRate(place: NcclPlace, steps: number, unpairedSteps: number): number {
  // A slower hop behind PCIe or the network stays busy: buffers before it fill up meanwhile.
  const isPaced = place.nodeCount > 1 || !place.isNvlink;
  return isPaced ? place.ringBytesPerS : (place.ringBytesPerS * steps) / (steps + unpairedSteps);
}

function rings(
  op: CollectiveOperation,
  bytes: number,
  place: NcclPlace,
  unpairedSteps: number,
): readonly NcclCandidate[] {
  const { gpu, gpuCount, nodeCount } = place;
  const hardware = place.isNvlink ? "nvlink" : "pci";
  const rounds = op === "all-reduce" ? 2 : 1;
  const steps = rounds * (gpuCount - 1);
  const networkSteps = rounds * (nodeCount - 1);
  const busBytesPerS = pairedRate(place, steps, unpairedSteps);
  const channels = channelsOf(place);
  return protocolsOf(place).map((protocol) => {
    let rate = busBytesPerS;
    if (protocol === 0) rate = Math.min(llRate(place), 0.5 * busBytesPerS);
    if (protocol === 1) {
      const cap = constants.RING_LL128_RATE_PER_CHANNEL[gpu.generation][column(place)] * GIGA;
      rate = Math.min(0.92 * busBytesPerS, channels * cap);
    }
    let stepUs = constants.STEP_LATENCY_US[hardware].Ring[protocol]!;
    if (nodeCount > 1) {
      const postUs = constants.NETWORK_POST_US[place.cpuVendor ?? "unknown"];
      stepUs = Math.max(stepUs, protocol === SIMPLE ? 3 * postUs : postUs);
    }
    // With one GPU per node nothing hides the network: the tree's network step counts.
    const networkKind = gpuCount === nodeCount ? "Tree" : "Ring";
    const networkUs =
      constants.STEP_LATENCY_US.net[networkKind][protocol]! + adapterUs(place, protocol);
    let latencyUs =
      constants.BASE_LATENCY_US.Ring[protocol]! +
      (steps - networkSteps) * stepUs +
      networkSteps * networkUs;
    const isPlateau =
      op === "all-reduce" &&
      protocol === SIMPLE &&
      nodeCount > 1 &&
      bytes / (channels * gpuCount) >= 64;
    if (isPlateau) latencyUs *= gpu.capability < 80 ? 1.9 : 1.4;
    return candidate("Ring", protocol, latencyUs, (rate * gpuCount) / steps, bytes);
  });
}

function trees(bytes: number, place: NcclPlace, unpairedSteps: number): readonly NcclCandidate[] {
  const { gpu, gpuCount, nodeCount } = place;
  const { generation } = gpu;
  const hardware = place.isNvlink ? "nvlink" : "pci";
  const channels = channelsOf(place);
  const at = column(place);
  const busBytesPerS = pairedRate(place, 2 * (gpuCount - 1), unpairedSteps);
  const treeBytesPerS = Math.min(
    0.92 * busBytesPerS,
    channels * constants.TREE_RATE_PER_CHANNEL[generation][at] * GIGA,
  );
  const depth = Math.floor(log2(nodeCount));
  const perNode = Math.floor(gpuCount / nodeCount);
  return protocolsOf(place).map((protocol) => {
    let rate = treeBytesPerS;
    if (protocol === 0) rate = Math.min(treeBytesPerS / 3.8, llRate(place));
    if (protocol === 1) {
      const cap = constants.TREE_LL128_RATE_PER_CHANNEL[generation][at] * GIGA;
      rate = Math.min(treeBytesPerS * (nodeCount === 1 ? 7 / 9 : 120 / 128), channels * cap);
    }
    const latencyUs =
      constants.BASE_LATENCY_US.Tree[protocol]! +
      2 *
        ((perNode - 1) * constants.STEP_LATENCY_US[hardware].Tree[protocol]! +
          depth * (constants.STEP_LATENCY_US.net.Tree[protocol]! + adapterUs(place, protocol)));
    const share = treeShare(protocol, bytes);
    return candidate("Tree", protocol, latencyUs, 0.5 * share * rate, bytes);
  });
}

function treeShare(protocol: number, bytes: number): number {
  const shares = constants.TREE_RATE_SHARE[constants.NCCL_PROTOCOLS[protocol]!];
  if (bytes < 64) return 1;
  return shares[Math.floor(log2(bytes / 64))] ?? 1;
}

/** Reductions inside the NVLink switches, alone or at the leaves of a tree across nodes. */
function switched(
  op: CollectiveOperation,
  bytes: number,
  place: NcclPlace,
): readonly NcclCandidate[] {
  const { gpu, gpuCount, nodeCount, switchBytesPerS } = place;
  const efficiency = constants.NVLS_EFFICIENCY[gpu.generation];
  const heads = Math.floor(gpuCount / nodeCount);
  const isTree = nodeCount > 1;
  // Across nodes only the all-reduce has it without in-network reduction.
  if (switchBytesPerS === undefined || efficiency === 0 || heads < 2) return [];
  if (isTree && op !== "all-reduce") return [];
  const channel = switchChannelBytesPerS(gpu, switchBytesPerS, heads);
  if (channel === undefined) return [];
  const passes = op === "all-reduce" ? 2 : (heads - 1) / heads;
  const inside = ((channel * efficiency * (heads - 1)) / heads) * passes;
  const steps = constants.STEP_LATENCY_US;
  if (!isTree) {
    // An all-reduce moves 2(n - 1) of n parts; the others are counted in `passes`.
    const ratio = op === "all-reduce" ? gpuCount / (2 * (gpuCount - 1)) : 1;
    return [candidate("NVLS", SIMPLE, steps.nvlink.NVLS[SIMPLE], heads * inside * ratio, bytes)];
  }
  const channels = Math.min(heads, place.networkChannels ?? heads);
  const network = (place.ringBytesPerS / channels) * (nodeCount === 2 ? 2 : 1);
  const cap = constants.NVLS_TREE_RATE_PER_CHANNEL[gpu.generation][column(place)] * GIGA;
  const latencyUs =
    steps.nvlink.NVLSTree[SIMPLE] +
    2 * Math.floor(log2(nodeCount)) * (steps.net.NVLSTree[SIMPLE] + adapterUs(place, SIMPLE));
  const ratio = gpuCount / (2 * (gpuCount - 1));
  const rate = channels * Math.min(inside, network, cap) * ratio;
  return [candidate("NVLSTree", SIMPLE, latencyUs, rate, bytes)];
}

/** The logarithmic algorithm for gathers and scatters with one GPU per node. */
function pat(bytes: number, place: NcclPlace): readonly NcclCandidate[] {
  const { gpuCount, nodeCount, ringBytesPerS } = place;
  if (nodeCount === 1 || gpuCount !== nodeCount) return [];
  const latencyUs =
    constants.BASE_LATENCY_US.PAT[SIMPLE] +
    (Math.floor(log2(nodeCount)) *
      (constants.STEP_LATENCY_US.net.Tree[SIMPLE] + adapterUs(place, SIMPLE))) /
      3.5 +
    2.8 * gpuCount;
  return [candidate("PAT", SIMPLE, latencyUs, 0.75 * ringBytesPerS, bytes)];
}

function pointToPoint(
  op: "all-to-all" | "send-recv",
  bytes: number,
  place: NcclPlace,
  unpairedSteps: number,
): readonly NcclCandidate[] {
  const { gpuCount, nodeCount } = place;
  const hardware = nodeCount > 1 ? "net" : place.isNvlink ? "nvlink" : "pci";
  const isAllToAll = op === "all-to-all";
  const linkBytesPerS = isAllToAll
    ? (place.allToAllBytesPerS ?? place.ringBytesPerS)
    : place.ringBytesPerS;
  const steps = gpuCount - 1;
  const paired = isAllToAll
    ? pairedRate({ ...place, ringBytesPerS: linkBytesPerS }, steps, unpairedSteps)
    : linkBytesPerS;
  const sent = isAllToAll ? steps / gpuCount : 1;
  return [0, SIMPLE].map((protocol) => {
    const rate = protocol === 0 ? Math.min(llRate(place), 0.5 * paired) : paired;
    const latencyUs =
      constants.BASE_LATENCY_US.Ring[protocol]! +
      constants.STEP_LATENCY_US[hardware].Ring[protocol]! +
      (nodeCount > 1 ? adapterUs(place, protocol) : 0);
    return candidate("point-to-point", protocol, latencyUs, rate / sent, bytes);
  });
}

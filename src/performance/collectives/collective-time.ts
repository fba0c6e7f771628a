import { adapterBytesPerS, allToAllAcrossNodesS, type HierarchicalPlace } from "./hierarchical.js";
import { intraNodeRates, type IntraNodeRates } from "./intra-node-rates.js";
import { measuredTime } from "./measured/measured-time.js";
import { NCCL_SOURCE } from "./nccl-constants.js";
import { ncclGpu } from "./nccl-gpu.js";
import { fastest, ncclCandidates, type NcclPlace } from "./nccl-model.js";
import { areSwitched } from "./node-links.js";
import { networkRates } from "./network-rates.js";
import type { CollectiveAnswer, CollectiveNode, CollectiveQuestion } from "./types.js";

/**
 * How long a collective operation takes over the GPUs given.
 *
 * Inside one node or NVLink domain the measured tables of the GPU answer where they fit; otherwise NCCL's
 * cost model does, with the rates of the links these GPUs really have between them. Across nodes NCCL's model
 * runs over the network's rate; an all-to-all and a transfer between two GPUs are composed level by level.
 *
 * @throws RangeError for a size that is negative or not finite, GPUs outside the node or named twice, mixed
 *   GPU models, network adapters that are not known, and GPUs NCCL's cost model does not cover
 */
export function collectiveTimeS(question: CollectiveQuestion): CollectiveAnswer {
  checkQuestion(question);
  const { bytes, nodes, fabric } = question;
  const gpuCount = nodes.reduce((sum, { gpus }) => sum + gpus.length, 0);
  if (gpuCount === 1 || bytes === 0) {
    return {
      seconds: 0,
      method: "nothing-to-send",
      extrapolated: false,
      source: gpuCount === 1 ? "one GPU sends nothing" : "no bytes to send",
    };
  }
  if (nodes.length === 1 || fabric?.isOneNvlinkDomain === true) {
    return insideOneDomain(question, gpuCount);
  }
  return acrossNodes(question, gpuCount);
}

function checkQuestion({ bytes, nodes, networkShare }: CollectiveQuestion): void {
  if (!(bytes >= 0 && Number.isFinite(bytes))) {
    throw new RangeError(`collectives: bytes must be a finite number from 0, got ${bytes}`);
  }
  if (networkShare !== undefined && !(networkShare > 0 && networkShare <= 1)) {
    throw new RangeError(`collectives: networkShare must be in (0, 1], got ${networkShare}`);
  }
  if (nodes.length === 0) throw new RangeError("collectives: at least one node must take part");
  for (const { gpu, gpus, topology } of nodes) {
    if (gpu.name !== nodes[0]!.gpu.name) {
      throw new RangeError(
        `collectives: all GPUs must be of one model, got ${nodes[0]!.gpu.name} and ${gpu.name}`,
      );
    }
    const isInside = gpus.every(
      (each) => Number.isInteger(each) && each >= 0 && each < topology.gpuCount,
    );
    if (gpus.length === 0 || !isInside || new Set(gpus).size !== gpus.length) {
      throw new RangeError(
        `collectives: GPUs of a node must be different indices from 0 to ${topology.gpuCount - 1}, got [${gpus.join(", ")}]`,
      );
    }
  }
}

/** The place of a question inside one node or one NVLink domain. */
export function placeInsideDomain(
  node: CollectiveNode,
  gpuCount: number,
): { readonly place: NcclPlace; readonly rates: IntraNodeRates } {
  const rates = intraNodeRates(node);
  const cpuVendor = node.host?.cpuVendor;
  return {
    rates,
    place: {
      gpu: ncclGpu(node.gpu),
      ...(cpuVendor === undefined ? {} : { cpuVendor }),
      gpuCount,
      nodeCount: 1,
      isNvlink: rates.isNvlink,
      ringBytesPerS: rates.ringBytesPerS,
      allToAllBytesPerS: rates.allToAllBytesPerS,
      ...(rates.isSwitched ? { switchBytesPerS: rates.ringBytesPerS } : {}),
    },
  };
}

function insideOneDomain(question: CollectiveQuestion, gpuCount: number): CollectiveAnswer {
  const { op, bytes, nodes } = question;
  const node = nodes[0]!;
  if (nodes.length > 1 && !nodes.every(({ topology, gpus }) => areSwitched(topology, gpus))) {
    throw new RangeError(
      "collectives: one NVLink domain over several nodes needs NVLink switches in each of them",
    );
  }
  // The rates of a single GPU say nothing; inside switches any GPUs have the same.
  const { place, rates } = placeInsideDomain(node, gpuCount);
  const isPcie = node.topology.nvswitch === undefined && !usesBridge(node);
  if (rates.isSwitched || isPcie) {
    const measured = measuredTime({
      op,
      bytes,
      gpuModel: node.gpu.name,
      joinedBy: rates.isSwitched ? "nvswitch" : "pcie",
      gpuCount,
      modelS: (count, size) =>
        fastest(ncclCandidates(op, size, { ...place, gpuCount: count })).seconds,
    });
    if (measured !== undefined) return { method: "measured-table", ...measured };
  }
  const best = fastest(ncclCandidates(op, bytes, place));
  return {
    seconds: best.seconds,
    method: "nccl-model",
    extrapolated: true,
    source: [NCCL_SOURCE, `limited by ${rates.limitedBy}`, ...rates.assumptions].join("; "),
    algorithm: `${best.algorithm}/${best.protocol}`,
  };
}

function usesBridge({ topology, gpus }: CollectiveNode): boolean {
  return (topology.nvlinks ?? []).some(({ between }) => between.every((gpu) => gpus.includes(gpu)));
}

/** The nodes of a question with the rates inside and between them. */
export function placeAcrossNodes({
  nodes,
  fabric,
  networkShare,
}: CollectiveQuestion): HierarchicalPlace {
  return {
    nodes,
    intra: nodes.map(intraNodeRates),
    network: networkRates(nodes, fabric, networkShare),
  };
}

/** NCCL's place of a question across nodes. */
export function ncclPlaceAcrossNodes(
  { nodes, intra, network }: HierarchicalPlace,
  gpuCount: number,
): NcclPlace {
  const several = intra.filter((_rates, at) => nodes[at]!.gpus.length > 1);
  const insideBytesPerS = Math.min(...several.map(({ ringBytesPerS }) => ringBytesPerS));
  const cpuVendor = nodes[0]!.host?.cpuVendor;
  const isSwitched = several.length > 0 && several.every((rates) => rates.isSwitched);
  return {
    gpu: ncclGpu(nodes[0]!.gpu),
    ...(cpuVendor === undefined ? {} : { cpuVendor }),
    gpuCount,
    nodeCount: nodes.length,
    isNvlink: several.every(({ isNvlink }) => isNvlink),
    ringBytesPerS: Math.min(network.ringBytesPerS, insideBytesPerS),
    networkChannels: network.channels,
    adapterLatencyS: network.adapterLatencyS,
    ...(isSwitched ? { switchBytesPerS: insideBytesPerS } : {}),
  };
}

function acrossNodes(question: CollectiveQuestion, gpuCount: number): CollectiveAnswer {
  const { op, bytes } = question;
  const place = placeAcrossNodes(question);
  const { network, intra } = place;
  const assumptions = [...new Set([...intra, network].flatMap((each) => each.assumptions))];
  const limit =
    `network of ${network.channels} adapters per node, ` +
    `${(network.ringBytesPerS / 1e9).toPrecision(3)} GB/s per node`;
  if (op === "all-to-all") {
    return {
      seconds: allToAllAcrossNodesS(bytes, place),
      method: "hierarchical",
      extrapolated: true,
      source: [
        "links inside nodes and adapters at once, the slower decides",
        limit,
        ...assumptions,
      ].join("; "),
    };
  }
  const nccl = ncclPlaceAcrossNodes(place, gpuCount);
  const ringBytesPerS =
    op === "send-recv" ? Math.min(nccl.ringBytesPerS, adapterBytesPerS(place)) : nccl.ringBytesPerS;
  const best = fastest(ncclCandidates(op, bytes, { ...nccl, ringBytesPerS }));
  return {
    seconds: best.seconds,
    method: op === "send-recv" ? "hierarchical" : "nccl-model",
    extrapolated: true,
    source: [NCCL_SOURCE, limit, ...assumptions].join("; "),
    algorithm: `${best.algorithm}/${best.protocol}`,
  };
}

import {
  collectiveTimeS,
  type CollectiveNode,
  type CollectiveOperation,
  MEASURED_SOURCE,
  NCCL_SOURCE,
} from "../collectives.js";
import { customAllReduce, CUSTOM_ALL_REDUCE_SOURCE } from "./custom-all-reduce.js";
import type { ReplicaHost } from "./replica-host.js";

/** The link over which the GPUs of a replica add their parts, twice in each layer. */
export interface TensorParallelLink {
  readonly bytesPerS: number;
  readonly latencyS: number;
}

/** What it costs the GPUs of a replica to exchange data. Seconds; sizes as in `CollectiveQuestion`. */
export interface ReplicaLinks {
  /** Over the GPUs of one tensor-parallel group. */
  allReduceS(bytes: number): number;
  /** Over all GPUs that share the experts. */
  allToAllS(bytes: number): number;
  /** From a pipeline stage to the next. */
  sendS(bytes: number): number;
  /** True where the tensor-parallel group meets over NVLink. */
  readonly isNvlink: boolean;
  /** Where the times come from, each once; grows as questions are asked. */
  readonly sources: readonly string[];
}

/** How a replica is spread, as its links see it. */
export interface LinkedGpus {
  readonly tensor: number;
  readonly pipeline: number;
  /** GPUs that share the experts; 1 where experts stay in the tensor-parallel group. */
  readonly expertGroup: number;
}

/** A ring all-reduce: 2(n − 1) turns, each with an n-th of the bytes. */
export function ringAllReduceS(
  bytes: number,
  gpus: number,
  { bytesPerS, latencyS }: TensorParallelLink,
): number {
  return gpus === 1 ? 0 : 2 * (gpus - 1) * (bytes / gpus / bytesPerS + latencyS);
}

/** Adapter assumed between machines of which no source names one. */
export const NETWORK_ASSUMED = { nicBytesPerS: 12.5e9, nicsPerNode: 1, transport: "tcp" } as const;
const NETWORK_ASSUMED_TEXT =
  "network between machines: one 100 Gb/s adapter over TCP assumed, as none is known of the machine";

/**
 * Links of a replica on machines of the catalogue.
 *
 * All-reduce: times of vLLM's own kernel where they were published for this GPU and way of joining (inside one
 * machine), else the collective model: measured NCCL tables or NCCL's cost model. Transfers to the next stage
 * and all-to-all: the collective model.
 */
export function linksOfHost(host: ReplicaHost, gpus: LinkedGpus): ReplicaLinks {
  const sources = new Set<string>();
  const inGroup = nodesFor(host, gpus.tensor);
  const isNvlink = host.node !== undefined && joinOf(host.node, gpus.tensor) === "nvlink";
  const own =
    inGroup.length === 1 && host.node !== undefined
      ? customAllReduce(host.gpu.name, isNvlink ? "nvswitch" : "pcie", gpus.tensor)
      : undefined;
  const known = new Map<string, number>();
  const ask = (op: CollectiveOperation, bytes: number, nodes: readonly CollectiveNode[]): number =>
    memo(known, `${op}/${bytes}/${nodes.length}`, () => {
      const { seconds, source } = timed(op, bytes, nodes, host, sources);
      sources.add(source);
      return seconds;
    });
  const acrossExperts = nodesFor(host, gpus.expertGroup);
  return {
    isNvlink,
    allReduceS(bytes) {
      if (gpus.tensor === 1 || bytes === 0) return 0;
      if (own !== undefined && !own.isOutside(bytes)) {
        sources.add(`${CUSTOM_ALL_REDUCE_SOURCE} (${own.engine})`);
        return own.seconds(bytes);
      }
      return ask("all-reduce", bytes, inGroup);
    },
    allToAllS: (bytes) =>
      gpus.expertGroup === 1 || bytes === 0 ? 0 : ask("all-to-all", bytes, acrossExperts),
    sendS(bytes) {
      if (gpus.pipeline === 1 || bytes === 0) return 0;
      return ask("send-recv", bytes, stagePair(host, gpus));
    },
    get sources() {
      return [...sources];
    },
  };
}

/** Links with one rate and one latency, as a user gives them: a ring for the all-reduce. */
export function linksOfPair(link: TensorParallelLink, gpus: LinkedGpus): ReplicaLinks {
  const send = (bytes: number): number => bytes / link.bytesPerS + link.latencyS;
  return {
    isNvlink: false,
    allReduceS: (bytes) => ringAllReduceS(bytes, gpus.tensor, link),
    allToAllS: (bytes) =>
      gpus.expertGroup === 1
        ? 0
        : (bytes * (gpus.expertGroup - 1)) / gpus.expertGroup / link.bytesPerS + link.latencyS,
    sendS: (bytes) => (gpus.pipeline === 1 ? 0 : send(bytes)),
    sources: [
      `given: ${(link.bytesPerS / 1e9).toFixed(1)} GB/s and ${(link.latencyS * 1e6).toFixed(1)} µs per turn of a ring`,
    ],
  };
}

function memo(known: Map<string, number>, key: string, compute: () => number): number {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = compute();
  known.set(key, value);
  return value;
}

function timed(
  op: CollectiveOperation,
  bytes: number,
  nodes: readonly CollectiveNode[],
  host: ReplicaHost,
  sources: Set<string>,
): { readonly seconds: number; readonly source: string } {
  const needsNetwork = nodes.length > 1;
  const hasAdapters = (host.node?.topology.nics?.length ?? 0) > 0;
  const fabric = host.fabric ?? (needsNetwork && !hasAdapters ? NETWORK_ASSUMED : undefined);
  if (fabric === NETWORK_ASSUMED) sources.add(NETWORK_ASSUMED_TEXT);
  const answer = collectiveTimeS({ op, bytes, nodes, ...(fabric === undefined ? {} : { fabric }) });
  const source = answer.method === "measured-table" ? MEASURED_SOURCE : NCCL_SOURCE;
  return { seconds: answer.seconds, source: `${source} (${answer.method})` };
}

/** The first GPUs of as few machines as hold the group. */
function nodesFor({ node, gpusPerNode }: ReplicaHost, gpus: number): readonly CollectiveNode[] {
  if (node === undefined) return [];
  const machines = Math.ceil(gpus / gpusPerNode);
  const perMachine = Math.ceil(gpus / machines);
  return Array.from({ length: machines }, () => ({
    ...node,
    gpus: node.gpus.slice(0, perMachine),
  }));
}

/** Two GPUs that a stage boundary lies between: on two machines where a machine holds one stage. */
function stagePair(host: ReplicaHost, { tensor, pipeline }: LinkedGpus): readonly CollectiveNode[] {
  const { node, gpusPerNode } = host;
  if (node === undefined) return [];
  if (tensor * pipeline > gpusPerNode) {
    const one = { ...node, gpus: node.gpus.slice(0, 1) };
    return [one, one];
  }
  return [{ ...node, gpus: [node.gpus[0]!, node.gpus[tensor]!] }];
}

/** How the first GPUs of a machine meet: NVLink when each pair of them has it or they share a switch. */
function joinOf({ topology }: CollectiveNode, gpus: number): "nvlink" | "pcie" {
  const group = Array.from({ length: gpus }, (_, index) => index);
  if (group.every((gpu) => topology.nvswitch?.gpus.includes(gpu) === true)) return "nvlink";
  const pairs = topology.nvlinks ?? [];
  const isBridged = (left: number, right: number): boolean =>
    pairs.some(({ between }) => between.includes(left) && between.includes(right));
  return group.every((left) => group.every((right) => left === right || isBridged(left, right)))
    ? "nvlink"
    : "pcie";
}

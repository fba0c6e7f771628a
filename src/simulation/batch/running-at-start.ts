import { formatNumber } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { ClusterSpec, NodeSpec } from "../../cluster/spec.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { JobTable, PodRequest } from "../../workload/job-table.js";
import { runningOnOf } from "../../workload/running-on-columns.js";

const GPU_MILLI = 1000;
const GIBIBYTE = 1_073_741_824;
/** Jobs that a message names. */
const NAMED_MAX = 3;

/** Something recorded about running jobs that cannot be so on this cluster. */
export interface RunningFault {
  /** Row of the job; of one of them where several do not go together. */
  readonly job: number;
  /** A node that the cluster does not have, a node that holds less, or a job that is not that simple. */
  readonly rule: "unknown-node" | "over-full-node" | "not-placeable-there";
  readonly message: string;
  /** The nearest name of a node. */
  readonly suggestion?: string;
}

/** Where the jobs are that run when they are submitted. */
export interface RunningAtStart {
  /** Everything that cannot be so; empty when the records fit the cluster. */
  readonly faults: readonly RunningFault[];
  /** True for a job that runs already. */
  has(job: number): boolean;
  /**
   * The room of a running job, in the form a gang placer takes back.
   *
   * @param nodeOf index, in the lane, of a node of the cluster
   */
  partsOf(job: number, nodeOf: (node: number) => number): GangParts;
}

/** A worker on its node. */
interface Part {
  readonly node: number;
  readonly gpus: readonly number[];
}

/**
 * Finds the room of every job that runs when it is submitted.
 *
 * Records name nodes, not GPUs: the lowest free GPUs of the node are taken, whole ones first. All faults are
 * found, not only the first.
 *
 * @param options.withHost also check CPU, memory and pods: true where the placement looks at them
 */
export function placeRunning(
  jobs: JobTable,
  cluster: ClusterSpec,
  options: { readonly withHost: boolean },
): RunningAtStart {
  const faults: RunningFault[] = [];
  const parts = new Map<number, readonly Part[]>();
  const running = rowsRunning(jobs);
  const nodeIndex = new Map(cluster.nodes.map(({ name }, node) => [name, node]));
  const books = new Map<number, NodeBook>();
  for (const job of running) {
    const nodes = nodesOf(jobs, job, cluster, nodeIndex, faults);
    if (nodes === undefined) continue;
    parts.set(
      job,
      nodes.map((node) => {
        const book = books.get(node) ?? createNodeBook(cluster.nodes[node]!);
        books.set(node, book);
        return { node, gpus: book.take(job, jobs.shapes[jobs.shape[job]!]!) };
      }),
    );
  }
  for (const book of books.values()) {
    faults.push(...book.faults(jobs, options));
  }
  return {
    faults,
    has: (job) => parts.has(job),
    partsOf(job, nodeOf) {
      const values = (parts.get(job) ?? []).flatMap(({ node, gpus }) => [
        nodeOf(node),
        gpus.length,
        ...gpus,
      ]);
      return { values: Int32Array.from(values), length: values.length };
    },
  };
}

/** Rows that run already: those of whole GPUs first, so that shares take what is left. */
function rowsRunning({ count, shape, shapes, runningOnOffset }: JobTable): readonly number[] {
  if (runningOnOffset === undefined) return [];
  const rows: number[] = [];
  for (let job = 0; job < count; job++)
    if (runningOnOffset[job + 1]! > runningOnOffset[job]!) rows.push(job);
  const milliOf = (job: number): number => shapes[shape[job]!]!.gpuMilli;
  return rows.sort((left, right) => milliOf(right) - milliOf(left) || left - right);
}

/** Indexes of the job's nodes, one per worker; undefined after a fault. */
function nodesOf(
  jobs: JobTable,
  job: number,
  cluster: ClusterSpec,
  nodeIndex: ReadonlyMap<string, number>,
  faults: RunningFault[],
): readonly number[] | undefined {
  const names = runningOnOf(jobs, job);
  const nodes = names.map((name) => nodeIndex.get(name));
  const id = jobs.ids[job]!;
  const missing = names[nodes.indexOf(undefined)];
  if (missing !== undefined) {
    const suggestion = didYouMean(missing, [...nodeIndex.keys()]);
    const message = `job ${id} runs on node "${missing}", which the cluster does not have`;
    faults.push({
      job,
      rule: "unknown-node",
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    return undefined;
  }
  const known = nodes as number[];
  const ownNodes = cluster.nodes.some(({ partition }) => partition !== undefined);
  const why = known
    .map((node) => whyNotThere(jobs, job, cluster.nodes[node]!, ownNodes))
    .find(Boolean);
  if (why === undefined) return known;
  faults.push({ job, rule: "not-placeable-there", message: `job ${id} ${why}` });
  return undefined;
}

/** Why the job cannot be on the node, whatever else is there. */
function whyNotThere(
  jobs: JobTable,
  job: number,
  node: NodeSpec,
  ownNodes: boolean,
): string | undefined {
  const request = jobs.shapes[jobs.shape[job]!]!;
  const { gpuCount, gpuMilli, gpuModels, gpuPart } = request;
  if (gpuCount > 0 && gpuModels.length > 0 && !gpuModels.includes(node.gpuModel)) {
    return `runs on node ${node.name}, whose GPUs are ${node.gpuModel || "none"}, and asks for ${gpuModels.join(" or ")}`;
  }
  if (gpuPart !== undefined || (gpuCount > 0 && node.partitioning !== undefined)) {
    return `runs on node ${node.name} on a part of a GPU, and which part is not recorded`;
  }
  const own = jobs.partitionNames[jobs.partition[job]!]!;
  const { partition = "" } = node;
  if (ownNodes && partition !== own) {
    return `of partition "${own}" runs on node ${node.name} of partition "${partition}"`;
  }
  if (gangGpuMilli(jobs, job) !== jobs.workers[job]! * gpuCount * gpuMilli) {
    return "counts its GPUs per job and not per worker: which node holds how many is not recorded";
  }
  return undefined;
}

/** What running jobs hold of one node. */
interface NodeBook {
  /** Takes the room of one worker; the lowest GPUs that have it, fewer where there are none left. */
  take(job: number, request: PodRequest): readonly number[];
  faults(jobs: JobTable, options: { readonly withHost: boolean }): readonly RunningFault[];
}

function createNodeBook(node: NodeSpec): NodeBook {
  const freeMilli = new Int32Array(node.gpuCount).fill(GPU_MILLI);
  const held = new Map<number, number>();
  let gpuMilli = 0;
  let lacksGpu = false;
  const host = { cpuMilli: 0, memoryBytes: 0, pods: 0 };
  return {
    take(job, request) {
      const workerMilli = request.gpuCount * request.gpuMilli;
      held.set(job, (held.get(job) ?? 0) + workerMilli);
      gpuMilli += workerMilli;
      host.cpuMilli += request.cpuMilli;
      host.memoryBytes += request.memoryBytes;
      host.pods += 1;
      const gpus: number[] = [];
      for (let gpu = 0; gpu < node.gpuCount && gpus.length < request.gpuCount; gpu++) {
        if (freeMilli[gpu]! < request.gpuMilli) continue;
        freeMilli[gpu]! -= request.gpuMilli;
        gpus.push(gpu);
      }
      if (gpus.length < request.gpuCount) lacksGpu = true;
      return gpus;
    },
    faults(jobs, { withHost }) {
      const [job] = held.keys();
      if (job === undefined) return [];
      const lacks = [
        ...(lacksGpu ? [{ what: "GPUs", has: node.gpuCount, holds: gpuMilli / GPU_MILLI }] : []),
        ...(withHost ? lacksOfHost(node, host) : []),
      ];
      return lacks.map(({ what, has, holds }) => ({
        job,
        rule: "over-full-node",
        message: `node ${node.name} has ${formatNumber(has)} ${what}; the jobs that run there hold ${formatNumber(holds)}: ${holders(jobs, held)}`,
      }));
    },
  };
}

interface Lack {
  readonly what: string;
  readonly has: number;
  readonly holds: number;
}

function lacksOfHost(
  node: NodeSpec,
  host: { readonly cpuMilli: number; readonly memoryBytes: number; readonly pods: number },
): readonly Lack[] {
  const lacks: readonly Lack[] = [
    { what: "cores", has: node.cpuMilli / 1000, holds: host.cpuMilli / 1000 },
    { what: "GiB", has: node.memoryBytes / GIBIBYTE, holds: host.memoryBytes / GIBIBYTE },
    { what: "pods at most", has: node.podsMax, holds: host.pods },
  ];
  return lacks.filter(({ has, holds }) => holds > has);
}

/** The jobs with most GPUs on the node. */
function holders(jobs: JobTable, held: ReadonlyMap<number, number>): string {
  const sorted = [...held].sort((left, right) => right[1] - left[1] || left[0] - right[0]);
  const named = sorted
    .slice(0, NAMED_MAX)
    .map(([job, milli]) => `${jobs.ids[job]!} with ${milli / GPU_MILLI}`);
  const rest = sorted.length - named.length;
  return `${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""} GPUs`;
}

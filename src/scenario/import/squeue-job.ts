import { GPUS_PER_WORKER_DEFAULT, splitGang } from "../../workload/gang-shape.js";
import { createTresParser } from "../../workload/formats/slurm-tres.js";
import { expandRanges } from "./slurm-hosts.js";
import type { CurrentJob } from "./current-jobs.js";

/** What squeue says of a job's resources over all its nodes. */
export type SlurmAmounts = NonNullable<ReturnType<ReturnType<typeof createTresParser>>>;

/** States in which a job holds its nodes. */
const RUNNING = ["RUNNING", "CONFIGURING", "RESIZING", "SIGNALING", "STAGE_OUT"];
/** Reasons for which no free GPU would start a waiting job. */
const NOT_READY = [
  "JobHeldUser",
  "JobHeldAdmin",
  "Dependency",
  "DependencyNeverSatisfied",
  "BeginTime",
];

/** Whether a job runs or waits, or why it is neither. */
export function standingOf(
  state: string,
  reason: string,
): { readonly isRunning: boolean } | { readonly leftOut: string } {
  if (RUNNING.includes(state)) return { isRunning: true };
  if (state !== "PENDING") return { leftOut: `is ${state}: it neither runs nor waits` };
  return NOT_READY.includes(reason)
    ? { leftOut: `waits for something else than room (${reason})` }
    : { isRunning: false };
}

/** Seconds of `1-02:03:04`, `02:03:04` or `03:04`; NaN for no limit, undefined for anything else. */
export function parseClock(text: string): number | undefined {
  if (["", "UNLIMITED", "NOT_SET", "INVALID", "N/A", "NONE"].includes(text.toUpperCase()))
    return Number.NaN;
  const match = /^(?:(\d{1,6})-)?(?:(\d{1,4}):)?(\d{1,2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!;
}

/** The shape of a job: a worker per node where the GPUs divide evenly, else workers of one size. */
export function shapeOf(
  { gpus, cpus, memoryBytes, gpuTypes }: SlurmAmounts,
  nodes: number,
): Pick<CurrentJob, "workers" | "gpuCount" | "cpuMilli" | "memoryBytes" | "gpuModels"> {
  const isEven = nodes > 0 && gpus % nodes === 0;
  const gang = splitGang(gpus, GPUS_PER_WORKER_DEFAULT);
  const workers = isEven ? nodes : gang.workers;
  return {
    workers,
    gpuCount: isEven ? gpus / nodes : gang.gpusPerWorker,
    cpuMilli: Math.ceil((cpus * 1000) / workers),
    memoryBytes: Math.ceil(memoryBytes / workers),
    gpuModels: gpuTypes,
  };
}

/**
 * The shape of a running job whose nodes are known: workers so small that each stands on one node.
 *
 * @param gpusOn GPUs on each of the nodes, in their order; empty where that is not known: they are then
 *   spread as evenly as whole GPUs can be
 */
export function shapeOnNodes(
  { gpus, cpus, memoryBytes, gpuTypes }: SlurmAmounts,
  hosts: readonly string[],
  gpusOn: readonly number[] = [],
): Pick<CurrentJob, "workers" | "gpuCount" | "cpuMilli" | "memoryBytes" | "gpuModels" | "nodes"> {
  const isTold =
    gpusOn.length === hosts.length && gpusOn.reduce((sum, count) => sum + count, 0) === gpus;
  const counts = isTold ? gpusOn : spread(gpus, hosts.length);
  const gpuCount = counts.reduce(greatestCommonDivisor, 0);
  const nodes = hosts.flatMap((host, index) =>
    Array.from({ length: counts[index]! / gpuCount }, () => host),
  );
  return {
    workers: nodes.length,
    gpuCount,
    cpuMilli: Math.ceil((cpus * 1000) / nodes.length),
    memoryBytes: Math.ceil(memoryBytes / nodes.length),
    gpuModels: gpuTypes,
    nodes,
  };
}

function spread(gpus: number, hosts: number): readonly number[] {
  const each = Math.floor(gpus / hosts);
  return Array.from({ length: hosts }, (_, host) => each + (host < gpus - each * hosts ? 1 : 0));
}

function greatestCommonDivisor(left: number, right: number): number {
  let [larger, smaller] = [left, right];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** The shape of a job, on its nodes where they are known. */
export function placedShape(
  amounts: SlurmAmounts,
  nodeCount: number,
  hosts: readonly string[] = [],
  gpusOn: readonly number[] = [],
): Pick<CurrentJob, "workers" | "gpuCount" | "cpuMilli" | "memoryBytes" | "gpuModels" | "nodes"> {
  // More nodes than GPUs: some of them hold none, and nobody says which.
  return hosts.length === 0 || hosts.length > amounts.gpus
    ? { ...shapeOf(amounts, nodeCount), nodes: [] }
    : shapeOnNodes(amounts, hosts, gpusOn);
}

/** Why amounts make no job of a simulation; undefined where they do. */
export function whyNoGpuJob({ gpus, migProfiles, shards }: SlurmAmounts): string | undefined {
  if (migProfiles.length > 0) return "asks for MIG slices, which a job list cannot hold";
  if (gpus > 0) return undefined;
  return shards > 0 ? "asks for gres/shard, whose part of a GPU is not known" : "asks for no GPU";
}

/**
 * The tasks of a waiting array, `4102_[3-10%2]` as `4102_3`, `4102_4` and so on; the id itself for others.
 *
 * @returns undefined where squeue cut the list
 */
export function taskIds(id: string): readonly string[] | undefined {
  const match = /^(.*)_\[(.*)\]$/.exec(id);
  if (match === null) return id.includes("[") ? undefined : [id];
  const numbers = expandRanges(match[2]!.replace(/%\d+$/, ""));
  return numbers?.map((number) => `${match[1]!}_${number}`);
}

/** Amounts of `gres/gpu:h100:8` or `gpu:8` on each of some nodes (the column TRES_PER_NODE); undefined for other words. */
export function amountsPerNode(
  text: string,
  nodes: number,
  cpus: number,
): SlurmAmounts | undefined {
  const none = { gpus: 0, gpuTypes: [], migProfiles: [], shards: 0, memoryBytes: 0, cpus, nodes };
  if (["", "N/A", "(null)"].includes(text)) return none;
  let gpus = 0;
  let shards = 0;
  const gpuTypes: string[] = [];
  const migProfiles: string[] = [];
  for (const entry of text.split(",")) {
    const match =
      /^(?:gres[:/])?([a-z]+)(?:[:=]([A-Za-z][\w.-]*|\d+g\.\d+gb[\w.+]*))?(?:[:=](\d+))?(?:\([^)]*\))?$/.exec(
        entry.trim(),
      );
    if (match === null) return undefined;
    const [, kind, type, count = "1"] = match;
    if (kind === "shard") shards += Number(count);
    if (kind !== "gpu") continue;
    gpus += Number(count) * nodes;
    if (type !== undefined) (/^\d/.test(type) ? migProfiles : gpuTypes).push(type);
  }
  return { ...none, gpus, gpuTypes, migProfiles, shards };
}

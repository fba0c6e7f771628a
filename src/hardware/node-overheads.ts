import { GIBIBYTE, MEBIBYTE } from "./byte-units.js";

const MEGABYTE = 1_000_000;
const GIGABYTE = 1_000_000_000;

/** Where the rules below were read. */
export const OVERHEAD_SOURCES = {
  aks: "MicrosoftDocs/azure-aks-docs articles/aks/node-resource-reservations.md",
  arc: "learn.microsoft.com/azure/azure-arc/kubernetes/system-requirements",
  fleetMember:
    "MicrosoftDocs/azure-aks-docs articles/kubernetes-fleet/concepts-member-cluster-types.md",
  systemPool: "MicrosoftDocs/azure-aks-docs articles/aks/use-system-pools.md",
} as const;

/** Named rules of what the kubelet keeps of a node. */
export const RESERVATION_RULES = {
  "aks-1.29": "AKS with Kubernetes 1.29 and newer: memory by the number of pods.",
  "aks-before-1.29": "AKS before Kubernetes 1.29: memory by a falling scale.",
} as const;

/** Name of a rule. */
export type ReservationRule = keyof typeof RESERVATION_RULES;

/** What a node runs. */
export type NodeOs = "linux" | "windows";

/** Cores to thousandths that the kubelet keeps, as the page lists them. */
const CPU_TABLE: ReadonlyMap<number, number> = new Map([
  [1, 60],
  [2, 100],
  [4, 140],
  [8, 180],
  [16, 260],
  [32, 420],
  [64, 740],
]);

/** What the kubelet keeps of a node's CPU. */
export interface ReservedCpu {
  /** Thousandths of a core. */
  readonly milli: number;
  /** True where the page has no figure for so many cores and its line was drawn on. */
  readonly isExtrapolated: boolean;
}

/**
 * CPU that AKS keeps of a node for the kubelet. Between the listed sizes, and above 64 cores, the line through the
 * listed ones from 4 up is taken: 140 + 10 (cores − 4) thousandths.
 *
 * @param cores of the node, > 0
 */
export function reservedCpu(cores: number): ReservedCpu {
  const listed = CPU_TABLE.get(cores);
  if (listed !== undefined) return { milli: listed, isExtrapolated: false };
  const milli = cores < 4 ? 20 + 40 * Math.min(cores, 2) + 20 * Math.max(0, cores - 2) : 0;
  return { milli: cores < 4 ? milli : 140 + 10 * (cores - 4), isExtrapolated: true };
}

/** What is kept of a node's memory. Bytes. */
export interface ReservedMemory {
  readonly kubeReservedBytes: number;
  /** Free memory below which pods are evicted: not to be had either. */
  readonly evictionBytes: number;
  readonly windowsBytes: number;
}

/**
 * Memory that AKS keeps of a node. From 1.29 on the smaller of 20 MB for each pod and 50 MB, and a quarter of the
 * memory; before, 25 % of the first 4 GB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112 and 2 % of the
 * rest. Windows takes 2 GB more.
 *
 * @param maxPods pods that the node may run
 */
export function reservedMemory(
  rule: ReservationRule,
  {
    memoryBytes,
    maxPods,
    os = "linux",
  }: { readonly memoryBytes: number; readonly maxPods: number; readonly os?: NodeOs },
): ReservedMemory {
  const windowsBytes = os === "windows" ? 2 * GIGABYTE : 0;
  if (rule === "aks-1.29") {
    const byPods = (20 * maxPods + 50) * MEGABYTE;
    return {
      kubeReservedBytes: Math.round(Math.min(byPods, 0.25 * memoryBytes)),
      evictionBytes: 100 * MEBIBYTE,
      windowsBytes,
    };
  }
  const steps: readonly (readonly [gigabytes: number, percent: number])[] = [
    [4, 25],
    [4, 20],
    [8, 10],
    [112, 6],
    [Infinity, 2],
  ];
  let left = memoryBytes;
  let kept = 0;
  for (const [gigabytes, percent] of steps) {
    const part = Math.min(left, gigabytes * GIGABYTE);
    kept += (part * percent) / 100;
    left -= part;
  }
  return {
    kubeReservedBytes: Math.round(kept),
    evictionBytes: 750 * MEBIBYTE,
    windowsBytes,
  };
}

/** What an agent of the cluster takes of the node it runs on. */
export interface AgentOverhead {
  readonly what: string;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
  readonly source: string;
}

/** Agents whose needs are published; those of others are to be measured and given. */
export const CLUSTER_AGENTS: Readonly<Record<"arc" | "fleet-member", AgentOverhead>> = {
  arc: {
    what: "agents of Azure Arc",
    cpuMilli: 70,
    memoryBytes: 850 * MEGABYTE,
    pods: 0,
    source: OVERHEAD_SOURCES.arc,
  },
  "fleet-member": {
    what: "agents of a member of Azure Kubernetes Fleet Manager",
    cpuMilli: 20,
    memoryBytes: 210 * MEGABYTE,
    pods: 3,
    source: OVERHEAD_SOURCES.fleetMember,
  },
};

/** Name of an agent. */
export type ClusterAgent = keyof typeof CLUSTER_AGENTS;

/** What a named rule keeps of a node. */
export interface NodeReservation {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
  /** One line per thing, for a table: what, thousandths of a core, bytes, source. */
  readonly parts: readonly (AgentOverhead & { readonly isExtrapolated?: boolean })[];
}

/** What a rule and agents keep of a node of this size. */
export function reservationOf(
  rule: ReservationRule,
  node: {
    readonly cpuMilli: number;
    readonly memoryBytes: number;
    readonly maxPods: number;
    readonly os?: NodeOs;
    readonly agents?: readonly ClusterAgent[];
  },
): NodeReservation {
  const cpu = reservedCpu(node.cpuMilli / 1000);
  const memory = reservedMemory(rule, node);
  const part = (what: string, memoryBytes: number, cpuMilli = 0) => ({
    what,
    cpuMilli,
    memoryBytes,
    pods: 0,
    source: OVERHEAD_SOURCES.aks,
  });
  const parts = [
    {
      ...part("kubelet and container runtime (kube-reserved)", memory.kubeReservedBytes, cpu.milli),
      isExtrapolated: cpu.isExtrapolated,
    },
    part("free memory at which pods are evicted", memory.evictionBytes),
    ...(memory.windowsBytes === 0 ? [] : [part("Windows", memory.windowsBytes)]),
    ...(node.agents ?? []).map((agent) => CLUSTER_AGENTS[agent]),
  ];
  const sum = (of: (one: AgentOverhead) => number): number =>
    parts.reduce((total, one) => total + of(one), 0);
  return {
    cpuMilli: sum(({ cpuMilli }) => cpuMilli),
    memoryBytes: sum(({ memoryBytes }) => memoryBytes),
    pods: sum(({ pods }) => pods),
    parts,
  };
}

/** Why nodes are no good system pool of AKS, in sentences; empty when they are. */
export function systemPoolFaults(pool: {
  readonly nodes: number;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly maxPods: number;
}): readonly string[] {
  const faults: string[] = [];
  if (pool.nodes < 2)
    faults.push(`a system pool needs at least 2 nodes, better 3; it has ${pool.nodes}`);
  if (pool.cpuMilli < 4_000)
    faults.push(`its nodes need at least 4 vCPU; they have ${pool.cpuMilli / 1000}`);
  if (pool.memoryBytes < 4 * GIBIBYTE)
    faults.push(
      `its nodes need at least 4 GiB of memory; they have ${Number((pool.memoryBytes / GIBIBYTE).toPrecision(3))}`,
    );
  if (pool.maxPods < 30)
    faults.push(`its nodes must run at least 30 pods; they run ${pool.maxPods}`);
  return faults;
}

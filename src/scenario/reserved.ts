import { formatBytes } from "../base/units.js";
import {
  CLUSTER_AGENTS,
  OVERHEAD_SOURCES,
  reservationOf,
  type ClusterAgent,
  type NodeOs,
  type NodeReservation,
  type ReservationRule,
} from "../hardware/node-overheads.js";
import { GIBIBYTE } from "../hardware/byte-units.js";
import { DEFAULTS } from "./defaults.js";
import type { Assumption } from "./resolved.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type GroupInput = ScenarioSpec["cluster"]["nodes"][number];

/** What a node of a group has before anything is kept of it. */
export interface NodeCapacity {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What is kept of a node, and where that is from. */
export interface KeptOfNode {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
  readonly assumptions: readonly Assumption[];
}

/** What the system keeps of each node of a group: by a named rule, as given, or both together. */
export function keptOfNode(group: GroupInput, capacity: NodeCapacity): KeptOfNode {
  const { reserved } = group;
  if (reserved === undefined) return { cpuMilli: 0, memoryBytes: 0, pods: 0, assumptions: [] };
  const { cpu = 0, memory = 0, pods = 0 } = reserved;
  const given = { cpuMilli: cpu, memoryBytes: memory, pods };
  const agents = (reserved.agents ?? []) as readonly ClusterAgent[];
  if (reserved.rule === undefined)
    return { ...given, assumptions: [givenEntry(group.name, given)] };
  const maxPods = reserved.maxPods ?? group.pods ?? DEFAULTS.podsPerNode;
  const os = (reserved.os ?? "linux") as NodeOs;
  const rule = reserved.rule as ReservationRule;
  const byRule = reservationOf(rule, { ...capacity, maxPods, os, agents });
  const hasGiven = cpu > 0 || memory > 0 || pods > 0;
  return {
    cpuMilli: byRule.cpuMilli + cpu,
    memoryBytes: byRule.memoryBytes + memory,
    pods: byRule.pods + pods,
    assumptions: [
      ruleEntry(group.name, byRule, { rule, maxPods, os, agents }),
      ...(hasGiven ? [givenEntry(group.name, given)] : []),
    ],
  };
}

function ruleEntry(
  name: string,
  { cpuMilli, memoryBytes, pods, parts }: NodeReservation,
  {
    rule,
    maxPods,
    os,
    agents,
  }: {
    readonly rule: ReservationRule;
    readonly maxPods: number;
    readonly os: NodeOs;
    readonly agents: readonly ClusterAgent[];
  },
): Assumption {
  const isExtrapolated = parts.some((part) => part.isExtrapolated === true);
  const words = [`${maxPods} pods`, os, ...agents.map((agent) => CLUSTER_AGENTS[agent].what)];
  const sources = [...new Set(parts.map(({ source }) => source))].join("; ");
  return {
    id: `reserved:${name}:${rule}`,
    what: `CPU, memory and pods of a node of ${name} kept by rule ${rule} (${words.join(", ")})`,
    value: amounts({ cpuMilli, memoryBytes, pods }),
    provenance: isExtrapolated ? "assumed" : "published",
    source: isExtrapolated
      ? `${OVERHEAD_SOURCES.aks}, whose table of cores was drawn on: it has no figure for so many`
      : sources,
  };
}

function givenEntry(
  name: string,
  kept: { readonly cpuMilli: number; readonly memoryBytes: number; readonly pods: number },
): Assumption {
  return {
    id: `reserved:${name}`,
    what: `CPU, memory and pods of a node of ${name} kept back for the system`,
    value: amounts(kept),
    provenance: "given",
    source: "cluster.nodes[].reserved",
  };
}

function amounts({
  cpuMilli,
  memoryBytes,
  pods,
}: {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly pods: number;
}): string {
  const gibibytes = memoryBytes / GIBIBYTE;
  const memory = Number.isInteger(gibibytes)
    ? `${gibibytes} GiB`
    : formatBytes(memoryBytes, { units: "decimal" });
  return `${cpuMilli / 1000} cores, ${memory}, ${pods} ${pods === 1 ? "pod" : "pods"}`;
}

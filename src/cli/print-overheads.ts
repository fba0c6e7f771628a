import { formatBytes } from "../base/units.js";
import {
  CLUSTER_AGENTS,
  OVERHEAD_SOURCES,
  RESERVATION_RULES,
  reservationOf,
  reservedCpu,
  systemPoolFaults,
  type NodeOs,
  type ReservationRule,
} from "../hardware/node-overheads.js";
import type { NodeSku } from "../hardware/node-sku.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** Cores for which the page has a figure. */
const LISTED_CORES = [1, 2, 4, 8, 16, 32, 64];
/** Pods that nodes of AKS are set to most often. */
const MAX_PODS = [30, 110, 250];

/** The rules as data: what `--json` prints. */
export function overheadRules() {
  return {
    rules: RESERVATION_RULES,
    cpuMilliByCores: Object.fromEntries(
      LISTED_CORES.map((cores) => [cores, reservedCpu(cores).milli]),
    ),
    agents: CLUSTER_AGENTS,
    sources: OVERHEAD_SOURCES,
  };
}

/** The rules in words. */
export function printOverheads(): string {
  const rows = LISTED_CORES.map((cores) => [String(cores), String(reservedCpu(cores).milli)]);
  const agents = Object.entries(CLUSTER_AGENTS).map(([name, agent]) => [
    name,
    `${agent.cpuMilli}`,
    bytes(agent.memoryBytes),
    `${agent.pods}`,
  ]);
  return [
    ...Object.entries(RESERVATION_RULES).map(([name, text]) => `${name.padEnd(16)} ${text}`),
    "",
    ...alignColumns([["cores", "kept (m)"], ...rows]),
    "",
    wrapText(
      "Memory, aks-1.29: the smaller of 20 MB for each pod and 50 MB, and 25 %; pods are evicted below 100 Mi free. " +
        "Memory, aks-before-1.29: 25 % of the first 4 GB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, " +
        "2 % of the rest; pods are evicted below 750 Mi free. Windows keeps 2 GB more. Other sizes than those listed are " +
        "on the line 140 + 10 (cores - 4), and said to be assumed.",
    ),
    "",
    ...alignColumns([["agent", "CPU (m)", "memory", "pods"], ...agents]),
    "",
    wrapText(
      "A system pool of AKS needs 2 nodes (3 are advised) of 4 vCPU, 4 GB and 30 pods. With managed system pools " +
        "(AKS Automatic) system pods run on nodes of the provider; daemon sets still run on yours.",
    ),
    ...Object.values(OVERHEAD_SOURCES).map((source) => wrapText(`Source: ${source}`)),
    "",
    "headroom catalog overhead MACHINE shows what is left of one.",
  ].join("\n");
}

interface OverheadRow {
  readonly rule: ReservationRule;
  readonly os: NodeOs;
  readonly maxPods: number;
  readonly keptCpuMilli: number;
  readonly keptMemoryBytes: number;
  readonly allocatableCpuMilli: number;
  readonly allocatableMemoryBytes: number;
  readonly isExtrapolated: boolean;
}

/** What is left of a machine, by rule, system and pods; empty where its CPU or memory is not published. */
export function overheadEntry(sku: NodeSku): {
  readonly machine: string;
  readonly rows: readonly OverheadRow[];
  readonly systemPool: readonly string[];
} {
  const { cpuMilli, memoryBytes } = sku;
  if (cpuMilli === undefined || memoryBytes === undefined)
    return { machine: sku.name, rows: [], systemPool: [] };
  const rules = Object.keys(RESERVATION_RULES) as ReservationRule[];
  const rows = rules.flatMap((rule) =>
    (["linux", "windows"] as const).flatMap((os) =>
      (rule === "aks-1.29" ? MAX_PODS : MAX_PODS.slice(1, 2)).map((maxPods): OverheadRow => {
        const kept = reservationOf(rule, { cpuMilli, memoryBytes, maxPods, os });
        return {
          rule,
          os,
          maxPods,
          keptCpuMilli: kept.cpuMilli,
          keptMemoryBytes: kept.memoryBytes,
          allocatableCpuMilli: cpuMilli - kept.cpuMilli,
          allocatableMemoryBytes: memoryBytes - kept.memoryBytes,
          isExtrapolated: reservedCpu(cpuMilli / 1000).isExtrapolated,
        };
      }),
    ),
  );
  const systemPool = systemPoolFaults({ nodes: 3, cpuMilli, memoryBytes, maxPods: 110 });
  return { machine: sku.name, rows, systemPool };
}

/** What is left of a machine, as a table. */
export function printOverhead(sku: NodeSku): string {
  const { rows, systemPool } = overheadEntry(sku);
  if (rows.length === 0)
    return `${sku.name}: its CPU or memory is not published, so nothing can be said.`;
  const assumed = rows[0]!.isExtrapolated
    ? "The page has no figure for so many cores: its line was drawn on, which is an assumption."
    : "";
  return [
    `${sku.name}: ${sku.cpuMilli! / 1000} cores, ${bytes(sku.memoryBytes!)}`,
    "",
    ...alignColumns([
      ["rule", "system", "pods", "kept CPU (m)", "kept memory", "left CPU", "left memory"],
      ...rows.map((row) => [
        row.rule,
        row.os,
        String(row.maxPods),
        String(row.keptCpuMilli),
        bytes(row.keptMemoryBytes),
        String(row.allocatableCpuMilli / 1000),
        bytes(row.allocatableMemoryBytes),
      ]),
    ]),
    "",
    ...(assumed === "" ? [] : [wrapText(assumed)]),
    systemPool.length === 0
      ? "Three of them would do as a system pool."
      : wrapText(`As a system pool: ${systemPool.join("; ")}.`),
    wrapText(`Source: ${OVERHEAD_SOURCES.aks}`),
  ].join("\n");
}

function bytes(amount: number): string {
  return formatBytes(amount, { units: "decimal" });
}

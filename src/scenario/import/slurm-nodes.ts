import type { FoundNode } from "./group-nodes.js";
import type { ImportLog } from "./imported.js";
import { expandHosts } from "./slurm-hosts.js";
import type { SlurmField, SlurmLine } from "./slurm-lines.js";
import { fieldOf, problemAtField } from "./slurm-lines.js";

const MEBIBYTE = 1_048_576;
const MIG_TYPE = /^\d+g\.\d+gb/;
/** Words in a node's state that keep jobs away. */
const CLOSED = [
  "DOWN",
  "DRAIN",
  "DRAINED",
  "DRAINING",
  "FAIL",
  "FAILING",
  "FUTURE",
  "UNKNOWN",
  "MAINT",
  "POWERED_DOWN",
  "NOT_RESPONDING",
];

/** A node with the partitions that scontrol says it is in. */
export interface SlurmNode extends FoundNode {
  readonly partitions: readonly string[];
}

/**
 * Reads one line about nodes, of slurm.conf (`NodeName=gpu[001-016] CPUs=96 …`) or of scontrol.
 *
 * @param defaults fields of `NodeName=DEFAULT` lines, used where the line has none
 */
export function readNodeLine(
  log: ImportLog,
  line: SlurmLine,
  defaults: SlurmLine = [],
): readonly SlurmNode[] {
  const named = line[0]!;
  const hosts = expandHosts(named.value);
  if (hosts === undefined) {
    const message = `NodeName must be a list of hosts such as gpu[001-016], got "${named.value.slice(0, 80)}"`;
    log.problems.push(problemAtField(named, "not-hosts", message));
    return [];
  }
  const all = [...defaults, ...line];
  const state = fieldOf(all, "State");
  const closed = state === undefined ? undefined : closedBy(state.value);
  if (state !== undefined && closed !== undefined) {
    ignore(
      log,
      state,
      `NodeName=${named.value} State=${state.value}`,
      `${closed} nodes take no jobs: left out`,
    );
    return [];
  }
  const gpus = gpusOf(log, all, named.value);
  const cpus = cpusOf(log, all, named);
  const memoryMib = memoryOf(log, all, named);
  if (gpus === undefined || cpus === undefined || memoryMib === undefined) return [];
  const partitions = (fieldOf(all, "Partitions")?.value ?? "")
    .split(",")
    .filter((name) => name !== "");
  const weight = fieldOf(all, "Weight");
  if (weight !== undefined && weight.value !== "1") {
    ignore(
      log,
      weight,
      `NodeName=${named.value} Weight=${weight.value}`,
      "placement has no weights of nodes; earlier groups win ties",
    );
  }
  const feature = fieldOf(all, "Feature") ?? fieldOf(all, "ActiveFeatures");
  if (feature !== undefined && !/^(\(null\)|)$/.test(feature.value)) {
    const why = "jobs cannot ask for features of nodes, only for GPU models";
    ignore(log, feature, `NodeName=${named.value} ${feature.key}=${feature.value}`, why);
  }
  return hosts.map((name) => ({
    name,
    cpuMilli: cpus * 1000,
    memoryBytes: memoryMib * MEBIBYTE,
    ...gpus,
    partitions,
  }));
}

/** The word of a state such as `IDLE+DRAIN` or `down*` that keeps jobs away. */
function closedBy(state: string): string | undefined {
  if (state.endsWith("*")) return "unresponsive";
  const words = state
    .toUpperCase()
    .split("+")
    .map((word) => word.replace(/[^A-Z_]/g, ""));
  // UNKNOWN is what slurm.conf says by default: the real state is found out later.
  if (words.length === 1 && words[0] === "UNKNOWN") return undefined;
  return words.find((word) => CLOSED.includes(word))?.toLowerCase();
}

/** CPUs that jobs can use: those of the node without those set apart for the system. */
function cpusOf(log: ImportLog, line: SlurmLine, named: SlurmField): number | undefined {
  const effective = numberOf(log, line, "CPUEfctv");
  if (effective !== undefined) return effective;
  const threads = numberOf(log, line, "ThreadsPerCore") ?? 1;
  const cores = numberOf(log, line, "CoresPerSocket") ?? 1;
  const boards = numberOf(log, line, "Boards") ?? 1;
  const sockets =
    numberOf(log, line, "Sockets") ?? (numberOf(log, line, "SocketsPerBoard") ?? 1) * boards;
  const written =
    numberOf(log, line, "CPUTot") ?? numberOf(log, line, "CPUs") ?? numberOf(log, line, "Procs");
  const isCounted = ["CPUs", "CPUTot", "Sockets", "SocketsPerBoard", "CoresPerSocket"].some(
    (key) => fieldOf(line, key) !== undefined,
  );
  if (written === undefined && !isCounted) {
    const message = `NodeName=${named.value} has neither CPUs nor sockets and cores; Slurm takes 1 CPU then`;
    log.problems.push(
      problemAtField(
        named,
        "missing-field",
        message,
        "write CPUs= in slurm.conf, or import scontrol show node -o",
      ),
    );
    return undefined;
  }
  const reserved = (numberOf(log, line, "CoreSpecCount") ?? 0) * threads;
  return Math.max(0, (written ?? sockets * cores * threads) - reserved);
}

/** MiB that jobs can use. */
function memoryOf(log: ImportLog, line: SlurmLine, named: SlurmField): number | undefined {
  const total = numberOf(log, line, "RealMemory");
  if (total === undefined) {
    if (fieldOf(line, "RealMemory") === undefined) {
      const message = `NodeName=${named.value} has no RealMemory; Slurm takes 1 MiB then`;
      log.problems.push(
        problemAtField(
          named,
          "missing-field",
          message,
          "write RealMemory= in slurm.conf (slurmd -C prints it), or import scontrol show node -o",
        ),
      );
    }
    return undefined;
  }
  return Math.max(0, total - (numberOf(log, line, "MemSpecLimit") ?? 0));
}

function numberOf(log: ImportLog, line: SlurmLine, key: string): number | undefined {
  const field = fieldOf(line, key);
  if (field === undefined || /^\(null\)$|^N\/A$/i.test(field.value)) return undefined;
  if (/^\d{1,12}$/.test(field.value)) return Number(field.value);
  const message = `${field.key} must be a whole number, got "${field.value.slice(0, 60)}"`;
  log.problems.push(problemAtField(field, "not-a-number", message));
  return undefined;
}

/** GPUs of `Gres=gpu:h100:8(S:0-1),nvme:2`; undefined where they cannot be expressed. */
function gpusOf(
  log: ImportLog,
  line: SlurmLine,
  node: string,
): Pick<FoundNode, "gpuCount" | "gpuType"> | undefined {
  const gres = fieldOf(line, "Gres");
  if (gres === undefined || /^(\(null\)|)$/.test(gres.value)) return { gpuCount: 0, gpuType: "" };
  const counts = new Map<string, number>();
  for (const entry of gres.value.replace(/\([^)]*\)/g, "").split(",")) {
    const [kind, ...rest] = entry.trim().split(":");
    if (kind !== "gpu") {
      if (kind !== "")
        ignore(log, gres, `NodeName=${node} Gres=${entry}`, "only GPUs are simulated");
      continue;
    }
    const count = rest.at(-1) ?? "1";
    const isCount = /^\d{1,4}$/.test(count);
    const type = (isCount ? rest.slice(0, -1) : rest)
      .filter((part) => part !== "no_consume")
      .join(":");
    if (MIG_TYPE.test(type)) {
      ignore(
        log,
        gres,
        `NodeName=${node} Gres=${entry}`,
        "MIG slices have no counterpart: a cluster of a scenario has whole GPUs",
      );
    } else counts.set(type, (counts.get(type) ?? 0) + (isCount ? Number(count) : 1));
  }
  const [[type, count] = ["", 0], ...others] = [...counts];
  if (others.length === 0) return { gpuCount: count, gpuType: type };
  const types = [...counts.keys()].join(" and ");
  ignore(
    log,
    gres,
    `NodeName=${node} Gres=${gres.value}`,
    `has ${types}, and a node of a scenario has GPUs of one model: left out`,
  );
  return undefined;
}

function ignore(log: ImportLog, { file, line }: SlurmField, path: string, why: string): void {
  log.ignored.push({ file, line, path, why });
}

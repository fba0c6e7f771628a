import type { FoundNode } from "./group-nodes.js";
import type { ImportLog } from "./imported.js";
import { expandHosts } from "./slurm-hosts.js";
import type { SlurmLine } from "./slurm-lines.js";
import { fieldOf, problemAtField } from "./slurm-lines.js";
import type { SlurmNode } from "./slurm-nodes.js";

/** What a scenario can say of a partition is which nodes are in it. */
const READ = ["partitionname", "nodes", "state", "totalnodes", "totalcpus", "tres"];
/** Words of scontrol that limit nothing. */
const HARMLESS = /^(UNLIMITED|NONE|NO|ALL|1|0|\(null\)|INFINITE|N\/A|OFF|)$/i;
/** What changes nothing in a simulation. */
const UNREAD = [
  "default",
  "hidden",
  "allocnodes",
  "minnodes",
  "jobdefaults",
  "selecttypeparameters",
  "gracetime",
];
const WHY: Readonly<Record<string, string>> = {
  prioritytier: "jobs are ordered by one queue policy over all partitions of a run",
  priorityjobfactor: "priorities come with the jobs",
  preemptmode: "who may stop whom is the queue policy's choice: see priority-preemption",
  oversubscribe: "CPUs and GPUs are never given twice",
  maxtime: "time limits come with the jobs",
  defaulttime: "time limits come with the jobs",
};

/** A partition and the nodes it names; undefined for all. */
export interface SlurmPartition {
  readonly name: string;
  readonly hosts: readonly string[] | undefined;
}

/** Reads one line about a partition and lists what it says beyond its nodes. */
export function readPartitionLine(log: ImportLog, line: SlurmLine): SlurmPartition | undefined {
  const { value: name, file, line: number } = line[0]!;
  const nodes = fieldOf(line, "Nodes");
  for (const field of line) {
    const key = field.key.toLowerCase();
    if (READ.includes(key) || UNREAD.includes(key) || HARMLESS.test(field.value)) continue;
    const why =
      WHY[key] ?? "limits of partitions are not enforced: a trace holds jobs that were allowed";
    const path = `PartitionName=${name} ${field.key}=${field.value}`;
    log.ignored.push({ file: field.file, line: field.line, path, why });
  }
  const state = fieldOf(line, "State");
  if (state !== undefined && !/^UP$/i.test(state.value)) {
    const why = "partitions are open in a run: leave its nodes out if they take no jobs";
    log.ignored.push({
      file,
      line: number,
      path: `PartitionName=${name} State=${state.value}`,
      why,
    });
  }
  if (nodes === undefined || /^(ALL)$/i.test(nodes.value)) return { name, hosts: undefined };
  if (nodes.value === "(null)") return { name, hosts: [] };
  const hosts = expandHosts(nodes.value);
  if (hosts !== undefined) return { name, hosts };
  const message = `Nodes must be ALL or a list of hosts such as gpu[001-016], got "${nodes.value.slice(0, 80)}"`;
  log.problems.push(problemAtField(nodes, "not-hosts", message));
  return undefined;
}

/** Adds to every node the partitions that name it. */
export function withPartitions(
  nodes: readonly SlurmNode[],
  partitions: readonly SlurmPartition[],
): readonly SlurmNode[] {
  const named = partitions.map(({ name, hosts }) => ({
    name,
    hosts: hosts === undefined ? undefined : new Set(hosts),
  }));
  return nodes.map((node) => ({
    ...node,
    partitions: [
      ...new Set([
        ...node.partitions,
        ...named.filter(({ hosts }) => hosts?.has(node.name) ?? true).map(({ name }) => name),
      ]),
    ],
  }));
}

/**
 * Nodes with the one partition each is in. Partitions that share nodes cannot be expressed: then no node
 * names one, and partitions of jobs are only labels.
 */
export function choosePartitions(
  log: ImportLog,
  nodes: readonly SlurmNode[],
  file: string,
): readonly FoundNode[] {
  const plain = nodes.map(({ partitions: _, ...node }): FoundNode => node);
  const names = new Set(nodes.flatMap(({ partitions }) => partitions));
  if (names.size < 2) return plain;
  const shared = nodes.find(({ partitions }) => partitions.length !== 1);
  if (shared === undefined) {
    log.notes.push(
      `partitions ${[...names].join(", ")} share no node: each has its own nodes and queue, and every job must name its partition`,
    );
    return nodes.map(({ partitions, ...node }) => ({ ...node, partition: partitions[0]! }));
  }
  const where = shared.partitions.length === 0 ? "no partition" : shared.partitions.join(" and ");
  log.ignored.push({
    file,
    line: 1,
    path: `partitions ${[...names].join(", ")}`,
    why: `node ${shared.name} is in ${where}, and a node of a scenario is in one: all nodes are one pool, and partitions of jobs are labels`,
  });
  return plain;
}

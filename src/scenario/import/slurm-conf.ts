import type { GpuMapping } from "./group-nodes.js";
import { createGpuTypes, groupNodes } from "./group-nodes.js";
import type { Imported, ImportLog, ImportSource, ScenarioPart } from "./imported.js";
import { createImportLog, finishImport } from "./imported.js";
import type { SlurmField, SlurmLine } from "./slurm-lines.js";
import { slurmLines } from "./slurm-lines.js";
import type { SlurmNode } from "./slurm-nodes.js";
import { readNodeLine } from "./slurm-nodes.js";
import type { SlurmPartition } from "./slurm-partitions.js";
import { choosePartitions, readPartitionLine, withPartitions } from "./slurm-partitions.js";
import { readSlurmPolicy } from "./slurm-policy.js";

/**
 * Reads slurm.conf, or what `scontrol show config`, `show node -o` and `show partition -o` print.
 *
 * The three share their words. Source of the fields: https://slurm.schedmd.com/slurm.conf.html and the
 * manual page of scontrol.
 *
 * @throws InputError with every problem of the files
 */
export function importSlurm(
  sources: readonly ImportSource[],
  mapping: GpuMapping = new Map(),
): Imported {
  const found: Found = { log: createImportLog(), settings: [], nodes: [], partitions: [] };
  for (const source of sources) readLines(found, source);
  const { log, nodes, partitions, settings } = found;
  const { file } = sources[0]!;
  const located = choosePartitions(log, withPartitions(nodes, partitions), file);
  const cluster = groupNodes(located, createGpuTypes(mapping, log));
  const policy = readSlurmPolicy(log, settings);
  if (cluster !== undefined) {
    log.notes.push(
      `read ${nodes.length} nodes in ${cluster.nodes.length} groups; CPUs count as Slurm counts them (hardware threads where it does)`,
    );
  }
  if (cluster === undefined && policy === undefined && log.problems.length === 0) {
    const message = "found no node that takes jobs (NodeName=) and no SchedulerType";
    const help = "import slurm.conf, or scontrol show config, show node -o, show partition -o";
    log.problems.push({ file, line: 1, col: 1, rule: "missing-object", message, help });
  }
  const scenario: ScenarioPart = {
    ...(cluster === undefined ? {} : { cluster }),
    ...(policy === undefined ? {} : { policy }),
  };
  return finishImport(scenario, log);
}

interface Found {
  readonly log: ImportLog;
  readonly settings: SlurmField[];
  readonly nodes: SlurmNode[];
  readonly partitions: SlurmPartition[];
}

function readLines({ log, settings, nodes, partitions }: Found, source: ImportSource): void {
  // Of DEFAULT lines the later fields win, and they hold for the lines below them.
  let nodeDefaults: SlurmLine = [];
  let partitionDefaults: SlurmLine = [];
  for (const line of slurmLines(source)) {
    const [head, ...fields] = line as [SlurmField, ...SlurmField[]];
    const isDefault = head.value.toUpperCase() === "DEFAULT";
    const key = head.key.toLowerCase();
    if (key === "nodename") {
      if (isDefault) nodeDefaults = [...nodeDefaults, ...fields];
      else nodes.push(...readNodeLine(log, line, nodeDefaults));
    } else if (key === "partitionname") {
      if (isDefault) partitionDefaults = [...partitionDefaults, ...fields];
      else {
        const partition = readPartitionLine(log, [head, ...partitionDefaults, ...fields]);
        if (partition !== undefined) partitions.push(partition);
      }
    } else if (Object.hasOwn(NOT_READ, key)) {
      const path = `${head.key}=${head.value}`;
      log.ignored.push({ file: source.file, line: head.line, path, why: NOT_READ[key]! });
    } else settings.push(...line);
  }
}

const NOT_READ: Readonly<Record<string, string>> = {
  include: "the file it names was not read: import it beside this one",
  nodeset: "sets of nodes are not read: check the partitions that use it",
  downnodes: "its nodes count as if they were up: lower the counts for those that are not",
  frontendname: "front ends run no jobs",
};

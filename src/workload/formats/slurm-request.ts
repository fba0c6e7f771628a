import type { CsvTable, TextColumn } from "../reading/csv-table.js";
import { gpuGang } from "./gpu-gang.js";
import type { GpuGang } from "./gpu-gang.js";
import { parseTimeLimit } from "./slurm-time-limit.js";
import type { createTresParser } from "./slurm-tres.js";
import type { SlurmResources } from "./slurm-tres.js";
import type { ReadingContext } from "./trace-format.js";

type TresParser = ReturnType<typeof createTresParser>;

/** The columns of sacct that are read. */
export type SlurmColumns = ReturnType<typeof declareSlurmColumns>;

/** Declares the columns of sacct that are read; TRES may come as requested, allocated or both. */
export function declareSlurmColumns(table: CsvTable) {
  const optional = { optional: true } as const;
  // Often asked for; what they say is said better by others.
  for (const name of ["JobIDRaw", "Restarts", "NodeList", "ElapsedRaw", "ExitCode", "QOS"]) {
    table.textColumn(name, optional);
  }
  return {
    id: table.textColumn("JobID"),
    user: table.textColumn("User", optional),
    account: table.textColumn("Account", optional),
    partition: table.textColumn("Partition", optional),
    state: table.textColumn("State"),
    submit: table.textColumn("Submit"),
    eligible: table.textColumn("Eligible", optional),
    start: table.textColumn("Start"),
    end: table.textColumn("End"),
    limitMinutes: table.textColumn("TimelimitRaw", optional),
    limit: table.textColumn("Timelimit", optional),
    nodes: table.textColumn("NNodes", optional),
    requested: table.textColumn("ReqTRES", optional),
    allocated: table.textColumn("AllocTRES", optional),
  };
}

/** What a job held, and which GPU types it had asked for by name. */
export interface SlurmJobResources {
  readonly held: SlurmResources;
  readonly nodes: number;
  readonly demandedTypes: readonly string[];
}

/**
 * What the job held: the allocation, or the request where there is none.
 *
 * Accounting prints 0 GPUs for `no_consume` resources and nothing for pending jobs; the request knows.
 *
 * @returns undefined after reporting a problem
 */
export function resourcesOf(
  context: ReadingContext,
  columns: SlurmColumns,
  parseTres: TresParser,
): SlurmJobResources | undefined {
  const { requested, allocated, nodes } = columns;
  if (!requested.isPresent() && !allocated.isPresent()) {
    columns.id.reject(
      "no-tres",
      "the GPUs of the jobs are in ReqTRES and AllocTRES, and the file has neither",
      "ask sacct for them: -o JobID,State,Submit,Start,End,ReqTRES,AllocTRES",
    );
    return undefined;
  }
  const asked = tresOf(requested, parseTres);
  const given = tresOf(allocated, parseTres);
  if (asked === undefined || given === undefined) return undefined;
  const useRequest = given.gpus === 0 && asked.gpus > 0;
  if (useRequest && allocated.text() !== "") {
    context.log.note(
      "{count} jobs have 0 GPUs in AllocTRES and some in ReqTRES; the request was used",
    );
  }
  const held = useRequest || allocated.text() === "" ? asked : given;
  const nodeCount = held.nodes > 0 ? held.nodes : Number(nodes.text());
  return {
    held,
    nodes: Number.isInteger(nodeCount) ? nodeCount : 0,
    demandedTypes: asked.gpuTypes,
  };
}

function tresOf(column: TextColumn, parseTres: TresParser): SlurmResources | undefined {
  const text = column.text();
  const resources = parseTres(text);
  if (resources === undefined) {
    const message = `${column.name} must be a list such as cpu=8,gres/gpu=1,mem=64G, got "${text.slice(0, 100)}"`;
    column.reject("not-tres", message);
  }
  return resources;
}

/** Why a job is no job of a GPU replay, if it is not. */
export function reasonToLeaveOut(
  { options }: ReadingContext,
  { held }: SlurmJobResources,
): string | undefined {
  if (held.migProfiles.length > 0) return "asks for MIG slices, which a job list cannot hold";
  if (held.gpus === 0 && held.shards > 0) {
    return "asks for gres/shard, whose part of a GPU is not in the accounting";
  }
  return held.gpus === 0 && options.cpuJobs !== "keep" ? "asks for no GPU" : undefined;
}

/** The user's time limit in seconds; NaN for none, or after reporting a problem. */
export function walltimeOf({ limitMinutes, limit }: SlurmColumns): number {
  const column = limitMinutes.isPresent() ? limitMinutes : limit;
  const seconds = parseTimeLimit(column.text());
  if (seconds !== undefined) return seconds;
  column.reject(
    "not-a-time-limit",
    `${column.name} must be minutes, [days-]hh:mm:ss or UNLIMITED, got "${column.text().slice(0, 60)}"`,
  );
  return Number.NaN;
}

/** Turns what the job held into a gang: one worker per node where the GPUs divide evenly. */
export function gangOf(context: ReadingContext, { held, nodes }: SlurmJobResources): GpuGang {
  const { gpus } = held;
  const perNode = gpus / nodes;
  const even =
    nodes > 0 && Number.isInteger(perNode) && perNode <= context.options.gpusPerWorkerMax;
  return even ? { workers: nodes, gpuCount: perNode, gangGpus: gpus } : gpuGang(context, gpus);
}

import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";

/** A file to import, as read. */
export interface ImportSource {
  /** Name printed in messages. */
  readonly file: string;
  readonly text: string;
}

/** Something the file says that a scenario cannot, or need not, repeat. */
export interface Ignored {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Such as `ClusterQueue vision: spec.admissionChecks`. */
  readonly path: string;
  readonly why: string;
}

/** A section or more of a scenario, read from the configuration of another system. */
export interface Imported {
  /** In the vocabulary of scenario files: plain data below `cluster` and `policy`. */
  readonly scenario: ScenarioPart;
  readonly ignored: readonly Ignored[];
  /** What was read and what was assumed on the way, one sentence each. */
  readonly notes: readonly string[];
}

/** The sections an import can give. */
export interface ScenarioPart {
  readonly cluster?: ClusterPart;
  readonly policy?: PolicyPart;
}

/** The machines. */
export interface ClusterPart {
  readonly nodes: readonly NodeGroupPart[];
  readonly gpuModels?: readonly { readonly name: string; readonly memory?: string }[];
}

/** Equal nodes. */
export interface NodeGroupPart {
  readonly name: string;
  readonly count: number;
  /** As ranges, such as `gpu[001-016]`. */
  readonly names?: readonly string[];
  readonly gpu?: string;
  readonly gpus?: number;
  /** Cores, or thousandths with `m`. */
  readonly cpu: number | string;
  readonly memory: string;
  readonly pods?: number;
  readonly partition?: string;
  readonly partitioning?: MigPartitioning;
}

/** MIG layouts of one node, in the words of `cluster.nodes[].partitioning`. */
export interface MigPartitioning {
  readonly mode: "mig";
  /** The instances of every GPU, where they are alike. */
  readonly layout?: readonly string[];
  /** One layout per GPU, where they differ. */
  readonly layouts?: readonly (readonly string[])[];
}

/** The rules, as the scenario schema writes them. */
export interface PolicyPart {
  readonly queue?: unknown;
  readonly placement?: unknown;
}

/** Collects what an importer finds besides values. */
export interface ImportLog {
  readonly ignored: Ignored[];
  readonly notes: string[];
  readonly problems: Problem[];
}

/** Creates an empty log. */
export function createImportLog(): ImportLog {
  return { ignored: [], notes: [], problems: [] };
}

/**
 * The result of an import, unless something was wrong.
 *
 * @throws InputError with every problem of the log
 */
export function finishImport(scenario: ScenarioPart, log: ImportLog): Imported {
  if (log.problems.length > 0) throw new InputError(log.problems);
  return { scenario, ignored: log.ignored, notes: log.notes };
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes in the largest binary unit that keeps them whole: `1900GiB`. */
export function sizeText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && amount % 1024 === 0 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${amount}${UNITS[unit]!}`;
}

/** Thousandths of a core as a scenario writes them: `96`, or `95500m`. */
export function coresText(milli: number): number | string {
  return milli % 1000 === 0 ? milli / 1000 : `${milli}m`;
}

/** The fields that have a value: an optional field is absent, never undefined. */
export function present<Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}

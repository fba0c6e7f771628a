import { stringify } from "yaml";

import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import type { ImportedJobs } from "./current-jobs.js";
import type { GpuMapping } from "./group-nodes.js";
import type { Ignored, Imported, ImportSource, ScenarioPart } from "./imported.js";
import { importKubeScheduler } from "./kube-scheduler.js";
import { importKubectlNodes } from "./kubectl-nodes.js";
import { importKubectlPods } from "./kubectl-pods-now.js";
import { importKueue } from "./kueue.js";
import { importSlurm } from "./slurm-conf.js";
import { importNvidiaHost, type HostOptions, type ImportedCatalogue } from "./nvidia-smi-host.js";
import type { NowOptions } from "./squeue.js";
import { importSqueue } from "./squeue.js";

/** What can be imported, and what becomes of it. */
export const IMPORT_KINDS = {
  kueue: "Kueue's queues, cohorts and flavors as YAML: policy.queue",
  "kube-scheduler": "a KubeSchedulerConfiguration: policy.placement",
  "kubectl-nodes": "kubectl get nodes -o json: cluster",
  "kubectl-pods": "kubectl get pods -A -o json: a trace of today's jobs",
  "slurm-conf": "slurm.conf: cluster and policy",
  scontrol: "scontrol show config, show node -o, show partition -o: cluster and policy",
  "nvidia-smi-xml": "nvidia-smi -q -x on one host: a catalogue of your own",
  "nvidia-smi-topo": "nvidia-smi topo -m on one host: a catalogue of your own",
  "nvidia-smi-mig": "nvidia-smi mig -lgipp (and -lgip): a catalogue of your own",
  "mig-parted": "a mig-parted configuration: MIG layouts of kubectl-nodes, read with it",
  squeue: "squeue, as columns separated by | or --json: a trace of today's jobs",
} as const;

/** One of `IMPORT_KINDS`. */
export type ImportKind = keyof typeof IMPORT_KINDS;

/** Settings of an import. */
export interface ImportOptions extends NowOptions {
  /** What every file is; guessed file by file when absent. */
  readonly kind?: ImportKind;
  /** GPU models by the names the files use for them. */
  readonly gpus?: GpuMapping;
  /** What nvidia-smi does not know of its host. */
  readonly host?: HostOptions;
}

/** A file and what it was taken for. */
export interface ReadFile {
  readonly file: string;
  readonly kind: ImportKind;
  readonly isGuess: boolean;
}

/** What the files gave: a part of a scenario, or a trace. */
export type ImportResult = {
  readonly read: readonly ReadFile[];
  readonly ignored: readonly Ignored[];
  readonly notes: readonly string[];
} & (
  | { readonly kind: "scenario"; readonly scenario: ScenarioPart }
  | { readonly kind: "trace"; readonly jobs: ImportedJobs["jobs"] }
  | { readonly kind: "catalogue"; readonly catalogue: ImportedCatalogue["catalogue"] }
);

/**
 * Imports files of other systems: configuration becomes a part of a scenario, lists of jobs become a trace.
 *
 * @throws InputError with the problems of the files, or when they do not go together
 */
export function importFiles(
  sources: readonly ImportSource[],
  options: ImportOptions = {},
): ImportResult {
  const read = sources.map((source): ReadFile & { readonly source: ImportSource } => {
    const kind = options.kind ?? guessKind(source);
    return { file: source.file, kind, isGuess: options.kind === undefined, source };
  });
  const named = read.map(({ file, kind, isGuess }) => ({ file, kind, isGuess }));
  const lists = read.filter(({ kind }) => kind === "squeue" || kind === "kubectl-pods");
  const [list] = lists;
  if (list !== undefined) {
    if (read.length > 1) {
      throw new InputError([
        {
          file: list.file,
          rule: "import-mixed",
          message: "a list of jobs becomes a trace and has to be imported alone",
          help: "run headroom import once for it and once for the other files",
        },
      ]);
    }
    const importer = list.kind === "squeue" ? importSqueue : importKubectlPods;
    return { kind: "trace", read: named, ...importer(list.source, options) };
  }
  if (read.some(({ kind }) => kind.startsWith("nvidia-smi-"))) {
    return { kind: "catalogue", read: named, ...importHost(read, options) };
  }
  return {
    kind: "scenario",
    read: named,
    ...mergeParts(importParts(read, options.gpus ?? new Map())),
  };
}

/** Outputs of nvidia-smi on one host, each at most once, and nothing else. */
function importHost(read: readonly KindOfFile[], options: ImportOptions): ImportedCatalogue {
  const files: Record<string, ImportSource> = {};
  for (const { file, kind, source } of read) {
    const part = {
      "nvidia-smi-xml": "report",
      "nvidia-smi-topo": "matrix",
      "nvidia-smi-mig": "mig",
    }[kind as string];
    if (part !== undefined && files[part] === undefined) files[part] = source;
    else {
      throw new InputError([
        {
          file,
          rule: "import-mixed",
          message:
            part === undefined
              ? "outputs of nvidia-smi become a catalogue and have to be imported without other files"
              : `a second file of the kind ${kind}: one import makes one machine`,
          help: "run headroom import once for each",
        },
      ]);
    }
  }
  return importNvidiaHost(files, options.gpus ?? new Map(), options.host ?? {});
}

type KindOfFile = ReadFile & { readonly source: ImportSource };

/** Files of one system belong together; the others stand for themselves. */
function importParts(
  read: readonly KindOfFile[],
  gpus: GpuMapping,
): readonly { readonly file: string; readonly part: Imported }[] {
  const groups: { readonly file: string; readonly part: () => Imported }[] = [];
  const sourcesOf = (...kinds: readonly ImportKind[]): readonly ImportSource[] =>
    read.filter(({ kind }) => kinds.includes(kind)).map(({ source }) => source);
  const kueue = sourcesOf("kueue");
  const slurm = sourcesOf("slurm-conf", "scontrol");
  if (slurm.length > 0) groups.push({ file: slurm[0]!.file, part: () => importSlurm(slurm, gpus) });
  const migParted = sourcesOf("mig-parted");
  const nodes = sourcesOf("kubectl-nodes");
  for (const source of nodes) {
    groups.push({ file: source.file, part: () => importKubectlNodes(source, gpus, migParted) });
  }
  if (nodes.length === 0 && migParted.length > 0) groups.push(withoutNodes(migParted[0]!));
  if (kueue.length > 0) groups.push({ file: kueue[0]!.file, part: () => importKueue(kueue, gpus) });
  for (const source of sourcesOf("kube-scheduler")) {
    groups.push({ file: source.file, part: () => importKubeScheduler(source) });
  }
  const problems: Problem[] = [];
  const parts = groups.flatMap(({ file, part }) => {
    try {
      return [{ file, part: part() }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new InputError(problems);
  return parts;
}

/** A mig-parted file says how nodes may be cut, and not which nodes there are. */
function withoutNodes({ file }: ImportSource): {
  readonly file: string;
  readonly part: () => never;
} {
  return {
    file,
    part: () => {
      throw new InputError([
        {
          file,
          line: 1,
          col: 1,
          rule: "import-incomplete",
          message:
            "a mig-parted configuration says how nodes can be cut, not which nodes there are",
          help: "import it together with kubectl get nodes -o json, whose label nvidia.com/mig.config names the configuration of each",
        },
      ]);
    },
  };
}

/** Lays the parts beside each other; two that give the same field are a problem. */
function mergeParts(
  parts: readonly { readonly file: string; readonly part: Imported }[],
): Imported {
  const given = new Map<string, { readonly file: string; readonly value: unknown }>();
  const problems: Problem[] = [];
  for (const { file, part } of parts) {
    const { cluster, policy = {} } = part.scenario;
    const fields = Object.entries({
      cluster,
      "policy.queue": policy.queue,
      "policy.placement": policy.placement,
    });
    for (const [field, value] of fields) {
      if (value === undefined) continue;
      const before = given.get(field);
      if (before === undefined) given.set(field, { file, value });
      else {
        const message = `both ${before.file} and this file give ${field}`;
        problems.push({
          file,
          rule: "import-conflict",
          message,
          help: "import them into two files and choose",
        });
      }
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const valueOf = (field: string): unknown => given.get(field)?.value;
  const policy = {
    ...(given.has("policy.queue") ? { queue: valueOf("policy.queue") } : {}),
    ...(given.has("policy.placement") ? { placement: valueOf("policy.placement") } : {}),
  };
  return {
    scenario: {
      ...(given.has("cluster")
        ? { cluster: valueOf("cluster") as NonNullable<ScenarioPart["cluster"]> }
        : {}),
      ...(Object.keys(policy).length === 0 ? {} : { policy }),
    },
    ignored: parts.flatMap(({ part }) => part.ignored),
    notes: parts.flatMap(({ part }) => part.notes),
  };
}

/**
 * What a file is, by words only it has.
 *
 * @throws InputError when nothing speaks for any kind
 */
export function guessKind({ file, text }: ImportSource): ImportKind {
  const isJson = /^\s*\{/.test(text);
  if (/<nvidia_smi_log[\s>]/.test(text)) return "nvidia-smi-xml";
  if (/^\s*GPU\s+\d+\s+Profile\s+ID\s+\d+\s+Placement/m.test(text)) return "nvidia-smi-mig";
  if (/^\s*GPU0\s+X\s/m.test(text)) return "nvidia-smi-topo";
  if (/^mig-configs\s*:/m.test(text)) return "mig-parted";
  if (isJson && /"jobs"\s*:/.test(text) && /"job_state"|"job_id"/.test(text)) return "squeue";
  if (isJson && /"kind"\s*:\s*"Node"/.test(text)) return "kubectl-nodes";
  if (isJson && /"kind"\s*:\s*"Pod"/.test(text)) return "kubectl-pods";
  if (/kind"?\s*:\s*"?KubeSchedulerConfiguration/.test(text)) return "kube-scheduler";
  if (/apiVersion"?\s*:\s*"?(config\.)?kueue\.x-k8s\.io\//.test(text)) return "kueue";
  if (
    /^(Configuration data as of|\s*SchedulerType\s+=|NodeName=\S+ .*\bCPU(Tot|Alloc)=|PartitionName=\S+ .*\bAllowGroups=)/m.test(
      text,
    )
  )
    return "scontrol";
  if (/^\s*(ClusterName|SlurmctldHost|NodeName|PartitionName|SchedulerType)\s*=/im.test(text))
    return "slurm-conf";
  if (/^[^\n]*(\|[^\n|]*){5,}/.test(text)) return "squeue";
  const allowed = Object.keys(IMPORT_KINDS);
  throw new InputError([
    {
      file,
      line: 1,
      col: 1,
      rule: "unknown-format",
      message: "nothing in the file says what it is",
      allowed,
      help: "say it with --as, for example: --as slurm-conf",
    },
  ]);
}

/** A catalogue of one's own as a YAML file. */
export function catalogueText(
  catalogue: ImportedCatalogue["catalogue"],
  { read, notes, ignored }: Pick<ImportResult, "read" | "notes" | "ignored">,
): string {
  const comments = [
    `Made by headroom import from ${read.map(({ file, kind }) => `${file} (${kind})`).join(", ")}.`,
    "A scenario uses it with cluster.catalogue: and this file's path.",
    ...notes.map((note) => `Note: ${note}.`),
    ...ignored.map(({ file, line, path, why }) => `Ignored: ${file}:${line}: ${path}: ${why}.`),
  ];
  const head = comments.map((comment) => `# ${comment.replace(/\p{Cc}+/gu, " ")}\n`).join("");
  return `${head}${stringify(catalogue, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** A part of a scenario as a YAML file that a scenario can extend. */
export function partText(
  scenario: ScenarioPart,
  { read, notes, ignored }: Pick<ImportResult, "read" | "notes" | "ignored">,
): string {
  const comments = [
    `Made by headroom import from ${read.map(({ file, kind }) => `${file} (${kind})`).join(", ")}.`,
    "A scenario uses it with extends: and this file's path.",
    ...notes.map((note) => `Note: ${note}.`),
    ...ignored.map(({ file, line, path, why }) => `Ignored: ${file}:${line}: ${path}: ${why}.`),
  ];
  const head = comments.map((comment) => `# ${comment.replace(/\p{Cc}+/gu, " ")}\n`).join("");
  const body = stringify(
    { schema: "headroom/scenario/v1", ...scenario },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return `${head}${body}`;
}

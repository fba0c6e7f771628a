import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { findGpu } from "../../hardware/find-gpu.js";
import { findLink, LINKS } from "../../hardware/links.js";
import { migGeometryOf, type MigGeometry } from "../../hardware/mig.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { CATALOGUE_SCHEMA } from "../catalogue/catalogue-schema.js";
import type { GpuMapping } from "./group-nodes.js";
import { UNTYPED_GPU } from "./group-nodes.js";
import {
  createImportLog,
  sizeText,
  type Ignored,
  type ImportLog,
  type ImportSource,
} from "./imported.js";
import { compareMigTables, readMigTable, type MigTablePart } from "./nvidia-smi-mig.js";
import { readTopologyMatrix, type TopologyMatrix } from "./nvidia-smi-topo.js";
import { readGpuReport, type ReportedGpu } from "./nvidia-smi-xml.js";
import { topologyOfMatrix } from "./topology-of-matrix.js";

/** What nvidia-smi does not know of the host it runs on. */
export interface HostOptions {
  /** Name of the machine in the catalogue that is made. */
  readonly machine?: string;
  /** As a catalogue file writes them. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly hosting?: string;
  /** Link of its network adapters, by its name in the catalogue. */
  readonly nic?: string;
}

/** Outputs of nvidia-smi on one host. */
export interface HostFiles {
  readonly report?: ImportSource;
  readonly matrix?: ImportSource;
  readonly mig?: ImportSource;
}

/** A catalogue file as plain data. */
export interface ImportedCatalogue {
  readonly catalogue: Readonly<Record<string, unknown>>;
  readonly ignored: readonly Ignored[];
  readonly notes: readonly string[];
}

/**
 * Makes a catalogue with one machine from what nvidia-smi prints on it: GPUs from -q -x, links from topo -m, MIG
 * places from mig -lgipp. CPU and host memory are not in there and have to be told.
 *
 * @throws InputError with every problem of the files and the options
 */
export function importNvidiaHost(
  files: HostFiles,
  mapping: GpuMapping,
  options: HostOptions,
): ImportedCatalogue {
  const log = createImportLog();
  const reported = files.report && readGpuReport(files.report, log);
  const matrix = files.matrix && readTopologyMatrix(files.matrix, log);
  const model = gpuModelOf(files, reported, mapping, log);
  const known = model === undefined ? undefined : migGeometryOf(model.name);
  const table = files.mig && readMigTable(files.mig, known, log);
  checkTogether(files, { reported, matrix, model }, options, log);
  if (log.problems.length > 0) throw new InputError(log.problems);
  const gpu = model!.name;
  const source = Object.values(files as Readonly<Record<string, ImportSource | undefined>>)
    .flatMap((each) => (each === undefined ? [] : [each.file]))
    .join(", ");
  const hasHost = reported !== undefined || matrix !== undefined;
  noteMig(log, files.report, reported);
  return {
    catalogue: {
      schema: CATALOGUE_SCHEMA,
      ...gpuPart(model!, { table, known, reported, source }, log),
      ...(hasHost
        ? {
            nodes: [
              {
                name: options.machine,
                gpu,
                gpus: reported?.length ?? matrix!.gpuCount,
                cpu: Number.isNaN(Number(options.cpu)) ? options.cpu : Number(options.cpu),
                memory: options.memory,
                hosting: options.hosting ?? "bare-metal",
                ...(matrix === undefined
                  ? {}
                  : { topology: topologyPart(matrix, model!.spec, options, files.matrix!, log) }),
                source: `nvidia-smi on the machine (${source})`,
              },
            ],
          }
        : {}),
    },
    ignored: log.ignored,
    notes: log.notes,
  };
}

interface Model {
  readonly name: string;
  readonly spec?: GpuSpec;
}

/** The one model of the host: as told, as reported. */
function gpuModelOf(
  files: HostFiles,
  reported: readonly ReportedGpu[] | undefined,
  mapping: GpuMapping,
  log: ImportLog,
): Model | undefined {
  const products = [...new Set(reported?.map(({ product }) => product) ?? [])];
  const { file } = (files.report ?? files.matrix ?? files.mig)!;
  if (products.length > 1) {
    const other = reported!.find(({ product }) => product !== products[0])!;
    const message = `the host has GPUs that differ, ${products.join(" and ")}: a machine of a catalogue has one model`;
    log.problems.push({ file, line: other.line, col: 1, rule: "mixed-gpus", message });
    return undefined;
  }
  const type = products[0] ?? UNTYPED_GPU;
  const written = mapping.get(type) ?? mapping.get(UNTYPED_GPU) ?? products[0];
  if (written === undefined) {
    const message = "nothing says which GPU model it is";
    const help =
      'name it, for example: --gpu "gpu=H100 SXM5-80GB"; or add the output of nvidia-smi -q -x';
    log.problems.push({ file, line: 1, col: 1, rule: "unknown-gpu", message, help });
    return undefined;
  }
  const found = findGpu(written);
  if (found.kind === "found") return { name: found.gpu.name, spec: found.gpu };
  if (reported?.[0]?.memoryBytes !== undefined) {
    log.notes.push(
      `"${written}" is not in the catalogue: it is added with the memory the driver reports`,
    );
    return { name: written };
  }
  const allowed = found.kind === "ambiguous" ? { allowed: found.names } : {};
  const message =
    found.kind === "ambiguous"
      ? `"${written}" fits several GPU models that differ`
      : `"${written}" is not in the catalogue, and nothing says how much memory it has`;
  log.problems.push({ file, line: 1, col: 1, rule: "unknown-gpu", message, ...allowed });
  return undefined;
}

function checkTogether(
  files: HostFiles,
  read: {
    readonly reported: readonly ReportedGpu[] | undefined;
    readonly matrix: TopologyMatrix | undefined;
    readonly model: Model | undefined;
  },
  options: HostOptions,
  log: ImportLog,
): void {
  const { reported, matrix } = read;
  if (reported !== undefined && matrix !== undefined && reported.length !== matrix.gpuCount) {
    const message = `the table has ${matrix.gpuCount} GPUs, and ${files.report!.file} has ${reported.length}: they are of different hosts`;
    log.problems.push({
      file: files.matrix!.file,
      line: 1,
      col: 1,
      rule: "import-conflict",
      message,
    });
  }
  if (options.nic !== undefined && findLink(options.nic) === undefined) {
    const allowed = LINKS.map(({ name }) => name);
    const suggestion = didYouMean(options.nic, allowed);
    log.problems.push({
      file: "import",
      rule: "unknown-link",
      message: `--nic: there is no link "${options.nic}" in the catalogue`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  if (files.report === undefined && files.matrix === undefined) return;
  const missing = (["machine", "cpu", "memory"] as const).filter(
    (name) => options[name] === undefined,
  );
  if (missing.length === 0) return;
  log.problems.push({
    file: "import",
    rule: "missing-option",
    message: `nvidia-smi does not know ${missing.map((name) => MISSING[name]).join(", ")}`,
    help: `add ${missing.map((name) => EXAMPLES[name]).join(" ")}`,
  });
}

const MISSING = {
  machine: "what the machine is called",
  cpu: "the CPU of the host",
  memory: "the memory of the host",
} as const;
const EXAMPLES = {
  machine: "--machine our-h100",
  cpu: "--cpu 112",
  memory: "--memory 2TB",
} as const;

/** The GPU of the file: one that the catalogue lacks, or one with a MIG table of its own. */
function gpuPart(
  { name, spec }: Model,
  read: {
    readonly table: MigTablePart | undefined;
    readonly known: MigGeometry | undefined;
    readonly reported: readonly ReportedGpu[] | undefined;
    readonly source: string;
  },
  log: ImportLog,
): { readonly gpus?: readonly object[] } {
  const { table, known, reported, source } = read;
  if (table !== undefined && known !== undefined) log.notes.push(compareMigTables(table, known));
  if (table === undefined && spec !== undefined) return {};
  const memoryBytes = spec?.memoryBytes ?? reported![0]!.memoryBytes!;
  const power = reported?.[0]?.powerMaxW ?? spec?.powerMaxW;
  return {
    gpus: [
      {
        name,
        memory: spec === undefined ? sizeText(memoryBytes) : `${memoryBytes / 1e9}GB`,
        ...(power === undefined ? {} : { power: `${power}W` }),
        ...(table === undefined ? {} : { mig: table }),
        source: `nvidia-smi on the machine (${source})`,
      },
    ],
  };
}

function topologyPart(
  matrix: TopologyMatrix,
  gpu: GpuSpec | undefined,
  { nic }: HostOptions,
  source: ImportSource,
  log: ImportLog,
): object {
  const all = matrix.ways.flat();
  if (all.includes("PHB")) {
    log.notes.push(
      "PHB (the host bridge) is kept as NODE: both go over the host within a NUMA node",
    );
  }
  if (nic === undefined && matrix.nics.length > 0) {
    log.ignored.push({
      file: source.file,
      line: 1,
      path: `adapters ${matrix.nics.join(", ")}`,
      why: "the table has no rates: name their link with --nic, such as --nic infiniband-ndr",
    });
  }
  return topologyOfMatrix(matrix, {
    ...(gpu === undefined ? {} : { gpu }),
    ...(nic === undefined ? {} : { nicLink: nic }),
  });
}

/** A catalogue knows machines, not how they are cut today: that belongs to the scenario. */
function noteMig(
  log: ImportLog,
  source: ImportSource | undefined,
  reported: readonly ReportedGpu[] | undefined,
): void {
  for (const [index, gpu] of (reported ?? []).entries()) {
    if (!gpu.hasMig) continue;
    log.ignored.push({
      file: source!.file,
      line: gpu.line,
      path: `GPU ${index}: MIG with ${gpu.migDevices.length} instances`,
      why: "how GPUs are cut is cluster.nodes[].partitioning of a scenario; kubectl get nodes -o json or mig-parted's file says it",
    });
  }
}

import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import { MPS_CLIENTS_MAX } from "../../cluster/partitions/partitioning.js";
import { findNodeSku } from "../../hardware/find-node-sku.js";
import type { GpuNames } from "../../hardware/gpu-names.js";
import { migGeometryOf, migGpuModels } from "../../hardware/mig/find-mig-geometry.js";
import type { MigGeometry } from "../../hardware/mig/mig-geometry.js";
import { migMixText, type MigMix } from "../../hardware/mig/mig-layout.js";
import { nearestMigMixes, unknownMigProfiles } from "../../hardware/mig/nearest-mig-mixes.js";
import { placeMigMix } from "../../hardware/mig/place-mig-mix.js";
import { MIG_GEOMETRIES } from "../../hardware/mig/mig-tables.js";
import type { CheckContext } from "../check-context.js";
import { mixOfLayout } from "../layout-mix.js";
import { gpuNamesOf } from "./check-cluster.js";
import { fieldOf, listAt, textOf } from "./duplicates.js";

const NODES = ["cluster", "nodes"] as const;
const JOBS = ["workload", "jobs"] as const;

/** Fields that only one kind of partitioning has, and what they belong to. */
const OWNERS = {
  layout: ["mig"],
  layouts: ["mig"],
  allOf: ["mig"],
  policy: ["mig"],
  repartitionDuration: ["mig"],
  drainAfter: ["mig"],
  repartitionAtOnce: ["mig"],
  replicas: ["time-slicing", "mps"],
  contention: ["time-slicing", "mps"],
} as const;

/** What fields about parts of GPUs must be together, in nodes and in jobs. */
export function checkPartitioning(context: CheckContext): void {
  const gpuNames = gpuNamesOf(context);
  listAt(context, NODES).forEach((group, index) => {
    const path = [...NODES, index, "partitioning"];
    const partitioning = fieldOf(group, "partitioning");
    if (typeof partitioning !== "object" || partitioning === null) return;
    checkFields(context, partitioning, path);
    const mode = textOf(partitioning, "mode");
    if (mode === "mig") checkMig(context, group, partitioning, path, gpuNames);
    if (mode === "time-slicing" || mode === "mps") checkReplicas(context, partitioning, path, mode);
  });
  listAt(context, JOBS).forEach((job, index) => {
    checkJob(context, job, [...JOBS, index]);
  });
  listAt(context, ["workload", "migProfiles"]).forEach((_entry, index) => {
    checkProfileNames(context, ["workload", "migProfiles", index, "profiles"]);
  });
}

/** A field of one mode beside another mode: two ways to hand out one GPU. */
function checkFields(context: CheckContext, partitioning: object, path: readonly PathPart[]): void {
  const mode = textOf(partitioning, "mode");
  if (mode === undefined) return;
  for (const [name, owners] of Object.entries(OWNERS)) {
    if (fieldOf(partitioning, name) === undefined || (owners as readonly string[]).includes(mode))
      continue;
    const isSharing = owners[0] !== "mig";
    const message =
      mode === "mig" && isSharing
        ? `${name} divides a GPU by ${owners.join(" or ")}, and mode mig divides it into instances: a GPU is handed out in one way only`
        : `${name} belongs to mode ${owners.join(" or ")}, and the mode is ${mode}: a GPU is handed out in one way only`;
    context.report({
      path: [...path, name],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)}: ${message}`,
      help: `leave ${name} out, or make two node groups of different modes`,
    });
  }
}

function checkReplicas(
  context: CheckContext,
  partitioning: object,
  path: readonly PathPart[],
  mode: string,
): void {
  const replicas = fieldOf(partitioning, "replicas");
  if (replicas === undefined) {
    context.report({
      path,
      rule: "incomplete-fields",
      message: `${formatPath(path)} has mode ${mode} and does not say into how many replicas`,
      help: "add the jobs per GPU, for example: replicas: 4",
    });
  }
  if (mode === "mps" && typeof replicas === "number" && replicas > MPS_CLIENTS_MAX) {
    context.report({
      path: [...path, "replicas"],
      rule: "out-of-range",
      message: `${formatPath([...path, "replicas"])} must be at most ${MPS_CLIENTS_MAX} under MPS, got ${replicas}`,
    });
  }
}

function checkMig(
  context: CheckContext,
  group: unknown,
  partitioning: object,
  path: readonly PathPart[],
  gpuNames: GpuNames,
): void {
  const sku = textOf(group, "sku");
  const machine = sku === undefined ? undefined : findNodeSku(sku);
  const written = textOf(group, "gpu") ?? machine?.gpuModel;
  if (written === undefined) {
    // A sku or GPU that is wrong or missing is reported where it stands.
    if (sku === undefined && fieldOf(group, "gpu") === undefined) reportNoGpu(context, path);
    return;
  }
  const found = gpuNames.resolve(written);
  if (found.kind !== "catalogue" && found.kind !== "declared") return;
  const geometry = found.kind === "catalogue" ? migGeometryOf(found.name) : undefined;
  if (geometry === undefined) {
    context.report({
      path: [...path, "mode"],
      rule: "no-mig",
      message: `${formatPath(path)}: ${found.name} cannot be divided into MIG instances`,
      allowed: migGpuModels(),
      similarTo: [],
      help: "of the modes, time-slicing and mps work on every GPU",
    });
    return;
  }
  checkSources(context, partitioning, path);
  const gpus = machine?.gpuCount ?? fieldOf(group, "gpus");
  checkLayouts(context, partitioning, path, { geometry, gpu: found.name, gpus });
}

function reportNoGpu(context: CheckContext, path: readonly PathPart[]): void {
  context.report({
    path,
    rule: "incomplete-fields",
    message: `${formatPath(path)} has mode mig, and the nodes have no GPU`,
    help: "add the GPU of the nodes, for example: gpu: A100 SXM4-80GB and gpus: 8",
  });
}

/** One source of layouts, and dynamic fields only where layouts change. */
function checkSources(
  context: CheckContext,
  partitioning: object,
  path: readonly PathPart[],
): void {
  const policy = textOf(partitioning, "policy");
  const sources = ["layout", "layouts", "allOf"].filter(
    (name) => fieldOf(partitioning, name) !== undefined,
  );
  const [first, second] = sources;
  if (second !== undefined) {
    context.report({
      path: [...path, second],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} has both ${first} and ${second}, must have one of them`,
    });
  }
  if (first !== undefined && policy === "by-demand") {
    context.report({
      path: [...path, first],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} gives a ${first}, and policy by-demand makes its own`,
    });
  }
  if (first === undefined && (policy === undefined || policy === "static")) {
    context.report({
      path,
      rule: "incomplete-fields",
      message: `${formatPath(path)} has mode mig and no layout`,
      help: "add layout, for example: layout: [3g.40gb, 3g.40gb]; or policy: by-demand or dynamic",
    });
  }
  for (const name of ["repartitionDuration", "drainAfter", "repartitionAtOnce"]) {
    if (fieldOf(partitioning, name) === undefined || policy === "dynamic") continue;
    context.report({
      path: [...path, name],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)}: ${name} is for policy dynamic; under ${policy ?? "static"} layouts stay as they are`,
    });
  }
}

interface MigGpu {
  readonly geometry: MigGeometry;
  readonly gpu: string;
  readonly gpus: unknown;
}

function checkLayouts(
  context: CheckContext,
  partitioning: object,
  path: readonly PathPart[],
  gpu: MigGpu,
): void {
  const { geometry } = gpu;
  const allOf = textOf(partitioning, "allOf");
  if (allOf !== undefined) checkMix(context, [...path, "allOf"], gpu, { [allOf]: 1 });
  const check = (layout: unknown, at: readonly PathPart[]): void => {
    if (Array.isArray(layout) && layout.every((name) => typeof name === "string"))
      checkMix(context, at, gpu, mixOfLayout(geometry, layout));
  };
  check(fieldOf(partitioning, "layout"), [...path, "layout"]);
  const layouts = fieldOf(partitioning, "layouts");
  if (!Array.isArray(layouts)) return;
  layouts.forEach((layout, index) => {
    check(layout, [...path, "layouts", index]);
  });
  if (typeof gpu.gpus === "number" && layouts.length !== gpu.gpus) {
    context.report({
      path: [...path, "layouts"],
      part: "key",
      rule: "out-of-range",
      message: `${formatPath(path)}: layouts has ${layouts.length} entries, the node has ${gpu.gpus} GPUs`,
      help: "give one layout per GPU, or one layout for all of them with layout",
    });
  }
}

/** Whether the instances can stand side by side on one GPU; if not, which mixes nearest to them can. */
function checkMix(
  context: CheckContext,
  path: readonly PathPart[],
  { geometry, gpu }: MigGpu,
  mix: MigMix,
): void {
  const [unknown] = unknownMigProfiles(geometry, mix);
  if (unknown !== undefined) {
    context.report({
      path,
      rule: "unknown-mig-profile",
      message: `${formatPath(path)}: ${gpu} has no MIG profile "${unknown}"`,
      given: unknown,
      allowed: geometry.profiles.map(({ name }) => name),
    });
    return;
  }
  if (placeMigMix(geometry, mix) !== undefined) return;
  const near = nearestMigMixes(geometry, mix).map(({ mix: one }) => migMixText(geometry, one));
  context.report({
    path,
    rule: "impossible-mig-layout",
    message: `${formatPath(path)}: ${migMixText(geometry, mix)} does not fit on one ${gpu} (${geometry.computeSlices} compute slices, ${geometry.slots} memory slots)`,
    help: `the nearest that fit: ${near.join("; ")} (headroom mig layouts ${JSON.stringify(gpu)} lists all)`,
  });
}

function checkJob(context: CheckContext, job: unknown, path: readonly PathPart[]): void {
  const has = (name: string): boolean => fieldOf(job, name) !== undefined;
  if (has("mig")) checkProfileNames(context, [...path, "mig"]);
  const clash = has("mig") && (["gpuShare", "gpuReplica"] as const).find(has);
  if (clash !== false && clash !== undefined) {
    context.report({
      path: [...path, clash],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} names MIG profiles and ${clash}: it can run on MIG instances only`,
    });
  }
  const gpus = fieldOf(job, "gpus");
  const wants = (["mig", "gpuMemory", "gpuReplica"] as const).find(has);
  if (wants !== undefined && gpus === 0) {
    context.report({
      path: [...path, wants],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} has ${wants} and gpus: 0`,
    });
  }
  if (has("gpuReplica") && typeof gpus === "number" && gpus > 1) {
    context.report({
      path: [...path, "gpuReplica"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath(path)} asks for ${gpus} GPUs and says that a replica will do: several replicas buy no more compute than one`,
    });
  }
}

/** Every name must be a profile of some GPU. */
function checkProfileNames(context: CheckContext, path: readonly PathPart[]): void {
  const known = [
    ...new Set(MIG_GEOMETRIES.flatMap(({ profiles }) => profiles.map(({ name }) => name))),
  ];
  listAt(context, path).forEach((name, index) => {
    if (typeof name !== "string" || known.includes(name.trim().toLowerCase())) return;
    context.report({
      path: [...path, index],
      rule: "unknown-mig-profile",
      message: `${formatPath([...path, index])}: no GPU has a MIG profile "${name}"`,
      similarTo: known,
      help: "headroom mig layouts GPU lists the profiles of a GPU",
    });
  });
}

import { didYouMean } from "../diagnostics/did-you-mean.js";
import { InputError } from "../diagnostics/problem.js";
import { createCatalogue, type HardwareCatalogue } from "../hardware/catalogue.js";
import { gpuNames } from "../hardware/find-gpu.js";
import type { GpuSpec } from "../hardware/gpu-spec.js";
import type { MigGeometry } from "../hardware/mig.js";

/**
 * The GPU model a person named on the command line.
 *
 * @param options.allowed names listed when there is none of that name; all GPUs when absent
 * @throws InputError when the name is unknown, or fits several models that differ
 */
export function namedGpu(
  command: string,
  name: string,
  options: { readonly catalogue: HardwareCatalogue; readonly allowed?: readonly string[] },
): GpuSpec {
  const { catalogue, allowed = catalogue.gpus.map((gpu) => gpu.name) } = options;
  const found = catalogue.gpu(name);
  if (found.kind === "found") return found.gpu;
  if (found.kind === "ambiguous") {
    throw new InputError([
      {
        file: command,
        rule: "ambiguous-gpu",
        message: `"${name}" fits several GPUs that differ`,
        allowed: found.names,
        help: `name one of them, such as "${found.names[0]!}"`,
      },
    ]);
  }
  const suggestion = didYouMean(name, [...catalogue.gpus.map((gpu) => gpu.name), ...gpuNames()]);
  throw new InputError([
    {
      file: command,
      rule: "unknown-gpu",
      message: `the catalogue has no GPU "${name}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "headroom catalog gpu lists them; a file of your own adds others (--file)",
    },
  ]);
}

/**
 * How the GPU a person named is cut with MIG. Forms of one model that differ in nothing MIG knows of (SXM and
 * PCIe) need not be told apart.
 *
 * @throws InputError when the name is unknown or the GPU has no MIG
 */
export function namedMigGeometry(
  command: string,
  name: string,
  catalogue: HardwareCatalogue = createCatalogue(),
): { readonly gpu: string; readonly geometry: MigGeometry } {
  const found = catalogue.gpu(name);
  if (found.kind === "ambiguous") {
    const geometries = new Set(found.names.map((each) => catalogue.mig(each)));
    const [geometry] = geometries;
    if (geometries.size === 1 && geometry !== undefined) return { gpu: found.names[0]!, geometry };
  }
  const models = catalogue.gpus.map((gpu) => gpu.name);
  const allowed = models.filter((model) => catalogue.mig(model) !== undefined);
  const gpu = namedGpu(command, name, { catalogue, allowed });
  const geometry = catalogue.mig(gpu.name);
  if (geometry !== undefined) return { gpu: gpu.name, geometry };
  throw new InputError([
    {
      file: command,
      rule: "no-mig",
      message: `${gpu.name} cannot be partitioned with MIG`,
      allowed,
    },
  ]);
}

/**
 * The same where models may be named together that are cut alike and differ in memory only, and so in the names
 * of their profiles: the one with the most memory stands for all.
 *
 * @throws InputError as `namedMigGeometry`
 */
export function namedMigShape(
  command: string,
  name: string,
  catalogue: HardwareCatalogue,
): {
  readonly gpu: string;
  readonly geometry: MigGeometry;
  /** Other models the name fits, cut in the same way. */
  readonly alike: readonly string[];
} {
  const found = catalogue.gpu(name);
  if (found.kind === "ambiguous") {
    const named = catalogue.gpus.filter((gpu) => found.names.includes(gpu.name));
    const shapes = new Set(named.map((gpu) => shapeOf(catalogue.mig(gpu.name))));
    const largest = named.reduce((best, gpu) => (gpu.memoryBytes > best.memoryBytes ? gpu : best));
    const geometry = catalogue.mig(largest.name);
    if (shapes.size === 1 && geometry !== undefined) {
      const alike = found.names.filter((each) => each !== largest.name);
      return { gpu: largest.name, geometry, alike };
    }
  }
  return { ...namedMigGeometry(command, name, catalogue), alike: [] };
}

/** What decides which layouts are legal. */
function shapeOf(geometry: MigGeometry | undefined): string {
  if (geometry === undefined) return "";
  const { slots, computeSlices, profiles } = geometry;
  const cuts = profiles.map((one) => [one.computeSlices, one.slots, one.extension, ...one.starts]);
  return JSON.stringify([slots, computeSlices, cuts]);
}

import { foldName } from "./fold-name.js";
import type { GpuSpec } from "./gpu-spec.js";
import { GPUS_BEFORE_HOPPER } from "./gpus-before-hopper.js";
import { GPUS_FROM_HOPPER } from "./gpus-from-hopper.js";

/** Every GPU model the catalogue knows. */
export const GPU_CATALOGUE: readonly GpuSpec[] = [...GPUS_BEFORE_HOPPER, ...GPUS_FROM_HOPPER];

/** What became of a GPU name. */
export type GpuLookup =
  /** `assumed` when the name left the form open and the usual one was taken. */
  | { readonly kind: "found"; readonly gpu: GpuSpec; readonly assumed: boolean }
  /** The name fits models that differ; one of them has to be named. */
  | { readonly kind: "ambiguous"; readonly names: readonly string[] }
  | { readonly kind: "unknown" };

interface Index {
  readonly exact: ReadonlyMap<string, GpuSpec>;
  readonly short: ReadonlyMap<string, GpuSpec>;
}

const INDEX: Index = {
  exact: new Map(
    GPU_CATALOGUE.flatMap((gpu) =>
      [gpu.name, ...gpu.aliases].map((name) => [foldName(name), gpu] as const),
    ),
  ),
  short: new Map(
    GPU_CATALOGUE.flatMap((gpu) =>
      (gpu.shortNames ?? []).map((name) => [foldName(name), gpu] as const),
    ),
  ),
};

/**
 * Finds a GPU by a name people type. The match is exact after folding case and punctuation: a wrong
 * name is never bent into a near one.
 */
export function findGpu(name: string): GpuLookup {
  const folded = foldName(name);
  const exact = INDEX.exact.get(folded);
  if (exact !== undefined) return { kind: "found", gpu: exact, assumed: false };
  const short = INDEX.short.get(folded);
  if (short !== undefined) return { kind: "found", gpu: short, assumed: true };
  const names = fittingGpus(name).map((gpu) => gpu.name);
  return names.length < 2 ? { kind: "unknown" } : { kind: "ambiguous", names };
}

/**
 * Every GPU a name fits: the one it names in full, or all whose name begins with its first word and has
 * its other words. `H100` fits every H100; `H20` fits none.
 */
export function fittingGpus(name: string): readonly GpuSpec[] {
  const exact = INDEX.exact.get(foldName(name));
  if (exact !== undefined) return [exact];
  const [family, ...rest] = wordsOf(name);
  if (family === undefined) return [];
  return GPU_CATALOGUE.filter((gpu) => {
    const [first, ...others] = wordsOf(gpu.name);
    return first === family && rest.every((word) => others.includes(word));
  });
}

/** Words of a name without the maker in front. */
function wordsOf(name: string): readonly string[] {
  const words = name.toLowerCase().split(/[\s._\-/()]+/);
  return words.filter((word) => !["", "nvidia", "tesla", "amd", "instinct"].includes(word));
}

/** All names the catalogue accepts, canonical ones first: what a misspelt name is compared with. */
export function gpuNames(): readonly string[] {
  return [
    ...GPU_CATALOGUE.map((gpu) => gpu.name),
    ...GPU_CATALOGUE.flatMap((gpu) => [...gpu.aliases, ...(gpu.shortNames ?? [])]),
  ];
}

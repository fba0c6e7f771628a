import { didYouMean } from "../diagnostics/did-you-mean.js";
import { findGpu, fittingGpus, GPU_CATALOGUE, gpuNames } from "./find-gpu.js";
import type { GpuSpec } from "./gpu-spec.js";

/** What a GPU name stands for in one scenario. */
export type GpuName =
  | { readonly kind: "declared"; readonly name: string }
  /** `assumed` when the name left the form (SXM, PCIe) open and the usual one was taken. */
  | {
      readonly kind: "catalogue";
      readonly name: string;
      readonly gpu: GpuSpec;
      readonly assumed: boolean;
    }
  /** Fits several models that differ. */
  | { readonly kind: "ambiguous"; readonly names: readonly string[] }
  | {
      readonly kind: "unknown";
      readonly allowed: readonly string[];
      readonly suggestion: string | undefined;
    };

/**
 * Resolves the GPU names of one scenario and its traces to one name per model.
 *
 * Declared names come first and are matched letter by letter: they repeat what a trace says.
 */
export interface GpuNames {
  /** The one model that nodes of this name have. */
  resolve(name: string): GpuName;
  /**
   * The models a job accepts by this name: a name that leaves the form or the memory open (`A100`)
   * accepts them all. Empty when the name is unknown.
   */
  accepted(name: string): readonly string[];
}

/** @param declared names of `cluster.gpuModels` */
export function createGpuNames(declared: readonly string[]): GpuNames {
  const own = new Set(declared);
  return {
    resolve(name) {
      if (own.has(name)) return { kind: "declared", name };
      const found = findGpu(name);
      if (found.kind === "found") {
        return { kind: "catalogue", name: found.gpu.name, gpu: found.gpu, assumed: found.assumed };
      }
      if (found.kind === "ambiguous") return found;
      const allowed = [...declared, ...GPU_CATALOGUE.map((gpu) => gpu.name)];
      const suggestion = didYouMean(name, [...allowed, ...gpuNames()]);
      return { kind: "unknown", allowed, suggestion };
    },
    accepted: (name) => (own.has(name) ? [name] : fittingGpus(name).map((gpu) => gpu.name)),
  };
}

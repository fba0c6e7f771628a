import type { Place } from "../../diagnostics/located-node.js";
import type { Problem } from "../../diagnostics/problem.js";
import type { GpuNames } from "../../hardware/gpu-names.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { ServiceInput } from "../schema/services-schema.js";
import type { ServiceMachines, ServiceParallelism } from "./service-hosts.js";
import type { SettledManifest } from "./settle-manifest.js";

/** Files that a service names, as they were read. */
export interface ServiceTexts {
  /** Path for messages, and text. */
  readonly manifest?: { readonly path: string; readonly text: string };
  readonly config?: { readonly path: string; readonly text: string };
  readonly trace?: RequestTable;
  /** Manifest of the RAGEngine. */
  readonly rag?: { readonly path: string; readonly text: string };
}

/** Everything a service is settled from. */
export interface ServiceQuestion {
  readonly input: ServiceInput;
  /** Where the service is written. */
  readonly place: Place;
  /** Such as `workload.services[0]`. */
  readonly path: string;
  readonly machines: ServiceMachines;
  readonly gpuNames: GpuNames;
  readonly texts: ServiceTexts;
}

/** A problem at the place of the service, about one of its fields. */
export function problem(
  { place, path }: ServiceQuestion,
  field: string,
  more: Omit<Problem, "file">,
): Problem {
  return { ...place, path: `${path}.${field}`, ...more };
}

/** Degrees of parallelism: as written, else as KAITO sets them, else 1. */
export function parallelismOf(
  input: ServiceInput,
  manifest: SettledManifest | undefined,
): ServiceParallelism {
  const written = input.parallelism;
  if (written === undefined && manifest !== undefined) return manifest.parallelism;
  return {
    tensor: written?.tensor ?? 1,
    pipeline: written?.pipeline ?? 1,
    data: written?.data ?? 1,
  };
}

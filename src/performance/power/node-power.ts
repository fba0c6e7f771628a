import { findNodeSku } from "../../hardware/find-node-sku.js";
import { findGpu } from "../../hardware/find-gpu.js";
import { sourceText } from "../../hardware/sources.js";
import type { SourcedPower } from "./gpu-power.js";

/** Highest power of whole machines, by name in the catalogue. Third-party figures. */
const MACHINE_MAX_W: ReadonlyMap<string, number> = new Map([
  ["DGX H100", 10_200],
  ["DGX H200", 10_200],
  ["DGX B200", 14_300],
  ["DGX A100", 6_500],
]);

/**
 * Power of a machine besides its GPUs (CPUs, memory, fans, network cards, drives), or undefined when nobody
 * published the machine's.
 *
 * The machine's highest power less that of its GPUs: an upper bound, since fans and CPUs run below it most of
 * the time.
 *
 * @param sku name of a machine in the catalogue
 * @param gpuModel for machines sold with several GPU models
 */
export function knownNodeOverhead(sku: string, gpuModel: string): SourcedPower | undefined {
  const found = findNodeSku(sku);
  const machineW = found === undefined ? undefined : MACHINE_MAX_W.get(found.name);
  const gpu = findGpu(found?.gpuModel ?? gpuModel);
  if (found === undefined || machineW === undefined) return undefined;
  if (gpu.kind !== "found" || gpu.gpu.powerMaxW === undefined) return undefined;
  return {
    powerW: machineW - found.gpuCount * gpu.gpu.powerMaxW,
    provenance: "published",
    source: `highest power of the machine less that of its GPUs, an upper bound; ${sourceText(["flash"])}`,
  };
}

import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import type { MigResult } from "./optional-results.js";

/**
 * What MIG layouts stranded and what was held; undefined without MIG nodes.
 *
 * Figures are those of the whole run, a warm-up included: a layout strands the same from the first second.
 */
export function migResult({ mig }: BatchRun): MigResult | undefined {
  if (mig === undefined) return undefined;
  const names = [...new Set([...mig.startsByProfile.keys(), ...mig.instanceHours.keys()])];
  return {
    gpus: mig.gpus,
    strandedComputeShare: mig.strandedComputeShare,
    strandedMemoryShare: mig.strandedMemoryShare,
    repartitions: mig.repartitions,
    gpuHoursRepartitioning: mig.gpuHoursRepartitioning,
    profiles: names
      .map((name) => ({
        name,
        workers: mig.startsByProfile.get(name) ?? 0,
        instanceHours: mig.instanceHours.get(name) ?? 0,
      }))
      .sort((left, right) => right.instanceHours - left.instanceHours),
  };
}

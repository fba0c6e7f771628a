import { findGpu } from "../../hardware/find-gpu.js";
import { migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import {
  migProfileOf,
  type MigGeometry,
  type MigProfile,
} from "../../hardware/mig/mig-geometry.js";

/** Compute of an instance as a share of the whole GPU, and where it comes from. */
export interface MigComputeShare {
  /** In (0, 1]. */
  readonly share: number;
  /** `multiprocessors`: from the published counts. `slices`: compute slices, where a count is missing. */
  readonly basis: "multiprocessors" | "slices";
}

/**
 * Compute of a MIG instance as a share of its whole GPU.
 *
 * Formula: multiprocessors of the profile over those of the GPU without MIG; where a count was not
 * published, compute slices over all slices. Source: the profile tables (`nvidia-smi mig -lgip`); A100 has
 * 108 multiprocessors whole and 98 in MIG mode, H100 and H200 132 in both. Error of slices where both are
 * known: on H100 a 1g has 12.1 % of the multiprocessors and 14.3 % of the slices, a 3g 45.5 and 42.9 %.
 *
 * @throws RangeError when the GPU model has no such profile
 */
export function migComputeShare(gpuModel: string, profile: string): MigComputeShare {
  const geometry = migGeometryOf(gpuModel);
  const found = geometry === undefined ? undefined : migProfileOf(geometry, profile);
  if (geometry === undefined || found === undefined)
    throw new RangeError(`sharing: ${gpuModel} has no MIG profile ${profile}`);
  const whole = wholeMultiprocessors(gpuModel, geometry);
  return whole === undefined || found.multiprocessors === undefined
    ? { share: found.computeSlices / geometry.computeSlices, basis: "slices" }
    : { share: found.multiprocessors / whole, basis: "multiprocessors" };
}

/**
 * Rate of a job on a MIG instance, 1 = as fast as recorded.
 *
 * Formula: min(1, compute of the instance / compute the job can use), both as shares of the whole GPU: right
 * for work whose speed is proportional to multiprocessors (compute-bound), pessimistic for work that waits
 * for memory or the host. A larger instance than the recorded one speeds nothing up.
 *
 * @param demand share of the whole GPU's compute the job can use, in (0, 1]
 */
export function migInstanceRate(compute: MigComputeShare, demand: number): number {
  return Math.min(1, compute.share / demand);
}

/** Multiprocessors of the GPU without MIG: A100 loses ten of 108 in MIG mode, the others none. */
function wholeMultiprocessors(gpuModel: string, geometry: MigGeometry): number | undefined {
  const found = findGpu(gpuModel);
  const name = found.kind === "found" ? found.gpu.name : gpuModel;
  if (name.startsWith("A100")) return A100_MULTIPROCESSORS;
  return largest(geometry).multiprocessors;
}

/** Whole A100, without MIG mode. Source: hardware sheet, "14/14/28/42/56/98 (of 108)". */
const A100_MULTIPROCESSORS = 108;

function largest({ profiles }: MigGeometry): MigProfile {
  return profiles.reduce((most, profile) =>
    profile.computeSlices > most.computeSlices ? profile : most,
  );
}

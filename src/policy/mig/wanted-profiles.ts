import { acceptanceOf, type NodeKind } from "../../cluster/partitions/gpu-acceptance.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { JobTable } from "../../workload/job-table.js";

/** How much of each profile a workload asks for. */
export interface WantedProfiles {
  /** Instance-seconds by position of the profile in the geometry: workers × instances × duration. */
  readonly weights: readonly number[];
}

/**
 * What the jobs ask of MIG GPUs of one kind, by the profile each likes best.
 *
 * Work counts and not jobs: a job of a day holds its instance as long as a hundred of a quarter of an hour.
 *
 * @param counts which jobs; all when absent
 */
export function wantedProfiles(
  kind: NodeKind,
  jobs: JobTable,
  counts: (job: number) => boolean = () => true,
): WantedProfiles {
  const { profiles } = kind.table!.geometry;
  const weights = profiles.map(() => 0);
  const best = jobs.shapes.map((request) => preferredProfile(kind, request));
  for (let job = 0; job < jobs.count; job += 1) {
    const shape = jobs.shape[job]!;
    const profile = best[shape];
    if (profile === undefined || !counts(job)) continue;
    weights[profile]! += jobs.workers[job]! * jobs.shapes[shape]!.gpuCount * jobs.durationS[job]!;
  }
  return { weights };
}

/** The profile a pod likes best on GPUs of the kind, as position in the geometry; undefined when none will do. */
export function preferredProfile(kind: NodeKind, request: PodRequest): number | undefined {
  return acceptanceOf(request, kind).profiles[0];
}

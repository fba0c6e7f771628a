import type { JobTable } from "../../workload/job-table.js";

/** MIG profiles for pods up to a share of a GPU. */
export interface ShareProfiles {
  /** Thousandths of a GPU, 1..1000. */
  readonly gpuMilliMax: number;
  /** In order of preference. */
  readonly profiles: readonly string[];
}

/**
 * The jobs, with MIG profiles for pods that ask for at most one GPU or a part of it and name none: the first
 * entry whose share is not below theirs. Where they run without MIG nothing changes for them.
 */
export function withProfilesByShare(
  jobs: JobTable,
  entries: readonly ShareProfiles[] | undefined,
): JobTable {
  if (entries === undefined) return jobs;
  const shapes = jobs.shapes.map((shape) => {
    if (shape.gpuCount !== 1 || (shape.gpuPart?.migProfiles.length ?? 0) > 0) return shape;
    const entry = entries.find(({ gpuMilliMax }) => shape.gpuMilli <= gpuMilliMax);
    if (entry === undefined) return shape;
    const said = shape.gpuPart ?? {
      isMigOnly: false,
      gpuMemoryBytes: 0,
      isReplicaEnough: false,
    };
    return { ...shape, gpuPart: { ...said, migProfiles: entry.profiles } };
  });
  return { ...jobs, shapes };
}

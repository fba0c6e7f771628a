import type { GpuPartRequest } from "./job-table.js";

/** A text that two requests for parts of a GPU share exactly when they ask for the same. */
export function gpuPartKey(part: GpuPartRequest): string {
  const { migProfiles, isMigOnly, gpuMemoryBytes, isReplicaEnough } = part;
  return `mig:${migProfiles.join("|")};${isMigOnly};${gpuMemoryBytes};${isReplicaEnough}`;
}

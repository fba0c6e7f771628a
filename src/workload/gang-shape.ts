/** A gang of identical workers. */
export interface GangShape {
  readonly workers: number;
  readonly gpusPerWorker: number;
}

/** GPUs of one worker when the trace counts GPUs per job: those of the usual 8-GPU node. */
export const GPUS_PER_WORKER_DEFAULT = 8;

/**
 * Splits a gang of GPUs into identical workers, for traces that count GPUs per job.
 *
 * Up to `gpusPerWorkerMax` GPUs are one worker. More are split into the fewest workers of one size that
 * hold exactly that many GPUs: 16 → 2 × 8, 12 → 2 × 6, 36 → 6 × 6, and a prime such as 13 → 13 × 1.
 * Exact, because every other choice would add or lose GPUs that the trace counted; the sizes that are
 * no multiple of the node are few in the published traces. Pools and consolidating placement do not
 * look at this split: they use the total, `gangGpus`.
 */
export function splitGang(
  gpus: number,
  gpusPerWorkerMax: number = GPUS_PER_WORKER_DEFAULT,
): GangShape {
  if (gpus <= gpusPerWorkerMax) return { workers: 1, gpusPerWorker: gpus };
  let gpusPerWorker = gpusPerWorkerMax;
  while (gpus % gpusPerWorker !== 0) gpusPerWorker -= 1;
  return { workers: gpus / gpusPerWorker, gpusPerWorker };
}

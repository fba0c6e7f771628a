import { createRandomStreams } from "../../engine/streams.js";

/**
 * Root seed of one replication: every stream of the replication hangs under it by its own name.
 *
 * Base and variants use the same one, so that a difference between them is not one of luck (common random
 * numbers), and replication r of a longer study is replication r of a shorter one.
 *
 * @param replication counted from 1
 */
export function replicationSeed(rootSeed: number, replication: number): number {
  return createRandomStreams(rootSeed)
    .stream(`replication/${replication}`)
    .integerBelow(Number.MAX_SAFE_INTEGER);
}

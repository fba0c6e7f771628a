import { createRandomStreams } from "../../engine/streams.js";
import { replicationSeed } from "../replicate/replication-seed.js";

/**
 * Root seed of one replication of one configuration.
 *
 * On common random numbers it is the same for all configurations, and the one `headroom run` uses; otherwise every
 * configuration but the first has a root of its own.
 *
 * @param replication counted from 1
 */
export function compareSeed(options: {
  readonly seed: number;
  readonly configuration: number;
  readonly replication: number;
  readonly isIndependent: boolean;
}): number {
  const { seed, configuration, replication, isIndependent } = options;
  const root =
    isIndependent && configuration > 0
      ? createRandomStreams(seed)
          .stream(`compare/independent/${configuration}`)
          .integerBelow(Number.MAX_SAFE_INTEGER)
      : seed;
  return replicationSeed(root, replication);
}

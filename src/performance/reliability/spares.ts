import { binomialSums, poissonSums } from "./discrete-sums.js";

/** How many spare nodes a level of availability needs. */
export interface SparesNeeded {
  readonly spares: number;
  /** Probability that at most `spares` nodes are away at a random instant. */
  readonly availability: number;
}

/**
 * Fewest spares so that at most that many nodes are in repair at a random instant with probability `level`.
 *
 * Failures arrive at rate n λ and each keeps a node away for the mean repair time, whatever its distribution,
 * so the nodes away are Poisson with mean n λ T (the M/G/∞ queue; Palm). Right when few nodes are away at once
 * and failures are independent; a rack that fails as one breaks both.
 *
 * @param options.awayMean expected nodes in repair: nodes × failures per node and second × mean repair seconds
 * @param options.level in (0, 1)
 */
export function sparesByPoisson(options: {
  readonly awayMean: number;
  readonly level: number;
}): SparesNeeded {
  const away = poissonSums(options.awayMean);
  const spares = away.quantile(options.level);
  return { spares, availability: away.atMost(spares) };
}

/**
 * Fewest spares so that `needed` of `needed + spares` independent nodes are up with probability `level`.
 *
 * Counts the failures of the spares too. Sum of binomial terms, exact.
 *
 * @param options.nodeAvailability share of time a node is up, in (0, 1]
 * @param options.level in (0, 1)
 */
export function sparesByBinomial(options: {
  readonly needed: number;
  readonly nodeAvailability: number;
  readonly level: number;
}): SparesNeeded {
  const { needed, nodeAvailability, level } = options;
  if (!(nodeAvailability > 0 && nodeAvailability <= 1))
    throw new RangeError(`spares: nodeAvailability must be in (0, 1], got ${nodeAvailability}`);
  const availabilityWith = (spares: number): number =>
    availabilityOf({ needed, nodes: needed + spares, nodeAvailability });
  // More spares are never worse: doubled until they are enough, then halved to the fewest.
  let enough = 1;
  while (availabilityWith(enough) < level) enough *= 2;
  let tooFew = -1;
  for (let high = enough; high - tooFew > 1;) {
    const middle = Math.floor((tooFew + high) / 2);
    if (availabilityWith(middle) >= level) enough = high = middle;
    else tooFew = middle;
  }
  return { spares: enough, availability: availabilityWith(enough) };
}

/** Probability that at least `needed` of `nodes` independent nodes are up at a random instant. */
export function availabilityOf(options: {
  readonly needed: number;
  readonly nodes: number;
  readonly nodeAvailability: number;
}): number {
  const { needed, nodes, nodeAvailability } = options;
  return binomialSums({ trials: nodes, probability: 1 - nodeAvailability }).atMost(nodes - needed);
}

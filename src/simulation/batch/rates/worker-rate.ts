import type { DemandClasses } from "../demand-classes.js";
import type { RateFactor } from "../gang-rates.js";
import type { SpeedUp } from "../worker-scaling.js";

/**
 * What the workers an elastic job has are worth against those it asks for, with which its duration holds.
 *
 * A job changes its size only by being stopped and started, so the rate of a run never changes.
 */
export function createWorkerRate(classes: DemandClasses, speedUp: SpeedUp): RateFactor {
  const { classOf, heldOf, workers } = classes;
  return {
    name: "number of workers",
    started: () => undefined,
    stopped: () => undefined,
    rateOf: (job) => speedUp(workers[heldOf[job]!]!) / speedUp(workers[classOf[job]!]!),
    // Only elastic jobs may run slower; users' estimates of the others must not be stretched for them.
    slowestIn: () => 1,
  };
}

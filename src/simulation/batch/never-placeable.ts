import type { Dispatcher } from "./dispatcher.js";
import type { Lanes } from "./lanes.js";

const NO_LANE = "no node belongs to the job's partition";

/**
 * Says why not even the empty cluster could run a job.
 *
 * @param dispatcherOf the dispatcher of a job whose partition has nodes
 * @returns for a job the reason, or undefined when it can run
 */
export function createNeverPlaceable(
  { lanes, classes }: Lanes,
  dispatcherOf: (job: number) => Dispatcher,
): (job: number) => string | undefined {
  const reasonOfDemand = new Map<number, string | undefined>();
  return (job) => {
    const asked = classes.classOf[job]!;
    const sizes = classes.sizesOf.get(asked);
    const demand = sizes === undefined ? asked : sizes.demandOf[sizes.min]!;
    const lane = lanes[classes.lane[demand]!];
    if (lane === undefined) return NO_LANE;
    if (!reasonOfDemand.has(demand)) reasonOfDemand.set(demand, lane.gang.neverFits(demand));
    return reasonOfDemand.get(demand) ?? dispatcherOf(job).whyNever?.(job);
  };
}

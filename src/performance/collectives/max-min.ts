/** A flow that wants as much as it can get. */
export interface MaxMinFlow {
  /** Per link the capacity one unit of the flow's rate takes; a link it passes twice counts 2. */
  readonly loads: ReadonlyMap<string, number>;
  /** Rate it cannot use more than; absent for no limit of its own. */
  readonly rateMax?: number;
}

/**
 * Max-min fair rates by progressive filling: all rates grow together, and a flow stops when one of its links
 * is full or its own limit is reached.
 *
 * The result is the one where no rate can grow without a smaller or equal one shrinking: every flow below its
 * own limit crosses a full link on which nobody is faster.
 *
 * Source: Bertsekas and Gallager, "Data Networks", 2nd edition, section 6.5.2.
 *
 * @param capacities per link; at least 0
 * @returns rate of each flow, in the order given
 * @throws RangeError when a flow passes a link without a capacity, has a load that is not positive, or has
 *   neither a link nor a limit
 */
export function maxMinRates(
  flows: readonly MaxMinFlow[],
  capacities: ReadonlyMap<string, number>,
): readonly number[] {
  checkFlows(flows, capacities);
  const rates = flows.map(() => 0);
  const left = new Map(capacities);
  const growing = new Set(flows.map((_flow, at) => at));
  while (growing.size > 0) {
    const loads = loadsOf(flows, growing);
    let step = Number.POSITIVE_INFINITY;
    for (const [link, load] of loads) step = Math.min(step, left.get(link)! / load);
    for (const at of growing) step = Math.min(step, (flows[at]!.rateMax ?? Infinity) - rates[at]!);
    step = Math.max(0, step);
    // Links are closed by comparing, not by what is left: subtraction leaves crumbs.
    const full = new Set<string>();
    for (const [link, load] of loads) {
      if (left.get(link)! / load <= step) full.add(link);
      left.set(link, Math.max(0, left.get(link)! - step * load));
    }
    for (const at of [...growing]) {
      const { rateMax, loads: own } = flows[at]!;
      const isLimited = rateMax !== undefined && rateMax - rates[at]! <= step;
      rates[at] = isLimited ? rateMax : rates[at]! + step;
      if (isLimited || [...own.keys()].some((link) => full.has(link))) growing.delete(at);
    }
  }
  return rates;
}

function checkFlows(flows: readonly MaxMinFlow[], capacities: ReadonlyMap<string, number>): void {
  for (const [link, capacity] of capacities) {
    if (!(capacity >= 0))
      throw new RangeError(`max-min: capacity of ${link} must be at least 0, got ${capacity}`);
  }
  for (const { loads, rateMax } of flows) {
    if (loads.size === 0 && rateMax === undefined) {
      throw new RangeError("max-min: a flow needs a link or a limit of its own");
    }
    if (rateMax !== undefined && !(rateMax >= 0)) {
      throw new RangeError(`max-min: rateMax must be at least 0, got ${rateMax}`);
    }
    for (const [link, load] of loads) {
      if (!capacities.has(link)) throw new RangeError(`max-min: there is no link ${link}`);
      if (!(load > 0)) throw new RangeError(`max-min: load on ${link} must be > 0, got ${load}`);
    }
  }
}

/** What the growing flows take of each link per unit of rate. */
function loadsOf(
  flows: readonly MaxMinFlow[],
  growing: ReadonlySet<number>,
): ReadonlyMap<string, number> {
  const loads = new Map<string, number>();
  for (const at of growing) {
    for (const [link, load] of flows[at]!.loads) loads.set(link, load + (loads.get(link) ?? 0));
  }
  return loads;
}

const SECONDS_PER_HOUR = 3600;
const HOURS_PER_YEAR = 8760;

/**
 * A purchase price spread evenly over the years the machine is used, per hour.
 *
 * Straight line, 8 760 hours a year, without interest or resale value: the hour costs the same whether the
 * machine is busy or not.
 *
 * @param options.purchase price of one machine, >= 0
 * @param options.lifetimeS seconds it is used, > 0
 * @throws RangeError when a figure is out of range
 */
export function amortisedPerHour(options: {
  readonly purchase: number;
  readonly lifetimeS: number;
}): number {
  const { purchase, lifetimeS } = options;
  if (!(purchase >= 0 && purchase < Infinity))
    throw new RangeError(`cost: the purchase price must be >= 0, got ${purchase}`);
  if (!(lifetimeS > 0 && lifetimeS < Infinity))
    throw new RangeError(`cost: the lifetime must be > 0, got ${lifetimeS}`);
  return purchase / (lifetimeS / SECONDS_PER_HOUR);
}

/** A year of 8 760 hours, in seconds. */
export const YEAR_S = HOURS_PER_YEAR * SECONDS_PER_HOUR;

/** What one group of nodes was used for and what one of its nodes costs. */
export interface GroupUse {
  readonly name: string;
  /** Node-hours paid for. */
  readonly nodeHours: number;
  /** Price of one node-hour. */
  readonly perNodeHour: number;
}

/** One item of a bill. */
export interface BillItem {
  readonly name: string;
  readonly amount: number;
  /** How it was computed. */
  readonly basis: string;
}

/** What a cluster costs over a time. */
export interface Bill {
  /** Sum of the items, in their order. */
  readonly total: number;
  readonly items: readonly BillItem[];
}

/**
 * Adds up node-hours and electricity.
 *
 * @param options.electricity absent when electricity is in the price of the nodes, or not asked for
 * @param options.currency ISO 4217 code, for the words
 */
export function billOf(options: {
  readonly groups: readonly GroupUse[];
  readonly electricity?: { readonly kilowattHours: number; readonly perKilowattHour: number };
  readonly currency: string;
}): Bill {
  const { groups, electricity, currency } = options;
  const items: BillItem[] = groups.map(({ name, nodeHours, perNodeHour }) => ({
    name,
    amount: nodeHours * perNodeHour,
    basis: `${short(nodeHours)} node-hours × ${short(perNodeHour)} ${currency}`,
  }));
  if (electricity !== undefined) {
    const { kilowattHours, perKilowattHour } = electricity;
    items.push({
      name: "electricity",
      amount: kilowattHours * perKilowattHour,
      basis: `${short(kilowattHours)} kWh × ${short(perKilowattHour)} ${currency}`,
    });
  }
  return { total: items.reduce((sum, item) => sum + item.amount, 0), items };
}

/** Six significant digits, without an exponent below 10²¹. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

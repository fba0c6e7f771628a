/** A count, or a share of some total. */
export type CountOrShare = { readonly count: number } | { readonly percent: number };

/** The count that a budget comes to, a share of the total rounded up. */
export function roundedUp(budget: CountOrShare, total: number): number {
  return "count" in budget ? budget.count : Math.ceil((budget.percent * total) / 100);
}

/** The count that a budget comes to, a share of the total rounded down, but at least 1. */
export function roundedDown(budget: CountOrShare, total: number): number {
  return "count" in budget ? budget.count : Math.max(1, Math.floor((budget.percent * total) / 100));
}

import type { CountOrShare } from "../../policy/fleet/budget.js";

/** A count, or a percentage as written: `3`, `"25%"`. */
export function amountOf(given: number | string): CountOrShare {
  return typeof given === "number" ? { count: given } : { percent: Number(given.slice(0, -1)) };
}

import type { QuotaLedger } from "./quota-ledger.js";
import { borrowed } from "./quota-ledger.js";

/**
 * How much of what could be lent a node has borrowed.
 *
 * Per resource: what its subtree uses above its quota, over all flavors, in thousandths of what the parent
 * could lend. The largest of them counts, divided by the node's weight. Roots and nodes within their quota
 * have share 0. Source: kueue KEP-1714 "Share value function and weights".
 */
export interface DominantShare {
  /** Before the weight, ≥ 0; 1000 is everything the parent could lend. */
  readonly perMille: number;
  /** perMille / weight; +Infinity for a node of weight 0 that borrows. Smaller is admitted first. */
  readonly weighted: number;
  /** Resource behind it; -1 when nothing is borrowed. The first name by code units among equals. */
  readonly resource: number;
  readonly borrowing: boolean;
}

const NOTHING: DominantShare = { perMille: 0, weighted: 0, resource: -1, borrowing: false };

/** The share of a queue or cohort as its usage stands now. O(cells). */
export function dominantShare(ledger: QuotaLedger, node: number): DominantShare {
  const { layout } = ledger;
  const above = layout.parent[node]!;
  if (above < 0) return NOTHING;
  const resourceCount = layout.resources.length;
  const borrowedOf = new Float64Array(resourceCount);
  let borrowing = false;
  for (let cell = 0; cell < layout.cellCount; cell += 1) {
    const amount = borrowed(ledger, node, cell);
    if (amount === 0) continue;
    borrowing = true;
    borrowedOf[layout.cellResource[cell]!]! += amount;
  }
  if (!borrowing) return NOTHING;
  let perMille = 0;
  let resource = -1;
  for (let index = 0; index < resourceCount; index += 1) {
    const lendable = layout.lendable[above * resourceCount + index]!;
    if (borrowedOf[index] === 0 || lendable === 0) continue;
    const ratio = (borrowedOf[index]! * 1000) / lendable;
    const isFirstOfEquals =
      ratio === perMille &&
      (resource < 0 || layout.resourceNames[index]! < layout.resourceNames[resource]!);
    if (ratio > perMille || isFirstOfEquals) {
      perMille = ratio;
      resource = index;
    }
  }
  const weight = layout.fairWeight[node]!;
  const weighted = weight === 0 ? Number.POSITIVE_INFINITY : perMille / weight;
  return { perMille, weighted, resource, borrowing };
}

/** Negative when `left` has the smaller share. Two nodes of weight 0 that borrow are compared unweighted. */
export function compareShares(left: DominantShare, right: DominantShare): number {
  if (left.weighted === Number.POSITIVE_INFINITY && right.weighted === Number.POSITIVE_INFINITY) {
    return left.perMille - right.perMille;
  }
  if (left.weighted === right.weighted) return 0;
  return left.weighted < right.weighted ? -1 : 1;
}

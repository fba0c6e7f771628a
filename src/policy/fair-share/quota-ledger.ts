import type { QuotaLayout } from "./quota-layout.js";

/** Amounts of some cells: what a workload asks for or holds. Cells are distinct. */
export interface CellAmounts {
  readonly cells: readonly number[];
  /** In whole units of the cell's resource, > 0. */
  readonly amounts: readonly number[];
}

/**
 * Usage of every node of the tree, and what is left.
 *
 * A queue's usage is what its workloads hold. A cohort's usage is what its children hold beyond the part
 * of their quota that they keep for themselves; so a use travels up only as far as it is felt.
 * Source: kueue pkg/cache/scheduler/resource_node.go; the same balances as T(x, r) in KEP-79.
 */
export interface QuotaLedger {
  readonly layout: QuotaLayout;
  /** At `node * cellCount + cell`. Written by `addUsage` and `removeUsage` only. */
  readonly usage: Float64Array;
}

/** An empty ledger. */
export function createQuotaLedger(layout: QuotaLayout): QuotaLedger {
  return { layout, usage: new Float64Array(layout.nodeCount * layout.cellCount) };
}

/** Counts a use of a node, and of the nodes above as far as it exceeds what is kept below. O(depth). */
export function addUsage(
  { layout, usage }: QuotaLedger,
  node: number,
  cell: number,
  amount: number,
): void {
  let rest = amount;
  for (let here = node; here >= 0 && rest > 0; here = layout.parent[here]!) {
    const at = here * layout.cellCount + cell;
    const kept = Math.max(0, layout.localQuota[at]! - usage[at]!);
    usage[at]! += rest;
    rest -= kept;
  }
}

/** Takes a use back. O(depth). */
export function removeUsage(
  { layout, usage }: QuotaLedger,
  node: number,
  cell: number,
  amount: number,
): void {
  let rest = amount;
  for (let here = node; here >= 0 && rest > 0; here = layout.parent[here]!) {
    const at = here * layout.cellCount + cell;
    const feltAbove = usage[at]! - layout.localQuota[at]!;
    usage[at]! -= rest;
    rest = Math.min(rest, feltAbove);
  }
}

/** `addUsage` for every cell of a use. */
export function addUse(ledger: QuotaLedger, node: number, use: CellAmounts): void {
  use.cells.forEach((cell, index) => addUsage(ledger, node, cell, use.amounts[index]!));
}

/** `removeUsage` for every cell of a use. */
export function removeUse(ledger: QuotaLedger, node: number, use: CellAmounts): void {
  use.cells.forEach((cell, index) => removeUsage(ledger, node, cell, use.amounts[index]!));
}

/**
 * How much more the node may use now, with everything above it and its borrowing limits. O(depth).
 *
 * Negative only when more is used than the quotas allow (a use forced in from outside).
 */
export function available(ledger: QuotaLedger, node: number, cell: number): number {
  const { layout, usage } = ledger;
  const at = node * layout.cellCount + cell;
  const above = layout.parent[node]!;
  if (above < 0) return layout.subtreeQuota[at]! - usage[at]!;
  const lent = layout.subtreeQuota[at]! - layout.localQuota[at]!;
  const takenAbove = Math.max(0, usage[at]! - layout.localQuota[at]!);
  const fromAbove = Math.min(
    available(ledger, above, cell),
    lent - takenAbove + layout.borrowingLimit[at]!,
  );
  return keptAvailable(ledger, node, cell) + fromAbove;
}

/** What is left of the part of the quota that the node keeps from its parent. */
export function keptAvailable({ layout, usage }: QuotaLedger, node: number, cell: number): number {
  const at = node * layout.cellCount + cell;
  return Math.max(0, layout.localQuota[at]! - usage[at]!);
}

/** Amount by which the node would exceed the quota of its subtree with `more`; 0 when within it. */
export function borrowed(
  { layout, usage }: QuotaLedger,
  node: number,
  cell: number,
  more = 0,
): number {
  const at = node * layout.cellCount + cell;
  return Math.max(0, usage[at]! + more - layout.subtreeQuota[at]!);
}

/** True when the node uses more than the quota of its subtree in one of the cells. */
export function borrowsIn(ledger: QuotaLedger, node: number, cells: readonly number[]): boolean {
  return cells.some((cell) => borrowed(ledger, node, cell) > 0);
}

/** Whether a queue has room for a use now. O(cells * depth). */
export function hasRoom(
  ledger: QuotaLedger,
  queue: number,
  use: CellAmounts,
  borrowing: "allowed" | "forbidden",
): boolean {
  return use.cells.every((cell, index) => {
    const amount = use.amounts[index]!;
    if (borrowing === "forbidden" && borrowed(ledger, queue, cell, amount) > 0) return false;
    return amount <= available(ledger, queue, cell);
  });
}

/** How far up a queue has to borrow for a use of one cell. */
export interface BorrowingReach {
  /** Height of the lowest subtree whose quota covers the use; 0: the queue's own. */
  readonly level: number;
  /** True when that subtree is not the whole tree: others hold what belongs to it. */
  readonly mayReclaim: boolean;
}

/** The lowest subtree around the queue that could hold the use within its own quota. O(depth). */
export function borrowingReach(
  ledger: QuotaLedger,
  queue: number,
  cell: number,
  amount: number,
): BorrowingReach {
  const { parent, height } = ledger.layout;
  if (parent[queue]! < 0) return { level: 0, mayReclaim: false };
  if (borrowed(ledger, queue, cell, amount) === 0) return { level: 0, mayReclaim: true };
  let rest = amount - keptAvailable(ledger, queue, cell);
  let node = parent[queue]!;
  while (parent[node]! >= 0 && borrowed(ledger, node, cell, rest) > 0) {
    rest -= keptAvailable(ledger, node, cell);
    node = parent[node]!;
  }
  return { level: height[node]!, mayReclaim: parent[node]! >= 0 };
}

import type { PreemptionAttempt, PreemptionTarget } from "./preemption-attempt.js";
import type { QueueGroup, QueueRules } from "./quota-layout.js";
import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { available, borrowingReach, removeUse, addUse } from "./quota-ledger.js";
import type { WorkloadBook } from "./workload-book.js";

/** What a waiting workload asks its queue for. */
export interface QuotaRequest {
  readonly priority: number;
  /** Time by which the queue orders workloads of one priority. Seconds. */
  readonly queuedS: number;
  /** Whole units by resource handle, for the whole workload; 0 for what it does not need. */
  readonly amounts: ArrayLike<number>;
  /** False for flavors whose nodes cannot run the workload; absent: any flavor will do. */
  allowsFlavor?(flavor: number): boolean;
}

/** Whether a queue can admit a workload now, and in which flavors. */
export type QuotaVerdict =
  | {
      readonly mode: "fit";
      readonly use: CellAmounts;
      /** 0: within the queue's own quota; else how many levels up quota is borrowed. */
      readonly borrowingLevel: number;
    }
  | {
      /** Not now; others would have to stop. There may be nobody who may be pushed out. */
      readonly mode: "preempt";
      readonly use: CellAmounts;
      readonly borrowingLevel: number;
      /** Cells in which there is no room. */
      readonly contested: readonly number[];
    }
  | {
      readonly mode: "no-fit";
      /** True: not even an empty organisation would admit it. */
      readonly permanent: boolean;
    };

/** What the search works on; `targets` is the preemption that the tree uses. */
export interface FlavorSearch {
  readonly ledger: QuotaLedger;
  readonly book: WorkloadBook;
  targets(attempt: PreemptionAttempt): readonly PreemptionTarget[];
}

/** How good a flavor is for a workload, worst first. */
const RANKS = ["no-fit", "nobody-to-preempt", "preempt-own", "reclaim", "fit"] as const;
type Rank = (typeof RANKS)[number];

interface Mode {
  readonly rank: Rank;
  readonly level: number;
  readonly permanent: boolean;
}

/**
 * Finds the flavors for one workload, as Kueue's flavor assigner does.
 *
 * Per resource group the flavors are tried in order; a flavor is as good as its worst resource. The search
 * stops at a flavor that fits without borrowing, and earlier where `whenCanBorrow` or `whenCanPreempt` say
 * so; else the best seen wins, the earlier among equals. Best: fits, then reclaims from other queues, then
 * preempts in the own queue, and within each the lower borrowing level (`preference: preemption` compares
 * the level first). Source: kueue pkg/scheduler/flavorassigner and concepts/cluster_queue.md
 * "FlavorFungibility". One kind of worker per workload: Kueue's several pod sets are not modelled.
 *
 * O(flavors * resources * depth), and where no flavor fits a preemption search for each that is full.
 */
export function searchFlavors(
  search: FlavorSearch,
  queue: number,
  request: QuotaRequest,
): QuotaVerdict {
  const { layout } = search.ledger;
  const rules = layout.rules[queue]!;
  if (rules.held) return { mode: "no-fit", permanent: false };
  if (asksForUncovered(search, rules, request)) return { mode: "no-fit", permanent: true };
  const cells: number[] = [];
  const amounts: number[] = [];
  const contested: number[] = [];
  let level = 0;
  let isFit = true;
  for (const group of rules.groups) {
    if (!group.resources.some((resource) => request.amounts[resource]! > 0)) continue;
    const choice = chooseFlavor(search, queue, request, group);
    if (choice.mode.rank === "no-fit") return { mode: "no-fit", permanent: choice.mode.permanent };
    group.resources.forEach((resource, index) => {
      if (!(request.amounts[resource]! > 0)) return;
      const cell = group.flavors[choice.flavor]!.cells[index]!;
      cells.push(cell);
      amounts.push(request.amounts[resource]!);
      if (choice.ranks[index] !== "fit") contested.push(cell);
    });
    level = Math.max(level, choice.mode.level);
    isFit &&= choice.mode.rank === "fit";
  }
  const use = { cells, amounts };
  return isFit
    ? { mode: "fit", use, borrowingLevel: level }
    : { mode: "preempt", use, borrowingLevel: level, contested };
}

/** A resource that the queue has no quota for; pods are counted only where there is one. */
function asksForUncovered(
  { ledger }: FlavorSearch,
  rules: QueueRules,
  request: QuotaRequest,
): boolean {
  return ledger.layout.resourceNames.some(
    (name, resource) =>
      name !== "pods" && request.amounts[resource]! > 0 && rules.groupOfResource[resource]! < 0,
  );
}

interface FlavorChoice {
  /** Index into the group's flavors. */
  readonly flavor: number;
  readonly mode: Mode;
  /** By resource of the group. */
  readonly ranks: readonly Rank[];
}

function chooseFlavor(
  search: FlavorSearch,
  queue: number,
  request: QuotaRequest,
  group: QueueGroup,
): FlavorChoice {
  const { whenCanPreempt, preference } = search.ledger.layout.rules[queue]!;
  // Where preemption neither stops the search nor beats a fit, a fit can be found without searching victims.
  if (whenCanPreempt === "try-next-flavor" && preference === "borrowing") {
    const fit = bestFlavor({ ...search, targets: undefined }, queue, request, group);
    if (fit.mode.rank === "fit") return fit;
  }
  return bestFlavor(search, queue, request, group);
}

/** A search that looks for no victims where `targets` is absent: what has no room does not fit. */
type Rating = Omit<FlavorSearch, "targets"> & {
  readonly targets: FlavorSearch["targets"] | undefined;
};

function bestFlavor(
  search: Rating,
  queue: number,
  request: QuotaRequest,
  group: QueueGroup,
): FlavorChoice {
  const rules = search.ledger.layout.rules[queue]!;
  let best: FlavorChoice = {
    flavor: -1,
    mode: { rank: "no-fit", level: 0, permanent: true },
    ranks: [],
  };
  // What no flavor can ever hold is refused for good; one flavor that could keeps the hope up.
  let isPermanent = true;
  for (let flavor = 0; flavor < group.flavors.length; flavor += 1) {
    if (request.allowsFlavor?.(group.flavors[flavor]!.flavor) === false) continue;
    const choice = rateFlavor(search, queue, request, group, flavor);
    isPermanent &&= choice.mode.permanent;
    if (!shouldTryNext(rules, choice.mode)) return choice;
    if (isBetter(rules, choice.mode, best.mode)) best = choice;
  }
  return { ...best, mode: { ...best.mode, permanent: isPermanent } };
}

function rateFlavor(
  search: Rating,
  queue: number,
  request: QuotaRequest,
  group: QueueGroup,
  flavor: number,
): FlavorChoice {
  const { layout } = search.ledger;
  const rules = layout.rules[queue]!;
  const cells = group.flavors[flavor]!.cells;
  const canNeverHold = group.resources.some(
    (resource, index) =>
      request.amounts[resource]! > layout.potential[queue * layout.cellCount + cells[index]!]!,
  );
  if (canNeverHold)
    return { flavor, mode: { rank: "no-fit", level: 0, permanent: true }, ranks: [] };
  let worst: Mode = { rank: "fit", level: 0, permanent: false };
  const ranks = group.resources.map((resource, index): Rank => {
    const amount = request.amounts[resource]!;
    if (!(amount > 0) || worst.rank === "no-fit") return "fit";
    const mode = rateCell(search, queue, request, cells[index]!, amount);
    if (mode.rank === "no-fit" || isBetter(rules, worst, mode)) worst = mode;
    return mode.rank;
  });
  return { flavor, mode: worst, ranks };
}

function rateCell(
  search: Rating,
  queue: number,
  request: QuotaRequest,
  cell: number,
  amount: number,
): Mode {
  const { ledger, book } = search;
  const { layout } = ledger;
  const at = queue * layout.cellCount + cell;
  const reach = borrowingReach(ledger, queue, cell, amount);
  if (amount <= available(ledger, queue, cell))
    return { rank: "fit", level: reach.level, permanent: false };
  if (search.targets === undefined) return { rank: "no-fit", level: reach.level, permanent: false };
  const { borrowWithinCohort, reclaimWithinCohort } = layout.rules[queue]!;
  const borrowersMayPreempt =
    borrowWithinCohort !== "never" ||
    (layout.fairStrategies !== undefined && reclaimWithinCohort !== "never");
  if (amount > layout.nominal[at]! && !reach.mayReclaim && !borrowersMayPreempt) {
    return { rank: "no-fit", level: reach.level, permanent: false };
  }
  const { priority, queuedS } = request;
  const use = { cells: [cell], amounts: [amount] };
  const targets = search.targets({
    ledger,
    book,
    queue,
    priority,
    queuedS,
    use,
    contested: [cell],
  });
  if (targets.length === 0)
    return { rank: "nobody-to-preempt", level: reach.level, permanent: false };
  return {
    rank: targets.some(({ handle }) => book.get(handle).queue === queue)
      ? "preempt-own"
      : "reclaim",
    level: levelAfter(search, queue, cell, amount, targets),
    permanent: false,
  };
}

/** How far up the queue would still borrow once the targets have stopped. */
function levelAfter(
  { ledger, book }: Rating,
  queue: number,
  cell: number,
  amount: number,
  targets: readonly PreemptionTarget[],
): number {
  for (const { handle } of targets) removeUse(ledger, book.get(handle).queue, book.get(handle).use);
  const { level } = borrowingReach(ledger, queue, cell, amount);
  for (const { handle } of targets) addUse(ledger, book.get(handle).queue, book.get(handle).use);
  return level;
}

function shouldTryNext(
  { whenCanBorrow, whenCanPreempt }: QueueRules,
  { rank, level }: Mode,
): boolean {
  if (rank === "no-fit" || rank === "nobody-to-preempt") return true;
  if (rank !== "fit" && whenCanPreempt === "try-next-flavor") return true;
  return level > 0 && whenCanBorrow === "try-next-flavor";
}

/** True when `left` is strictly better than `right`. */
function isBetter({ preference }: QueueRules, left: Mode, right: Mode): boolean {
  if (left.rank === "no-fit") return false;
  if (right.rank === "no-fit") return true;
  const leftIsStuck = left.rank === "nobody-to-preempt";
  if (leftIsStuck !== (right.rank === "nobody-to-preempt")) return !leftIsStuck;
  const byRank = RANKS.indexOf(right.rank) - RANKS.indexOf(left.rank);
  const byLevel = left.level - right.level;
  return (preference === "borrowing" ? byRank || byLevel : byLevel || byRank) < 0;
}

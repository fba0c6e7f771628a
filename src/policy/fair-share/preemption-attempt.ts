import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { addUse, hasRoom, removeUse } from "./quota-ledger.js";
import type { AdmittedWorkload, WorkloadBook } from "./workload-book.js";

/** Why a workload is pushed out; Kueue's reasons in our words. */
export type PreemptionReason =
  "priority-in-queue" | "reclaim-in-cohort" | "reclaim-while-borrowing" | "fair-sharing";

/** One workload that has to stop. */
export interface PreemptionTarget {
  readonly handle: number;
  readonly reason: PreemptionReason;
}

/** One waiting workload looking for others to push out. */
export interface PreemptionAttempt {
  readonly ledger: QuotaLedger;
  readonly book: WorkloadBook;
  readonly queue: number;
  readonly priority: number;
  /** Seconds. */
  readonly queuedS: number;
  /** All that the workload needs. */
  readonly use: CellAmounts;
  /** Cells in which it does not fit: only workloads that hold some of them are looked at. */
  readonly contested: readonly number[];
}

function holdsContested(attempt: PreemptionAttempt, workload: AdmittedWorkload): boolean {
  return workload.use.cells.some((cell) => attempt.contested.includes(cell));
}

/** True when the policies of the preemptor's queue let it push out this workload. */
function mayPreempt(attempt: PreemptionAttempt, candidate: AdmittedWorkload): boolean {
  const rules = attempt.ledger.layout.rules[attempt.queue]!;
  const isOwn = candidate.queue === attempt.queue;
  const policy = isOwn ? rules.withinQueue : rules.reclaimWithinCohort;
  switch (policy) {
    case "never":
      return false;
    case "any":
      return true;
    case "lower-priority":
      return candidate.priority < attempt.priority;
    case "lower-or-newer-equal-priority":
      return (
        candidate.priority < attempt.priority ||
        (candidate.priority === attempt.priority && attempt.queuedS < candidate.queuedS)
      );
  }
}

/**
 * Kueue's order of candidates: already stopping first, then other queues before the own one, then lowest
 * priority, then most recently admitted; among equals the one admitted first.
 */
export function compareCandidates(
  attempt: PreemptionAttempt,
  left: AdmittedWorkload,
  right: AdmittedWorkload,
): number {
  return (
    Number(right.evicted) - Number(left.evicted) ||
    Number(left.queue === attempt.queue) - Number(right.queue === attempt.queue) ||
    left.priority - right.priority ||
    right.admittedS - left.admittedS ||
    left.sequence - right.sequence
  );
}

/** Workloads of a queue that hold something contested and that the policies allow to be pushed out. */
export function candidatesOf(
  attempt: PreemptionAttempt,
  queue: number,
): readonly AdmittedWorkload[] {
  const { ledger, book, priority } = attempt;
  const rules = ledger.layout.rules[attempt.queue]!;
  const policy = queue === attempt.queue ? rules.withinQueue : rules.reclaimWithinCohort;
  const least = book.leastPriorityOf(queue);
  // Most searches end here: nobody in the queue has a priority that yields.
  if (policy === "never" || (policy === "lower-priority" && least >= priority)) return [];
  if (policy === "lower-or-newer-equal-priority" && least > priority) return [];
  return book
    .workloadsOf(queue)
    .filter((workload) => holdsContested(attempt, workload) && mayPreempt(attempt, workload));
}

/** Takes a candidate's use out of the ledger while the attempt is worked out. */
export function takeOut({ ledger, book }: PreemptionAttempt, handle: number): void {
  const { queue, use } = book.get(handle);
  removeUse(ledger, queue, use);
}

/** Undoes `takeOut`. */
export function putBack({ ledger, book }: PreemptionAttempt, handle: number): void {
  const { queue, use } = book.get(handle);
  addUse(ledger, queue, use);
}

/**
 * Gives back, last found first, every target without which there still is room, and leaves the ledger as
 * it was before the attempt. The target found last is always needed. O(targets * cells * depth).
 */
export function keepNeeded(
  attempt: PreemptionAttempt,
  targets: readonly PreemptionTarget[],
  borrowing: "allowed" | "forbidden",
): readonly PreemptionTarget[] {
  const needed = [...targets];
  for (let index = targets.length - 2; index >= 0; index -= 1) {
    putBack(attempt, targets[index]!.handle);
    if (hasRoom(attempt.ledger, attempt.queue, attempt.use, borrowing)) needed.splice(index, 1);
    else takeOut(attempt, targets[index]!.handle);
  }
  for (const { handle } of needed) putBack(attempt, handle);
  return needed;
}

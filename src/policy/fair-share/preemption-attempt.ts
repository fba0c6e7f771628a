import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { addUse, hasRoom, removeUse } from "./quota-ledger.js";
import type { AdmittedWorkload, WorkloadBook } from "./workload-book.js";
import { compareYielding } from "./workload-book.js";

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

/**
 * Kueue's order of candidates: already stopping first, then other queues before the own one, then
 * `compareYielding`.
 */
export function compareCandidates(
  attempt: PreemptionAttempt,
  left: AdmittedWorkload,
  right: AdmittedWorkload,
): number {
  return (
    Number(right.evicted) - Number(left.evicted) ||
    Number(left.queue === attempt.queue) - Number(right.queue === attempt.queue) ||
    compareYielding(left, right)
  );
}

/**
 * The workloads of a queue that the policies allow to be pushed out and that hold something contested: those
 * already stopping, then the others, each by `compareYielding`. Reads no further than it is asked for.
 */
export function* candidatesOf(
  attempt: PreemptionAttempt,
  queue: number,
): Generator<AdmittedWorkload, undefined> {
  const { stopping, running } = attempt.book.workloadsOf(queue);
  yield* candidatesAmong(attempt, queue, stopping);
  yield* candidatesAmong(attempt, queue, running);
}

function* candidatesAmong(
  attempt: PreemptionAttempt,
  queue: number,
  workloads: readonly AdmittedWorkload[],
): Generator<AdmittedWorkload, undefined> {
  const { ledger, priority, queuedS, contested } = attempt;
  const rules = ledger.layout.rules[attempt.queue]!;
  const policy = queue === attempt.queue ? rules.withinQueue : rules.reclaimWithinCohort;
  if (policy === "never") return;
  for (const workload of workloads) {
    if (policy !== "any") {
      // Lowest priority first: those behind are no lower.
      if (workload.priority > priority) return;
      const isYounger = policy === "lower-or-newer-equal-priority" && queuedS < workload.queuedS;
      if (workload.priority === priority && !isYounger) continue;
    }
    if (workload.use.cells.some((cell) => contested.includes(cell))) yield workload;
  }
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

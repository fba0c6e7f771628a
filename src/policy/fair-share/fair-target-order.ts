import type { DominantShare } from "./dominant-share.js";
import { compareShares, dominantShare } from "./dominant-share.js";
import type { PreemptionAttempt } from "./preemption-attempt.js";
import { compareCandidates } from "./preemption-attempt.js";
import type { SortedSource } from "./merged-order.js";
import type { AdmittedWorkload } from "./workload-book.js";

/**
 * From which queue fair sharing takes next: down from the root, always into the child with the largest
 * share. It follows the ledger, so the answer moves as workloads are taken out.
 *
 * A queue is left out once it borrows nothing or has no candidate left; the preemptor's own queue and the
 * cohorts above it only when no candidate is left in them. Ties: a cohort before a queue, cohorts by
 * handle, queues by their next candidate. Source: kueue pkg/scheduler/preemption/fairsharing/ordering.go,
 * which leaves equal cohorts to chance.
 */
export interface FairTargetOrder {
  /** Queue to take from, or -1 when there is none. */
  next(): number;
  /** Next candidate of a queue, taken off its list; undefined when the list is empty. */
  take(queue: number): AdmittedWorkload | undefined;
  /** Leaves a queue out from now on. */
  drop(queue: number): void;
}

/** @param candidates of every queue that has some, in the order in which they are taken */
export function createFairTargetOrder(
  attempt: PreemptionAttempt,
  candidates: ReadonlyMap<number, SortedSource<AdmittedWorkload>>,
): FairTargetOrder {
  const lists = new Map<number, CandidateList>();
  for (const [queue, { first, rest }] of candidates) lists.set(queue, { next: first, rest });
  const state: OrderState = { attempt, lists, isOut: new Set(), path: pathOf(attempt) };
  const { parent, root } = attempt.ledger.layout;
  return {
    next() {
      if (parent[attempt.queue]! < 0) {
        const isDone =
          state.isOut.has(attempt.queue) || nextCandidate(state, attempt.queue) === undefined;
        return isDone ? -1 : attempt.queue;
      }
      const top = root[attempt.queue]!;
      while (!state.isOut.has(top)) {
        const queue = descend(state, top);
        if (queue >= 0) return queue;
      }
      return -1;
    },
    take(queue) {
      const list = lists.get(queue);
      const workload = list?.next;
      if (list !== undefined && workload !== undefined) list.next = list.rest.next().value;
      return workload;
    },
    drop: (queue) => void state.isOut.add(queue),
  };
}

/** What is left of the candidates of one queue. */
interface CandidateList {
  next: AdmittedWorkload | undefined;
  readonly rest: Iterator<AdmittedWorkload, undefined>;
}

interface OrderState {
  readonly attempt: PreemptionAttempt;
  readonly lists: ReadonlyMap<number, CandidateList>;
  /** Queues and cohorts that will not be looked at again. */
  readonly isOut: Set<number>;
  /** The preemptor's queue and the cohorts above it. */
  readonly path: ReadonlySet<number>;
}

function pathOf({ ledger, queue }: PreemptionAttempt): ReadonlySet<number> {
  const path = new Set<number>();
  for (let node = queue; node >= 0; node = ledger.layout.parent[node]!) path.add(node);
  return path;
}

function nextCandidate({ lists }: OrderState, queue: number): AdmittedWorkload | undefined {
  return lists.get(queue)?.next;
}

/** One walk down from a cohort; -1 when it only found that some node can be left out. */
function descend(state: OrderState, cohort: number): number {
  const queue = mostBorrowingQueue(state, cohort);
  const child = mostBorrowingCohort(state, cohort);
  if (queue === undefined && child === undefined) {
    state.isOut.add(cohort);
    return -1;
  }
  if (
    child !== undefined &&
    (queue === undefined || compareShares(child.share, queue.share) >= 0)
  ) {
    return descend(state, child.node);
  }
  return queue!.node;
}

interface Borrower {
  readonly node: number;
  readonly share: DominantShare;
}

function mostBorrowingQueue(state: OrderState, cohort: number): Borrower | undefined {
  const { attempt } = state;
  const { ledger } = attempt;
  let most: (Borrower & { readonly next: AdmittedWorkload }) | undefined;
  for (const node of ledger.layout.childQueues[cohort]!) {
    if (state.isOut.has(node)) continue;
    const share = dominantShare(ledger, node);
    const next = nextCandidate(state, node);
    if (next === undefined || (!share.borrowing && node !== attempt.queue)) {
      state.isOut.add(node);
      continue;
    }
    const order = most === undefined ? 1 : compareShares(share, most.share);
    if (order > 0 || (order === 0 && compareCandidates(attempt, next, most!.next) < 0)) {
      most = { node, share, next };
    }
  }
  return most;
}

function mostBorrowingCohort(state: OrderState, cohort: number): Borrower | undefined {
  const { ledger } = state.attempt;
  let most: Borrower | undefined;
  for (const node of ledger.layout.childCohorts[cohort]!) {
    if (state.isOut.has(node)) continue;
    const share = dominantShare(ledger, node);
    if (!share.borrowing && !state.path.has(node)) {
      state.isOut.add(node);
      continue;
    }
    if (most === undefined || compareShares(share, most.share) > 0) most = { node, share };
  }
  return most;
}

import type { DominantShare } from "./dominant-share.js";
import { compareShares, dominantShare } from "./dominant-share.js";
import { createFairTargetOrder } from "./fair-target-order.js";
import type { FairTargetOrder } from "./fair-target-order.js";
import type {
  PreemptionAttempt,
  PreemptionReason,
  PreemptionTarget,
} from "./preemption-attempt.js";
import type { SortedSource } from "./merged-order.js";
import { sourceOf } from "./merged-order.js";
import { candidatesOf, keepNeeded, putBack, takeOut } from "./preemption-attempt.js";
import { addUse, borrowsIn, hasRoom, removeUse } from "./quota-ledger.js";
import type { FairStrategy } from "./quota-spec.js";
import type { AdmittedWorkload } from "./workload-book.js";

/**
 * Kueue's preemption under fair sharing: workloads of the queues that borrow most, or none.
 *
 * A preemptor that stays within its queue's nominal quota reclaims from whoever borrows most. One that
 * borrows may push out a workload of another queue only where a strategy holds between the two subtrees
 * below the lowest cohort they share, counting the preemptor as admitted: its share is at most the other's
 * without the workload (`less-than-or-equal-to-final-share`), or below the other's with it
 * (`less-than-initial-share`; at most one workload per queue when it comes second). Workloads of its own
 * queue are pushed out by priority alone. Targets not needed are given back, last first.
 *
 * Source: kueue concepts/preemption "Fair Sharing", KEP-1714; with the gate that lets owners reclaim
 * (on by default since v0.17). The ledger is changed on the way and restored.
 * O(nodes * cells) for every workload looked at.
 */
export function fairTargets(
  attempt: PreemptionAttempt,
  strategies: readonly FairStrategy[],
): readonly PreemptionTarget[] {
  const candidates = collect(attempt);
  if (candidates.size === 0) return [];
  const search: Search = { attempt, targets: [] };
  // Shares are compared with the preemptor admitted.
  addUse(attempt.ledger, attempt.queue, attempt.use);
  const left = firstPass(search, candidates, strategies[0]!);
  if (left !== undefined && strategies.length > 1) secondPass(search, left);
  removeUse(attempt.ledger, attempt.queue, attempt.use);
  if (!hasRoom(attempt.ledger, attempt.queue, attempt.use, "allowed")) {
    for (const { handle } of search.targets) putBack(attempt, handle);
    return [];
  }
  return keepNeeded(attempt, search.targets, "allowed");
}

interface Search {
  readonly attempt: PreemptionAttempt;
  readonly targets: PreemptionTarget[];
}

/** Candidates of the own queue and of those queues of the tree that borrow, each in order. */
function collect(attempt: PreemptionAttempt): ReadonlyMap<number, SortedSource<AdmittedWorkload>> {
  const { ledger, queue, contested } = attempt;
  const { layout } = ledger;
  const found = new Map<number, SortedSource<AdmittedWorkload>>();
  for (let other = 0; other < layout.queueCount; other += 1) {
    const isOwn = other === queue;
    const sharesTree = layout.parent[queue]! >= 0 && layout.root[other] === layout.root[queue];
    if (!isOwn && !(sharesTree && borrowsIn(ledger, other, contested))) continue;
    const source = sourceOf(candidatesOf(attempt, other));
    if (source !== undefined) found.set(other, source);
  }
  return found;
}

/** Counts a workload as pushed out; true when there is room now. */
function pushOut(
  { attempt, targets }: Search,
  { handle }: AdmittedWorkload,
  reason: PreemptionReason,
): boolean {
  const { ledger, queue, use } = attempt;
  takeOut(attempt, handle);
  targets.push({ handle, reason });
  removeUse(ledger, queue, use);
  const isEnough = hasRoom(ledger, queue, use, "allowed");
  addUse(ledger, queue, use);
  return isEnough;
}

/** Returns the candidates the strategy refused, or undefined when there is room. */
function firstPass(
  search: Search,
  candidates: ReadonlyMap<number, SortedSource<AdmittedWorkload>>,
  strategy: FairStrategy,
): readonly AdmittedWorkload[] | undefined {
  const { attempt } = search;
  const order = createFairTargetOrder(attempt, candidates);
  const staysWithinNominal = !borrowsIn(attempt.ledger, attempt.queue, attempt.contested);
  const refused: AdmittedWorkload[] = [];
  for (let queue = order.next(); queue >= 0; queue = order.next()) {
    if (queue === attempt.queue) {
      if (pushOut(search, order.take(queue)!, "priority-in-queue")) return undefined;
    } else if (staysWithinNominal) {
      if (pushOut(search, order.take(queue)!, "reclaim-in-cohort")) return undefined;
    } else if (takeFairly(search, order, queue, strategy, refused)) {
      return undefined;
    }
  }
  return refused;
}

/** Takes the first workload of a queue that the strategy allows; true when there is room then. */
function takeFairly(
  search: Search,
  order: FairTargetOrder,
  queue: number,
  strategy: FairStrategy,
  refused: AdmittedWorkload[],
): boolean {
  const { attempt } = search;
  const { own, other, otherNode } = sharesBetween(attempt, queue);
  for (;;) {
    const workload = order.take(queue);
    if (workload === undefined) return false;
    const isAllowed =
      strategy === "less-than-initial-share"
        ? compareShares(own, other) < 0
        : compareShares(own, shareWithout(attempt, otherNode, workload.handle)) <= 0;
    if (isAllowed) return pushOut(search, workload, "fair-sharing");
    refused.push(workload);
  }
}

/** At most one more workload per queue, where the other's share is larger as it stands. */
function secondPass(search: Search, refused: readonly AdmittedWorkload[]): void {
  const { attempt } = search;
  const order = createFairTargetOrder(attempt, byQueue(refused));
  for (let queue = order.next(); queue >= 0; queue = order.next()) {
    const { own, other } = sharesBetween(attempt, queue);
    const workload = order.take(queue)!;
    const isAllowed = compareShares(own, other) < 0;
    if (isAllowed && pushOut(search, workload, "fair-sharing")) return;
    order.drop(queue);
  }
}

/** The refused workloads of every queue, in the order in which they were refused: that of candidates. */
function byQueue(
  refused: readonly AdmittedWorkload[],
): ReadonlyMap<number, SortedSource<AdmittedWorkload>> {
  const lists = new Map<number, AdmittedWorkload[]>();
  for (const workload of refused) {
    const list = lists.get(workload.queue);
    if (list === undefined) lists.set(workload.queue, [workload]);
    else list.push(workload);
  }
  return new Map([...lists].map(([queue, list]) => [queue, sourceOf(list.values())!]));
}

interface SharesBetween {
  readonly own: DominantShare;
  readonly other: DominantShare;
  /** The node whose share `other` is. */
  readonly otherNode: number;
}

/** Shares of the two nodes just below the lowest cohort that the preemptor and the other queue share. */
function sharesBetween({ ledger, queue }: PreemptionAttempt, other: number): SharesBetween {
  const { parent } = ledger.layout;
  const ownPath = new Set<number>();
  for (let node = queue; node >= 0; node = parent[node]!) ownPath.add(node);
  let otherNode = other;
  while (!ownPath.has(parent[otherNode]!)) otherNode = parent[otherNode]!;
  const meeting = parent[otherNode]!;
  let ownNode = queue;
  while (parent[ownNode]! !== meeting) ownNode = parent[ownNode]!;
  return {
    own: dominantShare(ledger, ownNode),
    other: dominantShare(ledger, otherNode),
    otherNode,
  };
}

function shareWithout(attempt: PreemptionAttempt, node: number, handle: number): DominantShare {
  takeOut(attempt, handle);
  const share = dominantShare(attempt.ledger, node);
  putBack(attempt, handle);
  return share;
}

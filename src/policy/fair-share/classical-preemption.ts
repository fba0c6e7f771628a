import type {
  PreemptionAttempt,
  PreemptionReason,
  PreemptionTarget,
} from "./preemption-attempt.js";
import {
  candidatesOf,
  compareCandidates,
  keepNeeded,
  putBack,
  takeOut,
} from "./preemption-attempt.js";
import type { MergedOrder, SortedSource } from "./merged-order.js";
import { createMergedOrder, sourceOf } from "./merged-order.js";
import type { AdmittedWorkload } from "./workload-book.js";
import { borrowed, borrowsIn, hasRoom, keptAvailable } from "./quota-ledger.js";

/** From whom a candidate is taken, in the order of the lists. */
const LISTS = ["claimed", "others", "own"] as const;

interface Candidate {
  readonly workload: AdmittedWorkload;
  /** Index into `LISTS`. */
  readonly list: number;
  readonly reason: PreemptionReason;
  /** Can be pushed out only when the preemptor then stays within its nominal quota. */
  readonly onlyWithoutBorrowing: boolean;
  /** Lowest cohort above both queues; -1 for the preemptor's own queue. */
  readonly meeting: number;
}

/**
 * Kueue's classical preemption: a small set of workloads whose end makes room, or none.
 *
 * Candidates in order: of queues over which the preemptor's position gives it a claim (its own subtree
 * could hold the request within its quota), then of other borrowing queues, then of the own queue; each by
 * `compareCandidates`, those already stopping first of all. They are added until there is room; then, last
 * first, those not needed are given back. Two tries where the rules allow: with and without borrowing.
 * Without `borrowWithinCohort` nobody outside the own queue is pushed out for a borrower.
 *
 * The ledger is changed on the way and restored. O(nodes * cells) to find the queues, then
 * O(log queues + cells * depth) for every workload looked at.
 */
export function classicalTargets(attempt: PreemptionAttempt): readonly PreemptionTarget[] {
  const sources = collect(attempt);
  if (sources.length === 0) return [];
  const order = createMergedOrder(sources, (left, right) => compareLists(attempt, left, right));
  for (const borrowing of tries(attempt, sources)) {
    const targets = gather(attempt, order, borrowing);
    if (targets !== undefined) return keepNeeded(attempt, targets, borrowing);
  }
  return [];
}

function tries(
  { ledger, queue, contested }: PreemptionAttempt,
  sources: readonly SortedSource<Candidate>[],
): readonly ("allowed" | "forbidden")[] {
  const { rules, nominal, cellCount } = ledger.layout;
  const borrowersMayReclaim = rules[queue]!.borrowWithinCohort !== "never";
  const isUnderNominal = contested.every((cell) => {
    const at = queue * cellCount + cell;
    return ledger.usage[at]! < nominal[at]!;
  });
  const has = (name: (typeof LISTS)[number]): boolean =>
    sources.some(({ first }) => LISTS[first.list] === name);
  const hasForeign = has("claimed") || has("others");
  if (!hasForeign || (!borrowersMayReclaim && !isUnderNominal)) return ["allowed"];
  if (!borrowersMayReclaim && !has("claimed")) return ["forbidden", "allowed"];
  return ["allowed", "forbidden"];
}

/** Takes candidates out until there is room; undefined, with the ledger restored, when it never comes. */
function gather(
  attempt: PreemptionAttempt,
  order: MergedOrder<Candidate>,
  borrowing: "allowed" | "forbidden",
): readonly PreemptionTarget[] | undefined {
  const targets: PreemptionTarget[] = [];
  for (let place = 0; ; place += 1) {
    const candidate = order.at(place);
    if (candidate === undefined) break;
    if (borrowing === "allowed" && candidate.onlyWithoutBorrowing) continue;
    if (!isStillBorrowing(attempt, candidate)) continue;
    const { workload, reason } = candidate;
    takeOut(attempt, workload.handle);
    targets.push({ handle: workload.handle, reason });
    if (hasRoom(attempt.ledger, attempt.queue, attempt.use, borrowing)) return targets;
  }
  for (const { handle } of targets) putBack(attempt, handle);
  return undefined;
}

/** Earlier targets may have brought the candidate's queue, or a cohort around it, back within its quota. */
function isStillBorrowing(
  { ledger, contested }: PreemptionAttempt,
  { workload, meeting }: Candidate,
): boolean {
  if (meeting < 0) return true;
  const { parent } = ledger.layout;
  for (let node = workload.queue; node !== meeting; node = parent[node]!) {
    if (!borrowsIn(ledger, node, contested)) return false;
  }
  return true;
}

/** One source for every queue with candidates. */
function collect(attempt: PreemptionAttempt): readonly SortedSource<Candidate>[] {
  const { ledger, queue } = attempt;
  const { layout } = ledger;
  const found = [sourceOf(ownCandidates(attempt))];
  if (layout.rules[queue]!.reclaimWithinCohort !== "never") {
    let rest = attempt.use.amounts;
    let hasClaim = fitsWithin(attempt, queue, rest);
    let below = queue;
    for (let cohort = layout.parent[queue]!; cohort >= 0; cohort = layout.parent[cohort]!) {
      rest = restAbove(attempt, below, rest);
      for (const borrower of borrowersBelow(attempt, cohort, below))
        found.push(sourceOf(foreignCandidates(attempt, borrower, cohort, hasClaim)));
      hasClaim ||= fitsWithin(attempt, cohort, rest);
      below = cohort;
    }
  }
  return found.filter((source) => source !== undefined);
}

function* ownCandidates(attempt: PreemptionAttempt): Generator<Candidate, undefined> {
  const list = LISTS.indexOf("own");
  for (const workload of candidatesOf(attempt, attempt.queue)) {
    const reason = "priority-in-queue";
    yield { workload, list, reason, onlyWithoutBorrowing: false, meeting: -1 };
  }
}

function* foreignCandidates(
  attempt: PreemptionAttempt,
  queue: number,
  meeting: number,
  hasClaim: boolean,
): Generator<Candidate, undefined> {
  for (const workload of candidatesOf(attempt, queue))
    yield foreignCandidate(attempt, workload, meeting, hasClaim);
}

function foreignCandidate(
  attempt: PreemptionAttempt,
  workload: AdmittedWorkload,
  meeting: number,
  hasClaim: boolean,
): Candidate {
  const { borrowWithinCohort, maxPriorityThreshold } = attempt.ledger.layout.rules[attempt.queue]!;
  const { priority } = workload;
  const yieldsToBorrowers =
    borrowWithinCohort !== "never" &&
    priority < attempt.priority &&
    (maxPriorityThreshold === undefined || priority <= maxPriorityThreshold);
  return {
    workload,
    list: LISTS.indexOf(hasClaim ? "claimed" : "others"),
    reason: !hasClaim && yieldsToBorrowers ? "reclaim-while-borrowing" : "reclaim-in-cohort",
    onlyWithoutBorrowing: !hasClaim && !yieldsToBorrowers,
    meeting,
  };
}

/** Queues below a cohort, apart from one subtree, that borrow with everything between them and the cohort. */
function borrowersBelow(
  attempt: PreemptionAttempt,
  cohort: number,
  except: number,
): readonly number[] {
  const { ledger, contested, queue } = attempt;
  const { childCohorts, childQueues } = ledger.layout;
  const borrowing = (node: number): boolean =>
    node !== except && borrowsIn(ledger, node, contested);
  return [
    ...childCohorts[cohort]!.filter(borrowing).flatMap((child) =>
      borrowersBelow(attempt, child, -1),
    ),
    ...childQueues[cohort]!.filter((child) => child !== queue && borrowing(child)),
  ];
}

function fitsWithin(
  { ledger, use }: PreemptionAttempt,
  node: number,
  amounts: readonly number[],
): boolean {
  return use.cells.every((cell, index) => borrowed(ledger, node, cell, amounts[index]!) === 0);
}

function restAbove(
  { ledger, use }: PreemptionAttempt,
  node: number,
  amounts: readonly number[],
): readonly number[] {
  return amounts.map((amount, index) =>
    Math.max(0, amount - keptAvailable(ledger, node, use.cells[index]!)),
  );
}

/** Those already stopping come first over all lists, then list by list. */
function compareLists(attempt: PreemptionAttempt, left: Candidate, right: Candidate): number {
  return (
    Number(right.workload.evicted) - Number(left.workload.evicted) ||
    left.list - right.list ||
    compareCandidates(attempt, left.workload, right.workload)
  );
}

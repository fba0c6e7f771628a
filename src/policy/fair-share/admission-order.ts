import type { DominantShare } from "./dominant-share.js";
import { compareShares, dominantShare } from "./dominant-share.js";
import type { QuotaVerdict } from "./flavor-search.js";
import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { addUse, borrowed, removeUse } from "./quota-ledger.js";

/** The first workload of one queue, with what the flavor search said of it. */
export interface QueueHead {
  readonly queue: number;
  readonly priority: number;
  /** Seconds. */
  readonly queuedS: number;
  /** True while it waits for the room of those it pushed out, where such heads go first. */
  readonly preempting: boolean;
  readonly verdict: QuotaVerdict;
}

const NO_USE: CellAmounts = { cells: [], amounts: [] };

/** What the head would hold if it were admitted. */
export function useOf({ verdict }: QueueHead): CellAmounts {
  return verdict.mode === "no-fit" ? NO_USE : verdict.use;
}

/**
 * The order in which heads of different queues get their turn: those marked `preempting`, then who borrows
 * least far up the tree, then higher priority, then who has queued longest, then queue order. Source: kueue
 * pkg/scheduler/scheduler.go (classical iterator) and concepts/cluster_queue.md.
 */
export function classicalOrder(heads: readonly QueueHead[]): readonly number[] {
  const levelOf = ({ verdict }: QueueHead): number =>
    verdict.mode === "no-fit" ? 0 : verdict.borrowingLevel;
  return heads
    .map((_, index) => index)
    .sort((left, right) => {
      const a = heads[left]!;
      const b = heads[right]!;
      return (
        Number(b.preempting) - Number(a.preempting) ||
        levelOf(a) - levelOf(b) ||
        byPriorityAndTime(a, b) ||
        a.queue - b.queue
      );
    });
}

function byPriorityAndTime(left: QueueHead, right: QueueHead): number {
  return right.priority - left.priority || left.queuedS - right.queuedS;
}

/**
 * The head whose turn it is under fair sharing, or -1 when `remaining` holds none.
 *
 * A tournament from the queues up to the root: at every cohort the child wins that would not borrow what
 * its head asks for, then the one with the smallest share with its head admitted, then higher priority,
 * then longer queueing, then handle. Trees are taken in the order of their roots, after queues without a
 * cohort; while heads marked `preempting` remain, only they take part. Source: kueue
 * pkg/scheduler/fair_sharing_iterator.go; "not borrowing first" since v0.17.
 *
 * @param remaining index of the head by queue; queues whose head has had its turn are absent
 */
export function nextInTournament(
  ledger: QuotaLedger,
  heads: readonly QueueHead[],
  remaining: ReadonlyMap<number, number>,
): number {
  const { layout } = ledger;
  const preempting = new Map([...remaining].filter(([, head]) => heads[head]!.preempting));
  const entered = preempting.size > 0 ? preempting : remaining;
  for (let node = 0; node < layout.nodeCount; node += 1) {
    if (layout.parent[node]! >= 0) continue;
    if (node < layout.queueCount) {
      const head = entered.get(node);
      if (head !== undefined) return head;
      continue;
    }
    const winner = tournament({ ledger, heads, remaining: entered }, node);
    if (winner !== undefined) return winner.head;
  }
  return -1;
}

interface Tournament {
  readonly ledger: QuotaLedger;
  readonly heads: readonly QueueHead[];
  readonly remaining: ReadonlyMap<number, number>;
}

/** A child of a cohort with the head it sends. */
interface Entrant {
  readonly head: number;
  readonly node: number;
}

function tournament(round: Tournament, cohort: number): Entrant | undefined {
  const { layout } = round.ledger;
  const entrants: Entrant[] = [];
  for (const child of layout.childCohorts[cohort]!) {
    const winner = tournament(round, child);
    if (winner !== undefined) entrants.push({ head: winner.head, node: child });
  }
  for (const queue of layout.childQueues[cohort]!) {
    const head = round.remaining.get(queue);
    if (head !== undefined) entrants.push({ head, node: queue });
  }
  let best: Entrant | undefined;
  let bestStanding: Standing | undefined;
  for (const entrant of entrants) {
    const standing = standingOf(round, entrant);
    if (best === undefined || compareStandings(round, entrant, standing, best, bestStanding!) < 0) {
      best = entrant;
      bestStanding = standing;
    }
  }
  return best;
}

interface Standing {
  readonly share: DominantShare;
  readonly borrowsRequested: boolean;
}

/** How the child would stand with its head admitted. */
function standingOf({ ledger, heads }: Tournament, { head, node }: Entrant): Standing {
  const entry = heads[head]!;
  const use = useOf(entry);
  addUse(ledger, entry.queue, use);
  const share = dominantShare(ledger, node);
  const borrowsRequested = use.cells.some((cell) => borrowed(ledger, node, cell) > 0);
  removeUse(ledger, entry.queue, use);
  return { share, borrowsRequested };
}

function compareStandings(
  { heads }: Tournament,
  left: Entrant,
  leftStanding: Standing,
  right: Entrant,
  rightStanding: Standing,
): number {
  return (
    Number(leftStanding.borrowsRequested) - Number(rightStanding.borrowsRequested) ||
    compareShares(leftStanding.share, rightStanding.share) ||
    byPriorityAndTime(heads[left.head]!, heads[right.head]!) ||
    left.node - right.node
  );
}

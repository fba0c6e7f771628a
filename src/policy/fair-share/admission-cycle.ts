import type { QueueHead } from "./admission-order.js";
import { classicalOrder, nextInTournament, useOf } from "./admission-order.js";
import type { PreemptionTarget } from "./preemption-attempt.js";
import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { addUse, hasRoom, removeUse } from "./quota-ledger.js";
import type { WorkloadBook } from "./workload-book.js";

/** What one cycle decided about a head. */
export type CycleDecision =
  | { readonly head: number; readonly outcome: "admit"; readonly use: CellAmounts }
  | {
      readonly head: number;
      readonly outcome: "preempt";
      readonly use: CellAmounts;
      readonly targets: readonly PreemptionTarget[];
    }
  | {
      readonly head: number;
      readonly outcome: "wait";
      /**
       * `no-quota`: no flavor has room. `nobody-to-preempt`: room only if others stopped, and none may be
       * pushed out. `overtaken`: another head of this cycle took the room or the same victims; it is
       * offered again. `no-place`: the quota is there, `accept` found no nodes.
       */
      readonly why: "no-quota" | "nobody-to-preempt" | "overtaken" | "no-place";
    };

/** One cycle of admission over the first workload of every queue. */
export interface AdmissionCycle {
  readonly ledger: QuotaLedger;
  readonly book: WorkloadBook;
  /** At most one per queue; verdicts as of the start of the cycle. */
  readonly heads: readonly QueueHead[];
  /** Preemption for a head whose verdict is `preempt`. */
  targets(head: number): readonly PreemptionTarget[];
  /** Asked at the moment a head would be admitted; false when the nodes have no place for it. */
  accept?(head: number): boolean;
}

/**
 * Works out one cycle, as Kueue's scheduler does: every head is rated on the state at the start, then they
 * get their turn one by one; a head that no longer fits behind those before it waits for the next cycle.
 *
 * Nothing is committed: the ledger is as before. The caller admits, and stops targets, in the order given.
 * A head that nobody may be pushed out for still holds back what it asks for within the cycle, unless its
 * queue can always reclaim (`reclaimWithinCohort: any`), so that others do not take it bit by bit.
 *
 * Decisions come in the order of the turns, one per head. O(heads * (heads + nodes) * cells) under fair
 * sharing, else O(heads log heads), beside the preemption searches.
 */
export function runAdmissionCycle(cycle: AdmissionCycle): readonly CycleDecision[] {
  const { ledger, heads } = cycle;
  const state: CycleState = { cycle, victims: new Set(), added: [] };
  // Searched before anything of this cycle is counted: all heads see the same state.
  const targetsOf = heads.map(({ verdict }, head) =>
    verdict.mode === "preempt" ? cycle.targets(head) : [],
  );
  const decisions: CycleDecision[] = [];
  const remaining = new Map(heads.map(({ queue }, head) => [queue, head]));
  const order = ledger.layout.fairStrategies === undefined ? classicalOrder(heads) : undefined;
  for (let turn = 0; turn < heads.length; turn += 1) {
    const head = order?.[turn] ?? nextInTournament(ledger, heads, remaining);
    remaining.delete(heads[head]!.queue);
    decisions.push(decide(state, head, targetsOf[head]!));
  }
  for (const { queue, use } of state.added) removeUse(ledger, queue, use);
  return decisions;
}

interface CycleState {
  readonly cycle: AdmissionCycle;
  /** Workloads that heads before this one push out. */
  readonly victims: Set<number>;
  readonly added: { readonly queue: number; readonly use: CellAmounts }[];
}

function decide(
  state: CycleState,
  head: number,
  targets: readonly PreemptionTarget[],
): CycleDecision {
  const { cycle, victims } = state;
  const entry = cycle.heads[head]!;
  const { verdict, queue } = entry;
  if (verdict.mode === "no-fit") return { head, outcome: "wait", why: "no-quota" };
  if (verdict.mode === "preempt" && targets.length === 0) {
    if (cycle.ledger.layout.rules[queue]!.reclaimWithinCohort !== "any")
      count(state, queue, heldBack(cycle, entry));
    return { head, outcome: "wait", why: "nobody-to-preempt" };
  }
  const use = useOf(entry);
  if (
    targets.some(({ handle }) => victims.has(handle)) ||
    !fitsBehindOthers(state, entry, targets)
  ) {
    return { head, outcome: "wait", why: "overtaken" };
  }
  if (verdict.mode === "fit" && cycle.accept?.(head) === false) {
    return { head, outcome: "wait", why: "no-place" };
  }
  for (const { handle } of targets) victims.add(handle);
  count(state, queue, use);
  return verdict.mode === "fit"
    ? { head, outcome: "admit", use }
    : { head, outcome: "preempt", use, targets };
}

function count({ cycle, added }: CycleState, queue: number, use: CellAmounts): void {
  addUse(cycle.ledger, queue, use);
  added.push({ queue, use });
}

/** Whether there is room beside the heads already taken, when all victims so far have stopped. */
function fitsBehindOthers(
  { cycle, victims }: CycleState,
  entry: QueueHead,
  targets: readonly PreemptionTarget[],
): boolean {
  const { ledger, book } = cycle;
  const stopped = [...victims, ...targets.map(({ handle }) => handle)].map((handle) =>
    book.get(handle),
  );
  for (const { queue, use } of stopped) removeUse(ledger, queue, use);
  const fits = hasRoom(ledger, entry.queue, useOf(entry), "allowed");
  for (const { queue, use } of stopped) addUse(ledger, queue, use);
  return fits;
}

/** What a head that waits for others holds back: its request, at most up to what its queue may use. */
function heldBack({ ledger }: AdmissionCycle, { queue, verdict }: QueueHead): CellAmounts {
  if (verdict.mode === "no-fit") return { cells: [], amounts: [] };
  const { layout, usage } = ledger;
  const amounts = verdict.use.cells.map((cell, index) => {
    const at = queue * layout.cellCount + cell;
    const limit =
      layout.nominal[at]! + (verdict.borrowingLevel > 0 ? layout.borrowingLimit[at]! : 0);
    return Math.max(0, Math.min(verdict.use.amounts[index]!, limit - usage[at]!));
  });
  return { cells: verdict.use.cells, amounts };
}

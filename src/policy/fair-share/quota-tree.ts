import { InvariantError } from "../../base/assert.js";
import { runAdmissionCycle } from "./admission-cycle.js";
import type { CycleDecision } from "./admission-cycle.js";
import { classicalTargets } from "./classical-preemption.js";
import type { DominantShare } from "./dominant-share.js";
import { dominantShare } from "./dominant-share.js";
import { fairTargets } from "./fair-preemption.js";
import type { FlavorSearch, QuotaRequest, QuotaVerdict } from "./flavor-search.js";
import { searchFlavors } from "./flavor-search.js";
import type { PreemptionAttempt, PreemptionTarget } from "./preemption-attempt.js";
import type { QuotaLayout } from "./quota-layout.js";
import { createQuotaLayout } from "./quota-layout.js";
import type { CellAmounts, QuotaLedger } from "./quota-ledger.js";
import { addUse, available, createQuotaLedger, hasRoom, removeUse } from "./quota-ledger.js";
import type { QuotaSpec } from "./quota-spec.js";
import { explainRefusal } from "./quota-wording.js";
import type { WorkloadBook } from "./workload-book.js";
import { createWorkloadBook } from "./workload-book.js";

/** A workload that takes its place: what admission and preemption will know of it. */
export interface AdmittedSpec {
  readonly priority: number;
  /** Time by which queues order workloads of one priority. Seconds. */
  readonly queuedS: number;
  /** Seconds; the latest admitted is pushed out first. */
  readonly admittedS: number;
}

/** The head of one queue, offered to a cycle. */
export interface OfferedHead {
  readonly queue: number;
  readonly request: QuotaRequest;
  /**
   * True for a head that waits for the room of those it pushed out: it goes before all heads that are not.
   * Kueue does so behind its gate PrioritizePreemptorWorkloads (alpha, off in v0.18 to v0.20); default false.
   * Without it a victim that keeps its old `queuedS` may start again before its preemptor, and so for ever.
   */
  readonly preempting?: boolean;
}

/** How a cycle is run. */
export interface CycleOptions {
  /** Asked at the moment a head would be admitted; false when the nodes have no place for it. */
  accept?(head: number): boolean;
  /** True: nobody is pushed out; heads that would have to wait as if nobody yielded. Default false. */
  readonly withoutPreemption?: boolean;
}

/**
 * Quotas, who uses them, and the rules of admission and preemption: Kueue's model with integer handles.
 *
 * One writer of usage: `admit`, `adopt` and `release`. All other methods leave the state as it was.
 * It knows no clock and no nodes: that a workload fits its quota does not say that some node has room.
 */
export interface QuotaTree {
  readonly layout: QuotaLayout;
  /** Admitted workloads that have not been released. */
  readonly admittedCount: number;
  /** Handle of the queue with this name, or -1. */
  queueIndex(name: string): number;
  /** Handle of the resource with this name, or -1. */
  resourceIndex(name: string): number;
  /** Whether and how a queue can admit a workload now. Cost: see `searchFlavors`. */
  canAdmit(queue: number, request: QuotaRequest): QuotaVerdict;
  /**
   * Counts a workload with the use of a verdict and returns its handle. O(cells * depth).
   *
   * @throws InvariantError when the quota has no room for it: the caller did not ask, or not last
   */
  admit(queue: number, use: CellAmounts, workload: AdmittedSpec): number;
  /** Like `admit`, for a workload that runs already, whether or not the quotas have room for it. */
  adopt(queue: number, use: CellAmounts, workload: AdmittedSpec): number;
  /** Gives a workload's quota back. @throws RangeError when the handle is not live */
  release(handle: number): void;
  /** Notes that a workload was told to stop: it keeps its quota until released and is the first to be chosen. */
  markStopping(handle: number): void;
  /**
   * Workloads whose end makes room for a request whose verdict is `preempt`; empty when none may be pushed
   * out. In the order found.
   */
  preemptionTargets(
    queue: number,
    request: QuotaRequest,
    verdict: Extract<QuotaVerdict, { readonly mode: "preempt" }>,
  ): readonly PreemptionTarget[];
  /**
   * What one cycle over the heads of the queues decides; see `runAdmissionCycle`. At most one per queue.
   *
   * Shares and reclaiming can push two parties out by turns for ever, as in Kueue, which has no memory of
   * whom it pushed out: a caller whose stops take no time must go on `withoutPreemption` after some cycles
   * of one instant that pushed somebody out.
   */
  runCycle(heads: readonly OfferedHead[], options?: CycleOptions): readonly CycleDecision[];
  /** Share of a queue or cohort as things stand. O(cells). */
  shareOf(node: number): DominantShare;
  /** Use of a queue or cohort in one cell. */
  usageOf(node: number, cell: number): number;
  /** How much more a queue may use in one cell; negative when it holds more than the quotas allow. */
  availableTo(queue: number, cell: number): number;
  /** What is short and who holds it, with amounts. Slow; for reports. */
  explain(queue: number, request: QuotaRequest): string;
  /** Like `explain` without amounts: few different texts over a run. */
  waitReason(queue: number, request: QuotaRequest): string;
  /** Recomputes all usage from the admitted workloads. Slow; for tests. @throws InvariantError on a difference */
  checkInvariants(): void;
}

/**
 * Makes the tree of a spec, with nothing admitted.
 *
 * @throws RangeError when the spec is not valid; `checkQuotaSpec` says so beforehand
 */
export function createQuotaTree(spec: QuotaSpec): QuotaTree {
  const layout = createQuotaLayout(spec);
  const ledger = createQuotaLedger(layout);
  const book = createWorkloadBook(layout.queueCount);
  const targets = (attempt: PreemptionAttempt): readonly PreemptionTarget[] =>
    layout.fairStrategies === undefined
      ? classicalTargets(attempt)
      : fairTargets(attempt, layout.fairStrategies);
  const search: FlavorSearch = { ledger, book, targets };
  const adopt: QuotaTree["adopt"] = (queue, use, { priority, queuedS, admittedS }) => {
    addUse(ledger, queue, use);
    return book.add({ queue, use, priority, queuedS, admittedS });
  };
  const targetsFor: QuotaTree["preemptionTargets"] = (
    queue,
    { priority, queuedS },
    { use, contested },
  ) => targets({ ledger, book, queue, priority, queuedS, use, contested });
  return {
    layout,
    get admittedCount() {
      return book.count;
    },
    queueIndex: (name) => layout.nodeNames.slice(0, layout.queueCount).indexOf(name),
    resourceIndex: (name) => layout.resourceNames.indexOf(name),
    canAdmit: (queue, request) => searchFlavors(search, queue, request),
    admit(queue, use, workload) {
      if (!hasRoom(ledger, queue, use, "allowed")) {
        throw new InvariantError("quota: a workload was admitted without room", {
          queue: layout.nodeNames[queue],
          use,
          ...workload,
        });
      }
      return adopt(queue, use, workload);
    },
    adopt,
    release(handle) {
      const { queue, use } = book.get(handle);
      removeUse(ledger, queue, use);
      book.remove(handle);
    },
    markStopping: book.markStopping,
    preemptionTargets: targetsFor,
    runCycle: (offered, options = {}) => runCycle(search, offered, targetsFor, options),
    shareOf: (node) => dominantShare(ledger, node),
    usageOf: (node, cell) => ledger.usage[node * layout.cellCount + cell]!,
    availableTo: (queue, cell) => available(ledger, queue, cell),
    explain: (queue, request) => explainRefusal(ledger, queue, request, { withAmounts: true }),
    waitReason: (queue, request) => explainRefusal(ledger, queue, request, { withAmounts: false }),
    checkInvariants: () => checkLedger(ledger, book),
  };
}

function runCycle(
  search: FlavorSearch,
  offered: readonly OfferedHead[],
  targetsFor: QuotaTree["preemptionTargets"],
  { accept, withoutPreemption = false }: CycleOptions,
): readonly CycleDecision[] {
  const { ledger, book } = search;
  if (new Set(offered.map(({ queue }) => queue)).size !== offered.length) {
    throw new RangeError("quota: a cycle takes at most one head per queue");
  }
  const heads = offered.map(({ queue, request, preempting = false }) => ({
    queue,
    preempting,
    priority: request.priority,
    queuedS: request.queuedS,
    verdict: searchFlavors(search, queue, request),
  }));
  return runAdmissionCycle({
    ledger,
    book,
    heads,
    targets(head) {
      const { queue, verdict } = heads[head]!;
      if (verdict.mode !== "preempt" || withoutPreemption) return [];
      return targetsFor(queue, offered[head]!.request, verdict);
    },
    ...(accept === undefined ? {} : { accept }),
  });
}

function checkLedger(ledger: QuotaLedger, book: WorkloadBook): void {
  const { layout } = ledger;
  const fresh = createQuotaLedger(layout);
  for (let queue = 0; queue < layout.queueCount; queue += 1) {
    const { stopping, running } = book.workloadsOf(queue);
    for (const { use } of [...stopping, ...running]) addUse(fresh, queue, use);
  }
  fresh.usage.forEach((expected, at) => {
    if (expected === ledger.usage[at]) return;
    throw new InvariantError("quota: the ledger differs from the admitted workloads", {
      node: layout.nodeNames[Math.floor(at / layout.cellCount)],
      cell: at % layout.cellCount,
      expected,
      actual: ledger.usage[at],
    });
  });
}

import { SpecificationError } from "../../base/specification-error.js";
import { runAdmissionCycle, type CycleDecision } from "../../policy/fair-share/admission-cycle.js";
import type { QueueHead } from "../../policy/fair-share/admission-order.js";
import { classicalTargets } from "../../policy/fair-share/classical-preemption.js";
import { fairTargets } from "../../policy/fair-share/fair-preemption.js";
import {
  searchFlavors,
  type QuotaRequest,
  type QuotaVerdict,
} from "../../policy/fair-share/flavor-search.js";
import {
  createPendingWorkloads,
  type PendingWorkloads,
  type TakenHead,
} from "../../policy/fair-share/pending-workloads.js";
import type {
  PreemptionAttempt,
  PreemptionTarget,
} from "../../policy/fair-share/preemption-attempt.js";
import type { QuotaLayout } from "../../policy/fair-share/quota-layout.js";
import {
  addUse,
  createQuotaLedger,
  removeUse,
  type CellAmounts,
  type QuotaLedger,
} from "../../policy/fair-share/quota-ledger.js";
import { forcedUse } from "../../policy/fair-share/forced-use.js";
import { explainRefusal } from "../../policy/fair-share/quota-wording.js";
import { createWorkloadBook, type WorkloadBook } from "../../policy/fair-share/workload-book.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";

const NONE = -1;

/** What a quota dispatcher needs. */
export interface QuotaDispatchOptions {
  readonly layout: QuotaLayout;
  readonly classes: DemandClasses;
  readonly launcher: PreemptingLauncher;
  /** Queue of every job; -1 where none serves it. */
  readonly queueOf: Int32Array;
  /** What the job asks its queue for. */
  requestOf(job: number): QuotaRequest;
}

/** A job that holds quota. */
interface Holding {
  readonly use: CellAmounts;
  /** In the book; -1 for a job that must not be stopped: nobody may choose it. */
  readonly handle: number;
}

/**
 * Quotas, borrowing and reclaim as Kueue does them, with real nodes behind.
 *
 * Cycles of admission follow each other within an instant until one changes nothing. A stopped job gives
 * its quota and its room back at once. Jobs are stopped for another only when the nodes then have room for
 * that other: Kueue without a topology does not look, and would stop them in vain. A stopped job is offered
 * again at the next event, as stopping takes its time in a real cluster; else three jobs can push each
 * other out in a circle for ever.
 */
class QuotaDispatcher implements Dispatcher {
  private readonly ledger: QuotaLedger;
  private readonly book: WorkloadBook;
  private readonly pending: PendingWorkloads;
  private readonly holdings = new Map<number, Holding>();
  private readonly jobOfHandle = new Map<number, number>();
  private readonly lastReason: Int32Array;
  private readonly behindReason: number;
  private readonly stoppedReasons = new Map<string, number>();
  private readonly never = new Map<string, string | undefined>();
  /** What was refused since room was last freed: the same again is refused unseen. */
  private readonly refused = new Set<string>();
  /** Jobs stopped at `withheldS`. */
  private readonly withheld: number[] = [];
  private withheldS = -Infinity;
  private readonly oneQueuePerTree: readonly number[];
  /** By resource: whether it is GPUs. */
  private readonly isGpu: readonly boolean[];

  constructor(private readonly options: QuotaDispatchOptions) {
    const { layout, classes, launcher } = options;
    this.ledger = createQuotaLedger(layout);
    this.book = createWorkloadBook(layout.queueCount);
    this.pending = createPendingWorkloads(layout);
    this.lastReason = new Int32Array(classes.classOf.length).fill(NONE);
    const trees = new Map(
      Array.from({ length: layout.queueCount }, (_, queue) => [layout.root[queue]!, queue]),
    );
    this.oneQueuePerTree = [...trees.values()];
    this.isGpu = layout.resources.map(({ unit }) => unit === "gpu-milli");
    this.behindReason = launcher.reasonIndex("behind another job of its queue");
  }

  get waiting(): number {
    return this.pending.waiting + this.withheld.length;
  }

  whyNever(job: number): string | undefined {
    const queue = this.options.queueOf[job]!;
    if (queue === NONE) return "no queue with quota serves the job";
    const key = `${queue}/${this.options.classes.classOf[job]!}`;
    if (!this.never.has(key)) {
      const request = this.options.requestOf(job);
      const verdict = this.search(queue, request);
      const isNever = verdict.mode === "no-fit" && verdict.permanent;
      const why = isNever
        ? explainRefusal(this.ledger, queue, request, { withAmounts: false })
        : undefined;
      this.never.set(key, why);
    }
    return this.never.get(key);
  }

  submit(job: number): boolean {
    this.pending.add({
      workload: job,
      queue: this.options.queueOf[job]!,
      request: this.options.requestOf(job),
    });
    return true;
  }

  /** @throws SpecificationError when no queue serves the job */
  adopt(job: number): void {
    const queue = this.options.queueOf[job]!;
    if (queue === NONE) {
      throw new SpecificationError(
        "fair-share: a job that runs when the trace begins belongs to no queue with quota; give its tenant one",
      );
    }
    const request = this.options.requestOf(job);
    this.hold(job, queue, request, forcedUse(this.ledger, queue, request));
  }

  released(job: number): boolean {
    this.giveBack(job);
    return this.waiting > 0;
  }

  interrupted(job: number): boolean {
    this.giveBack(job);
    return this.submit(job);
  }

  capacityChanged(): boolean {
    this.wakeAll();
    return this.waiting > 0;
  }

  decide(): void {
    if (this.options.launcher.nowS > this.withheldS) this.offerWithheld();
    this.runCycles();
    // With nobody running no later event would come.
    while (this.holdings.size === 0 && this.withheld.length > 0) {
      this.offerWithheld();
      this.runCycles();
    }
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    this.pending.forEach(({ workload }) => {
      visit(workload, this.reasonOf(workload));
    });
    for (const job of this.withheld) visit(job, this.reasonOf(job));
  }

  private runCycles(): void {
    while (this.cycle()) {
      // The next cycle sees what this one changed.
    }
  }

  private offerWithheld(): void {
    for (const job of this.withheld.splice(0)) this.submit(job);
  }

  /** One admission cycle; false when nothing was left to change. */
  private cycle(): boolean {
    const taken = this.pending.takeHeads();
    const offered = taken.filter((head) => !this.refused.has(this.refusalKey(head)));
    // Set aside unseen: the next one of its queue comes up.
    let changed = offered.length < taken.length;
    for (const head of taken) if (!offered.includes(head)) this.pending.putBack(head, "waits");
    const heads = offered.map((head): QueueHead => {
      const { queue, request, preempting } = head;
      const verdict = this.search(queue, request);
      return { queue, priority: request.priority, queuedS: request.queuedS, preempting, verdict };
    });
    const decisions = runAdmissionCycle({
      ledger: this.ledger,
      book: this.book,
      heads,
      targets: (head) => this.targetsOf(heads[head]!, offered[head]!.request),
      accept: (head) => {
        this.bind(offered[head]!.workload, heads[head]!.verdict);
        return this.options.launcher.tryStart(offered[head]!.workload);
      },
    });
    // Those that wait first: their reasons are about the state that they were judged on.
    const isWait = ({ outcome }: CycleDecision): boolean => outcome === "wait";
    const inTurn = [...decisions.filter(isWait), ...decisions.filter((one) => !isWait(one))];
    for (const decision of inTurn)
      changed = this.apply(decision, offered[decision.head]!, heads[decision.head]!) || changed;
    return changed;
  }

  /**
   * Lets the job ask for nodes of the GPU model whose quota it gets: it may accept several, and on another
   * one it would use what the books say is free.
   */
  private bind(job: number, verdict: QuotaVerdict): void {
    const { classes, layout } = this.options;
    if (classes.flavors === undefined || verdict.mode === "no-fit") return;
    const cell = verdict.use.cells.find((one) => this.isGpu[layout.cellResource[one]!]!);
    const model = cell === undefined ? undefined : layout.flavorModels[layout.cellFlavor[cell]!];
    const demand = classes.classOf[job]!;
    classes.heldOf[job] = model === undefined ? demand : classes.flavors.demandFor(demand, model);
  }

  private search(queue: number, request: QuotaRequest): QuotaVerdict {
    const { ledger, book } = this;
    return searchFlavors(
      { ledger, book, targets: (attempt) => this.targets(attempt) },
      queue,
      request,
    );
  }

  private targetsOf(head: QueueHead, request: QuotaRequest): readonly PreemptionTarget[] {
    const { verdict, queue } = head;
    if (verdict.mode !== "preempt") return [];
    const { ledger, book } = this;
    const { use, contested } = verdict;
    return this.targets({
      ledger,
      book,
      queue,
      priority: request.priority,
      queuedS: request.queuedS,
      use,
      contested,
    });
  }

  private targets(attempt: PreemptionAttempt): readonly PreemptionTarget[] {
    const { fairStrategies } = this.options.layout;
    return fairStrategies === undefined
      ? classicalTargets(attempt)
      : fairTargets(attempt, fairStrategies);
  }

  private apply(decision: CycleDecision, head: TakenHead, { verdict }: QueueHead): boolean {
    const job = head.workload;
    this.bind(job, verdict);
    switch (decision.outcome) {
      case "admit":
        this.admit(job, head, decision.use);
        return true;
      case "preempt":
        return this.preempt(head, decision.targets);
      case "wait":
        // An overtaken head gets another cycle: somebody who overtook it changed something.
        if (decision.why === "overtaken") {
          this.pending.putBack(head, "again");
          return false;
        }
        return this.refuse(head, decision.why);
    }
  }

  private admit(job: number, head: TakenHead, use: CellAmounts): void {
    this.hold(job, head.queue, head.request, use);
    this.options.launcher.waitedFor(job, this.reasonOf(job));
  }

  private hold(job: number, queue: number, request: QuotaRequest, use: CellAmounts): void {
    const { launcher } = this.options;
    addUse(this.ledger, queue, use);
    const { priority, queuedS } = request;
    const mayBeStopped = launcher.mayBeStopped(job);
    const handle = mayBeStopped
      ? this.book.add({ queue, priority, queuedS, admittedS: launcher.nowS, use })
      : NONE;
    if (mayBeStopped) this.jobOfHandle.set(handle, job);
    this.holdings.set(job, { use, handle });
  }

  private preempt(head: TakenHead, targets: readonly PreemptionTarget[]): boolean {
    const { launcher, classes } = this.options;
    const victims = targets.map(({ handle }) => this.jobOfHandle.get(handle)!);
    for (const victim of victims) launcher.vacate(victim);
    if (!launcher.mayFit(classes.heldOf[head.workload]!)) {
      for (const victim of victims) launcher.reseat(victim);
      return this.refuse(head, "no-place");
    }
    victims.forEach((victim, index) => {
      launcher.stop(victim, this.stoppedReason(targets[index]!.reason));
      this.giveBack(victim);
      this.withheld.push(victim);
    });
    this.withheldS = launcher.nowS;
    this.pending.putBack(head, "preempts");
    return true;
  }

  /** Takes the job's quota back and wakes whoever may use it, or the room. */
  private giveBack(job: number): void {
    const { queueOf } = this.options;
    const { use, handle } = this.holdings.get(job)!;
    removeUse(this.ledger, queueOf[job]!, use);
    if (handle !== NONE) {
      this.book.remove(handle);
      this.jobOfHandle.delete(handle);
    }
    this.holdings.delete(job);
    this.wakeAll();
  }

  /** The nodes are everybody's, so every tree of queues is woken. */
  private wakeAll(): void {
    this.refused.clear();
    for (const queue of this.oneQueuePerTree) this.pending.wake(queue);
  }

  /** Puts the head back with its reason; true when that lets another one of its queue come up. */
  private refuse(head: TakenHead, why: "no-quota" | "nobody-to-preempt" | "no-place"): boolean {
    const { launcher, classes, layout } = this.options;
    const { queue, request, workload } = head;
    const reason =
      why === "no-place"
        ? launcher.refusalReason(classes.heldOf[workload]!)
        : launcher.reasonIndex(explainRefusal(this.ledger, queue, request, { withAmounts: false }));
    this.lastReason[workload] = reason;
    launcher.refuse(workload, reason);
    this.pending.putBack(head, "waits");
    // A strict queue stops at its head, which is offered again in every cycle and holds its place in it.
    if (layout.rules[queue]!.strategy === "strict-fifo") return false;
    this.refused.add(this.refusalKey(head));
    return true;
  }

  private refusalKey({ queue, workload, request }: TakenHead): string {
    return `${queue}/${this.options.classes.classOf[workload]!}/${request.priority}`;
  }

  private reasonOf(job: number): number {
    return this.lastReason[job] === NONE ? this.behindReason : this.lastReason[job]!;
  }

  private stoppedReason(reason: string): number {
    let index = this.stoppedReasons.get(reason);
    if (index === undefined) {
      index = this.options.launcher.reasonIndex(`stopped: ${reason}`);
      this.stoppedReasons.set(reason, index);
    }
    return index;
  }
}

/** Admission by quota. One lane for all partitions. */
export function createQuotaDispatcher(options: QuotaDispatchOptions): Dispatcher {
  return new QuotaDispatcher(options);
}

import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import {
  createJobHeap,
  createJobList,
  type JobHeap,
  type JobKeys,
  type JobList,
} from "./job-order.js";

import type { PreemptiveOrder } from "./preemptive-orders.js";
import type { VictimChooser } from "./victim-chooser.js";

const NONE = -1;

/**
 * Keeps the first jobs of an order running and stops others for them.
 *
 * Per demand class only the first waiting job is tried: when it does not fit even in place of every
 * running job behind it, no later one of the class does. A job that loses its room during a pass is
 * `pending`: it competes with the key of a running job, and is stopped at the end of the pass only if
 * nobody gave it its room back.
 */
class PreemptiveDispatcher implements Dispatcher {
  waiting = 0;
  private readonly waitKeys: JobKeys;
  private readonly runKeys: JobKeys;
  private readonly queues: (JobHeap | undefined)[];
  private readonly queueSlots: Int32Array;
  /** The first job of every class that may fit. */
  private readonly open: JobHeap;
  private readonly openEntry: Int32Array;
  private readonly closed: Uint8Array;
  private readonly closedReason: Int32Array;
  private readonly running: JobList;
  private readonly pending: Uint8Array;
  private readonly pendingJobs: number[] = [];
  private orderChanged = false;
  private readonly stoppedReason: number;

  constructor(
    private readonly order: PreemptiveOrder,
    private readonly classes: DemandClasses,
    private readonly launcher: PreemptingLauncher,
    private readonly rank: Int32Array,
    private readonly victims: VictimChooser,
  ) {
    const jobCount = classes.classOf.length;
    this.waitKeys = { key: new Float64Array(jobCount), rank: rank.slice() };
    this.runKeys = { key: new Float64Array(jobCount), rank };
    this.queues = Array.from({ length: classes.count }, () => undefined);
    this.queueSlots = new Int32Array(jobCount);
    this.open = createJobHeap(this.waitKeys, new Int32Array(jobCount));
    this.openEntry = new Int32Array(classes.count).fill(NONE);
    this.closed = new Uint8Array(classes.count);
    this.closedReason = new Int32Array(classes.count).fill(NONE);
    this.running = createJobList(this.runKeys);
    this.pending = new Uint8Array(jobCount);
    this.stoppedReason = launcher.reasonIndex("stopped for a job that goes first");
  }

  submit(job: number): boolean {
    const demand = this.classes.classOf[job]!;
    this.waitKeys.key[job] = this.order.waitingKey(job);
    this.enqueue(job, demand);
    // Behind another job of its class it has no better chance than that one.
    if (this.queues[demand]!.peek() === job) this.closed[demand] = 0;
    this.offer(demand);
    return this.closed[demand] === 0;
  }

  adopt(job: number): void {
    this.runKeys.key[job] = this.order.runningKey(job);
    this.running.insert(job);
    this.order.started(job);
  }

  released(job: number): boolean {
    this.running.remove(job);
    this.order.ended(job);
    this.orderChanged = true;
    return this.waiting > 0;
  }

  timer(job: number): boolean {
    this.running.remove(job);
    if (this.order.timer(job)) this.orderChanged = true;
    this.runKeys.key[job] = this.order.runningKey(job);
    this.running.insert(job);
    return this.waiting > 0;
  }

  interrupted(job: number): boolean {
    this.released(job);
    this.submit(job);
    return true;
  }

  capacityChanged(): boolean {
    this.orderChanged = true;
    return this.waiting > 0;
  }

  endMoved(job: number): boolean {
    this.running.remove(job);
    this.runKeys.key[job] = this.order.runningKey(job);
    this.running.insert(job);
    this.order.endMoved(job);
    this.orderChanged = true;
    return this.waiting > 0;
  }

  decide(): void {
    if (this.orderChanged) this.reopen();
    this.orderChanged = false;
    for (let job = this.open.pop(); job !== NONE; job = this.open.pop()) {
      const demand = this.classes.classOf[job]!;
      this.openEntry[demand] = NONE;
      const queue = this.queues[demand]!;
      queue.pop();
      this.waiting--;
      if (this.pending[job] === 0 && this.launcher.setsAside(job)) {
        this.offer(demand);
        continue;
      }
      if (!this.seat(job, demand) && !this.seatInPlaceOfOthers(job, demand)) {
        this.enqueue(job, demand);
        this.close(demand);
      }
      if (queue.size === 0) this.closedReason[demand] = NONE;
      this.offer(demand);
    }
    this.settle();
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    this.queues.forEach((queue, demand) => {
      queue?.forEach((job) => {
        visit(job, this.closedReason[demand]!);
      });
    });
  }

  private enqueue(job: number, demand: number): void {
    const queue = (this.queues[demand] ??= createJobHeap(this.waitKeys, this.queueSlots));
    queue.push(job);
    this.waiting++;
  }

  /** Keeps exactly the first job of an open class in `open`. */
  private offer(demand: number): void {
    const head = this.closed[demand] === 1 ? NONE : this.queues[demand]!.peek();
    const entry = this.openEntry[demand]!;
    if (head === entry) return;
    if (entry !== NONE) this.open.remove(entry);
    if (head !== NONE) this.open.push(head);
    this.openEntry[demand] = head;
  }

  private close(demand: number): void {
    const head = this.queues[demand]!.peek();
    this.closed[demand] = 1;
    this.closedReason[demand] = this.launcher.refusalReason(demand);
    if (this.pending[head] === 0) this.launcher.refuse(head, this.closedReason[demand]!);
  }

  private reopen(): void {
    for (let demand = 0; demand < this.queues.length; demand++) {
      if (this.closed[demand] === 0) continue;
      this.closed[demand] = 0;
      this.offer(demand);
    }
  }

  /** Gives the job room that is free; a pending job its own room if it can. */
  private seat(job: number, demand: number): boolean {
    const { launcher } = this;
    if (this.pending[job] === 1) {
      if (launcher.reseat(job)) {
        this.pending[job] = 0;
        this.running.insert(job);
        return true;
      }
      if (!launcher.mayFit(demand)) return false;
      // Room elsewhere: the job moves, and pays for its restart.
      this.stop(job);
    }
    if (!launcher.tryStart(job)) return false;
    if (this.closedReason[demand] !== NONE) launcher.waitedFor(job, this.closedReason[demand]!);
    this.adopt(job);
    return true;
  }

  /** Does the waiting job go before this running one, so that it may take its place? */
  private goesBefore(waiting: number, running: number): boolean {
    const key = this.waitKeys.key[waiting]!;
    const other = this.order.runningKeyNow(this.runKeys.key[running]!);
    if (key !== other) return key < other;
    if (this.order.ranksDecide || this.pending[waiting] === 1)
      return this.rank[waiting]! < this.rank[running]!;
    return false;
  }

  private seatInPlaceOfOthers(job: number, demand: number): boolean {
    const { launcher, running } = this;
    const victims = this.victims.choose(job, demand, (visit) => {
      for (let place = running.size - 1; place >= 0; place--) {
        const victim = running.at(place);
        if (!this.goesBefore(job, victim)) return;
        if (launcher.mayBeStopped(victim) && visit(victim)) return;
      }
    });
    if (victims === undefined) return false;
    const vacated: number[] = [];
    let seated = false;
    for (const victim of victims) {
      launcher.vacate(victim);
      vacated.push(victim);
      seated = launcher.mayFit(demand) && this.seat(job, demand);
      if (seated) break;
    }
    let anyPending = false;
    // First in the order first; when nobody was seated every room is still free.
    for (let index = vacated.length - 1; index >= 0; index--) {
      if (launcher.reseat(vacated[index]!)) continue;
      this.suspend(vacated[index]!);
      anyPending = true;
    }
    // What is left over may serve a smaller job that comes later in the order.
    if (anyPending) this.reopen();
    return seated;
  }

  /** A running job lost its room: it competes for the rest of the pass with the key it had. */
  private suspend(job: number): void {
    const demand = this.classes.classOf[job]!;
    this.running.remove(job);
    this.pending[job] = 1;
    this.pendingJobs.push(job);
    this.waitKeys.key[job] = this.order.runningKeyNow(this.runKeys.key[job]!);
    // Before every waiting job of the same key, where equals do not displace a running job.
    if (!this.order.ranksDecide) this.waitKeys.rank[job] = this.rank[job]! - this.rank.length;
    this.enqueue(job, demand);
    this.offer(demand);
  }

  private stop(job: number): void {
    this.pending[job] = 0;
    this.order.ended(job);
    this.launcher.stop(job, this.stoppedReason);
    this.waitKeys.key[job] = this.order.waitingKey(job);
    this.waitKeys.rank[job] = this.rank[job]!;
  }

  /** Stops the jobs that nobody gave their room back. Every class with waiting jobs is closed now. */
  private settle(): void {
    for (const job of this.pendingJobs) {
      if (this.pending[job] === 0) continue;
      const queue = this.queues[this.classes.classOf[job]!]!;
      queue.remove(job);
      this.stop(job);
      queue.push(job);
    }
    this.pendingJobs.length = 0;
  }
}

/** @param options.rank order of submission, for ties */
export function createPreemptiveDispatcher(options: {
  readonly order: PreemptiveOrder;
  readonly classes: DemandClasses;
  readonly launcher: PreemptingLauncher;
  readonly rank: Int32Array;
  readonly victims: VictimChooser;
}): Dispatcher {
  const { order, classes, launcher, rank, victims } = options;
  return new PreemptiveDispatcher(order, classes, launcher, rank, victims);
}

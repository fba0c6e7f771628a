import { createRankHeap, type RankHeap } from "../../policy/queue/rank-heap.js";
import type { JobRanking } from "../../policy/queue/rank.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, Launcher } from "./dispatcher.js";

const NONE = -1;

/**
 * Walks the queue in order and passes over jobs that do not fit.
 *
 * Within a pass room only shrinks, so when one job of a demand class has no room, no later one of the
 * class has: a pass tries one job per class. Between passes a class stays closed until room that could
 * serve it is freed. Both change the cost and never the outcome.
 */
class SkipDispatcher implements Dispatcher {
  waiting = 0;
  /** Waiting jobs by class; undefined until the class is seen. */
  private readonly queues: (RankHeap | undefined)[];
  /** Heads of classes that may fit; entries whose class is closed or whose head changed are stale. */
  private readonly open: RankHeap = createRankHeap();
  private readonly closed: Uint8Array;
  private readonly closedReason: Int32Array;
  private closedList: Int32Array;
  private closedCount = 0;
  private roomFreed = false;

  constructor(
    private readonly ranking: JobRanking,
    private readonly classes: DemandClasses,
    private readonly launcher: Launcher,
  ) {
    this.queues = Array.from({ length: classes.count }, () => undefined);
    this.closed = new Uint8Array(classes.count);
    this.closedReason = new Int32Array(classes.count).fill(NONE);
    this.closedList = new Int32Array(classes.count);
  }

  submit(job: number): boolean {
    const demand = this.classes.classOf[job]!;
    const rank = this.ranking.rankOf[job]!;
    const queue = (this.queues[demand] ??= createRankHeap());
    queue.push(rank);
    this.waiting++;
    if (this.closed[demand] === 1) return false;
    if (queue.peek() === rank) this.open.push(rank);
    return true;
  }

  released(): boolean {
    this.roomFreed = true;
    return this.waiting > 0;
  }

  interrupted(job: number): boolean {
    this.released();
    return this.submit(job);
  }

  capacityChanged(): boolean {
    return this.released();
  }

  decide(): void {
    if (this.roomFreed) this.reopen();
    this.roomFreed = false;
    const { open, ranking, classes, launcher } = this;
    for (let rank = open.pop(); rank !== NONE; rank = open.pop()) {
      const job = ranking.jobAt[rank]!;
      const demand = classes.classOf[job]!;
      const queue = this.queues[demand]!;
      if (this.closed[demand] === 1 || queue.peek() !== rank) continue;
      if (launcher.setsAside(job)) {
        queue.pop();
        this.waiting--;
        if (queue.size > 0) open.push(queue.peek());
        continue;
      }
      if (!launcher.tryStart(job)) {
        this.close(demand, job);
        continue;
      }
      queue.pop();
      this.waiting--;
      if (this.closedReason[demand] !== NONE) launcher.waitedFor(job, this.closedReason[demand]!);
      if (queue.size > 0) open.push(queue.peek());
      else this.closedReason[demand] = NONE;
    }
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    this.queues.forEach((queue, demand) => {
      if (queue === undefined) return;
      const { ranks, size } = queue;
      for (let index = 0; index < size; index++)
        visit(this.ranking.jobAt[ranks[index]!]!, this.closedReason[demand]!);
    });
  }

  private close(demand: number, job: number): void {
    this.closed[demand] = 1;
    this.closedList[this.closedCount++] = demand;
    this.closedReason[demand] = this.launcher.refusalReason(demand);
    this.launcher.refuse(job, this.closedReason[demand]!);
  }

  /** Opens the classes that what was freed may serve. */
  private reopen(): void {
    let kept = 0;
    for (let index = 0; index < this.closedCount; index++) {
      const demand = this.closedList[index]!;
      if (this.launcher.mayFit(demand)) {
        this.closed[demand] = 0;
        this.open.push(this.queues[demand]!.peek());
      } else {
        this.closedList[kept++] = demand;
      }
    }
    this.closedCount = kept;
  }
}

/** Every job that fits may start, in the order of the ranking. */
export function createSkipDispatcher(options: {
  readonly ranking: JobRanking;
  readonly classes: DemandClasses;
  readonly launcher: Launcher;
}): Dispatcher {
  return new SkipDispatcher(options.ranking, options.classes, options.launcher);
}

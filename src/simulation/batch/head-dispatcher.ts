import { createRankHeap, type RankHeap } from "../../policy/queue/rank-heap.js";
import type { JobRanking } from "../../policy/queue/rank.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, Launcher } from "./dispatcher.js";

const NONE = -1;

/** Walks the queue in order and stops at the first job that does not fit. */
class HeadDispatcher implements Dispatcher {
  private readonly queue: RankHeap = createRankHeap();
  /** Rank of the job that ended the last pass; NONE when the pass emptied the queue. */
  private blockedRank = NONE;
  private blockedReason = NONE;
  private roomFreed = false;
  private readonly behindReasons: Int32Array;

  constructor(
    private readonly ranking: JobRanking,
    private readonly classes: DemandClasses,
    private readonly describe: (demand: number) => string,
    private readonly launcher: Launcher,
  ) {
    this.behindReasons = new Int32Array(classes.count).fill(NONE);
  }

  get waiting(): number {
    return this.queue.size;
  }

  submit(job: number): boolean {
    const rank = this.ranking.rankOf[job]!;
    this.queue.push(rank);
    // Behind a blocked head nothing can start; a new head has to be tried.
    return this.blockedRank === NONE || rank < this.blockedRank;
  }

  released(): boolean {
    this.roomFreed = true;
    return this.queue.size > 0;
  }

  interrupted(job: number): boolean {
    this.released();
    return this.submit(job);
  }

  capacityChanged(): boolean {
    return this.released();
  }

  decide(): void {
    const { queue, launcher, ranking, classes } = this;
    while (queue.size > 0) {
      const rank = queue.peek();
      const job = ranking.jobAt[rank]!;
      if (launcher.setsAside(job)) {
        queue.pop();
        continue;
      }
      const demand = classes.classOf[job]!;
      const sameHead = rank === this.blockedRank;
      if (sameHead && !(this.roomFreed && launcher.mayFit(demand))) break;
      if (!launcher.tryStart(job)) {
        this.block(rank, job, demand);
        break;
      }
      queue.pop();
      if (this.blockedRank !== NONE)
        launcher.waitedFor(job, sameHead ? this.blockedReason : this.behindReason());
    }
    if (queue.size === 0) this.blockedRank = NONE;
    this.roomFreed = false;
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    const { ranks, size } = this.queue;
    for (let index = 0; index < size; index++) {
      const rank = ranks[index]!;
      const reason =
        rank === this.blockedRank || this.blockedRank === NONE
          ? this.blockedReason
          : this.behindReason();
      visit(this.ranking.jobAt[rank]!, reason);
    }
  }

  private block(rank: number, job: number, demand: number): void {
    this.blockedReason = this.launcher.refusalReason(demand);
    this.blockedRank = rank;
    this.launcher.refuse(job, this.blockedReason);
  }

  /** Reason of every job behind the one that blocked the last pass. */
  private behindReason(): number {
    const demand = this.classes.classOf[this.ranking.jobAt[this.blockedRank]!]!;
    if (this.behindReasons[demand] === NONE) {
      const reason = `behind a job that needs ${this.describe(demand)}`;
      this.behindReasons[demand] = this.launcher.reasonIndex(reason);
    }
    return this.behindReasons[demand]!;
  }
}

/** Head-of-line blocking: nobody overtakes. @param describe what a demand class asks for, in words */
export function createHeadDispatcher(options: {
  readonly ranking: JobRanking;
  readonly classes: DemandClasses;
  readonly describe: (demand: number) => string;
  readonly launcher: Launcher;
}): Dispatcher {
  return new HeadDispatcher(options.ranking, options.classes, options.describe, options.launcher);
}

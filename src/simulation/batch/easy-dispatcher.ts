import { createRankHeap, type RankHeap } from "../../policy/queue/rank-heap.js";
import type { JobRanking } from "../../policy/queue/rank.js";
import type { BackfillRoom } from "./backfill-room.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import { createEstimateTree, type EstimateTree } from "./estimate-tree.js";
import { createJobList, type JobKeys, type JobList } from "./job-order.js";

const NONE = -1;

/** A demand class as EASY sees it: its waiting jobs in queue order. */
interface ClassQueue {
  readonly demand: number;
  /** Job at each place, in queue order. */
  readonly jobs: readonly number[];
  readonly tree: EstimateTree;
  /** In this pass no job of the class fits beside the head's reservation. */
  longClosed: boolean;
  /** In this pass no job of the class fits at all. */
  closed: boolean;
}

/** What an EASY dispatcher needs. */
export interface EasyOptions {
  /** Order of submission. */
  readonly ranking: JobRanking;
  readonly classes: DemandClasses;
  readonly estimateS: Float64Array;
  readonly describe: (demand: number) => string;
  readonly launcher: PreemptingLauncher;
  readonly room: BackfillRoom;
  readonly laneIndex: number;
}

/**
 * EASY backfilling.
 *
 * The walk of the queue behind the blocked head is not done job by job: room, spare room and the time
 * window only shrink during a pass, so the next job to start is always the first in queue order that
 * qualifies now, and each demand class names its first by a search tree.
 */
class EasyDispatcher implements Dispatcher {
  waiting = 0;
  /** All waiting jobs, and jobs that were backfilled and not yet passed. */
  private readonly queue: RankHeap = createRankHeap();
  private readonly classQueues: readonly ClassQueue[];
  private readonly classQueueOf: ReadonlyMap<number, ClassQueue>;
  private readonly placeOf: Int32Array;
  private readonly started: Uint8Array;
  /** 1 while the job's rank is in the queue, started or not. */
  private readonly queued: Uint8Array;
  /** Running jobs by expected end. */
  private readonly running: JobList;
  private readonly expectedEnds: JobKeys;
  private headJob = NONE;
  private headReason = NONE;
  private readonly delayReasons = new Map<number, number>();

  constructor(private readonly options: EasyOptions) {
    const { ranking, classes, laneIndex } = options;
    const jobCount = classes.classOf.length;
    this.placeOf = new Int32Array(jobCount);
    this.started = new Uint8Array(jobCount);
    this.queued = new Uint8Array(jobCount);
    this.expectedEnds = { key: new Float64Array(jobCount), rank: ranking.rankOf };
    this.running = createJobList(this.expectedEnds);
    const jobsByDemand = new Map<number, number[]>();
    for (const job of ranking.jobAt) {
      const demand = classes.classOf[job]!;
      if (classes.lane[demand] !== laneIndex) continue;
      const jobs = jobsByDemand.get(demand) ?? [];
      jobsByDemand.set(demand, jobs);
      this.placeOf[job] = jobs.push(job) - 1;
    }
    this.classQueues = [...jobsByDemand].map(([demand, jobs]) => ({
      demand,
      jobs,
      tree: createEstimateTree(jobs.length),
      longClosed: false,
      closed: false,
    }));
    this.classQueueOf = new Map(this.classQueues.map((queue) => [queue.demand, queue]));
  }

  submit(job: number): boolean {
    this.waiting++;
    this.started[job] = 0;
    if (this.queued[job] === 0) this.queue.push(this.options.ranking.rankOf[job]!);
    this.queued[job] = 1;
    this.classQueue(job).tree.add(this.placeOf[job]!, this.options.estimateS[job]!);
    return true;
  }

  adopt(job: number): void {
    this.started[job] = 1;
    this.expect(job);
  }

  released(job: number): boolean {
    this.running.remove(job);
    return this.waiting > 0;
  }

  /** A running job has outlived its estimate. */
  timer(): boolean {
    return this.waiting > 0;
  }

  interrupted(job: number): boolean {
    this.options.launcher.clearTimer(job);
    this.released(job);
    return this.submit(job);
  }

  capacityChanged(): boolean {
    return this.waiting > 0;
  }

  /** Beliefs about a job stay with its estimate, which it may now outlive. */
  endMoved(job: number): boolean {
    this.watchEstimate(job);
    return false;
  }

  decide(): void {
    const head = this.startInOrder();
    if (head !== NONE) this.backfill(head);
  }

  forEachWaiting(visit: (job: number, reason: number) => void): void {
    const { ranks, size } = this.queue;
    for (let index = 0; index < size; index++) {
      const job = this.options.ranking.jobAt[ranks[index]!]!;
      if (this.started[job] === 0) visit(job, this.reasonOf(job));
    }
  }

  /** Starts jobs from the front while they fit; returns the first that does not, or NONE. */
  private startInOrder(): number {
    const { queue } = this;
    const { ranking, launcher, classes } = this.options;
    for (let rank = queue.peek(); rank !== NONE; rank = queue.peek()) {
      const job = ranking.jobAt[rank]!;
      if (this.started[job] === 0 && launcher.setsAside(job)) this.forget(job);
      if (this.started[job] === 0) {
        if (!launcher.tryStart(job)) {
          this.headReason = launcher.refusalReason(classes.classOf[job]!);
          launcher.refuse(job, this.headReason);
          return job;
        }
        this.onStarted(job);
      }
      this.queued[job] = 0;
      queue.pop();
    }
    this.headJob = NONE;
    return NONE;
  }

  /** The job waits elsewhere: its rank stays in the queue and is passed over, as if it had been backfilled. */
  private forget(job: number): void {
    this.waiting--;
    this.started[job] = 1;
    this.classQueue(job).tree.remove(this.placeOf[job]!);
  }

  private backfill(head: number): void {
    this.headJob = head;
    const { room, launcher, estimateS, classes } = this.options;
    const endsS = this.expectedEnds.key;
    const reservedS = room.reserve(classes.classOf[head]!, this.running, endsS);
    const windowS = longestWithin(launcher.nowS, reservedS);
    for (const queue of this.classQueues) {
      queue.closed = false;
      queue.longClosed = false;
    }
    this.classQueue(head).closed = true;
    for (let job = this.nextCandidate(windowS); job !== NONE; job = this.nextCandidate(windowS)) {
      if (launcher.setsAside(job)) {
        this.forget(job);
        continue;
      }
      const queue = this.classQueue(job);
      const isLong = estimateS[job]! > windowS;
      if (room.tryStart(job, isLong)) this.onStarted(job);
      else if (isLong) queue.longClosed = true;
      else queue.closed = true;
    }
    room.endPass();
  }

  /** First job in queue order of a class that still may start somebody; one of the window's length or less where long jobs may not. */
  private nextCandidate(windowS: number): number {
    const { ranking, room } = this.options;
    let best = NONE;
    for (const queue of this.classQueues) {
      if (queue.closed) continue;
      if (!room.mayStart(queue.demand, false)) {
        queue.closed = true;
        continue;
      }
      queue.longClosed ||= !room.mayStart(queue.demand, true);
      const place = queue.tree.firstAtMost(queue.longClosed ? windowS : Number.MAX_VALUE);
      if (place === NONE) continue;
      const job = queue.jobs[place]!;
      if (best === NONE || ranking.rankOf[job]! < ranking.rankOf[best]!) best = job;
    }
    return best;
  }

  private onStarted(job: number): void {
    const { launcher } = this.options;
    this.waiting--;
    this.started[job] = 1;
    this.classQueue(job).tree.remove(this.placeOf[job]!);
    this.expect(job);
    const reason = this.reasonOf(job);
    if (reason !== NONE) launcher.waitedFor(job, reason);
  }

  /** A running job is expected to end by its estimate. */
  private expect(job: number): void {
    const { launcher, estimateS } = this.options;
    this.expectedEnds.key[job] = launcher.nowS + estimateS[job]!;
    this.running.insert(job);
    this.watchEstimate(job);
  }

  /** Beliefs change when a job outlives its estimate; one that ends before has no such moment. */
  private watchEstimate(job: number): void {
    const { launcher } = this.options;
    const expectedS = this.expectedEnds.key[job]!;
    if (expectedS >= launcher.nowS && expectedS < launcher.endOfRunningS(job))
      launcher.setTimer(job, expectedS);
  }

  /** Why the job could not start in the last pass. */
  private reasonOf(job: number): number {
    if (this.headJob === NONE) return NONE;
    if (job === this.headJob || this.classQueue(job).closed) return this.headReason;
    const headDemand = this.options.classes.classOf[this.headJob]!;
    let reason = this.delayReasons.get(headDemand);
    if (reason === undefined) {
      const demand = this.options.describe(headDemand);
      reason = this.options.launcher.reasonIndex(`would delay a job ahead that needs ${demand}`);
      this.delayReasons.set(headDemand, reason);
    }
    return reason;
  }

  private classQueue(job: number): ClassQueue {
    return this.classQueueOf.get(this.options.classes.classOf[job]!)!;
  }
}

/** Longest time that, added to `nowS`, does not pass `untilS`, rounding included. */
export function longestWithin(nowS: number, untilS: number): number {
  if (untilS === Infinity) return Number.MAX_VALUE;
  let seconds = untilS - nowS;
  while (nowS + seconds > untilS) seconds -= seconds * Number.EPSILON;
  return seconds;
}

/** EASY backfilling in the room of a lane. */
export function createEasyDispatcher(options: EasyOptions): Dispatcher {
  return new EasyDispatcher(options);
}

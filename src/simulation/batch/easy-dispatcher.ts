import { createRankHeap, type RankHeap } from "../../policy/queue/rank-heap.js";
import type { JobRanking } from "../../policy/queue/rank.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, Launcher } from "./dispatcher.js";
import { createEstimateTree, type EstimateTree } from "./estimate-tree.js";
import { createJobList, type JobKeys, type JobList } from "./job-order.js";
import type { Lane } from "./lanes.js";

const NONE = -1;

/** A demand class as EASY sees it: its waiting jobs in queue order. */
interface ClassQueue {
  readonly demand: number;
  readonly gpuMilli: number;
  /** Job at each place, in queue order. */
  readonly jobs: number[];
  readonly tree: EstimateTree;
}

/** When the blocked head can start by the estimates, and what is then left over. */
interface Reservation {
  readonly atS: number;
  /** Thousandths of a GPU that jobs may hold beyond that time. */
  extraMilli: number;
}

/**
 * EASY backfilling on a pool of GPUs.
 *
 * The walk of the queue behind the blocked head is not done job by job: room, spare room and the time
 * window only shrink during a pass, so the next job to start is always the first in queue order that
 * qualifies now, and each demand class names its first by a search tree.
 */
class EasyDispatcher implements Dispatcher {
  waiting = 0;
  /** All waiting jobs, and jobs that were backfilled and not yet passed. */
  private readonly queue: RankHeap = createRankHeap();
  private readonly classQueues: ClassQueue[];
  private readonly classQueueOf: Map<number, ClassQueue>;
  private readonly placeOf: Int32Array;
  private readonly started: Uint8Array;
  /** Running jobs by expected end. */
  private readonly running: JobList;
  private readonly expectedEnds: JobKeys;
  private headJob = NONE;
  private headReason = NONE;
  private readonly delayReasons = new Map<number, number>();
  /** Free capacity at the end of the last pass, in thousandths of a GPU. */
  private freeAfterPassMilli = 0;

  constructor(private readonly options: EasyOptions) {
    const { ranking, classes, laneIndex } = options;
    const jobCount = classes.classOf.length;
    this.placeOf = new Int32Array(jobCount);
    this.started = new Uint8Array(jobCount);
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
      gpuMilli: classes.gpuMilli[demand]!,
      jobs,
      tree: createEstimateTree(jobs.length),
    }));
    this.classQueueOf = new Map(this.classQueues.map((queue) => [queue.demand, queue]));
  }

  submit(job: number): boolean {
    this.waiting++;
    this.queue.push(this.options.ranking.rankOf[job]!);
    this.classQueue(job).tree.add(this.placeOf[job]!, this.options.estimateS[job]!);
    return true;
  }

  released(job: number): boolean {
    this.running.remove(job);
    return this.waiting > 0;
  }

  decide(): void {
    const head = this.startInOrder();
    if (head !== NONE) this.backfill(head);
    const { gang } = this.options.lane;
    this.freeAfterPassMilli = gang.gpuMilliTotal - gang.gpuMilliUsed;
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
      if (this.started[job] === 0) {
        if (!launcher.tryStart(job)) {
          this.headReason = launcher.refusalReason(classes.classOf[job]!);
          launcher.refuse(job, this.headReason);
          return job;
        }
        this.onStarted(job);
      }
      queue.pop();
    }
    this.headJob = NONE;
    return NONE;
  }

  private backfill(head: number): void {
    this.headJob = head;
    const { gang } = this.options.lane;
    const { launcher } = this.options;
    const reservation = this.reserve(head);
    let freeMilli = gang.gpuMilliTotal - gang.gpuMilliUsed;
    for (
      let job = this.nextBackfill(freeMilli, reservation);
      job !== NONE;
      job = this.nextBackfill(freeMilli, reservation)
    ) {
      if (!launcher.tryStart(job))
        throw new Error(`easy-backfill: job ${job} fits by count and was refused`);
      const { gpuMilli } = this.classQueue(job);
      freeMilli -= gpuMilli;
      if (launcher.nowS + this.options.estimateS[job]! > reservation.atS)
        reservation.extraMilli -= gpuMilli;
      this.onStarted(job);
    }
  }

  /** Walks the running jobs in order of their expected ends until the head would fit. */
  private reserve(head: number): Reservation {
    const { gang } = this.options.lane;
    const { classes, launcher } = this.options;
    const needMilli = classes.gpuMilli[classes.classOf[head]!]!;
    let freeMilli = gang.gpuMilliTotal - gang.gpuMilliUsed;
    let atS = launcher.nowS;
    for (let place = 0; place < this.running.size; place++) {
      const job = this.running.at(place);
      // A job past its estimate is expected to end at any moment.
      const endS = Math.max(launcher.nowS, this.expectedEnds.key[job]!);
      if (freeMilli >= needMilli && endS > atS) break;
      freeMilli += classes.gpuMilli[classes.classOf[job]!]!;
      atS = endS;
    }
    return { atS, extraMilli: freeMilli - needMilli };
  }

  /** First job in queue order that may start now without delaying the head. */
  private nextBackfill(freeMilli: number, reservation: Reservation): number {
    const { ranking, launcher } = this.options;
    const windowS = longestWithin(launcher.nowS, reservation.atS);
    let best = NONE;
    for (const { gpuMilli, jobs, tree } of this.classQueues) {
      if (gpuMilli > freeMilli) continue;
      const place = tree.firstAtMost(
        gpuMilli <= reservation.extraMilli ? Number.MAX_VALUE : windowS,
      );
      if (place === NONE) continue;
      const job = jobs[place]!;
      if (best === NONE || ranking.rankOf[job]! < ranking.rankOf[best]!) best = job;
    }
    return best;
  }

  private onStarted(job: number): void {
    const { launcher, estimateS } = this.options;
    this.waiting--;
    this.started[job] = 1;
    this.classQueue(job).tree.remove(this.placeOf[job]!);
    this.expectedEnds.key[job] = launcher.nowS + estimateS[job]!;
    this.running.insert(job);
    const reason = this.reasonOf(job);
    if (reason !== NONE) launcher.waitedFor(job, reason);
  }

  /** Why the job could not start at the end of the last pass. */
  private reasonOf(job: number): number {
    if (this.headJob === NONE) return NONE;
    if (job === this.headJob || this.classQueue(job).gpuMilli > this.freeAfterPassMilli)
      return this.headReason;
    const headDemand = this.options.classes.classOf[this.headJob]!;
    let reason = this.delayReasons.get(headDemand);
    if (reason === undefined) {
      reason = this.options.launcher.reasonIndex(
        `would delay a job ahead that needs ${this.options.describe(headDemand)}`,
      );
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
  let seconds = untilS - nowS;
  while (nowS + seconds > untilS) seconds -= seconds * Number.EPSILON;
  return seconds;
}

/** What an EASY dispatcher needs. */
export interface EasyOptions {
  /** Order of submission. */
  readonly ranking: JobRanking;
  readonly classes: DemandClasses;
  readonly estimateS: Float64Array;
  readonly describe: (demand: number) => string;
  readonly launcher: Launcher;
  /** A pool. */
  readonly lane: Lane;
  readonly laneIndex: number;
}

/** EASY backfilling on a pool. */
export function createEasyDispatcher(options: EasyOptions): Dispatcher {
  return new EasyDispatcher(options);
}

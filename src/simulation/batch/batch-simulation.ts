import { createEngine } from "../../engine/engine.js";
import { createRandomStreams } from "../../engine/streams.js";
import type { Engine, EventId, EventKind, RunOutcome } from "../../engine/types.js";
import type { GangParts } from "../../policy/gang/types.js";
import { createQueuePolicy } from "../../policy/queue/registry.js";
import { rankByKeys } from "../../policy/queue/rank.js";
import type { JobTable } from "../../workload/job-table.js";
import { OUTCOME, type BatchSpec } from "./batch-spec.js";
import { createDispatchers } from "./create-dispatchers.js";
import { createDependencies, type Dependencies } from "./dependencies.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import { createGangSpeeds, type GangSpeeds } from "./gang-speeds.js";
import { createJobColumns, type JobColumns } from "./job-columns.js";
import { createLanes, type Lane, type Lanes } from "./lanes.js";
import { createPlacementLog, type PlacementLog } from "./placement-log.js";
import { createReasonTable, type ReasonTable } from "./reason-table.js";
import { createRecordLog, RECORD, type RecordLog } from "./records.js";
import { createSampler, type Sampler } from "./sampler.js";
import { createWorkBook, type WorkBook } from "./work-book.js";

const NONE = -1;
const HELD = "a job it depends on has not ended";
const DOOMED = "a job it depends on can never be placed";

/** One batch run from empty cluster to the end: its state, its events, and what dispatchers may do. */
export class BatchSimulation implements PreemptingLauncher {
  readonly jobs: JobTable;
  readonly lanes: Lanes;
  readonly columns: JobColumns;
  readonly records: RecordLog;
  readonly reasons: ReasonTable = createReasonTable();
  readonly placements: PlacementLog;
  readonly sampler: Sampler;
  readonly work: WorkBook;
  readonly dispatchers: readonly Dispatcher[];
  /** Jobs by arrival: submit time, then file order. */
  readonly arrivals: Int32Array;
  running = 0;

  private readonly speeds: GangSpeeds;
  private readonly dependencies: Dependencies;
  /** Jobs that wait for others to end, and are in no queue. */
  private held = 0;
  /** When a job that was held entered its queue; others enter when they are submitted. */
  private readonly releasedS = new Map<number, number>();
  private readonly engine: Engine = createEngine();
  private readonly arriveKind: EventKind;
  private readonly endKind: EventKind;
  private readonly timerKind: EventKind;
  private readonly decideKind: EventKind;
  private readonly sampleKind: EventKind;
  private decidePending = false;
  private samplePending = false;
  /** Timer event by job; only preemptive policies set timers. */
  private readonly timers = new Map<number, EventId>();
  private readonly neverReason: (number | undefined)[];

  constructor(readonly spec: BatchSpec) {
    const { jobs } = spec;
    this.jobs = jobs;
    const streams = createRandomStreams(spec.seed);
    this.lanes = createLanes(spec, (lane) => streams.stream(`placement/${lane}`));
    this.columns = createJobColumns(jobs.count);
    this.records = createRecordLog(3 * jobs.count + 16);
    this.placements = createPlacementLog(jobs.count);
    this.sampler = createSampler(this.lanes, spec.observe);
    this.arrivals = rankByKeys(jobs.submitS).jobAt;
    this.speeds = createGangSpeeds(spec);
    this.dependencies = createDependencies(jobs);
    this.neverReason = Array.from({ length: this.lanes.classes.count }, () => undefined);
    const policy = createQueuePolicy(spec.queue);
    this.work = createWorkBook(jobs, "restart" in policy ? policy.restart : undefined);
    this.arriveKind = this.engine.defineEvent("job arrives", "arrive", (index) => {
      this.arrive(index);
    });
    this.endKind = this.engine.defineEvent("job ends", "release", (job) => {
      this.end(job);
    });
    this.timerKind = this.engine.defineEvent("job's timer", "release", (job) => {
      this.timers.delete(job);
      if (this.dispatcherOf(job).timer?.(job) === true) this.dueDecision();
    });
    this.decideKind = this.engine.defineEvent("queue is walked", "decide", () => {
      this.decidePending = false;
      for (const dispatcher of this.dispatchers) dispatcher.decide();
    });
    this.sampleKind = this.engine.defineEvent("state is sampled", "sample", () => {
      this.samplePending = false;
      this.sampler.sample(this.engine.nowS, { queued: this.queued, running: this.running });
    });
    this.dispatchers = createDispatchers({
      policy,
      jobs,
      lanes: this.lanes,
      speeds: this.speeds,
      quotas: spec.quotas,
      launcher: this,
    });
  }

  /** Jobs waiting, in queues or for other jobs to end. */
  get queued(): number {
    let queued = this.held;
    for (const dispatcher of this.dispatchers) queued += dispatcher.waiting;
    return queued;
  }

  get nowS(): number {
    return this.engine.nowS;
  }

  /** Runs to the end or to a limit of the spec. */
  run(): RunOutcome {
    if (this.jobs.count > 0) this.scheduleArrival(0);
    const { untilS = Number.MAX_VALUE, eventsMax } = this.spec.limits;
    const outcome = this.engine.run({ untilS, eventsMax });
    this.sampler.finish(outcome.endS);
    for (const dispatcher of this.dispatchers) {
      dispatcher.forEachWaiting((job, reason) => {
        if (reason !== NONE) this.columns.waitReason[job] = reason;
      });
    }
    return outcome;
  }

  tryStart(job: number): boolean {
    const lane = this.laneOf(job);
    const gang = lane.gang.tryPlace(this.demandOf(job));
    if (gang === NONE) return false;
    this.columns.gangOf[job] = gang;
    this.placements.write(job, lane.gang.lastParts);
    this.begin(job);
    return true;
  }

  refusalReason(demand: number): number {
    return this.reasons.indexOf(this.gangOfDemand(demand).refusalReason(demand));
  }

  mayFit(demand: number): boolean {
    return this.gangOfDemand(demand).mayFit(demand);
  }

  refuse(job: number, reason: number): void {
    if (this.columns.waitReason[job] === reason) return;
    this.columns.waitReason[job] = reason;
    this.records.write(RECORD.refused, this.nowS, job, reason);
  }

  waitedFor(job: number, reason: number): void {
    const queuedS = this.releasedS.get(job) ?? this.jobs.submitS[job]!;
    if (this.nowS > queuedS) this.columns.waitReason[job] = reason;
  }

  partsOf(job: number): GangParts {
    return this.placements.partsOf(job);
  }

  reasonIndex(reason: string): number {
    return this.reasons.indexOf(reason);
  }

  endOfRunningS(job: number): number {
    return this.columns.dueS[job]!;
  }

  occupancyS(job: number): number {
    return this.work.occupancyS(job);
  }

  startedS(job: number): number {
    return this.work.lastStartS(job);
  }

  occupiedS(job: number): number {
    const { outcome } = this.columns;
    const now = outcome[job] === OUTCOME.running ? this.nowS - this.work.lastStartS(job) : 0;
    return this.work.occupiedS(job) + now;
  }

  mayBeStopped(job: number): boolean {
    return this.jobs.preemptible === undefined || this.jobs.preemptible[job] === 1;
  }

  vacate(job: number): void {
    this.laneOf(job).gang.release(this.columns.gangOf[job]!);
    this.columns.gangOf[job] = NONE;
  }

  reseat(job: number): boolean {
    const gang = this.laneOf(job).gang.placeAt(this.demandOf(job), this.placements.partsOf(job));
    this.columns.gangOf[job] = gang;
    return gang !== NONE;
  }

  stop(job: number, reason: number): void {
    const { columns } = this;
    this.engine.cancel(columns.endEvent[job] as EventId);
    this.work.stop(job, this.nowS);
    columns.outcome[job] = OUTCOME.waiting;
    columns.dueS[job] = Number.NaN;
    columns.waitReason[job] = reason;
    this.running--;
    this.records.write(RECORD.stopped, this.nowS, job, reason);
  }

  setTimer(job: number, timeS: number): void {
    this.clearTimer(job);
    this.timers.set(job, this.engine.schedule(this.timerKind, timeS, job));
  }

  clearTimer(job: number): void {
    const timer = this.timers.get(job);
    if (timer === undefined) return;
    this.engine.cancel(timer);
    this.timers.delete(job);
  }

  private demandOf(job: number): number {
    return this.lanes.classes.classOf[job]!;
  }

  private laneOf(job: number): Lane {
    return this.lanes.lanes[this.lanes.classes.lane[this.demandOf(job)]!]!;
  }

  private gangOfDemand(demand: number): Lane["gang"] {
    return this.lanes.lanes[this.lanes.classes.lane[demand]!]!.gang;
  }

  private dispatcherOf(job: number): Dispatcher {
    return this.dispatchers[this.lanes.classes.lane[this.demandOf(job)]!]!;
  }

  private scheduleArrival(index: number): void {
    this.engine.schedule(this.arriveKind, this.jobs.submitS[this.arrivals[index]!]!, index);
  }

  private arrive(index: number): void {
    if (index + 1 < this.arrivals.length) this.scheduleArrival(index + 1);
    const job = this.arrivals[index]!;
    this.records.write(RECORD.submitted, this.nowS, job, 0);
    this.dueSample();
    const demand = this.demandOf(job);
    const never = this.whyNever(job, demand);
    const standing = this.dependencies.submitted(job);
    if (never !== NONE || standing === "doomed") {
      this.giveUp(job, never === NONE ? this.reasons.indexOf(DOOMED) : never);
      return;
    }
    this.columns.outcome[job] = OUTCOME.waiting;
    if (standing === "held") {
      this.held++;
      this.refuse(job, this.reasons.indexOf(HELD));
    } else if (this.dispatcherOf(job).submit(job)) {
      this.dueDecision();
    }
  }

  /** The job can never run, and neither can those that wait for it. */
  private giveUp(first: number, firstReason: number): void {
    const given = [first];
    for (let job = given.pop(); job !== undefined; job = given.pop()) {
      const reason = job === first ? firstReason : this.reasons.indexOf(DOOMED);
      this.columns.outcome[job] = OUTCOME.neverPlaceable;
      this.columns.waitReason[job] = reason;
      this.records.write(RECORD.neverPlaceable, this.nowS, job, reason);
      this.dependencies.failed(job, (dependent) => {
        this.held--;
        given.push(dependent);
      });
    }
  }

  /** Reason why the job can never be placed, or NONE. */
  private whyNever(job: number, demand: number): number {
    const hasLane = this.lanes.classes.lane[demand] !== NONE;
    if (!hasLane) return this.reasons.indexOf("no node belongs to the job's partition");
    const byDemand = (this.neverReason[demand] ??= this.whyNeverFits(demand));
    if (byDemand !== NONE) return byDemand;
    const byPolicy = this.dispatcherOf(job).whyNever?.(job);
    return byPolicy === undefined ? NONE : this.reasons.indexOf(byPolicy);
  }

  private whyNeverFits(demand: number): number {
    const reason = this.gangOfDemand(demand).neverFits(demand);
    return reason === undefined ? NONE : this.reasons.indexOf(reason);
  }

  private begin(job: number): void {
    const { columns, nowS } = this;
    const isFirst = Number.isNaN(columns.startS[job]!);
    if (isFirst) columns.startS[job] = nowS;
    columns.outcome[job] = OUTCOME.running;
    this.running++;
    this.records.write(isFirst ? RECORD.started : RECORD.resumed, nowS, job, 0);
    const speed = this.speeds.of(this.laneOf(job), this.placements.partsOf(job));
    columns.dueS[job] = this.work.start(job, nowS, speed);
    columns.endEvent[job] = this.engine.schedule(this.endKind, columns.dueS[job]!, job);
  }

  private end(job: number): void {
    const { columns, nowS } = this;
    this.laneOf(job).gang.release(columns.gangOf[job]!);
    columns.gangOf[job] = NONE;
    columns.endS[job] = nowS;
    columns.outcome[job] = OUTCOME.completed;
    this.running--;
    this.work.finish(job, nowS);
    this.records.write(RECORD.finished, nowS, job, 0);
    this.dueSample();
    if (this.dispatcherOf(job).released(job)) this.dueDecision();
    this.dependencies.ended(job, (dependent) => {
      this.held--;
      this.releasedS.set(dependent, nowS);
      if (this.dispatcherOf(dependent).submit(dependent)) this.dueDecision();
    });
  }

  private dueDecision(): void {
    if (this.decidePending) return;
    this.decidePending = true;
    this.engine.schedule(this.decideKind, this.nowS, 0);
    this.dueSample();
  }

  private dueSample(): void {
    if (this.samplePending) return;
    this.samplePending = true;
    this.engine.schedule(this.sampleKind, this.nowS, 0);
  }
}

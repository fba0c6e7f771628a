import { createEngine } from "../../engine/engine.js";
import { createRandomStreams } from "../../engine/streams.js";
import type { Engine, EventKind, RunOutcome } from "../../engine/types.js";
import { createQueuePolicy } from "../../policy/queue/registry.js";
import { rankByKeys } from "../../policy/queue/rank.js";
import type { JobTable } from "../../workload/job-table.js";
import {
  OUTCOME,
  UTILIZATION_QUANTITIES,
  type BatchRun,
  type BatchSeries,
  type BatchSpec,
} from "./batch-spec.js";
import { createDispatchers } from "./create-dispatchers.js";
import type { DemandClasses } from "./demand-classes.js";
import type { Dispatcher, Launcher } from "./dispatcher.js";
import { createIdleObserver, type IdleObserver } from "./idle-observer.js";
import { createLanes, type Lane } from "./lanes.js";
import { createPlacementLog, type PlacementLog } from "./placement-log.js";
import { createReasonTable, type ReasonTable } from "./reason-table.js";
import { createRecordLog, RECORD, type RecordLog } from "./records.js";
import { createUtilizationRecorder, type UtilizationRecorder } from "./utilization-recorder.js";

const SERIES_ROWS_MAX = 20_000;
const NONE = -1;

/**
 * Runs the jobs of a table on a cluster under a queue policy and a placement.
 *
 * At one instant jobs end first, then jobs arrive, then one decision is made, then the state is sampled.
 * All workers of a job start and end together. A job that not even the empty cluster could hold is
 * reported as never placeable when it arrives, and the run goes on.
 *
 * @throws RangeError when the queue policy, the placement or a limit is not valid
 */
export function simulateBatch(spec: BatchSpec): BatchRun {
  return new BatchSimulation(spec).run();
}

class BatchSimulation implements Launcher {
  private readonly jobs: JobTable;
  private readonly engine: Engine = createEngine();
  private readonly lanes: readonly Lane[];
  private readonly classes: DemandClasses;
  private readonly dispatchers: readonly Dispatcher[];
  private readonly reasons: ReasonTable = createReasonTable();
  private readonly records: RecordLog;
  private readonly placements: PlacementLog;
  private readonly recorder: UtilizationRecorder;
  private readonly idle: IdleObserver | undefined;
  private readonly sampleValues: Float64Array;

  private readonly startS: Float64Array;
  private readonly endS: Float64Array;
  private readonly outcome: Uint8Array;
  private readonly waitReason: Int32Array;
  private readonly gangOf: Int32Array;
  /** Jobs by arrival: submit time, then file order. */
  private readonly arrivals: Int32Array;
  private readonly neverReason: (number | undefined)[];
  private running = 0;

  private readonly arriveKind: EventKind;
  private readonly endKind: EventKind;
  private readonly decideKind: EventKind;
  private readonly sampleKind: EventKind;
  private decidePending = false;
  private samplePending = false;

  constructor(private readonly spec: BatchSpec) {
    const { jobs, observe = {} } = spec;
    this.jobs = jobs;
    const streams = createRandomStreams(spec.seed);
    const lanes = createLanes(spec, (lane) => streams.stream(`placement/${lane}`));
    this.lanes = lanes.lanes;
    this.classes = lanes.classes;
    this.dispatchers = createDispatchers({
      policy: createQueuePolicy(spec.queue),
      jobs,
      classes: lanes.classes,
      laneCount: lanes.lanes.length,
      launcher: this,
    });
    this.records = createRecordLog(3 * jobs.count + 16);
    this.placements = createPlacementLog(jobs.count);
    this.idle =
      observe.idleClasses === true && jobs.count > 0 ? createIdleObserver(lanes) : undefined;
    const quantities = UTILIZATION_QUANTITIES.length + (this.idle?.names.length ?? 0);
    this.sampleValues = new Float64Array(quantities);
    this.recorder = createUtilizationRecorder({
      quantities,
      rowsMax: observe.seriesRowsMax ?? SERIES_ROWS_MAX,
    });
    this.startS = new Float64Array(jobs.count).fill(Number.NaN);
    this.endS = new Float64Array(jobs.count).fill(Number.NaN);
    this.outcome = new Uint8Array(jobs.count);
    this.waitReason = new Int32Array(jobs.count).fill(NONE);
    this.gangOf = new Int32Array(jobs.count).fill(NONE);
    this.arrivals = rankByKeys(jobs.submitS).jobAt;
    this.neverReason = Array.from({ length: lanes.classes.count }, () => undefined);
    this.arriveKind = this.engine.defineEvent("job arrives", "arrive", (index) => {
      this.arrive(index);
    });
    this.endKind = this.engine.defineEvent("job ends", "release", (job) => {
      this.end(job);
    });
    this.decideKind = this.engine.defineEvent("queue is walked", "decide", () => {
      this.decide();
    });
    this.sampleKind = this.engine.defineEvent("state is sampled", "sample", () => {
      this.sample();
    });
  }

  get nowS(): number {
    return this.engine.nowS;
  }

  run(): BatchRun {
    if (this.jobs.count > 0) this.scheduleArrival(0);
    const { untilS = Number.MAX_VALUE, eventsMax } = this.spec.limits;
    const outcome = this.engine.run({ untilS, eventsMax });
    this.recorder.finish(outcome.endS);
    this.dispatchers.forEach((dispatcher) => {
      dispatcher.forEachWaiting((job, reason) => {
        this.waitReason[job] = reason;
      });
    });
    return this.result(outcome);
  }

  tryStart(job: number): boolean {
    const demand = this.classes.classOf[job]!;
    const lane = this.lanes[this.classes.lane[demand]!]!;
    const gang = lane.gang.tryPlace(demand);
    if (gang === NONE) return false;
    const nowS = this.engine.nowS;
    this.gangOf[job] = gang;
    this.placements.write(job, lane.gang.lastParts, lane.nodeMap);
    this.startS[job] = nowS;
    this.outcome[job] = OUTCOME.running;
    this.running++;
    this.records.write(RECORD.started, nowS, job, 0);
    this.engine.schedule(this.endKind, nowS + this.jobs.durationS[job]!, job);
    return true;
  }

  refusalReason(demand: number): number {
    return this.reasons.indexOf(this.lanes[this.classes.lane[demand]!]!.gang.refusalReason(demand));
  }

  mayFit(demand: number): boolean {
    return this.lanes[this.classes.lane[demand]!]!.gang.mayFit(demand);
  }

  refuse(job: number, reason: number): void {
    if (this.waitReason[job] === reason) return;
    this.waitReason[job] = reason;
    this.records.write(RECORD.refused, this.engine.nowS, job, reason);
  }

  waitedFor(job: number, reason: number): void {
    if (this.startS[job]! > this.jobs.submitS[job]!) this.waitReason[job] = reason;
  }

  reasonIndex(reason: string): number {
    return this.reasons.indexOf(reason);
  }

  private scheduleArrival(index: number): void {
    this.engine.schedule(this.arriveKind, this.jobs.submitS[this.arrivals[index]!]!, index);
  }

  private arrive(index: number): void {
    if (index + 1 < this.arrivals.length) this.scheduleArrival(index + 1);
    const job = this.arrivals[index]!;
    const nowS = this.engine.nowS;
    this.records.write(RECORD.submitted, nowS, job, 0);
    this.dueSample();
    const demand = this.classes.classOf[job]!;
    const never = (this.neverReason[demand] ??= this.whyNever(demand));
    if (never !== NONE) {
      this.outcome[job] = OUTCOME.neverPlaceable;
      this.waitReason[job] = never;
      this.records.write(RECORD.neverPlaceable, nowS, job, never);
      return;
    }
    this.outcome[job] = OUTCOME.waiting;
    if (this.dispatchers[this.classes.lane[demand]!]!.submit(job)) this.dueDecision();
  }

  /** Reason why no job of the class can ever be placed, or NONE. */
  private whyNever(demand: number): number {
    const lane = this.classes.lane[demand]!;
    const reason =
      lane === NONE
        ? "no node belongs to the job's partition"
        : this.lanes[lane]!.gang.neverFits(demand);
    return reason === undefined ? NONE : this.reasons.indexOf(reason);
  }

  private end(job: number): void {
    const lane = this.classes.lane[this.classes.classOf[job]!]!;
    this.lanes[lane]!.gang.release(this.gangOf[job]!);
    this.gangOf[job] = NONE;
    this.endS[job] = this.engine.nowS;
    this.outcome[job] = OUTCOME.completed;
    this.running--;
    this.records.write(RECORD.finished, this.engine.nowS, job, 0);
    this.dueSample();
    if (this.dispatchers[lane]!.released()) this.dueDecision();
  }

  private decide(): void {
    this.decidePending = false;
    for (const dispatcher of this.dispatchers) dispatcher.decide();
  }

  private sample(): void {
    this.samplePending = false;
    const values = this.sampleValues;
    values[0] = 0;
    for (const lane of this.lanes) values[0] += lane.gang.gpuMilliUsed;
    values[1] = 0;
    for (const dispatcher of this.dispatchers) values[1] += dispatcher.waiting;
    values[2] = this.running;
    this.idle?.measure(values, UTILIZATION_QUANTITIES.length);
    this.recorder.sample(this.engine.nowS, values);
    if (this.spec.observe?.checkInvariants === true) {
      for (const lane of this.lanes) lane.gang.checkInvariants();
    }
  }

  private dueDecision(): void {
    if (this.decidePending) return;
    this.decidePending = true;
    this.engine.schedule(this.decideKind, this.engine.nowS, 0);
  }

  private dueSample(): void {
    if (this.samplePending) return;
    this.samplePending = true;
    this.engine.schedule(this.sampleKind, this.engine.nowS, 0);
  }

  private result(outcome: RunOutcome): BatchRun {
    const { jobs, startS, endS, waitReason } = this;
    return {
      jobs,
      startS,
      endS,
      outcome: this.outcome,
      waitReason,
      reasons: this.reasons.texts,
      placementOf: (job) => this.placements.placementOf(job),
      records: this.records.finish(),
      series: this.series(),
      utilization: this.recorder.totals(),
      idleClassNames: this.idle?.names ?? [],
      gpuMilliTotal: this.lanes.reduce((sum, lane) => sum + lane.gang.gpuMilliTotal, 0),
      warnings: this.warnings(outcome),
      startOfTraceS: jobs.count === 0 ? 0 : jobs.submitS[this.arrivals[0]!]!,
      endOfRunS: outcome.endS,
      stopReason: outcome.reason,
      eventsHandled: outcome.eventsHandled,
    };
  }

  private series(): BatchSeries {
    const { timeS, columns } = this.recorder.columns();
    const names = this.idle?.names ?? [];
    return {
      timeS,
      gpuMilliAllocated: columns[0]!,
      jobsQueued: Int32Array.from(columns[1]!, Math.round),
      jobsRunning: Int32Array.from(columns[2]!, Math.round),
      idleMilliByClass: Object.fromEntries(
        names.map((name, index) => [name, columns[UTILIZATION_QUANTITIES.length + index]!]),
      ),
    };
  }

  private warnings(outcome: RunOutcome): string[] {
    const warnings: string[] = [];
    const ignored = this.lanes[0]?.gang.ignoredDemands ?? [];
    if (ignored.length > 0) {
      warnings.push(
        `The placement ${this.spec.placement.kind} does not look at ${ignored.join(", ")}, which the jobs ask for.`,
      );
    }
    const never = this.outcome.reduce(
      (sum, code) => sum + (code === OUTCOME.neverPlaceable ? 1 : 0),
      0,
    );
    if (never > 0)
      warnings.push(`${never} of ${this.jobs.count} jobs can never be placed on this cluster.`);
    if (outcome.reason !== "drained") {
      const waiting = this.dispatchers.reduce((sum, dispatcher) => sum + dispatcher.waiting, 0);
      warnings.push(
        `The run stopped at its ${outcome.reason} with ${this.running} jobs running and ${waiting} waiting; ` +
          "means and percentiles leave these jobs out.",
      );
    }
    return warnings;
  }
}

import { createEngine } from "../../engine/engine.js";
import { createRandomStreams, type RandomStreams } from "../../engine/streams.js";
import type { Engine, EventKind, RunOutcome } from "../../engine/types.js";
import { createQueuePolicy } from "../../policy/queue/registry.js";
import { rankByKeys } from "../../policy/queue/rank.js";
import type { JobTable } from "../../workload/job-table.js";
import type { BatchSpec } from "./batch-spec.js";
import { createDispatchers } from "./create-dispatchers.js";
import type { ClusterProcess, StopTerms } from "./cluster-process.js";
import type { Dispatcher } from "./dispatcher.js";
import { createElastic } from "./create-elastic.js";
import type { ElasticGangs } from "./elastic-gangs.js";
import type { GangRates } from "./gang-rates.js";
import { GangRuns } from "./gang-runs.js";
import { createJobColumns, type JobColumns } from "./job-columns.js";
import { createMigChanges, type MigChanges } from "./mig-changes.js";
import { createLanes, type Lanes } from "./lanes.js";
import type { Lane } from "./lane.js";
import { createProcessHost, type ProcessHost } from "./process-host.js";
import { createRates } from "./rates/create-rates.js";
import { createLimits, type JobLimits } from "./job-limits.js";
import { JobLauncher } from "./job-launcher.js";
import { JobEntry } from "./job-entry.js";
import { createJobTimers, type JobTimers } from "./job-timers.js";
import { ManagedControl } from "./managed-control.js";
import { createOncePerInstant, type OncePerInstant } from "./once-per-instant.js";
import { createPlacementLog, type PlacementLog } from "./placement-log.js";
import { createReasonTable, type ReasonTable } from "./reason-table.js";
import { createRecordLog, type RecordLog } from "./records.js";
import { createRoomsAtStart, type RoomsAtStart } from "./rooms-at-start.js";
import { createSampler, type Sampler } from "./sampler.js";
import { createWorkBook, type WorkBook } from "./work-book.js";

const NONE = -1;
/** One batch run from empty cluster to the end: its state, its events, and what dispatchers may do. */
export class BatchSimulation {
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
  readonly processes: ProcessHost;
  readonly managed: ManagedControl;
  readonly migChanges: MigChanges;
  readonly runs: GangRuns;
  /** Gangs that change their size; absent when every job runs with the workers it asks for. */
  readonly elastic: ElasticGangs | undefined;
  /** Limits of tenants, users and job arrays; absent when nobody has one. */
  readonly limits: JobLimits | undefined;
  readonly launcher: JobLauncher;
  readonly entry: JobEntry;
  private readonly roomsAtStart: RoomsAtStart;
  readonly engine: Engine = createEngine();
  private readonly arriveKind: EventKind;
  private readonly decision: OncePerInstant;
  private readonly sampling: OncePerInstant;
  /** Jobs of the table that may still run. */
  private open: number;

  constructor(readonly spec: BatchSpec) {
    const { jobs } = spec;
    this.jobs = jobs;
    const streams = createRandomStreams(spec.seed);
    this.lanes = createLanes(spec, (lane) => streams.stream(`placement/${lane}`));
    this.roomsAtStart = createRoomsAtStart(spec, this.lanes);
    this.columns = createJobColumns(jobs.count);
    this.records = createRecordLog(3 * jobs.count + 16);
    this.placements = createPlacementLog(jobs.count);
    const managedFrom = spec.managedFrom ?? jobs.count;
    this.arrivals = rankByKeys(jobs.submitS).jobAt.filter((job) => job < managedFrom);
    this.open = managedFrom;
    this.managed = new ManagedControl(this, managedFrom, jobs.count);
    const policy = createQueuePolicy(spec.queue);
    const processes = (spec.processes ?? []).map((entry) => entry({ cluster: spec.cluster, jobs }));
    this.limits = createLimits(spec, this.lanes.classes, policy);
    const rates = createRates(spec, this.lanes, processes, () => this.engine.nowS);
    this.work = createWorkBook(jobs, {
      restart: "restart" in policy ? policy.restart : undefined,
      changes: processes.length > 0 || !rates.isUniform || this.roomsAtStart.any,
    });
    this.processes = this.createProcesses(processes, streams);
    this.runs = this.createRuns(rates);
    this.elastic = createElastic(this);
    const timers = createJobTimers(this.engine, (job) => {
      if (this.dispatcherOf(job).timer?.(job) === true) this.dueDecision();
    });
    this.launcher = this.createLauncher(timers);
    this.entry = this.createEntry();
    this.sampler = createSampler(this.lanes, spec.observe, this.processes.nodes);
    this.arriveKind = this.engine.defineEvent("job arrives", "arrive", (index) => {
      this.arrive(index);
    });
    this.decision = createOncePerInstant(this.engine, "queue is walked", "decide", () => {
      this.runs.review();
      for (const dispatcher of this.dispatchers) dispatcher.decide();
      this.elastic?.grow((lane) => this.dispatchers[lane]!.waiting);
      this.migChanges.review();
      this.runs.review();
    });
    this.sampling = createOncePerInstant(this.engine, "state is sampled", "sample", () => {
      this.processes.settled((visit) => {
        for (const dispatcher of this.dispatchers)
          dispatcher.forEachWaiting(this.managed.wanted(visit));
      });
      const { waiting, leaving, running } = this.managed.jobs;
      this.sampler.sample(this.engine.nowS, {
        queued: this.queued - waiting - leaving,
        running: this.launcher.running - running,
      });
    });
    this.dispatchers = createDispatchers({
      policy,
      jobs,
      lanes: this.lanes,
      rates,
      elastic: this.elastic,
      quotas: spec.quotas,
      launcher: this.launcher,
    });
    this.migChanges = createMigChanges({
      engine: this.engine,
      jobs,
      lanes: this.lanes,
      dispatcherOf: (lane) => this.dispatchers[lane]!,
      capacityChanged: this.capacityChanged,
    });
  }

  /** Jobs waiting, in queues or for other jobs to end. */
  get queued(): number {
    let queued = this.entry.waiting;
    for (const dispatcher of this.dispatchers) queued += dispatcher.waiting;
    return queued;
  }

  /** Runs to the end or to a limit of the spec. */
  run(): RunOutcome {
    if (this.jobs.count > 0) {
      if (this.arrivals.length > 0) this.scheduleArrival(0);
      this.processes.start();
    }
    const { untilS = Number.MAX_VALUE, eventsMax } = this.spec.limits;
    const outcome = this.engine.run({ untilS, eventsMax });
    this.sampler.finish(outcome.endS);
    this.elastic?.finish();
    for (const dispatcher of this.dispatchers) {
      dispatcher.forEachWaiting((job, reason) => {
        if (reason !== NONE) this.columns.waitReason[job] = reason;
      });
    }
    return outcome;
  }

  private createLauncher(timers: JobTimers): JobLauncher {
    const { engine, jobs, lanes, columns, records, reasons, placements, work, runs } = this;
    return new JobLauncher({
      engine,
      jobs,
      columns,
      records,
      reasons,
      placements,
      work,
      runs,
      timers,
      processes: this.processes,
      managed: this.managed.jobs,
      elastic: this.elastic,
      classes: lanes.classes,
      limits: this.limits,
      dueLimits: () => {
        this.entry.dueLimits();
      },
      gangOfDemand: (demand) => lanes.lanes[lanes.classes.lane[demand]!]!.gang,
      queuedS: (job) => this.entry.queuedS(job),
    });
  }

  private createRuns(rates: GangRates): GangRuns {
    const { engine, columns, placements, work, processes } = this;
    return new GangRuns({
      engine,
      columns,
      placements,
      rates,
      work,
      processes,
      takeRoomAtStart: (job) => this.roomsAtStart.take(job),
      laneOf: (job) => this.laneOf(job),
      isEndless: (job) => this.managed.jobs.isManaged(job),
      heldOf: this.lanes.classes.heldOf,
      ended: (job) => {
        this.end(job);
      },
      endMoved: (job) => {
        if (this.dispatcherOf(job).endMoved?.(job) === true) this.dueDecision();
      },
    });
  }

  private createEntry(): JobEntry {
    const { engine, jobs, lanes, columns, records, reasons, launcher, roomsAtStart } = this;
    return new JobEntry({
      engine,
      jobs,
      lanes,
      columns,
      records,
      reasons,
      launcher,
      roomsAtStart,
      limits: this.limits,
      dispatcherOf: (job) => this.dispatcherOf(job),
      dueDecision: () => {
        this.dueDecision();
      },
      gaveUp: () => {
        this.open--;
      },
    });
  }

  private laneIndex(job: number): number {
    return this.lanes.classes.lane[this.lanes.classes.classOf[job]!]!;
  }

  private laneOf(job: number): Lane {
    return this.lanes.lanes[this.laneIndex(job)]!;
  }

  private dispatcherOf(job: number): Dispatcher {
    return this.dispatchers[this.laneIndex(job)]!;
  }

  private scheduleArrival(index: number): void {
    this.engine.schedule(this.arriveKind, this.jobs.submitS[this.arrivals[index]!]!, index);
  }

  private arrive(index: number): void {
    if (index + 1 < this.arrivals.length) this.scheduleArrival(index + 1);
    this.dueSample();
    this.entry.arrive(this.arrivals[index]!);
    if (this.open === 0) this.allDone();
  }

  private end(job: number): void {
    this.runs.leave(job);
    this.open--;
    this.launcher.finished(job);
    this.dueSample();
    const isDue = this.dispatcherOf(job).released(job);
    // Nobody may wait, and somebody may grow.
    if (isDue || this.elastic !== undefined) this.dueDecision();
    this.entry.ended(job);
    this.processes.jobLeft(job);
    if (this.open === 0) this.allDone();
    this.runs.dueReview();
  }

  private interrupt(job: number, terms: StopTerms): void {
    this.runs.leave(job);
    this.launcher.stop(job, this.reasons.indexOf(terms.reason), terms);
    if (this.dispatcherOf(job).interrupted(job)) this.dueDecision();
    this.dueSample();
  }

  private createProcesses(
    processes: readonly ClusterProcess[],
    streams: RandomStreams,
  ): ProcessHost {
    const { engine, spec, lanes, placements, work } = this;
    return createProcessHost(processes, {
      engine,
      streams,
      cluster: spec.cluster,
      jobs: this.jobs,
      lanes,
      placements,
      work,
      interrupt: (job, terms) => {
        this.interrupt(job, terms);
      },
      capacityChanged: this.capacityChanged,
      afterMoment: () => {
        this.runs.dueReview();
      },
      managed: this.managed,
      hold: () => {
        this.open++;
      },
      release: () => {
        this.open--;
        if (this.open === 0) this.allDone();
      },
    });
  }

  private readonly capacityChanged = (lane: number): void => {
    this.dueSample();
    if (this.dispatchers[lane]!.capacityChanged()) this.dueDecision();
  };

  /** Nothing is left to do: what is still scheduled is dropped. */
  private allDone(): void {
    this.processes.allDone();
    this.launcher.allDone();
    this.migChanges.allDone();
  }

  dueDecision(): void {
    this.decision.due();
    this.dueSample();
  }

  /** Room of a job is free that was ended from outside. */
  roomFreed(job: number): void {
    this.dueSample();
    if (this.dispatcherOf(job).released(job)) this.dueDecision();
  }

  private dueSample(): void {
    this.sampling.due();
  }
}

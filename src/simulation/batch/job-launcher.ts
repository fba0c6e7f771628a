import type { Engine } from "../../engine/types.js";
import type { GangParts, GangPlacer } from "../../policy/gang/types.js";
import type { RestartCost } from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { OUTCOME } from "./batch-spec.js";
import { ENDLESS_S, type ManagedJobs } from "./managed-jobs.js";
import type { PreemptingLauncher } from "./dispatcher.js";
import type { DemandClasses } from "./demand-classes.js";
import type { ElasticGangs } from "./elastic-gangs.js";
import type { GangRuns } from "./gang-runs.js";
import type { JobColumns } from "./job-columns.js";
import type { JobLimits } from "./job-limits.js";
import type { JobTimers } from "./job-timers.js";
import type { PlacementLog } from "./placement-log.js";
import type { ProcessHost } from "./process-host.js";
import type { ReasonTable } from "./reason-table.js";
import { RECORD, type RecordLog } from "./records.js";
import type { WorkBook } from "./work-book.js";

/** What a launcher is made from. */
export interface LauncherSetting {
  readonly engine: Engine;
  readonly jobs: JobTable;
  readonly columns: JobColumns;
  readonly records: RecordLog;
  readonly reasons: ReasonTable;
  readonly placements: PlacementLog;
  readonly work: WorkBook;
  readonly runs: GangRuns;
  readonly timers: JobTimers;
  readonly processes: ProcessHost;
  readonly managed: ManagedJobs;
  gangOfDemand: (demand: number) => GangPlacer;
  readonly classes: DemandClasses;
  /** Absent when nobody has one. */
  readonly limits: JobLimits | undefined;
  /** Calls for a release of jobs that wait for a limit at this instant. */
  dueLimits: () => void;
  /** Absent when every job runs with the workers it asks for. */
  readonly elastic: ElasticGangs | undefined;
  /** When the job entered its queue. Seconds. */
  queuedS(job: number): number;
}

/** Starts and stops jobs for the dispatchers, and writes down what becomes of them. */
export class JobLauncher implements PreemptingLauncher {
  /** Jobs running now. */
  running = 0;
  private isOver = false;

  constructor(private readonly setting: LauncherSetting) {}

  get nowS(): number {
    return this.setting.engine.nowS;
  }

  tryStart(job: number): boolean {
    const { runs, elastic } = this.setting;
    if (!runs.tryStart(job) && elastic?.tryStart(job) !== true) return false;
    this.begun(job);
    return true;
  }

  setsAside(job: number): boolean {
    if (this.leavesQueue(job)) return true;
    const reason = this.setting.limits?.setAside(job);
    if (reason === undefined) return false;
    this.refuse(job, this.setting.reasons.indexOf(reason));
    return true;
  }

  /** A managed job that nobody wants any more goes when its turn comes. */
  private leavesQueue(job: number): boolean {
    const { managed, columns } = this.setting;
    if (!managed.isManaged(job) || managed.standingOf(job) !== "leaving") return false;
    managed.put(job, "away");
    columns.outcome[job] = OUTCOME.notSubmitted;
    return true;
  }

  /** The job holds another number of GPUs from now on. */
  resized(job: number, workers: number): void {
    const { classes, limits, records } = this.setting;
    records.write(RECORD.resized, this.nowS, job, workers);
    limits?.holds(job, classes.gpuMilli[classes.heldOf[job]!]!);
    this.freedLimits();
  }

  tryStartAsAsked(job: number): boolean {
    if (!this.setting.runs.tryStart(job)) return false;
    this.begun(job);
    return true;
  }

  private begun(job: number): void {
    const { nowS } = this;
    const { columns } = this.setting;
    const isFirst = Number.isNaN(columns.startS[job]!);
    if (isFirst) columns.startS[job] = nowS;
    columns.outcome[job] = OUTCOME.running;
    this.running++;
    this.setting.managed.started(job);
    this.setting.records.write(isFirst ? RECORD.started : RECORD.resumed, nowS, job, 0);
    const { classes, limits, elastic } = this.setting;
    limits?.holds(job, classes.gpuMilli[classes.heldOf[job]!]!);
    elastic?.started(job);
  }

  /** Offers jobs again that waited for a limit, once this instant's releases are over. */
  freedLimits(): void {
    if (this.setting.limits?.isDue === true) this.setting.dueLimits();
  }

  refusalReason(demand: number): number {
    const { elastic, gangOfDemand, reasons } = this.setting;
    const smallest = elastic?.smallest(demand) ?? demand;
    return reasons.indexOf(gangOfDemand(demand).refusalReason(smallest));
  }

  mayFit(demand: number): boolean {
    const { elastic, gangOfDemand } = this.setting;
    return elastic === undefined ? gangOfDemand(demand).mayFit(demand) : elastic.mayFit(demand);
  }

  refuse(job: number, reason: number): void {
    if (this.setting.columns.waitReason[job] === reason) return;
    this.setting.columns.waitReason[job] = reason;
    this.setting.records.write(RECORD.refused, this.nowS, job, reason);
  }

  waitedFor(job: number, reason: number): void {
    const queuedS = this.setting.queuedS(job);
    if (this.nowS > queuedS) this.setting.columns.waitReason[job] = reason;
  }

  partsOf(job: number): GangParts {
    return this.setting.placements.partsOf(job);
  }

  reasonIndex(reason: string): number {
    return this.setting.reasons.indexOf(reason);
  }

  endOfRunningS(job: number): number {
    return this.setting.columns.dueS[job]!;
  }

  occupancyS(job: number): number {
    return this.setting.work.occupancyS(job);
  }

  startedS(job: number): number {
    return this.setting.work.lastStartS(job);
  }

  occupiedS(job: number): number {
    const { outcome } = this.setting.columns;
    const now =
      outcome[job] === OUTCOME.running ? this.nowS - this.setting.work.lastStartS(job) : 0;
    return this.setting.work.occupiedS(job) + now;
  }

  mayBeStopped(job: number): boolean {
    return this.setting.jobs.preemptible === undefined || this.setting.jobs.preemptible[job] === 1;
  }

  vacate(job: number): void {
    this.setting.runs.leave(job);
  }

  reseat(job: number): boolean {
    return this.setting.runs.reseat(job);
  }

  stop(job: number, reason: number, cost?: RestartCost): void {
    const { columns } = this.setting;
    this.setting.runs.stop(job, cost);
    columns.outcome[job] = OUTCOME.waiting;
    columns.waitReason[job] = reason;
    this.running--;
    this.setting.records.write(RECORD.stopped, this.nowS, job, reason);
    this.setting.elastic?.left(job);
    this.setting.limits?.left(job);
    this.freedLimits();
    this.setting.processes.jobLeft(job);
    this.setting.managed.stopped(job, reason);
  }

  /** The job has done its work and given its room up. */
  finished(job: number): void {
    const { columns, work, records, elastic, limits } = this.setting;
    columns.endS[job] = this.nowS;
    columns.outcome[job] = OUTCOME.completed;
    this.running--;
    work.finish(job, this.nowS);
    records.write(RECORD.finished, this.nowS, job, 0);
    elastic?.left(job);
    limits?.left(job);
    limits?.done(job);
    this.freedLimits();
  }

  /** A managed job that has given its room up is out of the run until it is submitted again. */
  withdrawn(job: number): void {
    const { columns, records, elastic, limits, runs, timers, processes } = this.setting;
    runs.stop(job, { restartCostS: 0, savesProgress: "at-checkpoints" });
    timers.clear(job);
    columns.outcome[job] = OUTCOME.notSubmitted;
    this.running--;
    records.write(RECORD.finished, this.nowS, job, 0);
    elastic?.left(job);
    limits?.left(job);
    this.freedLimits();
    processes.jobLeft(job);
  }

  /** Nobody is left to plan for but managed jobs. */
  allDone(): void {
    this.isOver = true;
    const { managed, jobs, timers } = this.setting;
    for (let job = managed.from; job < jobs.count; job++) timers.clear(job);
  }

  setTimer(job: number, timeS: number): void {
    const { managed } = this.setting;
    // What is planned for the time after managed jobs is planned for never.
    const isNever = managed.any && (timeS >= ENDLESS_S / 2 || this.isOver);
    if (isNever) this.setting.timers.clear(job);
    else this.setting.timers.set(job, timeS);
  }

  clearTimer(job: number): void {
    this.setting.timers.clear(job);
  }
}

import type { Engine, EventKind } from "../../engine/types.js";
import type { GangRuns } from "./gang-runs.js";
import type { JobEntry } from "./job-entry.js";
import type { JobLauncher } from "./job-launcher.js";
import { createManagedJobs, type ManagedJobs } from "./managed-jobs.js";
import type { ProcessHost } from "./process-host.js";
import type { ReasonTable } from "./reason-table.js";

/** The simulation, as managed jobs see it. */
export interface ManagedSetting {
  readonly engine: Engine;
  readonly reasons: ReasonTable;
  readonly processes: ProcessHost;
  readonly runs: GangRuns;
  readonly launcher: JobLauncher;
  readonly entry: JobEntry;
  /** Room of the job is free. */
  roomFreed(job: number): void;
  dueDecision(): void;
}

/** Submits and ends managed jobs for processes, and tells these what becomes of them. */
export class ManagedControl {
  readonly jobs: ManagedJobs;
  private readonly unwantedKind: EventKind;

  /**
   * @param setting looked at only once the run has begun
   * @param from first managed row @param count rows of the table
   */
  constructor(
    private readonly setting: ManagedSetting,
    from: number,
    count: number,
  ) {
    const { engine, reasons } = setting;
    this.unwantedKind = engine.defineEvent("unwanted job ends", "release", (job) => {
      if (this.jobs.standingOf(job) === "running") this.endRunning(job);
    });
    this.jobs = createManagedJobs(from, count, {
      started: (job, isWanted) => {
        // Some queues promise room long before and do not ask again whether it is still wanted.
        if (isWanted) setting.processes.managedStarted(job);
        else engine.schedule(this.unwantedKind, engine.nowS, job);
      },
      stopped: (job, reason) => {
        setting.processes.managedStopped(job, reasons.texts[reason]!);
      },
    });
  }

  /** @throws RangeError when the row is not managed, or is submitted already */
  submit(job: number): string | undefined {
    this.check(job);
    const standing = this.jobs.standingOf(job);
    if (standing === "waiting" || standing === "running")
      throw new RangeError(`cluster process: job ${job} is submitted already`);
    if (standing === "away") {
      const never = this.setting.entry.submitManaged(job);
      if (never !== undefined) return never;
    }
    this.jobs.put(job, "waiting");
    this.setting.dueDecision();
    return undefined;
  }

  /** Harmless for a job that is not submitted. @throws RangeError when the row is not managed */
  end(job: number): void {
    this.check(job);
    const standing = this.jobs.standingOf(job);
    if (standing === "running") this.endRunning(job);
    else if (standing === "waiting") {
      this.jobs.put(job, "leaving");
      this.setting.dueDecision();
    }
  }

  /** Leaves out those that wait only until their turn comes to go. */
  wanted(visit: (job: number) => void): (job: number) => void {
    const { jobs } = this;
    if (jobs.leaving === 0) return visit;
    return (job) => {
      if (!jobs.isManaged(job) || jobs.standingOf(job) !== "leaving") visit(job);
    };
  }

  private endRunning(job: number): void {
    this.setting.runs.leave(job);
    this.setting.launcher.withdrawn(job);
    this.jobs.put(job, "away");
    this.setting.roomFreed(job);
    this.setting.runs.dueReview();
  }

  private check(job: number): void {
    if (!this.jobs.isManaged(job))
      throw new RangeError(`cluster process: job ${job} is not managed: it has its own times`);
  }
}

import type { Engine, EventKind } from "../../engine/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { OUTCOME } from "./batch-spec.js";
import { createDependencies, type Dependencies } from "./dependencies.js";
import type { Dispatcher } from "./dispatcher.js";
import type { JobColumns } from "./job-columns.js";
import type { JobLauncher } from "./job-launcher.js";
import type { JobLimits } from "./job-limits.js";
import type { Lanes } from "./lanes.js";
import { createNeverPlaceable } from "./never-placeable.js";
import type { ReasonTable } from "./reason-table.js";
import { RECORD, type RecordLog } from "./records.js";
import type { RoomsAtStart } from "./rooms-at-start.js";

const HELD = "a job it depends on has not ended";
const DOOMED = "a job it depends on can never be placed";

/** What the entry of jobs is made from. */
export interface JobEntrySetting {
  readonly engine: Engine;
  readonly jobs: JobTable;
  readonly lanes: Lanes;
  readonly columns: JobColumns;
  readonly records: RecordLog;
  readonly reasons: ReasonTable;
  readonly launcher: JobLauncher;
  readonly roomsAtStart: RoomsAtStart;
  readonly limits: JobLimits | undefined;
  dispatcherOf(job: number): Dispatcher;
  dueDecision(): void;
  /** A job that can never run was given up. */
  gaveUp(job: number): void;
}

/** What happens to jobs between their submission and their queue: some never enter it, some wait for others to end. */
export class JobEntry {
  /** Jobs that wait for others to end. */
  private held = 0;
  private readonly limitKind: EventKind;
  private limitsPending = false;
  /** When a job that was held entered its queue; others enter when they are submitted. */
  private readonly releasedS = new Map<number, number>();
  private readonly dependencies: Dependencies;
  private readonly whyNever: (job: number) => string | undefined;

  constructor(private readonly setting: JobEntrySetting) {
    this.dependencies = createDependencies(setting.jobs);
    this.limitKind = setting.engine.defineEvent("limits are free", "arrive", () => {
      this.limitsPending = false;
      setting.limits?.release((job) => {
        this.enqueue(job);
      });
    });
    this.whyNever = createNeverPlaceable(setting.lanes, (job) => setting.dispatcherOf(job));
  }

  /** Jobs that were submitted and are in no queue yet. */
  get waiting(): number {
    return this.held + (this.setting.limits?.heldCount ?? 0);
  }

  /** Offers jobs again that wait for a limit, once this instant's releases are over. */
  dueLimits(): void {
    if (this.limitsPending) return;
    this.limitsPending = true;
    const { engine } = this.setting;
    engine.schedule(this.limitKind, engine.nowS, 0);
  }

  /** When the job entered its queue. Seconds. */
  queuedS(job: number): number {
    return this.releasedS.get(job) ?? this.setting.jobs.submitS[job]!;
  }

  /** The job is submitted. */
  arrive(job: number): void {
    const { columns, records, reasons, launcher, roomsAtStart } = this.setting;
    records.write(RECORD.submitted, launcher.nowS, job, 0);
    if (roomsAtStart.has(job)) {
      this.dependencies.submitted(job);
      launcher.tryStart(job);
      this.setting.dispatcherOf(job).adopt?.(job);
      return;
    }
    const never = this.whyNever(job);
    const standing = this.dependencies.submitted(job);
    const refusal = never ?? (standing === "doomed" ? DOOMED : this.setting.limits?.refusal(job));
    if (refusal !== undefined) {
      this.giveUp(job, reasons.indexOf(refusal));
      return;
    }
    columns.outcome[job] = OUTCOME.waiting;
    if (standing === "held") {
      this.held++;
      launcher.refuse(job, reasons.indexOf(HELD));
    } else this.enqueue(job);
  }

  /** A process submits a managed job. @returns why it can never run, and is then in no queue */
  submitManaged(job: number): string | undefined {
    const { columns, records, launcher } = this.setting;
    const never = this.whyNever(job);
    if (never !== undefined) return never;
    records.write(RECORD.submitted, launcher.nowS, job, 0);
    columns.outcome[job] = OUTCOME.waiting;
    this.releasedS.set(job, launcher.nowS);
    this.enqueue(job);
    return undefined;
  }

  /** The job has ended: those that waited for it enter their queues. */
  ended(job: number): void {
    this.dependencies.ended(job, (dependent) => {
      this.held--;
      this.releasedS.set(dependent, this.setting.launcher.nowS);
      this.enqueue(dependent);
    });
  }

  /** Puts a job into its queue that waits for no other, or sets it aside where it is over a limit. */
  private enqueue(job: number): void {
    if (this.setting.launcher.setsAside(job)) return;
    if (this.setting.dispatcherOf(job).submit(job)) this.setting.dueDecision();
  }

  /** The job can never run, and neither can those that wait for it. */
  private giveUp(first: number, firstReason: number): void {
    const { columns, records, reasons, launcher } = this.setting;
    const given = [first];
    for (let job = given.pop(); job !== undefined; job = given.pop()) {
      const reason = job === first ? firstReason : reasons.indexOf(DOOMED);
      columns.outcome[job] = OUTCOME.neverPlaceable;
      columns.waitReason[job] = reason;
      records.write(RECORD.neverPlaceable, launcher.nowS, job, reason);
      this.setting.gaveUp(job);
      if (job !== first) this.setting.limits?.done(job);
      this.dependencies.failed(job, (dependent) => {
        this.held--;
        given.push(dependent);
      });
    }
  }
}

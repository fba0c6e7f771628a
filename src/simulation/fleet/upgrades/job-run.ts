import { SpecificationError } from "../../../base/specification-error.js";
import type { RandomStream } from "../../../engine/streams.js";
import type { Appointment } from "./agenda.js";
import type { Pod, PodOwner } from "./pool-nodes.js";
import { gpusOf } from "./slots.js";
import type { UpgradeJobs } from "./upgrade-spec.js";
import type { PodGroup, UpgradeWorld } from "./upgrade-world.js";
import { createWaits, type Waits } from "./waits.js";

const HOUR_S = 3_600;

/** Jobs of one kind while the pool is upgraded. */
export interface JobsRun {
  readonly spec: UpgradeJobs;
  readonly waits: Waits;
  readonly stops: number;
  readonly savedStops: number;
  readonly jobsStopped: number;
  readonly lostGpuHours: number;
  readonly restartGpuHours: number;
  /** Looks for places for all jobs, as before the upgrade: those placed now are in the middle of their work. */
  begin(): void;
  /** The upgrade begins. */
  settle(): void;
}

/** One gang. */
interface Job {
  pods: readonly Pod[];
  group: PodGroup;
  state: "waiting" | "restarting" | "working" | "saving" | "ending";
  /** Work that was done when the job last began to work. Seconds. */
  savedS: number;
  /** When what it does now began; while it works, when its last checkpoint before that was. */
  sinceS: number;
  /** The end of what it is doing. */
  next: Appointment | undefined;
  /** The checkpoint that it was asked to end after. */
  leaving: Appointment | undefined;
  wasStopped: boolean;
}

/**
 * Creates jobs. Checkpoints that a job writes in any case cost nothing here; when a job is ended, what it did since
 * the last one is lost.
 *
 * @param stream how far each job is when the upgrade begins
 * @throws SpecificationError when the jobs have neither a duration nor checkpoints
 */
export function createJobsRun(
  spec: UpgradeJobs,
  rank: number,
  world: UpgradeWorld,
  stream: RandomStream,
): JobsRun {
  if (spec.checkpointEveryS === undefined && spec.durationS === undefined) {
    throw new SpecificationError(
      `upgrade: jobs ${spec.name} need a duration or a checkpoint interval: without both nobody can say what is lost`,
    );
  }
  return new Gangs(spec, rank, world, stream);
}

class Gangs implements JobsRun, PodOwner {
  readonly name: string;
  readonly waits: Waits;
  stops = 0;
  savedStops = 0;
  jobsStopped = 0;
  private lostS = 0;
  private restartS = 0;
  private isBefore = true;
  private readonly gpus: number;
  private readonly jobOf = new Map<Pod, Job>();
  private readonly everyS: number;
  private readonly durationS: number;

  constructor(
    readonly spec: UpgradeJobs,
    readonly rank: number,
    private readonly world: UpgradeWorld,
    private readonly stream: RandomStream,
  ) {
    this.name = spec.name;
    this.gpus = gpusOf(spec.slots) * spec.workers;
    this.waits = createWaits(world.agenda, this.gpus);
    this.everyS = spec.checkpointEveryS ?? Infinity;
    this.durationS = spec.durationS ?? Infinity;
  }

  get lostGpuHours(): number {
    return (this.lostS * this.gpus) / HOUR_S;
  }

  get restartGpuHours(): number {
    let seconds = this.restartS;
    for (const job of new Set(this.jobOf.values()))
      if (job.state === "restarting" && job.wasStopped)
        seconds += this.world.agenda.nowS - job.sinceS;
    return (seconds * this.gpus) / HOUR_S;
  }

  begin(): void {
    for (let index = 0; index < this.spec.count; index += 1) this.add();
  }

  settle(): void {
    this.isBefore = false;
  }

  evict(pod: Pod): string | undefined {
    const job = this.jobOf.get(pod);
    const { onDrain, graceS } = this.spec;
    if (job === undefined || job.state === "ending") return undefined;
    if (onDrain === "finish") return "does not yield before it is done";
    if (job.state === "saving") return "writes a checkpoint";
    if (job.state === "restarting") this.end(job, 0, graceS);
    else if (onDrain === "stop") this.end(job, this.unsavedS(job), graceS);
    else if (onDrain === "save") this.save(job);
    else return this.leaveAtCheckpoint(job);
    return undefined;
  }

  kill(pod: Pod): void {
    const job = this.jobOf.get(pod);
    if (job === undefined) return;
    if (job.state === "ending") this.world.leave(pod);
    else this.end(job, job.state === "working" ? this.unsavedS(job) : 0, 0);
  }

  private add(): void {
    const job: Job = {
      pods: Array.from({ length: this.spec.workers }, () => ({
        owner: this,
        slots: this.spec.slots,
        node: undefined,
      })),
      group: { pods: [], placed: () => undefined },
      state: "waiting",
      savedS: 0,
      sinceS: 0,
      next: undefined,
      leaving: undefined,
      wasStopped: false,
    };
    job.group = {
      pods: job.pods,
      placed: () => {
        this.place(job);
      },
    };
    for (const pod of job.pods) this.jobOf.set(pod, job);
    this.seek(job);
  }

  private seek(job: Job): void {
    job.state = "waiting";
    if (!this.isBefore) this.waits.begin(job);
    this.world.seek(job.group);
  }

  private place(job: Job): void {
    const { agenda } = this.world;
    this.waits.end(job);
    if (this.isBefore) {
      this.resume(job);
      return;
    }
    job.state = "restarting";
    job.sinceS = agenda.nowS;
    job.next = agenda.after(this.spec.restartS, "release", () => {
      // The first start of a job that came next has nothing to do with the upgrade.
      if (job.wasStopped) this.restartS += agenda.nowS - job.sinceS;
      this.work(job, 0);
    });
  }

  /** In the middle of its work: drawn parts of its time and of the time since its last checkpoint. */
  private resume(job: Job): void {
    const [partOfTime, partOfInterval] = [this.stream.uniform(), this.stream.uniform()];
    const doneS = this.durationS < Infinity ? partOfTime * this.durationS : Infinity;
    const unsavedS = Math.min(doneS, this.everyS < Infinity ? partOfInterval * this.everyS : doneS);
    job.savedS = doneS < Infinity ? doneS - unsavedS : 0;
    this.work(job, unsavedS);
  }

  /** @param unsavedS work that is done already and in no checkpoint */
  private work(job: Job, unsavedS: number): void {
    const { agenda } = this.world;
    job.state = "working";
    job.sinceS = agenda.nowS - unsavedS;
    job.next = undefined;
    if (this.durationS === Infinity) return;
    const leftS = this.durationS - job.savedS - unsavedS;
    job.next = agenda.after(Math.max(0, leftS), "release", () => {
      this.finish(job);
    });
  }

  private finish(job: Job): void {
    this.cancelAll(job);
    for (const pod of job.pods) {
      this.jobOf.delete(pod);
      this.world.leave(pod);
    }
    if (this.spec.hasBacklog) this.add();
  }

  /** Work since the last checkpoint. Seconds. */
  private unsavedS(job: Job): number {
    const doneS = this.world.agenda.nowS - job.sinceS;
    return this.everyS === Infinity ? doneS : doneS % this.everyS;
  }

  private end(job: Job, lostS: number, graceS: number): void {
    const { world } = this;
    const passedS = world.agenda.nowS - job.sinceS;
    if (job.state === "restarting") this.restartS += passedS;
    else if (job.state === "working") job.savedS += Math.max(0, passedS - lostS);
    this.cancelAll(job);
    job.state = "ending";
    this.stops += 1;
    if (!job.wasStopped) this.jobsStopped += 1;
    job.wasStopped = true;
    this.lostS += lostS;
    world.agenda.after(graceS, "release", () => {
      for (const pod of job.pods) world.leave(pod);
      this.seek(job);
    });
  }

  private save(job: Job): void {
    const { agenda } = this.world;
    this.cancelAll(job);
    job.savedS += agenda.nowS - job.sinceS;
    job.state = "saving";
    this.restartS += this.spec.saveS;
    job.next = agenda.after(this.spec.saveS, "release", () => {
      this.savedStops += 1;
      this.end(job, 0, this.spec.graceS);
    });
  }

  private leaveAtCheckpoint(job: Job): string {
    if (this.everyS === Infinity)
      return "writes no checkpoint and does not yield before it is done";
    job.leaving ??= this.world.agenda.after(this.everyS - this.unsavedS(job), "release", () => {
      this.savedStops += 1;
      this.end(job, 0, this.spec.graceS);
    });
    return "goes on until its next checkpoint";
  }

  private cancelAll(job: Job): void {
    const { agenda } = this.world;
    if (job.next !== undefined) agenda.cancel(job.next);
    if (job.leaving !== undefined) agenda.cancel(job.leaving);
    job.next = job.leaving = undefined;
  }
}

import type { JobsUpgradeResult } from "../../upgrades/upgrade-result.js";
import type { JobGroupSpec } from "../clusters-spec.js";
import { gpusOf, type Copy } from "../copy.js";
import { saveRun, type WorkSetting } from "../copy-work.js";

const HOUR_S = 3_600;

/** Times in which stopped jobs hold GPUs without new work: writing a checkpoint, or starting again. */
interface Idling {
  readonly copy: Copy;
  readonly fromS: number;
  toS: number;
}

/** What a drain did to jobs of one kind. */
interface Tally {
  stops: number;
  savedStops: number;
  readonly jobs: Set<number>;
  lostGpuSeconds: number;
  waitingGpuSeconds: number;
}

/** Jobs that the upgrade of one pool asks to leave, and what that costs them. */
export class DrainedJobs {
  private readonly tallies = new Map<JobGroupSpec, Tally>();
  private readonly waitingSince = new Map<Copy, number>();
  private readonly idle: Idling[] = [];

  /**
   * @param why words for the log, such as "drained for k8s-1.36"
   * @param left called when a job was told to end, with its nodes and the time at which they are free of it
   */
  constructor(
    private readonly work: WorkSetting,
    private readonly why: string,
    private readonly left: (nodes: readonly number[], atS: number) => void,
  ) {}

  /** @returns why the job stays for now; undefined when it leaves */
  evict(copy: Copy): string | undefined {
    const { onDrain = "stop", checkpoint, saveS = 0 } = copy.entry.job.group;
    const { clock } = this.work;
    const { run } = copy;
    if (onDrain === "finish") return "does not yield before it is done";
    if (run?.pausedS !== undefined) return "writes a checkpoint";
    const isWorking = run?.workFromS !== undefined && run.workFromS < clock.nowS;
    if (!isWorking || onDrain === "stop") {
      this.stop(copy);
      return undefined;
    }
    if (onDrain === "save") {
      const idling = { copy, fromS: clock.nowS, toS: clock.nowS + saveS };
      this.idle.push(idling);
      saveRun(this.work, copy, {
        saveS,
        written: () => {
          this.tallyOf(copy).savedStops += 1;
          this.stop(copy);
        },
      });
      return undefined;
    }
    if (checkpoint === undefined)
      return "writes no checkpoint and does not yield before it is done";
    run.atCheckpoint ??= () => {
      this.tallyOf(copy).savedStops += 1;
      this.stop(copy);
    };
    return "goes on until its next checkpoint";
  }

  /** Stops a job at once; it goes back to the queue of its cluster. */
  stop(copy: Copy): void {
    const { clock, members } = this.work;
    const member = members[copy.member]!;
    const { nodes } = copy.place!;
    const tally = this.tallyOf(copy);
    tally.stops += 1;
    tally.jobs.add(copy.entry.job.id);
    this.waitingSince.set(copy, clock.nowS);
    tally.lostGpuSeconds += member.stop(copy, this.why, "upgrade");
    this.left(nodes, clock.nowS + member.spec.queue.graceS);
  }

  /** A copy has its GPUs: one that was stopped here starts again. */
  admitted(copy: Copy): void {
    const sinceS = this.waitingSince.get(copy);
    if (sinceS === undefined) return;
    const { nowS } = this.work.clock;
    const { group } = copy.entry.job;
    this.waitingSince.delete(copy);
    this.tallyOf(copy).waitingGpuSeconds += (nowS - sinceS) * gpusOf(group);
    // Its data is at the cluster still; where it had to come again, that time is not counted.
    this.idle.push({ copy, fromS: nowS, toS: copy.run?.workFromS ?? nowS + group.restartS });
  }

  /** A copy is about to be stopped, by whomever. */
  stopping(copy: Copy): void {
    const { nowS } = this.work.clock;
    for (const one of this.idle) if (one.copy === copy) one.toS = Math.min(one.toS, nowS);
  }

  /** GPUs that stopped jobs ask for and have not. */
  get waitingGpus(): number {
    let gpus = 0;
    for (const [copy] of this.waitingSince)
      if (copy.state !== "gone") gpus += gpusOf(copy.entry.job.group);
    return gpus;
  }

  /** Names of those that wait, with how many of each kind. */
  waitingNames(): readonly string[] {
    const counts = new Map<string, number>();
    for (const [{ state, entry }] of this.waitingSince) {
      const { name } = entry.job.group;
      if (state !== "gone") counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  }

  /** One per kind of job that was stopped. */
  results(untilS: number): readonly JobsUpgradeResult[] {
    return [...this.tallies].map(([group, tally]): JobsUpgradeResult => {
      const gpus = gpusOf(group);
      const idleS = this.idle
        .filter(({ copy }) => copy.entry.job.group === group)
        .reduce((sum, { fromS, toS }) => sum + Math.max(0, Math.min(toS, untilS) - fromS), 0);
      let waitingGpuSeconds = tally.waitingGpuSeconds;
      for (const [copy, sinceS] of this.waitingSince)
        if (copy.entry.job.group === group && copy.state !== "gone")
          waitingGpuSeconds += (untilS - sinceS) * gpus;
      return {
        name: group.name,
        jobs: group.count,
        stops: tally.stops,
        savedStops: tally.savedStops,
        jobsStopped: tally.jobs.size,
        lostGpuHours: tally.lostGpuSeconds / HOUR_S,
        restartGpuHours: (idleS * gpus) / HOUR_S,
        waitingGpuHours: waitingGpuSeconds / HOUR_S,
      };
    });
  }

  private tallyOf(copy: Copy): Tally {
    const { group } = copy.entry.job;
    let tally = this.tallies.get(group);
    if (tally === undefined) {
      tally = { stops: 0, savedStops: 0, jobs: new Set(), lostGpuSeconds: 0, waitingGpuSeconds: 0 };
      this.tallies.set(group, tally);
    }
    return tally;
  }
}

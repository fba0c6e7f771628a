import type { ClustersSpec } from "./clusters-spec.js";
import { gpusOf, type Copy, type Entry, type FleetJob } from "./copy.js";
import { beginRun, endRun, fetchInputs, letInputsGo, type WorkSetting } from "./copy-work.js";
import type { EventLog } from "./event-log.js";
import { createJobCosts, type JobCosts } from "./job-costs.js";
import { copiesWanted, JobDispatch } from "./job-dispatch.js";
import type { StoppedBy } from "./member-cluster.js";
import { isOrchestrated, PreemptionGates } from "./preemption-gates.js";

/**
 * The control plane of the fleet: sends jobs to members, hears which of them admits one first, takes the other
 * copies back, and sends jobs elsewhere when their cluster is lost.
 */
export class Hub {
  readonly costs: JobCosts;
  private readonly dispatch: JobDispatch;
  private readonly gates: PreemptionGates;
  /** Jobs that no member could be picked for yet, or not enough of them. */
  private unplaced: FleetJob[] = [];
  /** Jobs that wait for their tenant's quota at the hub. */
  private held: FleetJob[] = [];
  private readonly tenantGpus = new Map<string, number>();
  /** Copies admitted in this instant. */
  private admittedNow: Copy[] = [];
  private isSyncDue = false;
  private nextCopy = 0;

  constructor(
    private readonly spec: ClustersSpec,
    private readonly work: WorkSetting,
    private readonly jobs: () => readonly FleetJob[],
    private readonly log: EventLog,
  ) {
    this.costs = createJobCosts(spec, work);
    this.gates = new PreemptionGates(spec, work);
    this.dispatch = new JobDispatch(spec, work, this.costs, (entry, member) => {
      this.nominate(entry, member);
    });
  }

  submit(job: FleetJob): void {
    const { tenant } = job.group;
    const quota = this.spec.hub.quotaGpus[tenant];
    const used = this.tenantGpus.get(tenant) ?? 0;
    const gpus = gpusOf(job.group) * copiesWanted(job);
    if (quota !== undefined && used + gpus > quota) {
      job.reason = "quota of the tenant at the hub";
      if (!this.held.includes(job)) this.held.push(job);
      return;
    }
    this.tenantGpus.set(tenant, used + gpus);
    job.reason = undefined;
    this.place(job);
  }

  /** The member has admitted a copy: its data comes, its work begins; at the end of the instant the race is judged. */
  admitted(copy: Copy): void {
    beginRun(this.work, copy);
    this.admittedNow.push(copy);
    this.dueSync();
  }

  /** A copy was stopped on its member. @returns GPU-seconds of work that have to be done again */
  stopped(copy: Copy, why: string, by: StoppedBy): number {
    const lost = endRun(this.work, copy);
    const { job } = copy.entry;
    job.stops++;
    job.gpuSecondsLost += lost;
    const { counts, spec } = this.work.members[copy.member]!;
    if (by === undefined) counts.lossGpuSeconds += lost;
    else if (by !== "upgrade") by.victimGpuSecondsLost += lost;
    if (isOrchestrated(this.spec, copy.entry)) copy.canPreempt = false;
    copy.gatedS = undefined;
    const who = typeof by === "object" ? ` for ${by.entry.job.name}` : "";
    this.log.note(spec.name, "job-stopped", `${job.name} stopped${who}: ${why}`);
    return lost;
  }

  /** A copy could preempt and may not yet: the first to say so gets the gate opened, the next later. */
  gated({ entry }: Copy): void {
    this.gates.open(entry);
  }

  /** Work of a copy is done. */
  finished(copy: Copy): void {
    const { entry } = copy;
    if (!this.work.members[copy.member]!.isConnected || copy.isOrphan) return; // the hub hears of it later, or never
    if (entry.isDone || (entry.winner !== undefined && entry.winner !== copy)) return;
    this.complete(entry, copy);
  }

  /** The link to a member was cut. */
  disconnected(member: number): void {
    this.log.note(this.work.members[member]!.spec.name, "cluster-lost", "no link to the hub");
    for (const entry of this.entriesWonBy(member)) {
      if (entry.job.group.placement.kind === "pick") continue; // KubeFleet leaves placements where they are
      entry.lostTimer = this.work.clock.at(
        this.work.clock.nowS + this.spec.hub.workerLostTimeoutS,
        "arrive",
        () => {
          this.giveUp(entry);
        },
      );
    }
  }

  /** The link is back: what happened meanwhile becomes known. */
  reconnected(member: number): void {
    this.log.note(this.work.members[member]!.spec.name, "cluster-back", "linked to the hub again");
    for (const copy of this.copiesOn(member)) {
      const { entry } = copy;
      if (entry.winner === copy) {
        entry.lostTimer?.cancel();
        entry.lostTimer = undefined;
        if (copy.state === "finished") this.complete(entry, copy);
      } else if (copy.isOrphan || entry.isDone || entry.winner !== undefined) this.withdraw(copy);
      else if (copy.state === "finished") {
        this.win(entry, copy);
        this.complete(entry, copy);
      } else if (copy.state === "admitted") this.win(entry, copy);
    }
    for (const { entries } of this.jobs()) {
      for (const entry of entries) {
        const at = entry.waitingFor.indexOf(member);
        if (at < 0) continue;
        entry.waitingFor.splice(at, 1);
        this.deliver(entry, member);
      }
    }
    this.retry();
  }

  /** Room or properties of members changed. */
  retry(): void {
    if (this.unplaced.length === 0) return;
    const jobs = this.unplaced;
    this.unplaced = [];
    for (const job of jobs) this.place(job);
  }

  private place(job: FleetJob): void {
    if (!this.dispatch.place(job)) this.unplaced.push(job);
  }

  private nominate(entry: Entry, member: number): void {
    if (entry.nominated.includes(member)) return;
    entry.nominated.push(member);
    if (this.work.members[member]!.isConnected) this.deliver(entry, member);
    else entry.waitingFor.push(member);
  }

  /** Puts a copy on the member: into its queue, or first its data into its storage. */
  private deliver(entry: Entry, member: number): void {
    const { clock, members } = this.work;
    const copy: Copy = {
      id: this.nextCopy++,
      entry,
      member,
      state: "fetching",
      queuedS: clock.nowS,
      canPreempt: !isOrchestrated(this.spec, entry),
      gatedS: undefined,
      place: undefined,
      heldS: 0,
      victims: 0,
      victimGpuSecondsLost: 0,
      openTimer: undefined,
      run: undefined,
      finishedS: undefined,
      isOrphan: false,
      holdsInputs: [],
      holdsGpuS: { total: 0 },
    };
    entry.copies.push(copy);
    if (!entry.job.group.prefetch) members[member]!.enqueue(copy);
    else
      fetchInputs(this.work, copy, () => {
        members[member]!.enqueue(copy);
      });
  }

  private dueSync(): void {
    if (this.isSyncDue) return;
    this.isSyncDue = true;
    this.work.clock.at(this.work.clock.nowS, "sample", () => {
      this.isSyncDue = false;
      const copies = this.admittedNow;
      this.admittedNow = [];
      for (const entry of new Set(copies.map((copy) => copy.entry))) this.judge(entry);
    });
  }

  /** Among those that admitted the job in the same instant, the first in the order of nomination wins. */
  private judge(entry: Entry): void {
    if (entry.winner !== undefined || entry.isDone) return;
    const admitted = entry.copies.filter(
      ({ state, member, isOrphan }) =>
        state === "admitted" && !isOrphan && this.work.members[member]!.isConnected,
    );
    const first = entry.nominated.find((member) => admitted.some((copy) => copy.member === member));
    const winner = admitted.find((copy) => copy.member === first);
    if (winner !== undefined) this.win(entry, winner);
  }

  private win(entry: Entry, winner: Copy): void {
    const { clock } = this.work;
    entry.winner = winner;
    entry.roundTimer?.cancel();
    entry.gateTimer?.cancel();
    entry.waitingFor.length = 0;
    const losers = entry.copies.filter((copy) => copy !== winner && copy.state !== "gone");
    if (losers.length === 0) return;
    clock.at(clock.nowS + this.spec.hub.syncS, "release", () => {
      for (const copy of losers) {
        if (this.work.members[copy.member]!.isConnected) this.withdraw(copy);
        else copy.isOrphan = true; // it hears of it when the link is back
      }
    });
  }

  /** Takes a copy back that is not wanted any more; what others gave up for it was for nothing. */
  private withdraw(copy: Copy): void {
    if (copy.state === "gone") return;
    const member = this.work.members[copy.member]!;
    const { counts } = member;
    endRun(this.work, copy);
    if (copy.state !== "finished") member.remove(copy);
    copy.state = "gone";
    letInputsGo(this.work, copy);
    counts.wastedPreemptions += copy.victims;
    counts.wastedGpuSeconds += copy.victimGpuSecondsLost;
    counts.duplicateGpuSeconds += copy.holdsGpuS.total;
    if (copy.victims > 0)
      this.log.note(
        member.spec.name,
        "preempted-for-nothing",
        `${copy.victims} stopped for ${copy.entry.job.name}, which runs elsewhere`,
      );
  }

  /** A cluster was away for too long: its copy is given up, the job is sent out again. */
  private giveUp(entry: Entry): void {
    const lost = entry.winner!;
    entry.lostTimer = undefined;
    if (entry.isDone) return;
    lost.isOrphan = true;
    entry.winner = undefined;
    if (entry.safeAt === lost.member) {
      entry.safeWorkS = 0;
      entry.safeAt = undefined;
    }
    entry.nominated.length = 0;
    entry.lastGateS = undefined;
    this.log.note(
      this.work.members[lost.member]!.spec.name,
      "job-given-up",
      `${entry.job.name} is sent elsewhere: its cluster was away too long`,
    );
    this.dispatch.offer(entry);
  }

  private complete(entry: Entry, copy: Copy): void {
    const { job } = entry;
    entry.isDone = true;
    entry.winner = copy;
    entry.lostTimer?.cancel();
    entry.roundTimer?.cancel();
    entry.gateTimer?.cancel();
    for (const other of entry.copies) {
      if (other === copy || other.state === "gone") continue;
      if (this.work.members[other.member]!.isConnected) this.withdraw(other);
      else other.isOrphan = true;
    }
    entry.endS = copy.finishedS;
    if (job.entries.length < copiesWanted(job) || !job.entries.every(({ isDone }) => isDone))
      return;
    job.endS = Math.max(...job.entries.map((one) => one.endS!));
    const { tenant } = job.group;
    this.tenantGpus.set(
      tenant,
      this.tenantGpus.get(tenant)! - gpusOf(job.group) * copiesWanted(job),
    );
    const held = this.held;
    this.held = [];
    for (const one of held) this.submit(one);
  }

  private copiesOn(member: number): readonly Copy[] {
    return this.jobs().flatMap(({ entries }) =>
      entries.flatMap(({ copies }) =>
        copies.filter((copy) => copy.member === member && copy.state !== "gone"),
      ),
    );
  }

  private entriesWonBy(member: number): readonly Entry[] {
    return this.jobs()
      .flatMap(({ entries }) => entries)
      .filter(({ winner, isDone }) => winner?.member === member && !isDone);
  }
}

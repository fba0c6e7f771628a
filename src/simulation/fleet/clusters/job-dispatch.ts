import { nominateNext } from "../../../policy/fleet/multikueue-dispatch.js";
import type {
  BurstPlacement,
  ClustersSpec,
  PickPlacement,
  RacePlacement,
} from "./clusters-spec.js";
import type { Entry, FleetJob } from "./copy.js";
import type { WorkSetting } from "./copy-work.js";
import type { JobCosts } from "./job-costs.js";
import { isEligible, pickMembers } from "./pick-members.js";
import { createEntry } from "./submitted-jobs.js";

/** Which clusters a job is offered to, and when. */
export class JobDispatch {
  private nextEntry = 0;

  constructor(
    private readonly spec: ClustersSpec,
    private readonly work: WorkSetting,
    private readonly costs: JobCosts,
    private readonly nominate: (entry: Entry, member: number) => void,
  ) {}

  /** Sends a job out. @returns false when clusters are missing, and it should be tried again */
  place(job: FleetJob): boolean {
    const { placement } = job.group;
    if (placement.kind === "pick") return this.pick(job, placement);
    const entry = createEntry(this.nextEntry++, job);
    job.entries.push(entry);
    job.reason = this.neverReason(job);
    this.offer(entry);
    return true;
  }

  /** Offers work to clusters, at once or one after another. */
  offer(entry: Entry): void {
    const { placement } = entry.job.group;
    if (placement.kind === "race") this.race(entry, placement);
    else if (placement.kind === "burst") this.burst(entry, placement);
  }

  private pick(job: FleetJob, placement: PickPlacement): boolean {
    const { members, clock } = this.work;
    const mayGo = (member: number): boolean =>
      this.costs.refusal(job, member) === undefined &&
      isEligible(members[member]!, clock.nowS, this.spec.hub.heartbeatMaxS);
    for (;;) {
      const placed = job.entries.map(({ nominated }) => nominated[0]!);
      const picked = pickMembers(placement, members, placed, mayGo);
      for (const member of picked) {
        const entry = createEntry(this.nextEntry++, job);
        job.entries.push(entry);
        this.nominate(entry, member);
      }
      if (picked.length === 0 || placement.type !== "n" || placement.spread.length === 0) break;
    }
    if (job.entries.length >= copiesWanted(job)) {
      job.reason = undefined;
      return true;
    }
    job.reason = "no cluster that fits the placement";
    return false;
  }

  private race(entry: Entry, placement: RacePlacement): void {
    const members = placement.members.filter((member) => this.mayUse(entry, member));
    if (placement.dispatcher === "all-at-once") {
      for (const member of members) this.nominate(entry, member);
      return;
    }
    this.nextRound(entry, placement, members);
  }

  private nextRound(entry: Entry, placement: RacePlacement, members: readonly number[]): void {
    const { clock } = this.work;
    const next = nominateNext(
      members.map(String),
      entry.nominated.map(String),
      entry.nominated.length === 0 ? 0 : clock.nowS - entry.roundS,
      placement,
    );
    const fresh = next.slice(entry.nominated.length).map(Number);
    entry.roundS = clock.nowS;
    for (const member of fresh) this.nominate(entry, member);
    if (entry.nominated.length >= members.length) return;
    entry.roundTimer = clock.at(clock.nowS + placement.roundS, "arrive", () => {
      this.nextRound(entry, placement, members);
    });
  }

  private burst(entry: Entry, { home, to, when }: BurstPlacement): void {
    const { clock } = this.work;
    const { job } = entry;
    const usable = (members: readonly number[]): readonly number[] =>
      members.filter((member) => this.mayUse(entry, member));
    if (when.rule === "cheapest") {
      const best = this.costs.cheapest(job, usable([...home, ...to]));
      if (best !== undefined) this.nominate(entry, best);
      return;
    }
    for (const member of usable(home)) this.nominate(entry, member);
    if (when.rule === "never") return;
    const help = (): void => {
      if (entry.winner !== undefined || entry.isDone) return;
      for (const member of usable(to)) this.nominate(entry, member);
    };
    let dueS = clock.nowS;
    if (when.rule === "wait-exceeds") dueS += when.waitS;
    else if (when.rule === "deadline")
      dueS = this.costs.latestStartS(job, usable(to)) - when.spareS;
    if (dueS <= clock.nowS) help();
    else entry.roundTimer = clock.at(dueS, "arrive", help);
  }

  /** Why none of the clusters it may be offered to takes it; undefined when one does. */
  private neverReason(job: FleetJob): string | undefined {
    const { placement } = job.group;
    if (placement.kind === "pick") return undefined;
    const members =
      placement.kind === "race" ? placement.members : [...placement.home, ...placement.to];
    const refusals = members.map((member) => this.costs.refusal(job, member));
    return refusals.includes(undefined) ? undefined : refusals[0];
  }

  private mayUse({ job }: Entry, member: number): boolean {
    return this.costs.refusal(job, member) === undefined;
  }
}

/** On how many clusters a job is to run, once each; for PickAll as many as there are when it comes. */
export function copiesWanted({ group }: FleetJob): number {
  const { placement } = group;
  if (placement.kind !== "pick") return 1;
  if (placement.type === "n") return placement.count;
  return placement.type === "fixed" ? placement.members.length : 1;
}

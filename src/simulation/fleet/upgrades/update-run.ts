import { roundedDown, roundedUp, type CountOrShare } from "../../../policy/fleet/budget.js";
import { createAgenda } from "./agenda.js";
import type { CourseAgenda } from "./course-world.js";

/** Clusters that are in maintenance this soon go before those without a window. */
const SOON_S = 14_400;
/** Clusters at once in a stage, whatever is written. */
const STAGE_CONCURRENCY_MAX = 50;
const DAY_S = 86_400;

/** When a cluster may begin. Seconds of the day of the run; the day begins at second 0. */
export interface MaintenanceWindow {
  readonly fromS: number;
  readonly durationS: number;
}

/** A cluster of an update run. */
export interface UpdateTarget {
  readonly name: string;
  /** Absent: it may begin at any time. */
  readonly window?: MaintenanceWindow;
}

/** A cluster of which is known beforehand how its upgrade goes. */
export interface UpdateMember extends UpdateTarget {
  /** How long its upgrade takes, also when it fails. Seconds. */
  readonly durationS: number;
  readonly fails: boolean;
}

/** Clusters of a stage that are updated side by side with its other groups. */
export interface UpdateGroup<Member extends UpdateTarget = UpdateMember> {
  readonly name: string;
  /** In their order where windows make no difference. */
  readonly members: readonly Member[];
  readonly maxConcurrency: CountOrShare;
}

/** One stage. */
export interface UpdateRunStage<Member extends UpdateTarget = UpdateMember> {
  readonly name: string;
  readonly groups: readonly UpdateGroup<Member>[];
  readonly maxConcurrency: CountOrShare;
  /** More failed clusters than this end the run. */
  readonly maxAllowedFailures: CountOrShare;
  /** Until a person has approved its beginning; absent: nobody is asked. Seconds. */
  readonly approvalBeforeS?: number;
  readonly waitS: number;
  /** Beside the wait. Seconds. */
  readonly approvalAfterS?: number;
}

/** What became of one cluster. */
export interface UpdatedMember {
  readonly name: string;
  readonly stage: string;
  readonly group: string;
  /** Infinity: not begun. Seconds. */
  readonly startS: number;
  readonly endS: number;
  /** `begun`: it was still going on when the time looked at was over. */
  readonly state: "updated" | "failed" | "begun" | "not-begun";
}

/** How an update run went. */
export interface UpdateRun {
  /** `failed`: more clusters of a stage failed than it bears. */
  readonly end: "done" | "failed" | "unfinished";
  readonly endS: number;
  readonly members: readonly UpdatedMember[];
  readonly stages: readonly {
    readonly name: string;
    readonly startS: number;
    readonly endS: number;
    readonly failures: number;
  }[];
}

/** How many clusters of a stage and of each of its groups go at once. */
export function updateConcurrency(stage: UpdateRunStage<UpdateTarget>): {
  readonly stage: number;
  readonly groups: readonly number[];
} {
  const total = stage.groups.reduce((sum, { members }) => sum + members.length, 0);
  return {
    stage: Math.min(STAGE_CONCURRENCY_MAX, roundedDown(stage.maxConcurrency, total)),
    groups: stage.groups.map(({ members, maxConcurrency }) =>
      roundedDown(maxConcurrency, members.length),
    ),
  };
}

/**
 * Takes clusters through an update in stages, as Azure Kubernetes Fleet Manager does: groups of a stage side by side,
 * both concurrencies as ceilings, clusters whose window is open first, then those that open within four hours, then
 * those without one. A cluster outside its window lets the next one go; windows are looked at every `pollS`.
 *
 * @param horizonS how long is looked at
 * @see MicrosoftDocs/azure-aks-docs articles/kubernetes-fleet/concepts-update-orchestration.md
 */
export function simulateUpdateRun(
  stages: readonly UpdateRunStage[],
  options: { readonly startS: number; readonly pollS: number; readonly horizonS: number },
): UpdateRun {
  const agenda = createAgenda();
  const run = createUpdateRun(stages, agenda, {
    pollS: options.pollS,
    isReady: () => true,
    begin: ({ durationS, fails }, ended) => {
      agenda.after(durationS, "release", () => {
        ended(fails);
      });
    },
  });
  run.begin(options.startS);
  agenda.runUntil(options.horizonS);
  return run.result(options.horizonS);
}

/** How clusters are updated. */
export interface UpdateRunHooks<Member extends UpdateTarget> {
  readonly pollS: number;
  /** Whether the update of a cluster whose window is open can begin now; if not, the next one goes first. */
  isReady(member: Member): boolean;
  /** Begins the update of a cluster. @param ended called once, later than now in the order of events */
  begin(member: Member, ended: (fails: boolean) => void): void;
}

/** An update run on a clock of others. */
export interface RunningUpdate {
  /** @param delayS from now */
  begin(delayS: number): void;
  /** How it stands at the end of the time looked at. */
  result(horizonS: number): UpdateRun;
}

/** Creates an update run; it does nothing before `begin`. */
export function createUpdateRun<Member extends UpdateTarget>(
  stages: readonly UpdateRunStage<Member>[],
  agenda: CourseAgenda,
  hooks: UpdateRunHooks<Member>,
): RunningUpdate {
  const run = new Run(stages, agenda, hooks);
  return {
    begin: (delayS) => {
      agenda.after(delayS, "arrive", () => {
        run.beginStage(0);
      });
    },
    result: (horizonS) => run.result(horizonS),
  };
}

interface OpenStage<Member extends UpdateTarget> {
  readonly stage: UpdateRunStage<Member>;
  readonly startS: number;
  readonly limits: ReturnType<typeof updateConcurrency>;
  readonly failuresMax: number;
  /** Not begun, by group. */
  readonly left: Member[][];
  readonly running: number[];
  endS: number;
  failures: number;
}

type Mutable<Item> = { -readonly [Key in keyof Item]: Item[Key] };

class Run<Member extends UpdateTarget> {
  private readonly updated: Mutable<UpdatedMember>[] = [];
  private readonly opened: OpenStage<Member>[] = [];
  private end: UpdateRun["end"] = "unfinished";
  private endS = Infinity;

  constructor(
    private readonly stages: readonly UpdateRunStage<Member>[],
    private readonly agenda: CourseAgenda,
    private readonly hooks: UpdateRunHooks<Member>,
  ) {}

  beginStage(index: number): void {
    const stage = this.stages[index];
    if (stage === undefined) {
      this.finish("done");
      return;
    }
    this.agenda.after(stage.approvalBeforeS ?? 0, "arrive", () => {
      this.openStage(stage, index);
    });
  }

  result(horizonS: number): UpdateRun {
    const begun = new Set(this.updated.map(({ name }) => name));
    const left = this.stages.flatMap((stage) =>
      stage.groups.flatMap((group) =>
        group.members
          .filter(({ name }) => !begun.has(name))
          .map(({ name }): UpdatedMember => ({
            name,
            stage: stage.name,
            group: group.name,
            startS: Infinity,
            endS: Infinity,
            state: "not-begun",
          })),
      ),
    );
    return {
      end: this.end,
      endS: Math.min(this.endS, horizonS),
      members: [...this.updated, ...left],
      stages: this.opened.map(({ stage, startS, endS, failures }) => ({
        name: stage.name,
        startS,
        endS,
        failures,
      })),
    };
  }

  private finish(end: "done" | "failed"): void {
    this.end = end;
    this.endS = this.agenda.nowS;
  }

  private openStage(stage: UpdateRunStage<Member>, index: number): void {
    const members = stage.groups.reduce((sum, group) => sum + group.members.length, 0);
    const open: OpenStage<Member> = {
      stage,
      startS: this.agenda.nowS,
      limits: updateConcurrency(stage),
      failuresMax: roundedUp(stage.maxAllowedFailures, members),
      left: stage.groups.map((group) => [...group.members]),
      running: stage.groups.map(() => 0),
      endS: Infinity,
      failures: 0,
    };
    this.opened.push(open);
    this.beginMembers(open, index);
    this.poll(open, index);
  }

  /** Windows are looked at again every hour, as long as anybody waits. */
  private poll(open: OpenStage<Member>, index: number): void {
    if (open.left.every((members) => members.length === 0)) return;
    this.agenda.after(this.hooks.pollS, "decide", () => {
      if (this.end === "failed" || open.failures > open.failuresMax) return;
      this.beginMembers(open, index);
      this.poll(open, index);
    });
  }

  private beginMembers(open: OpenStage<Member>, index: number): void {
    const { nowS } = this.agenda;
    const running = (): number => open.running.reduce((sum, count) => sum + count, 0);
    open.stage.groups.forEach((group, place) => {
      const waiting = open.left[place]!;
      for (const member of inOrder(waiting, nowS)) {
        if (running() >= open.limits.stage || open.running[place]! >= open.limits.groups[place]!)
          break;
        if (!isOpen(member.window, nowS) || !this.hooks.isReady(member)) continue;
        waiting.splice(waiting.indexOf(member), 1);
        open.running[place]! += 1;
        const noted = this.note(open, group, member, nowS);
        this.hooks.begin(member, (fails) => {
          noted.endS = this.agenda.nowS;
          noted.state = fails ? "failed" : "updated";
          this.memberDone(open, index, { place, fails });
        });
      }
    });
    this.endStage(open, index);
  }

  private note(
    open: OpenStage<Member>,
    group: UpdateGroup<Member>,
    { name }: Member,
    startS: number,
  ): Mutable<UpdatedMember> {
    const noted: Mutable<UpdatedMember> = {
      name,
      stage: open.stage.name,
      group: group.name,
      startS,
      endS: Infinity,
      state: "begun",
    };
    this.updated.push(noted);
    return noted;
  }

  private memberDone(
    open: OpenStage<Member>,
    index: number,
    { place, fails }: { readonly place: number; readonly fails: boolean },
  ): void {
    open.running[place]! -= 1;
    if (fails) open.failures += 1;
    if (open.failures <= open.failuresMax) this.beginMembers(open, index);
    else if (open.running.every((count) => count === 0)) {
      open.endS = this.agenda.nowS;
      this.finish("failed");
    }
  }

  private endStage(open: OpenStage<Member>, index: number): void {
    const isBusy =
      open.left.some((members) => members.length > 0) || open.running.some((count) => count > 0);
    if (isBusy || open.endS < Infinity) return;
    open.endS = this.agenda.nowS;
    const { waitS, approvalAfterS = 0 } = open.stage;
    // After the last stage nothing is left to wait for but what its own rules ask.
    this.agenda.after(Math.max(waitS, approvalAfterS), "arrive", () => {
      this.beginStage(index + 1);
    });
  }
}

/** Open windows first, then those that open soon, then clusters without one, then the others; else as they came. */
function inOrder<Member extends UpdateTarget>(
  members: readonly Member[],
  nowS: number,
): readonly Member[] {
  const rankOf = ({ window }: Member): number => {
    if (window === undefined) return 2;
    if (isOpen(window, nowS)) return 0;
    return opensInS(window, nowS) <= SOON_S ? 1 : 3;
  };
  return members
    .map((member, place) => ({ member, place, rank: rankOf(member) }))
    .sort((left, right) => left.rank - right.rank || left.place - right.place)
    .map(({ member }) => member);
}

function isOpen(window: MaintenanceWindow | undefined, nowS: number): boolean {
  if (window === undefined) return true;
  const sinceS = (((nowS - window.fromS) % DAY_S) + DAY_S) % DAY_S;
  return sinceS < window.durationS;
}

function opensInS(window: MaintenanceWindow, nowS: number): number {
  return (((window.fromS - nowS) % DAY_S) + DAY_S) % DAY_S;
}

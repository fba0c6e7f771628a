import type { FleetEvent } from "../fleet-part.js";
import type { PlannedStage } from "./rollout-plan.js";
import {
  createStageState,
  stageOutcome,
  type GroupState,
  type StageState,
} from "./rollout-stage.js";
import { SITE_STATES, type RolloutOutcome, type SiteState } from "./rollout-book.js";
import type { SiteRun } from "./site-run.js";
import { fetchEndS } from "./site-timeline.js";
import type { RolloutSpec } from "./sites-spec.js";

const DAY_S = 86_400;

/** Does something at a time; the same order for the same times. */
export type At = (timeS: number, action: () => void) => void;

/** One rollout while it goes over the sites. */
export interface RolloutRun {
  /** Schedules its beginning. */
  begin(): void;
  outcome(): RolloutOutcome;
}

/** What a rollout works with. */
export interface RolloutWorld {
  readonly sites: readonly SiteRun[];
  readonly durationS: number;
  readonly at: At;
  readonly nowS: () => number;
  readonly note: (event: FleetEvent) => void;
}

/** Creates the run of one rollout over sites whose stages are planned. */
export function createRolloutRun(
  index: number,
  spec: RolloutSpec,
  plan: readonly PlannedStage[],
  world: RolloutWorld,
): RolloutRun {
  return new Rollout(index, spec, plan, world);
}

class Rollout implements RolloutRun {
  private readonly stages: readonly StageState[];
  private readonly siteState: Uint8Array;
  private readonly siteBeganS: Float64Array;
  private readonly siteDoneS: Float64Array;
  /** When a site could not begin for the first time; NaN before. */
  private readonly triedS: Float64Array;
  private readonly updatedAtS: number[] = [];
  private stoppedS: number | null = null;
  private endedS: number | null = null;

  constructor(
    private readonly index: number,
    private readonly spec: RolloutSpec,
    plan: readonly PlannedStage[],
    private readonly world: RolloutWorld,
  ) {
    const none = (): Float64Array => new Float64Array(world.sites.length).fill(Number.NaN);
    this.siteState = new Uint8Array(world.sites.length);
    this.siteBeganS = none();
    this.siteDoneS = none();
    this.triedS = none();
    this.stages = plan.map(createStageState);
    for (const { groups } of plan)
      for (const { sites } of groups) for (const site of sites) this.setState(site, "waiting");
  }

  begin(): void {
    this.world.at(this.spec.startS, () => {
      this.say(
        "rollout-begun",
        `begins: ${this.spec.stages.length === 1 ? "one stage" : `${this.spec.stages.length} stages`}`,
      );
      this.openStages();
    });
  }

  outcome(): RolloutOutcome {
    const { spec } = this;
    return {
      index: this.index,
      name: spec.name,
      what: spec.service === undefined ? "node" : "model",
      startS: spec.startS,
      endedS: this.endedS,
      stoppedS: this.stoppedS,
      stages: this.stages.map(stageOutcome),
      siteState: this.siteState,
      siteBeganS: this.siteBeganS,
      siteDoneS: this.siteDoneS,
      sites: this.siteState.reduce((sum, state) => sum + Number(state !== 0), 0),
      updatedAtS: Float64Array.from(this.updatedAtS),
    };
  }

  /** Opens every stage whose predecessors are complete. */
  private openStages(): void {
    const nowS = this.world.nowS();
    this.stages.forEach((stage, index) => {
      const { after, approvalBeforeS } = this.spec.stages[index]!;
      const isDue = after.every((before) => this.stages[before]!.endedS !== null);
      if (!isDue || stage.beganS !== null || this.stoppedS !== null) return;
      stage.beganS = nowS;
      if (approvalBeforeS === undefined) this.startStage(stage, index);
      else {
        this.say("approval-awaited", `stage ${stage.plan.name} waits for approval`);
        this.world.at(nowS + approvalBeforeS, () => this.startStage(stage, index));
      }
    });
    if (this.endedS === null && this.stages.every(({ endedS }) => endedS !== null)) {
      this.endedS = nowS;
      this.say("rollout-ended", "is complete");
    }
  }

  private startStage(stage: StageState, index: number): void {
    this.say("stage-begun", `stage ${stage.plan.name} begins, ${stage.left} sites`);
    if (stage.left === 0) this.endSites(stage, index);
    else this.pump(stage, index);
  }

  /** Begins as many sites as may be under way; those that are not ready are looked at again later. */
  private pump(stage: StageState, index: number): void {
    if (this.stoppedS !== null) return;
    for (const group of stage.groups) {
      while (
        group.queue.length > 0 &&
        group.underWay < group.atOnceMax &&
        stage.underWay < stage.plan.atOnceMax
      ) {
        const site = group.queue.pop()!;
        const verdict = this.readiness(site);
        if (verdict === "ready") this.beginSite(site, stage, index, group);
        else if (verdict === "skip") this.skip(site, stage, index);
        else group.deferred.push(site);
      }
    }
    this.keepPolling(stage, index);
  }

  private keepPolling(stage: StageState, index: number): void {
    if (stage.isPolling || stage.groups.every(({ deferred }) => deferred.length === 0)) return;
    stage.isPolling = true;
    this.world.at(this.world.nowS() + this.spec.pollS, () => {
      stage.isPolling = false;
      for (const group of stage.groups) {
        // In their order again, before those that were not tried yet.
        group.queue.push(...group.deferred.reverse());
        group.deferred = [];
      }
      this.pump(stage, index);
    });
  }

  private readiness(site: number): "ready" | "later" | "skip" {
    const run = this.world.sites[site]!;
    const nowS = this.world.nowS();
    if (!this.windowIsOpen(run, nowS)) return "later";
    run.advance(nowS);
    const { isUp, isWhole, hasLink } = run.state;
    if (run.isTaken) return "later";
    if (hasLink && (this.spec.wholeFirst ? isWhole : isUp)) return "ready";
    if (this.spec.disconnected === "skip") return "skip";
    if (Number.isNaN(this.triedS[site]!)) this.triedS[site] = nowS;
    const { giveUpS } = this.spec;
    return giveUpS !== undefined && nowS - this.triedS[site]! >= giveUpS ? "skip" : "later";
  }

  private windowIsOpen({ site }: SiteRun, nowS: number): boolean {
    const { window } = this.spec;
    if (window === undefined) return true;
    const sinceS = nowS + site.dayOffsetS - window.fromS;
    return sinceS - Math.floor(sinceS / DAY_S) * DAY_S < window.durationS;
  }

  private beginSite(site: number, stage: StageState, index: number, group: GroupState): void {
    const run = this.world.sites[site]!;
    const nowS = this.world.nowS();
    group.underWay++;
    stage.underWay++;
    stage.atOnceSeen = Math.max(stage.atOnceSeen, stage.underWay);
    run.isTaken = true;
    this.siteBeganS[site] = nowS;
    this.setState(site, "fetching");
    const { bytes } = this.spec;
    const doneS = fetchEndS(run.timeline, { fromS: nowS, bytes, bitsPerS: run.site.bitsPerS });
    this.world.at(doneS, () => {
      run.advance(this.world.nowS());
      run.setUpdating(this.index);
      this.setState(site, "updating");
      this.takeNext(site, 0, (state) => {
        group.underWay--;
        stage.underWay--;
        run.setUpdating(undefined);
        run.isTaken = false;
        this.finish(site, state, stage, index);
      });
    });
  }

  /** Takes one node after the other, each when the site can spare it. */
  private takeNext(site: number, node: number, done: (state: "updated" | "failed") => void): void {
    const run = this.world.sites[site]!;
    this.whenReady(run, node, () => {
      if (node === run.site.template.nodes) {
        done("updated");
        return;
      }
      this.take(run, node);
      // The draw is made once per site whatever the number of its nodes, and the first node shows it.
      const fails = node === 0 && this.failsAt(run);
      this.world.at(this.world.nowS() + this.spec.restartS, () => {
        run.advance(this.world.nowS());
        if (!fails) this.takeNext(site, node + 1, done);
        else {
          this.take(run, node);
          this.world.at(this.world.nowS() + this.spec.restartS, () => {
            run.advance(this.world.nowS());
            done("failed");
          });
        }
      });
    });
  }

  private take(run: SiteRun, node: number): void {
    const nowS = this.world.nowS();
    const untilS = nowS + this.spec.restartS;
    if (this.spec.service === undefined) run.takeNode(node, nowS, untilS);
    else run.takeService(node, this.spec.service, untilS);
  }

  private failsAt({ site }: SiteRun): boolean {
    return site.stream.fork(`rollout/${this.spec.name}`).uniform() < this.spec.failureChance;
  }

  /**
   * Goes on when the site can spare a node: it is up, the node before is back, and with `wholeFirst` all of it is
   * whole. Until then it looks again whenever something happens at the site.
   */
  private whenReady(run: SiteRun, node: number, act: () => void): void {
    const nowS = this.world.nowS();
    run.advance(nowS);
    const isBack = node === 0 || run.state.isRunning(node - 1);
    const canSpare = this.spec.wholeFirst ? run.state.isWhole : run.state.isUp;
    if (isBack && canSpare) act();
    else {
      const nextS = run.nextS;
      if (nextS <= this.world.durationS)
        this.world.at(Math.max(nowS, nextS), () => this.whenReady(run, node, act));
    }
  }

  private skip(site: number, stage: StageState, index: number): void {
    this.finish(site, "skipped", stage, index);
  }

  private finish(
    site: number,
    state: "updated" | "failed" | "skipped",
    stage: StageState,
    index: number,
  ): void {
    const nowS = this.world.nowS();
    this.siteDoneS[site] = nowS;
    this.setState(site, state);
    stage[state]++;
    stage.left--;
    if (state === "updated") this.updatedAtS.push(nowS);
    if (state === "failed") {
      this.say(
        "site-failed",
        `failed at ${this.world.sites[site]!.site.name}, which keeps the old version`,
      );
      if (stage.failed > stage.plan.failuresMax && this.stoppedS === null) {
        this.stoppedS = nowS;
        this.say(
          "rollout-stopped",
          `stops: ${stage.failed} sites of stage ${stage.plan.name} failed, ${stage.plan.failuresMax} are allowed`,
        );
      }
    }
    if (stage.left === 0) this.endSites(stage, index);
    else if (state !== "skipped") this.pump(stage, index);
  }

  /** The last site of a stage is done: wait and approval begin together, and both must be over. */
  private endSites(stage: StageState, index: number): void {
    const nowS = this.world.nowS();
    stage.sitesDoneS = nowS;
    const { waitS, approvalAfterS = 0 } = this.spec.stages[index]!;
    this.world.at(nowS + Math.max(waitS, approvalAfterS), () => {
      stage.endedS = this.world.nowS();
      this.say(
        "stage-ended",
        `stage ${stage.plan.name} is complete: ${stage.updated} updated, ${stage.failed} failed, ${stage.skipped} left out`,
      );
      this.openStages();
    });
  }

  private setState(site: number, state: SiteState): void {
    this.siteState[site] = SITE_STATES.indexOf(state);
  }

  private say(kind: string, what: string): void {
    this.world.note({ timeS: this.world.nowS(), where: this.spec.name, kind, what });
  }
}

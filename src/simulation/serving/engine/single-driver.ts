import { createStretchClock, type StretchClock } from "../stretch-clock.js";
import type { EngineContext } from "./engine.js";
import { createPlan } from "./plan.js";
import type { Scheduler } from "./scheduler.js";
import type { StepDriver } from "./step-driver.js";

/**
 * One step after the other. Steps in which only the same requests decode are taken together as one decision;
 * `isStepwise` takes every step by itself and gives the same.
 */
export function createSingleDriver(scheduler: Scheduler, context: EngineContext): StepDriver {
  return new SingleDriver(scheduler, context);
}

class SingleDriver implements StepDriver {
  steps = 0;
  decisions = 0;
  endS = 0;
  /** Nobody can do anything until time passes or something comes. */
  private isBlocked = false;
  private readonly clock: StretchClock;
  private readonly plan = createPlan();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly context: EngineContext,
  ) {
    this.clock = createStretchClock(scheduler.spec.stepTime);
  }

  get nowS(): number {
    return this.clock.nowS;
  }

  get nextS(): number {
    const { scheduler, clock } = this;
    if (scheduler.outstanding === 0) return Infinity;
    return this.isBlocked ? Math.max(clock.nowS, scheduler.changesAtS(clock.nowS)) : clock.nowS;
  }

  wake(timeS: number): void {
    const isIdle = this.isBlocked || this.scheduler.outstanding === 0;
    if (isIdle && this.clock.nowS < timeS) this.clock.jumpTo(timeS);
    this.isBlocked = false;
  }

  runUntil(limitS: number): void {
    const { scheduler, clock, context } = this;
    while (scheduler.outstanding > 0 && clock.nowS < limitS && !context.hasSent) {
      if (this.isBlocked) {
        const changesS = this.nextS;
        if (!(changesS < limitS)) return;
        clock.jumpTo(changesS);
        this.isBlocked = false;
      }
      this.decisions++;
      const steps = context.isStepwise ? 0 : scheduler.steadySteps(clock.nowS);
      if (steps > 0) this.takeStretch(steps, limitS);
      else if (!this.takeStep()) this.isBlocked = true;
    }
  }

  private takeStretch(most: number, limitS: number): void {
    const { scheduler, clock } = this;
    if (!clock.isUnderWay) clock.continueWith(scheduler.steadyBatch());
    const steps = clock.stepsBefore(Math.min(limitS, scheduler.changesAtS(clock.nowS)), most);
    this.enterGaps(steps);
    clock.advance(steps);
    this.steps += steps;
    this.endS = clock.nowS;
    scheduler.takeSteady(steps, clock.nowS);
    this.forgetIfChanged();
  }

  private enterGaps(steps: number): void {
    const { scheduler, clock } = this;
    const { gaps } = this.context;
    const fresh = scheduler.startSteady(clock.nowS, clock);
    const all = scheduler.running.length;
    clock.forEachGapRun(steps, (run) => {
      if (fresh.all === all) {
        gaps.addEvenly(run, all, fresh.ofClass);
        return;
      }
      // Some emitted their last token earlier: their first gap is entered already.
      gaps.addEvenly({ ...run, count: 1 }, fresh.all, fresh.ofClass);
      fresh.all = all;
      fresh.ofClass = scheduler.runningOfClass();
      const rest = { ...run, from: run.from + 1, count: run.count - 1 };
      gaps.addEvenly(rest, all, fresh.ofClass);
    });
  }

  /** One step in full: who computes what, who is taken in, who is thrown out. @returns false when nobody can */
  private takeStep(): boolean {
    const { scheduler, clock, plan } = this;
    scheduler.plan(clock.nowS, plan);
    this.forgetIfChanged();
    if (plan.tokens === 0) return false;
    const startS = clock.nowS;
    let gapS: number | undefined;
    if (plan.batch.prefills.length === 0 && plan.loadS === 0) {
      clock.continueWith(plan.batch);
      clock.advance(1);
      gapS = clock.lastGapS;
    } else clock.advanceBy(scheduler.spec.stepTime.stepS(plan.batch) + plan.loadS);
    this.steps++;
    this.endS = clock.nowS;
    scheduler.settle(plan, startS, clock.nowS, gapS);
    if (scheduler.isCut) scheduler.hasChanged = true;
    this.forgetIfChanged();
    return true;
  }

  private forgetIfChanged(): void {
    if (!this.scheduler.hasChanged) return;
    this.scheduler.hasChanged = false;
    this.clock.forget();
  }
}

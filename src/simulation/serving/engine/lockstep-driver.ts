import type { StepBatch } from "../../../performance/llm/step-time.js";
import type { EngineContext } from "./engine.js";
import { createPlan } from "./plan.js";
import type { Scheduler } from "./scheduler.js";
import type { StepDriver } from "./step-driver.js";

/**
 * Engines that take each step together, as those that share the experts of a mixture-of-experts model must: a
 * step takes as long as the longest of them. Ends of steps are added up one after the other.
 */
export function createLockstepDriver(
  schedulers: readonly Scheduler[],
  context: EngineContext,
): StepDriver {
  return new LockstepDriver(schedulers, context);
}

class LockstepDriver implements StepDriver {
  nowS = 0;
  endS = 0;
  steps = 0;
  decisions = 0;
  private isBlocked = false;
  private readonly plans;

  constructor(
    private readonly schedulers: readonly Scheduler[],
    private readonly context: EngineContext,
  ) {
    this.plans = schedulers.map(() => createPlan());
  }

  get nextS(): number {
    if (this.isIdle()) return Infinity;
    return this.isBlocked ? Math.max(this.nowS, this.changesAtS()) : this.nowS;
  }

  wake(timeS: number): void {
    if ((this.isBlocked || this.isIdle()) && this.nowS < timeS) this.nowS = timeS;
    this.isBlocked = false;
  }

  runUntil(limitS: number): void {
    while (this.nowS < limitS && !this.isIdle() && !this.context.hasSent) {
      if (this.isBlocked) {
        const changesS = this.nextS;
        if (!(changesS < limitS)) return;
        this.nowS = changesS;
        this.isBlocked = false;
      }
      this.decisions++;
      const steps = this.context.isStepwise ? 0 : this.steadySteps();
      if (steps > 0) this.takeStretch(steps, Math.min(limitS, this.changesAtS()));
      else if (!this.takeStep()) this.isBlocked = true;
    }
  }

  private isIdle(): boolean {
    return this.schedulers.every(({ outstanding }) => outstanding === 0);
  }

  private changesAtS(): number {
    let earliestS = Infinity;
    for (const scheduler of this.schedulers)
      earliestS = Math.min(earliestS, scheduler.changesAtS(this.nowS));
    return earliestS;
  }

  private steadySteps(): number {
    let least = Infinity;
    for (const scheduler of this.schedulers) {
      if (scheduler.outstanding === 0) continue;
      least = Math.min(least, scheduler.steadySteps(this.nowS));
      if (least === 0) return 0;
    }
    return least === Infinity ? 0 : least;
  }

  private takeStretch(most: number, limitS: number): void {
    const busy = this.schedulers.filter(({ running }) => running.length > 0);
    const batches = busy.map((scheduler) => scheduler.steadyBatch());
    let steps = 0;
    for (; steps < most && (steps === 0 || this.nowS < limitS); steps++) {
      const taken = steps;
      const startS = this.nowS;
      this.nowS += this.longestS(batches.map((batch) => grown(batch, taken)));
      busy.forEach((scheduler) => {
        this.enterGaps(scheduler, startS, steps === 0);
      });
    }
    this.steps += steps;
    this.endS = this.nowS;
    for (const scheduler of busy) scheduler.takeSteady(steps, this.nowS);
  }

  private enterGaps(scheduler: Scheduler, startS: number, isFirst: boolean): void {
    const { gaps } = this.context;
    const first = this.nowS - startS + scheduler.spec.stepTime.perTokenS;
    const fresh = isFirst
      ? scheduler.startSteady(startS, { nextEndS: this.nowS })
      : { all: scheduler.running.length, ofClass: scheduler.runningOfClass() };
    gaps.addEvenly({ first, growth: 0, from: 0, count: 1 }, fresh.all, fresh.ofClass);
  }

  private takeStep(): boolean {
    const { schedulers, plans, nowS } = this;
    schedulers.forEach((scheduler, place) => {
      scheduler.plan(nowS, plans[place]!);
    });
    const working = plans.filter(({ tokens }) => tokens > 0);
    if (working.length === 0) return false;
    const loadS = Math.max(...working.map((plan) => plan.loadS));
    this.nowS += this.longestS(working.map(({ batch }) => batch)) + loadS;
    this.endS = this.nowS;
    this.steps++;
    schedulers.forEach((scheduler, place) => {
      if (plans[place]!.tokens > 0) scheduler.settle(plans[place]!, nowS, this.nowS, undefined);
    });
    return true;
  }

  private longestS(batches: readonly StepBatch[]): number {
    const { stepTime } = this.schedulers[0]!.spec;
    let longestS = 0;
    for (const batch of batches) longestS = Math.max(longestS, stepTime.stepS(batch));
    return longestS;
  }
}

/** The batch after so many steps in which all its requests decode. */
export function grown(batch: StepBatch, steps: number): StepBatch {
  return {
    ...batch,
    decodeCacheTokens: batch.decodeCacheTokens + steps * batch.decodes,
    decodeCacheTokensMax: batch.decodeCacheTokensMax + steps,
  };
}

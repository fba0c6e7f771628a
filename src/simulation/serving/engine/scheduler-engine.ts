import type { ServiceCounters } from "../service-counters.js";
import type { ReplicaSpec } from "../serving-spec.js";
import type { Engine, EngineContext } from "./engine.js";
import { addCounters, NOTHING_COUNTED } from "./engine-counts.js";
import { leastLoaded } from "./least-loaded.js";
import { Scheduler } from "./scheduler.js";
import type { StepDriver } from "./step-driver.js";

/** Schedulers under one driver: one, or several that step together. */
export function createSchedulerEngine(
  spec: ReplicaSpec,
  context: EngineContext,
  schedulers: number,
  createDriver: (schedulers: readonly Scheduler[]) => StepDriver,
): Engine {
  const made = Array.from({ length: schedulers }, () => new Scheduler(spec, context));
  return new SchedulerEngine(made, createDriver(made));
}

class SchedulerEngine implements Engine {
  constructor(
    private readonly schedulers: readonly Scheduler[],
    private readonly driver: StepDriver,
  ) {}

  get nowS(): number {
    return this.driver.nowS;
  }
  get endS(): number {
    return this.driver.endS;
  }
  get nextS(): number {
    return this.driver.nextS;
  }
  get steps(): number {
    return this.driver.steps;
  }
  get decisions(): number {
    return this.driver.decisions;
  }
  get outstanding(): number {
    const { schedulers } = this;
    return schedulers.length === 1
      ? schedulers[0]!.outstanding
      : this.sum((one) => one.outstanding);
  }
  get waitingCount(): number {
    return this.sum((one) => one.admission.waitingCount);
  }
  get runningCount(): number {
    return this.sum((one) => one.running.length);
  }
  get blocks(): number {
    return this.sum((one) => one.spec.cacheBlocks);
  }
  get usedBlocks(): number {
    return this.sum((one) => one.spec.cacheBlocks - one.pool.free);
  }
  get counters(): ServiceCounters {
    const counters = this.schedulers.map((one) => one.readCounters());
    const sum = counters.reduce(addCounters, NOTHING_COUNTED);
    return { ...sum, steps: this.driver.steps };
  }

  add(request: number, nowS: number): void {
    this.driver.wake(nowS);
    const { schedulers } = this;
    if (schedulers.length === 1) schedulers[0]!.add(request);
    else
      schedulers[
        leastLoaded(
          schedulers,
          (one) => one.admission.waitingCount,
          (one) => one.running.length,
        )
      ]!.add(request);
  }

  runUntil(limitS: number): void {
    this.driver.runUntil(limitS);
  }

  unparkAt(request: number, timeS: number): void {
    for (const scheduler of this.schedulers) scheduler.parked.endAt(request, timeS);
  }

  withdraw(request: number): boolean {
    return this.schedulers.some((scheduler) => scheduler.withdraw(request));
  }

  evacuate(nowS: number): number[] {
    const open: number[] = [];
    for (const scheduler of this.schedulers) {
      if (this.driver.endS > nowS) {
        for (const request of scheduler.lastEnded) scheduler.counts.undoEnd(request);
        open.push(...scheduler.lastEnded);
      }
      open.push(...scheduler.evacuate(nowS));
    }
    return open;
  }

  adapterUse(adapter: number): "active" | "waiting" | "none" {
    if (this.schedulers.some((one) => one.admission.slots?.isInUse(adapter))) return "active";
    const isWaiting = this.schedulers.some((one) => one.admission.adaptersWaiting().has(adapter));
    return isWaiting ? "waiting" : "none";
  }

  get adaptersInUse(): number {
    return this.sum((one) => one.admission.slots?.inUse ?? 0);
  }

  get adaptersWaiting(): number {
    return this.sum((one) => one.admission.adaptersWaiting().size);
  }

  checkInvariants(): void {
    for (const scheduler of this.schedulers) scheduler.checkInvariants();
  }

  private sum(of: (scheduler: Scheduler) => number): number {
    let total = 0;
    for (const scheduler of this.schedulers) total += of(scheduler);
    return total;
  }
}

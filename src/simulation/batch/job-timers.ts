import type { Engine, EventId } from "../../engine/types.js";

/** One timer per job; only queue policies that plan ahead set any. */
export interface JobTimers {
  /** Wakes the job at that time; replaces the timer it has. */
  set(job: number, timeS: number): void;
  /** Forgets the job's timer, if it has one. */
  clear(job: number): void;
}

/** @param wake called when the time of a job has come */
export function createJobTimers(engine: Engine, wake: (job: number) => void): JobTimers {
  const timers = new Map<number, EventId>();
  const kind = engine.defineEvent("job's timer", "release", (job) => {
    timers.delete(job);
    wake(job);
  });
  const clear = (job: number): void => {
    const timer = timers.get(job);
    if (timer === undefined) return;
    engine.cancel(timer);
    timers.delete(job);
  };
  return {
    set(job, timeS) {
      clear(job);
      timers.set(job, engine.schedule(kind, timeS, job));
    },
    clear,
  };
}

import { InvariantError } from "../../base/assert.js";

/**
 * Free capacity of a pool over future time, as far as it is promised: a step function that ends in
 * "everything is free".
 */
export interface CapacityProfile {
  /** Forgets what lies before `nowS`. */
  advance(nowS: number): void;
  /** First time from `nowS` on when `amount` is free for `lengthS` without a break. */
  earliest(nowS: number, amount: number, lengthS: number): number;
  /** Promises `amount` from `fromS` to `toS`. */
  take(fromS: number, toS: number, amount: number): void;
  /** Takes a promise back. */
  give(fromS: number, toS: number, amount: number): void;
  /**
   * Everything is free again from `nowS` on.
   *
   * @param outOfService what is not there at present; promises may exceed the rest, which is then simply
   *   not free
   */
  reset(nowS: number, outOfService?: number): void;
  /** What is there at present. */
  readonly capacityInService: number;
}

class StepProfile implements CapacityProfile {
  /** Step i holds from timeS[i] to timeS[i + 1], the last for ever. */
  private timeS: number[] = [0];
  private free: number[];
  capacityInService: number;

  constructor(private readonly capacity: number) {
    this.free = [capacity];
    this.capacityInService = capacity;
  }

  advance(nowS: number): void {
    let passed = 0;
    while (passed + 1 < this.timeS.length && this.timeS[passed + 1]! <= nowS) passed++;
    if (passed > 0) {
      this.timeS.splice(0, passed);
      this.free.splice(0, passed);
    }
    if (this.timeS[0]! < nowS) this.timeS[0] = nowS;
  }

  earliest(nowS: number, amount: number, lengthS: number): number {
    const { timeS, free } = this;
    let startS = Math.max(nowS, timeS[0]!);
    for (let step = this.stepAt(startS); step < timeS.length; step++) {
      if (free[step]! < amount) {
        startS = timeS[step + 1]!;
        continue;
      }
      const untilS = step + 1 < timeS.length ? timeS[step + 1]! : Infinity;
      if (untilS >= startS + lengthS) return startS;
    }
    throw new InvariantError(`capacity profile: ${amount} of ${this.capacity} is never free`, {
      nowS,
    });
  }

  take(fromS: number, toS: number, amount: number): void {
    this.add(fromS, toS, -amount);
  }

  give(fromS: number, toS: number, amount: number): void {
    this.add(fromS, toS, amount);
  }

  reset(nowS: number, outOfService = 0): void {
    this.capacityInService = this.capacity - outOfService;
    this.timeS = [nowS];
    this.free = [this.capacityInService];
  }

  private add(fromS: number, toS: number, change: number): void {
    if (!(fromS < toS)) return;
    const first = this.breakAt(fromS);
    const end = this.breakAt(toS);
    for (let step = first; step < end; step++) {
      this.free[step]! += change;
      const leastFree = this.capacityInService - this.capacity;
      if (this.free[step]! < leastFree || this.free[step]! > this.capacityInService) {
        throw new InvariantError(
          `capacity profile: ${this.free[step]} of ${this.capacityInService} free`,
          {
            fromS,
            toS,
          },
        );
      }
    }
    this.mergeAt(end);
    this.mergeAt(first);
  }

  /** The step that holds at a time not before the first step. */
  private stepAt(timeS: number): number {
    let low = 0;
    let high = this.timeS.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.timeS[middle]! <= timeS) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Makes a step begin at this time; returns it. */
  private breakAt(timeS: number): number {
    const step = this.stepAt(timeS);
    if (this.timeS[step] === timeS) return step;
    this.timeS.splice(step + 1, 0, timeS);
    this.free.splice(step + 1, 0, this.free[step]!);
    return step + 1;
  }

  /** Two steps of equal height are one. */
  private mergeAt(step: number): void {
    if (step === 0 || step >= this.free.length || this.free[step] !== this.free[step - 1]) return;
    this.timeS.splice(step, 1);
    this.free.splice(step, 1);
  }
}

/** A profile with everything free from time 0 on. */
export function createCapacityProfile(capacity: number): CapacityProfile {
  return new StepProfile(capacity);
}

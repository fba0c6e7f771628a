import { InvariantError } from "../../base/assert.js";

/**
 * What is free of several resources over future time, as far as it is promised: a step function with a
 * vector per step, the last of which holds for ever.
 */
export class VectorProfile {
  private timeS: number[];
  private readonly free: Float64Array[];
  /** How many promises begin or end at each step; a step of none is merged into the one before. */
  private readonly uses: number[];
  /** How many promises end there: only then can something become possible. */
  private readonly ends: number[];

  constructor(nowS: number, capacity: Float64Array) {
    this.timeS = [nowS];
    this.free = [capacity.slice()];
    this.uses = [0];
    this.ends = [0];
  }

  /** First time it knows of. Seconds. */
  get startS(): number {
    return this.timeS[0]!;
  }

  get stepCount(): number {
    return this.timeS.length;
  }

  /** Forgets what lies before `nowS`. */
  advance(nowS: number): void {
    let passed = 0;
    while (passed + 1 < this.timeS.length && this.timeS[passed + 1]! <= nowS) passed += 1;
    if (passed > 0) {
      for (const column of [this.timeS, this.free, this.uses, this.ends]) column.splice(0, passed);
    }
    if (this.timeS[0]! < nowS) this.timeS[0] = nowS;
  }

  /** Promises the amounts from `fromS` to `toS` (`sign` -1), or takes the promise back (`sign` 1). */
  change(fromS: number, toS: number, amounts: ArrayLike<number>, sign: 1 | -1): void {
    if (!(fromS < toS)) return;
    const first = this.breakAt(fromS);
    const end = this.breakAt(toS);
    for (let step = first; step < end; step += 1) {
      const free = this.free[step]!;
      for (let index = 0; index < free.length; index += 1) {
        free[index]! += sign * amounts[index]!;
        if (free[index]! < 0)
          throw new InvariantError(`profile: ${free[index]} free of resource ${index}`, {
            fromS,
            toS,
          });
      }
    }
    this.uses[end]! -= sign;
    this.ends[end]! -= sign;
    this.mergeAt(end);
    this.uses[first]! -= sign;
    this.mergeAt(first);
  }

  /** Least free of every resource between two times, written to `out`. */
  leastFree(fromS: number, toS: number, out: Float64Array): void {
    let step = this.stepAt(fromS);
    out.set(this.free[step]!);
    for (step += 1; step < this.timeS.length && this.timeS[step]! < toS; step += 1) {
      const free = this.free[step]!;
      for (let index = 0; index < out.length; index += 1)
        if (free[index]! < out[index]!) out[index] = free[index]!;
    }
  }

  /**
   * First time from `fromS` on at which a promise ends (or `fromS` itself) and from which `amount` of the
   * first resource is free for `lengthS`; undefined when there is none.
   */
  nextStart(fromS: number, amount: number, lengthS: number): number | undefined {
    const { timeS, free, ends } = this;
    let startS: number | undefined = Math.max(fromS, timeS[0]!);
    for (let step = this.stepAt(startS); step < timeS.length; step += 1) {
      if (startS === undefined && ends[step]! > 0) startS = timeS[step]!;
      if (free[step]![0]! < amount) {
        startS = undefined;
        continue;
      }
      const untilS = step + 1 < timeS.length ? timeS[step + 1]! : Infinity;
      if (startS !== undefined && untilS >= startS + lengthS) return startS;
    }
    return undefined;
  }

  /** True when, from some time in [fromS, beforeS) on, every step of `lengthS` passes the test. */
  holdsFor(
    fromS: number,
    beforeS: number,
    lengthS: number,
    test: (free: Float64Array) => boolean,
  ): boolean {
    const { timeS, free } = this;
    let startS: number | undefined;
    for (let step = this.stepAt(Math.max(fromS, timeS[0]!)); step < timeS.length; step += 1) {
      if (!test(free[step]!)) startS = undefined;
      else {
        startS ??= Math.max(fromS, timeS[step]!);
        const untilS = step + 1 < timeS.length ? timeS[step + 1]! : Infinity;
        if (startS < beforeS && untilS >= startS + lengthS) return true;
      }
      if (startS === undefined && step + 1 < timeS.length && timeS[step + 1]! >= beforeS)
        return false;
    }
    return false;
  }

  /** First time after `afterS` at which a promise ends; undefined when none does. */
  nextEnd(afterS: number): number | undefined {
    for (
      let step = this.stepAt(Math.max(afterS, this.timeS[0]!));
      step < this.timeS.length;
      step += 1
    )
      if (this.timeS[step]! > afterS && this.ends[step]! > 0) return this.timeS[step];
    return undefined;
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

  private breakAt(timeS: number): number {
    const step = this.stepAt(timeS);
    if (this.timeS[step] === timeS) return step;
    this.timeS.splice(step + 1, 0, timeS);
    this.free.splice(step + 1, 0, this.free[step]!.slice());
    this.uses.splice(step + 1, 0, 0);
    this.ends.splice(step + 1, 0, 0);
    return step + 1;
  }

  /** Where no promise begins or ends, both sides are equal. */
  private mergeAt(step: number): void {
    if (step === 0 || this.uses[step] !== 0) return;
    this.timeS.splice(step, 1);
    this.free.splice(step, 1);
    this.uses.splice(step, 1);
    this.ends.splice(step, 1);
  }
}

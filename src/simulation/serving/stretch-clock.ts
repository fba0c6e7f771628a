import type { EvenRun } from "../../stats/octave-histogram.js";
import type { StepBatch, StepTimeModel } from "../../performance/llm/step-time.js";

/**
 * The clock of a replica, which counts steps of an unchanged decode-only batch from the start of the stretch.
 *
 * Where such steps grow evenly, the end of step k is start + k·first + growth·k(k−1)/2: one formula, whether
 * the steps are taken one by one or together, so both give the same bits. Otherwise steps are added up one
 * after another, which is the same too.
 */
export interface StretchClock {
  readonly nowS: number;
  /** True between `continueWith` and the next change of the batch. */
  readonly isUnderWay: boolean;
  /** The replica was idle until then. */
  jumpTo(timeS: number): void;
  /** A step that is no part of a stretch. */
  advanceBy(seconds: number): void;
  /** The next step decodes this batch; begins a stretch unless one is under way. */
  continueWith(batch: StepBatch): void;
  /** How many of the next `most` steps of the stretch begin before the time; at least 1 when now is before it. */
  stepsBefore(limitS: number, most: number): number;
  /** When the next step of the stretch ends. */
  readonly nextEndS: number;
  /** Seconds between the tokens of a request that emits one with the last step and with the one before. */
  readonly lastGapS: number;
  /** The same for the next so many steps, as runs of evenly growing times. */
  forEachGapRun(steps: number, visit: (run: EvenRun) => void): void;
  /** Takes steps of the stretch. */
  advance(steps: number): void;
  /** The batch changes: the stretch is over. */
  forget(): void;
}

/** Makes a clock at 0. */
export function createStretchClock(model: StepTimeModel): StretchClock {
  return new FormulaClock(model);
}

class FormulaClock implements StretchClock {
  nowS = 0;
  private startS = Number.NaN;
  private taken = 0;
  private firstS = 0;
  private growthS = 0;
  private batch: StepBatch | undefined;

  constructor(private readonly model: StepTimeModel) {}

  jumpTo(timeS: number): void {
    this.forget();
    this.nowS = timeS;
  }

  advanceBy(seconds: number): void {
    this.forget();
    this.nowS += seconds;
  }

  continueWith(batch: StepBatch): void {
    if (this.batch !== undefined) return;
    this.batch = batch;
    this.startS = this.nowS;
    this.taken = 0;
    this.firstS = this.model.stepS(batch);
    this.growthS = this.model.decodeGrowthS?.(batch) ?? Number.NaN;
  }

  stepsBefore(limitS: number, most: number): number {
    if (Number.isNaN(this.growthS)) return this.countOneByOne(limitS, most);
    const { taken } = this;
    if (this.endOf(taken + most - 1) < limitS) return most;
    // The root of the formula is off by rounding only; what counts is the comparison of ends as they are.
    let steps = Math.min(most, Math.max(1, this.stepsUntil(limitS) - taken));
    while (steps > 1 && !(this.endOf(taken + steps - 1) < limitS)) steps--;
    while (steps < most && this.endOf(taken + steps) < limitS) steps++;
    return steps;
  }

  /** About how many steps of the stretch, from its start, begin before the time. */
  private stepsUntil(limitS: number): number {
    const { growthS, firstS } = this;
    const leftS = limitS - this.startS;
    const evenS = firstS - growthS / 2;
    const root = evenS + Math.sqrt(Math.max(0, evenS * evenS + 2 * growthS * leftS));
    return root > 0 ? Math.ceil((2 * leftS) / root) : 1;
  }

  get isUnderWay(): boolean {
    return this.batch !== undefined;
  }

  get nextEndS(): number {
    return Number.isNaN(this.growthS)
      ? this.nowS + this.stepS(this.taken)
      : this.endOf(this.taken + 1);
  }

  get lastGapS(): number {
    const { perTokenS } = this.model;
    return Number.isNaN(this.growthS)
      ? this.stepS(this.taken - 1) + perTokenS
      : this.firstS + perTokenS + this.growthS * (this.taken - 1);
  }

  forEachGapRun(steps: number, visit: (run: EvenRun) => void): void {
    const { perTokenS } = this.model;
    if (!Number.isNaN(this.growthS)) {
      const { firstS, growthS, taken } = this;
      visit({ first: firstS + perTokenS, growth: growthS, from: taken, count: steps });
      return;
    }
    for (let step = 0; step < steps; step++)
      visit({ first: this.stepS(this.taken + step) + perTokenS, growth: 0, from: 0, count: 1 });
  }

  advance(steps: number): void {
    if (Number.isNaN(this.growthS)) {
      for (let step = 0; step < steps; step++) this.nowS += this.stepS(this.taken++);
      return;
    }
    this.taken += steps;
    this.nowS = this.endOf(this.taken);
  }

  forget(): void {
    this.batch = undefined;
  }

  /** End of step number k of the stretch. */
  private endOf(k: number): number {
    return this.startS + k * this.firstS + (this.growthS * (k * (k - 1))) / 2;
  }

  private countOneByOne(limitS: number, most: number): number {
    let endS = this.nowS;
    for (let step = 0; step < most; step++) {
      if (step > 0 && !(endS < limitS)) return step;
      endS += this.stepS(this.taken + step);
    }
    return most;
  }

  /** Seconds of the step after `taken` steps: every request then has so many more tokens in the cache. */
  private stepS(taken: number): number {
    const { batch } = this;
    if (batch === undefined) return Number.NaN;
    return this.model.stepS({
      ...batch,
      decodeCacheTokens: batch.decodeCacheTokens + taken * batch.decodes,
      decodeCacheTokensMax: batch.decodeCacheTokensMax + taken,
    });
  }
}

import { InvariantError } from "../../base/assert.js";
import type { PrefillChunk, StepBatch, StepTimeModel } from "../../performance/llm/step-time.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { ReplicaSpec } from "./serving-spec.js";
import { createRequestQueue, type RequestQueue } from "./request-queue.js";
import { createStretchClock, type StretchClock } from "./stretch-clock.js";

const blocksOf = (tokens: number): number => Math.ceil(tokens / TOKENS_PER_BLOCK);

/** What is recorded of every request, shared by all replicas of a run. */
export interface RequestRecords {
  /** End of the step that emitted the first and the last token. Seconds; NaN before. */
  readonly firstTokenS: Float64Array;
  readonly lastTokenS: Float64Array;
  readonly preemptions: Int32Array;
}

/**
 * One engine with continuous batching, as vLLM v1 schedules it: every step computes one token of each
 * decoding request and, with what is left of the token budget, chunks of prompts; running requests come
 * first, then waiting ones in order; who finds no block takes those of the youngest running request, which
 * begins again at the head of the queue.
 *
 * Steps in which only the same requests decode are taken together as one decision; `isStepwise` takes every
 * step by itself and gives the same.
 */
export class Replica {
  steps = 0;
  decisions = 0;
  /** Requests running or waiting. */
  outstanding = 0;
  freeBlocks: number;

  private readonly waiting: RequestQueue = createRequestQueue();
  private readonly running: number[] = [];
  /** Tokens in the cache, tokens emitted, and blocks held, by request. */
  private readonly done: Int32Array;
  private readonly emitted: Int32Array;
  private readonly owned: Int32Array;
  private readonly clock: StretchClock;
  private readonly stepTime: StepTimeModel;
  /** Tokens each running request computes in this step, by place in `running`. */
  private readonly share: number[] = [];

  constructor(
    private readonly spec: ReplicaSpec,
    private readonly requests: RequestTable,
    private readonly records: RequestRecords,
    state: { readonly done: Int32Array; readonly emitted: Int32Array; readonly owned: Int32Array },
    private readonly isStepwise: boolean,
  ) {
    this.freeBlocks = spec.cacheBlocks;
    this.done = state.done;
    this.emitted = state.emitted;
    this.owned = state.owned;
    this.stepTime = spec.stepTime;
    this.clock = createStretchClock(spec.stepTime);
  }

  /** End of the last step. Seconds. */
  get nowS(): number {
    return this.clock.nowS;
  }

  /** Takes a request in; every step that began before its arrival must have been run. */
  add(request: number, arrivalS: number): void {
    if (this.outstanding === 0 && this.clock.nowS < arrivalS) this.clock.jumpTo(arrivalS);
    this.waiting.push(request);
    this.outstanding++;
  }

  /** Runs every step that begins before the time. */
  runUntil(limitS: number): void {
    while (this.outstanding > 0 && this.clock.nowS < limitS) {
      this.decisions++;
      const steps = this.isStepwise ? 0 : this.equalSteps(limitS);
      if (steps > 0) this.decode(steps);
      else this.step();
    }
  }

  /** Throws when blocks are lost or held twice. */
  checkInvariants(): void {
    const held = this.running.reduce((sum, request) => sum + this.owned[request]!, 0);
    if (held + this.freeBlocks !== this.spec.cacheBlocks || this.freeBlocks < 0)
      throw new InvariantError(
        `serving: ${held} blocks held and ${this.freeBlocks} free of ${this.spec.cacheBlocks}`,
      );
  }

  /** Tokens a request must have in the cache before it emits the next one. */
  private target(request: number): number {
    return this.requests.promptTokens[request]! + this.emitted[request]!;
  }

  private isDecoding(request: number): boolean {
    return this.emitted[request]! > 0 && this.done[request]! === this.target(request) - 1;
  }

  /** How many steps will do nothing but emit one token of each running request; 0 when the next does more. */
  private equalSteps(limitS: number): number {
    const { running } = this;
    if (running.length === 0 || this.admits()) return 0;
    let steps = Number.MAX_SAFE_INTEGER;
    for (const request of running) {
      if (!this.isDecoding(request)) return 0;
      steps = Math.min(steps, this.requests.outputTokens[request]! - this.emitted[request]!);
    }
    if (running.length > this.spec.batchTokensMax) return 0;
    steps = this.stepsWithBlocks(steps);
    if (steps === 0) return 0;
    this.clock.continueWith(this.decodeBatch());
    return this.clock.stepsBefore(limitS, steps);
  }

  /** Whether the next step takes a waiting request in. */
  private admits(): boolean {
    const head = this.waiting.head();
    const { requestsMax, batchTokensMax } = this.spec;
    if (head === undefined || this.running.length >= requestsMax) return false;
    const budget = batchTokensMax - this.running.length;
    if (budget <= 0) return false;
    // Blocks the running ones take in this step come first.
    const left = this.freeBlocks - this.blocksFor(1);
    return blocksOf(Math.min(this.target(head), budget)) <= left;
  }

  /** Blocks the running requests need for so many further tokens each. */
  private blocksFor(tokens: number): number {
    let blocks = 0;
    for (const request of this.running)
      blocks += blocksOf(this.done[request]! + tokens) - this.owned[request]!;
    return blocks;
  }

  private stepsWithBlocks(steps: number): number {
    if (
      this.running.length * blocksOf(steps) <= this.freeBlocks ||
      this.blocksFor(steps) <= this.freeBlocks
    )
      return steps;
    let low = 0;
    let high = steps;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.blocksFor(middle) <= this.freeBlocks) low = middle;
      else high = middle;
    }
    return low;
  }

  private decodeBatch(): StepBatch {
    let sum = 0;
    let longest = 0;
    for (const request of this.running) {
      sum += this.done[request]!;
      longest = Math.max(longest, this.done[request]!);
    }
    return {
      prefills: [],
      decodes: this.running.length,
      decodeCacheTokens: sum,
      decodeCacheTokensMax: longest,
    };
  }

  private decode(steps: number): void {
    for (const request of this.running) this.grow(request, steps);
    this.steps += steps;
    this.clock.advance(steps);
    for (const request of this.running) this.emitted[request]! += steps;
    this.retire();
  }

  /** One step in full: who computes what, who is taken in, who is thrown out. */
  private step(): void {
    const hasPreempted = this.shareAmongRunning();
    if (!hasPreempted) this.admit();
    const batch = this.batchOfStep();
    if (batch.prefills.length === 0) {
      this.clock.continueWith(batch);
      this.clock.advance(1);
    } else {
      this.clock.advanceBy(this.stepTime.stepS(batch));
    }
    this.steps++;
    this.running.forEach((request, place) => {
      const tokens = this.share[place]!;
      this.done[request]! += tokens;
      if (tokens > 0 && this.done[request] === this.target(request)) this.emit(request);
    });
    this.retire();
  }

  private emit(request: number): void {
    if (this.emitted[request]! === 0) this.records.firstTokenS[request] = this.clock.nowS;
    this.emitted[request]!++;
  }

  /** Gives every running request its tokens and blocks; true when one lost its blocks for that. */
  private shareAmongRunning(): boolean {
    let budget = this.spec.batchTokensMax;
    let hasPreempted = false;
    this.share.length = 0;
    for (let place = 0; place < this.running.length; place++) {
      const request = this.running[place]!;
      const tokens = Math.min(this.target(request) - this.done[request]!, budget);
      while (place < this.running.length && !this.tryGrow(request, tokens)) {
        this.preemptLast();
        hasPreempted = true;
      }
      if (place >= this.running.length) break;
      this.share.push(tokens);
      budget -= tokens;
    }
    return hasPreempted;
  }

  private admit(): void {
    const { requestsMax, batchTokensMax } = this.spec;
    let budget = batchTokensMax - this.share.reduce((sum, tokens) => sum + tokens, 0);
    for (let head = this.waiting.head(); head !== undefined; head = this.waiting.head()) {
      if (budget <= 0 || this.running.length >= requestsMax) return;
      const tokens = Math.min(this.target(head), budget);
      if (!this.tryGrow(head, tokens)) return;
      this.waiting.shift();
      this.running.push(head);
      this.share.push(tokens);
      budget -= tokens;
    }
  }

  /** Blocks for so many further tokens, or nothing. */
  private tryGrow(request: number, tokens: number): boolean {
    const need = blocksOf(this.done[request]! + tokens) - this.owned[request]!;
    if (need > this.freeBlocks) return false;
    this.freeBlocks -= need;
    this.owned[request]! += need;
    return true;
  }

  private grow(request: number, tokens: number): void {
    if (!this.tryGrow(request, tokens))
      throw new InvariantError(`serving: no blocks for request ${request} in a stretch`);
    this.done[request]! += tokens;
  }

  private preemptLast(): void {
    const request = this.running.pop()!;
    this.release(request);
    this.done[request] = 0;
    this.records.preemptions[request]!++;
    this.waiting.unshift(request);
    this.clock.forget();
  }

  private release(request: number): void {
    this.freeBlocks += this.owned[request]!;
    this.owned[request] = 0;
  }

  private batchOfStep(): StepBatch {
    const prefills: PrefillChunk[] = [];
    let decodes = 0;
    let sum = 0;
    let longest = 0;
    this.running.forEach((request, place) => {
      const tokens = this.share[place]!;
      const cachedTokens = this.done[request]!;
      if (tokens === 0) return;
      if (this.isDecoding(request)) {
        decodes++;
        sum += cachedTokens;
        longest = Math.max(longest, cachedTokens);
      } else prefills.push({ tokens, cachedTokens, promptTokens: this.target(request) });
    });
    return { prefills, decodes, decodeCacheTokens: sum, decodeCacheTokensMax: longest };
  }

  /** Lets go of the requests that have emitted all they were asked for. */
  private retire(): void {
    let kept = 0;
    for (const request of this.running) {
      if (this.emitted[request]! < this.requests.outputTokens[request]!) {
        this.running[kept++] = request;
        continue;
      }
      this.records.lastTokenS[request] = this.clock.nowS;
      this.release(request);
      this.outstanding--;
    }
    if (kept === this.running.length) return;
    this.running.length = kept;
    this.clock.forget();
  }
}

import { InvariantError } from "../../base/assert.js";
import type { PrefillChunk, StepBatch, StepTimeModel } from "../../performance/llm/step-time.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import { createRequestQueue, type RequestQueue } from "./request-queue.js";
import { REQUEST_OUTCOMES, type RequestLedger } from "./request-ledger.js";
import type { ServiceCounters } from "./service.js";
import type { ReplicaSpec } from "./serving-spec.js";
import { createStretchClock, type StretchClock } from "./stretch-clock.js";

const blocksOf = (tokens: number): number => Math.ceil(tokens / TOKENS_PER_BLOCK);

const ANSWERED = REQUEST_OUTCOMES.indexOf("answered");

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
  private readonly counts = {
    finished: 0,
    promptTokens: 0,
    outputTokens: 0,
    preemptions: 0,
    ttftSumS: 0,
    e2eSumS: 0,
  };
  /** Requests that ended with the last step. */
  private lastEnded: number[] = [];
  private readonly clock: StretchClock;
  private readonly stepTime: StepTimeModel;
  /** Tokens each running request computes in this step, by place in `running`. */
  private readonly share: number[] = [];

  constructor(
    private readonly spec: ReplicaSpec,
    private readonly ledger: RequestLedger,
    private readonly isStepwise: boolean,
  ) {
    this.freeBlocks = spec.cacheBlocks;
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

  get waitingCount(): number {
    return this.outstanding - this.running.length;
  }

  get runningCount(): number {
    return this.running.length;
  }

  get counters(): ServiceCounters {
    return { ...this.counts, steps: this.steps };
  }

  /**
   * The replica is lost: gives back the requests it has not answered by then, those that the step under way
   * would end included.
   */
  evacuate(nowS: number): number[] {
    const open = [...this.running];
    for (let head = this.waiting.head(); head !== undefined; head = this.waiting.head()) {
      open.push(head);
      this.waiting.shift();
    }
    if (this.clock.nowS > nowS) {
      for (const request of this.lastEnded) this.count(request, -1);
      open.push(...this.lastEnded);
    }
    for (const request of this.running) this.release(request);
    this.running.length = 0;
    this.outstanding = 0;
    return open;
  }

  /** Throws when blocks are lost or held twice. */
  checkInvariants(): void {
    const held = this.running.reduce((sum, request) => sum + this.ledger.owned[request]!, 0);
    if (held + this.freeBlocks !== this.spec.cacheBlocks || this.freeBlocks < 0)
      throw new InvariantError(
        `serving: ${held} blocks held and ${this.freeBlocks} free of ${this.spec.cacheBlocks}`,
      );
  }

  /** Tokens a request must have in the cache before it emits the next one. */
  private target(request: number): number {
    return this.ledger.promptTokens[request]! + this.ledger.emitted[request]!;
  }

  private isDecoding(request: number): boolean {
    return (
      this.ledger.emitted[request]! > 0 && this.ledger.done[request]! === this.target(request) - 1
    );
  }

  /** How many steps will do nothing but emit one token of each running request; 0 when the next does more. */
  private equalSteps(limitS: number): number {
    const { running } = this;
    if (running.length === 0 || this.admits()) return 0;
    let steps = Number.MAX_SAFE_INTEGER;
    for (const request of running) {
      if (!this.isDecoding(request)) return 0;
      steps = Math.min(steps, this.ledger.outputTokens[request]! - this.ledger.emitted[request]!);
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
      blocks += blocksOf(this.ledger.done[request]! + tokens) - this.ledger.owned[request]!;
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
      sum += this.ledger.done[request]!;
      longest = Math.max(longest, this.ledger.done[request]!);
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
    for (const request of this.running) this.ledger.emitted[request]! += steps;
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
      this.ledger.done[request]! += tokens;
      if (tokens > 0 && this.ledger.done[request] === this.target(request)) this.emit(request);
    });
    this.retire();
  }

  private emit(request: number): void {
    if (this.ledger.emitted[request]! === 0) this.ledger.firstTokenS[request] = this.clock.nowS;
    this.ledger.emitted[request]!++;
  }

  /** Gives every running request its tokens and blocks; true when one lost its blocks for that. */
  private shareAmongRunning(): boolean {
    let budget = this.spec.batchTokensMax;
    let hasPreempted = false;
    this.share.length = 0;
    for (let place = 0; place < this.running.length; place++) {
      const request = this.running[place]!;
      const tokens = Math.min(this.target(request) - this.ledger.done[request]!, budget);
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
    const need = blocksOf(this.ledger.done[request]! + tokens) - this.ledger.owned[request]!;
    if (need > this.freeBlocks) return false;
    this.freeBlocks -= need;
    this.ledger.owned[request]! += need;
    return true;
  }

  private grow(request: number, tokens: number): void {
    if (!this.tryGrow(request, tokens))
      throw new InvariantError(`serving: no blocks for request ${request} in a stretch`);
    this.ledger.done[request]! += tokens;
  }

  private preemptLast(): void {
    const request = this.running.pop()!;
    this.release(request);
    this.ledger.done[request] = 0;
    this.ledger.preemptions[request]!++;
    this.counts.preemptions++;
    this.waiting.unshift(request);
    this.clock.forget();
  }

  private release(request: number): void {
    this.freeBlocks += this.ledger.owned[request]!;
    this.ledger.owned[request] = 0;
  }

  private batchOfStep(): StepBatch {
    const prefills: PrefillChunk[] = [];
    let decodes = 0;
    let sum = 0;
    let longest = 0;
    this.running.forEach((request, place) => {
      const tokens = this.share[place]!;
      const cachedTokens = this.ledger.done[request]!;
      if (tokens === 0) return;
      if (this.isDecoding(request)) {
        decodes++;
        sum += cachedTokens;
        longest = Math.max(longest, cachedTokens);
      } else prefills.push({ tokens, cachedTokens, promptTokens: this.target(request) });
    });
    return { prefills, decodes, decodeCacheTokens: sum, decodeCacheTokensMax: longest };
  }

  private count(request: number, sign: 1 | -1): void {
    const { counts, ledger } = this;
    const { beforeS, afterS, perTokenS } = this.stepTime;
    const arrivalS = ledger.arrivalS[request]!;
    const outputTokens = ledger.outputTokens[request]!;
    counts.finished += sign;
    counts.promptTokens += sign * ledger.promptTokens[request]!;
    counts.outputTokens += sign * outputTokens;
    counts.ttftSumS += sign * (ledger.firstTokenS[request]! - arrivalS + beforeS);
    counts.e2eSumS +=
      sign * (ledger.lastTokenS[request]! - arrivalS + beforeS + afterS + perTokenS * outputTokens);
  }

  /** Lets go of the requests that have emitted all they were asked for. */
  private retire(): void {
    let kept = 0;
    if (this.lastEnded.length > 0) this.lastEnded = [];
    for (const request of this.running) {
      if (this.ledger.emitted[request]! < this.ledger.outputTokens[request]!) {
        this.running[kept++] = request;
        continue;
      }
      this.ledger.lastTokenS[request] = this.clock.nowS;
      this.ledger.outcome[request] = ANSWERED;
      this.release(request);
      this.outstanding--;
      this.count(request, 1);
      this.lastEnded.push(request);
    }
    if (kept === this.running.length) return;
    this.running.length = kept;
    this.clock.forget();
  }
}

import { InvariantError } from "../../../base/assert.js";
import type { StepBatch } from "../../../performance/llm/step-time.js";
import type { RequestLedger } from "../request-ledger.js";
import type { ReplicaSpec } from "../serving-spec.js";
import type { ServiceCounters } from "../service-counters.js";
import { Admission } from "./admission.js";
import { blocksFor, stepsWithBlocks } from "./block-forecast.js";
import { type BlockPool, createCountingPool } from "./block-pool.js";
import type { EngineContext } from "./engine.js";
import { createEngineCounts, type EngineCounts } from "./engine-counts.js";
import { ParkedPrompts } from "./parked-prompts.js";
import { fillPlan, keepShares, type Plan } from "./plan.js";
import { createPrefixPool } from "./prefix-pool.js";

const NO_BLOCKS = (): number => 0;

/**
 * Who computes what in the next step of one engine, as vLLM decides it; knows no durations.
 *
 * Tokens count as computed from the plan on, so a step can be planned while others are under way.
 */
export class Scheduler {
  readonly running: number[] = [];
  readonly pool: BlockPool;
  readonly counts: EngineCounts;
  readonly admission: Admission;
  readonly parked: ParkedPrompts;
  /** Requests running or waiting, or parked with their blocks. */
  outstanding = 0;
  /** Somebody came to or left the batch since this was last set to false. */
  hasChanged = false;
  /** Some that could have decoded did not in the last step planned. */
  isCut = false;
  /** Requests that ended with the last step settled. */
  lastEnded: number[] = [];

  /** Tokens each running request computes in this step, by place in `running`. */
  private readonly share: number[] = [];
  private readonly ledger: RequestLedger;
  private readonly isPrefillFirst: boolean;
  private readonly ofClass: Int32Array | undefined;

  constructor(
    readonly spec: ReplicaSpec,
    private readonly context: EngineContext,
  ) {
    const { ledger } = context;
    this.ledger = ledger;
    this.isPrefillFirst = spec.prefill === "first";
    this.pool =
      spec.hasPrefixCache === true
        ? createPrefixPool(ledger, spec.cacheBlocks)
        : createCountingPool(ledger, spec.cacheBlocks);
    this.counts = createEngineCounts(ledger, spec.stepTime);
    this.admission = new Admission(spec, context, this.pool);
    this.parked = new ParkedPrompts(this.pool);
    this.ofClass = context.gaps.hasClasses ? new Int32Array(context.priorities.length) : undefined;
  }

  add(request: number): void {
    this.admission.add(request);
    this.outstanding++;
  }

  /** Decides on the next step. */
  plan(nowS: number, plan: Plan): void {
    const { share, running, admission } = this;
    this.outstanding -= admission.expire(nowS) + this.parked.endUntil(nowS);
    share.length = 0;
    this.isCut = false;
    admission.loadS = 0;
    const before = running.length;
    if (this.isPrefillFirst) {
      for (let place = 0; place < before; place++) share.push(0);
      admission.admit(nowS, this.spec.batchTokensMax, running, share);
      if (running.length === before) {
        share.length = 0;
        this.shareAmongRunning();
      }
    } else if (!this.shareAmongRunning()) {
      let left = this.spec.batchTokensMax;
      for (const tokens of share) left -= tokens;
      if (this.spec.hasPrefixCache === true) keepShares(this.ledger, this.pool, running, share);
      admission.admit(nowS, left, running, share);
    }
    if (running.length > before) this.hasChanged = true;
    plan.loadS = admission.loadS;
    fillPlan(plan, {
      ledger: this.ledger,
      pool: this.pool,
      running,
      share,
      isDecode: this.spec.role === "decode",
    });
    // Somebody was thrown out and nobody is left who computes: decide again, no time passes.
    if (plan.tokens === 0 && running.length < before) this.plan(nowS, plan);
  }

  /** The step of a plan ends. @param gapS between tokens when it is part of a stretch; else told from the times */
  settle(plan: Plan, startS: number, endS: number, gapS: number | undefined): void {
    const { ledger } = this;
    const { lastTokenS, emitted, outputTokens, preemptions } = ledger;
    const { emitters, epochs } = plan;
    if (this.lastEnded.length > 0) this.lastEnded = [];
    let hasEnded = false;
    const isPrefill = this.spec.role === "prefill";
    for (let place = 0; place < plan.emits; place++) {
      const request = emitters[place]!;
      if (preemptions[request] !== epochs[place]) continue;
      if (isPrefill) {
        hasEnded = true;
        emitted[request] = 1;
        continue;
      }
      if (emitted[request] === 0) ledger.firstTokenS[request] = endS;
      else this.gap(request, startS, endS, gapS);
      lastTokenS[request] = endS;
      const tokens = ++emitted[request]!;
      if (tokens === outputTokens[request]) hasEnded = true;
    }
    if (hasEnded) this.retire(endS);
  }

  /** How many steps will do nothing but emit one token of each running request; 0 when the next does more. */
  steadySteps(nowS: number): number {
    const { running, spec, pool } = this;
    if (running.length === 0 || running.length > spec.batchTokensMax) return 0;
    const { emitted, done, promptTokens, outputTokens } = this.ledger;
    let steps = Number.MAX_SAFE_INTEGER;
    for (const request of running) {
      const tokens = emitted[request]!;
      if (tokens === 0 || done[request] !== promptTokens[request]! + tokens - 1) return 0;
      const left = outputTokens[request]! - tokens;
      if (left < steps) steps = left;
    }
    if (pool.hasOverlap || this.mayAdmit(nowS)) return 0;
    return stepsWithBlocks(this.ledger, running, { steps, free: pool.free });
  }

  /** The batch of the next step when all running requests decode. */
  steadyBatch(): StepBatch {
    const { done } = this.ledger;
    let sum = 0;
    let longest = 0;
    for (const request of this.running) {
      const tokens = done[request]!;
      sum += tokens;
      if (tokens > longest) longest = tokens;
    }
    return {
      prefills: [],
      decodes: this.running.length,
      decodeCacheTokens: sum,
      decodeCacheTokensMax: longest,
    };
  }

  /** Requests that emitted a token just when the stretch goes on; gaps of the others are entered. */
  startSteady(
    startS: number,
    first: { readonly nextEndS: number },
  ): { all: number; ofClass: Int32Array | undefined } {
    const { lastTokenS } = this.ledger;
    const { ofClass } = this;
    ofClass?.fill(0);
    let all = 0;
    for (const request of this.running) {
      if (lastTokenS[request] === startS) {
        all++;
        if (ofClass !== undefined) ofClass[this.classOf(request)]!++;
      } else this.gap(request, startS, first.nextEndS, undefined);
    }
    return { all, ofClass };
  }

  /** Requests running, by class where classes are told apart. */
  runningOfClass(): Int32Array | undefined {
    const { ofClass } = this;
    if (ofClass === undefined) return undefined;
    ofClass.fill(0);
    for (const request of this.running) ofClass[this.classOf(request)]!++;
    return ofClass;
  }

  /** Takes steps in which all running requests decode; the last ends then. */
  takeSteady(steps: number, endS: number): void {
    const { pool } = this;
    const { done, emitted, outputTokens, lastTokenS } = this.ledger;
    if (this.lastEnded.length > 0) this.lastEnded = [];
    let hasEnded = false;
    for (const request of this.running) {
      const tokens = done[request]! + steps;
      if (!pool.tryGrow(request, tokens))
        throw new InvariantError(`serving: no blocks for request ${request} in a stretch`);
      done[request] = tokens;
      pool.keep(request, tokens);
      emitted[request]! += steps;
      lastTokenS[request] = endS;
      if (emitted[request] === outputTokens[request]) hasEnded = true;
    }
    if (hasEnded) this.retire(endS);
  }

  /** When time alone changes what the next step does; Infinity when never. */
  changesAtS(nowS: number): number {
    return Math.min(this.admission.changesAtS(nowS), this.parked.nextS);
  }

  /** All requests that are not answered, without their blocks; nothing is left. */
  evacuate(nowS: number): number[] {
    this.parked.endUntil(nowS);
    const open = [...this.running, ...this.admission.evacuate(), ...this.parked.evacuate()];
    for (const request of this.running) this.letGo(request, false);
    this.running.length = 0;
    this.outstanding = 0;
    this.hasChanged = true;
    return open;
  }

  /** Takes a request that waits out. @returns false when it does not */
  withdraw(request: number): boolean {
    if (!this.admission.withdraw(request)) return false;
    this.outstanding--;
    return true;
  }

  /** All counts but steps. */
  readCounters(): ServiceCounters {
    const { prefixQueriedTokens, prefixFoundTokens, slots } = this.admission;
    const adapterLoads = slots === undefined ? 0 : slots.loads + slots.copies;
    return { ...this.counts.read(), prefixQueriedTokens, prefixFoundTokens, adapterLoads };
  }

  checkInvariants(): void {
    this.pool.check([...this.running, ...this.admission.fetching()]);
  }

  private classOf(request: number): number {
    return this.ledger.traits?.classIndex[request] ?? 0;
  }

  private gap(request: number, startS: number, endS: number, gapS: number | undefined): void {
    const lastS = this.ledger.lastTokenS[request]!;
    const seconds =
      gapS !== undefined && lastS === startS ? gapS : endS - lastS + this.spec.stepTime.perTokenS;
    this.context.gaps.add(seconds, this.classOf(request));
  }

  /** Tokens a request must have in the cache before it emits the next one. */
  private target(request: number): number {
    return this.ledger.promptTokens[request]! + this.ledger.emitted[request]!;
  }

  private mayAdmit(nowS: number): boolean {
    const { admission, running, spec } = this;
    if (admission.waitingCount === 0) return false;
    if (admission.dueS() <= nowS) return true;
    const all = running.length;
    return this.isPrefillFirst
      ? admission.mayAdmit(spec.batchTokensMax, all, NO_BLOCKS, nowS)
      : // Blocks the running ones take in this step come first.
        admission.mayAdmit(spec.batchTokensMax - all, all, this.blocksForOne, nowS);
  }

  private readonly blocksForOne = (): number => blocksFor(this.ledger, this.running, 1);

  /** Gives every running request its tokens and blocks; true when one lost its blocks for that. */
  private shareAmongRunning(): boolean {
    const { running, share, pool } = this;
    const { done } = this.ledger;
    let budget = this.spec.batchTokensMax;
    let hasPreempted = false;
    for (let place = 0; place < running.length; place++) {
      const request = running[place]!;
      const tokens = Math.min(this.target(request) - done[request]!, budget);
      let isIn = true;
      while (isIn && !pool.tryGrow(request, done[request]! + tokens)) {
        const victim = this.victimPlace();
        if (victim < place) {
          budget += share[victim]!;
          share.splice(victim, 1);
          place--;
        }
        isIn = running[victim] !== request;
        this.preempt(victim);
        hasPreempted = true;
      }
      if (!isIn) {
        // Nobody behind it computes in this step either.
        this.isCut = share.length < running.length;
        while (share.length < running.length) share.push(0);
        return true;
      }
      share.push(tokens);
      budget -= tokens;
    }
    return hasPreempted;
  }

  /** Who goes when there are no blocks: the youngest, or the least important. */
  private victimPlace(): number {
    const { running } = this;
    if (this.spec.order !== "priority") return running.length - 1;
    let worst = 0;
    for (let place = 1; place < running.length; place++)
      if (this.admission.isBefore(running[worst]!, running[place]!)) worst = place;
    return worst;
  }

  private preempt(place: number): void {
    const request = this.running[place]!;
    this.running.splice(place, 1);
    this.letGo(request, true);
    this.ledger.done[request] = 0;
    this.ledger.preemptions[request]!++;
    this.counts.preemptions++;
    this.admission.putBack(request);
    this.hasChanged = true;
  }

  private letGo(request: number, isPreempted: boolean): void {
    this.pool.release(request, isPreempted);
    this.admission.release(request);
  }

  /** Lets go of the requests that have emitted all they were asked for. */
  private retire(endS: number): void {
    const { running, ledger, context } = this;
    const isPrefill = this.spec.role === "prefill";
    let kept = 0;
    const ended: number[] = [];
    for (const request of running) {
      const goal = isPrefill ? 1 : ledger.outputTokens[request]!;
      if (ledger.emitted[request]! < goal) running[kept++] = request;
      else ended.push(request);
    }
    running.length = kept;
    this.hasChanged = true;
    for (const request of ended) {
      if (isPrefill) {
        if (!this.parked.park(request)) this.outstanding--;
        this.admission.release(request);
        ledger.emitted[request] = 0;
        ledger.done[request] = 0;
        context.prefilled(request, endS);
        continue;
      }
      this.letGo(request, false);
      this.outstanding--;
      this.counts.end(request);
    }
    if (!isPrefill) this.lastEnded = ended;
  }
}

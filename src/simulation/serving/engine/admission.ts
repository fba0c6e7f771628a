import type { RequestLedger } from "../request-ledger.js";
import { REQUEST_OUTCOMES } from "../request-ledger.js";
import type { ReplicaSpec } from "../serving-spec.js";
import { type AdapterSlots, createAdapterSlots } from "./adapter-slots.js";
import type { BlockPool } from "./block-pool.js";
import { CacheFetches } from "./cache-fetches.js";
import type { EngineContext } from "./engine.js";
import { createFifoQueue, createSortedQueue, type WaitingQueue } from "./waiting-queue.js";

const GAVE_UP = REQUEST_OUTCOMES.indexOf("gave-up");
/** Blocks vLLM v0 keeps free when it takes a request in: `watermark`. */
const WATERMARK_SHARE = 0.01;

/** Blocks of a replica that a request may use at most. */
export function usableBlocks({ cacheBlocks, prefill }: ReplicaSpec): number {
  return cacheBlocks - (prefill === "first" ? Math.floor(cacheBlocks * WATERMARK_SHARE) : 0);
}

/** Who waits for an engine, and who of them may come in. */
export class Admission {
  /** Seconds until the adapters of those taken in are on the GPU, since it was last set to 0. */
  loadS = 0;
  prefixQueriedTokens = 0;
  prefixFoundTokens = 0;
  readonly slots: AdapterSlots | undefined;

  private readonly queue: WaitingQueue;
  private readonly ledger: RequestLedger;
  private readonly fetches: CacheFetches | undefined;
  private readonly reserved: number;
  private readonly isChunked: boolean;
  /** Requests that were never taken in, by arrival, from `firstDue` on. */
  private due: number[] = [];
  private firstDue = 0;

  constructor(
    private readonly spec: ReplicaSpec,
    private readonly context: EngineContext,
    private readonly pool: BlockPool,
  ) {
    this.ledger = context.ledger;
    this.queue =
      spec.order === "priority"
        ? createSortedQueue((left, right) => this.isBefore(left, right))
        : createFifoQueue();
    this.slots = spec.adapters === undefined ? undefined : createAdapterSlots(spec.adapters);
    this.reserved = spec.cacheBlocks - usableBlocks(spec);
    this.isChunked = (spec.prefill ?? "chunked") === "chunked";
    this.fetches = spec.role === "decode" ? new CacheFetches(spec, context, pool) : undefined;
  }

  get waitingCount(): number {
    return this.queue.length;
  }

  /** Adapters of waiting requests; looks at every one of them. */
  adaptersWaiting(): Set<number> {
    const found = new Set<number>();
    for (let place = 0; place < this.queue.length; place++) {
      const adapter = this.adapterOf(this.queue.at(place)!);
      if (adapter >= 0) found.add(adapter);
    }
    return found;
  }

  /** The order of importance: by priority of the class, then by arrival. */
  isBefore(left: number, right: number): boolean {
    const { priorities } = this.context;
    const { arrivalS, traits } = this.ledger;
    const leftPriority = priorities[traits?.classIndex[left] ?? 0] ?? 0;
    const rightPriority = priorities[traits?.classIndex[right] ?? 0] ?? 0;
    if (leftPriority !== rightPriority) return leftPriority > rightPriority;
    const leftS = arrivalS[left]!;
    const rightS = arrivalS[right]!;
    return leftS === rightS ? left < right : leftS < rightS;
  }

  add(request: number): void {
    this.queue.push(request);
    this.fetches?.expect(request);
    if (this.context.waitMaxS === undefined || !Number.isNaN(this.ledger.startedS[request]!))
      return;
    const { arrivalS } = this.ledger;
    let place = this.due.length;
    while (place > this.firstDue && arrivalS[this.due[place - 1]!]! > arrivalS[request]!) place--;
    this.due.splice(place, 0, request);
  }

  /** One that was thrown out. */
  putBack(request: number): void {
    this.queue.pushBack(request);
  }

  /** One that was running runs no more. */
  release(request: number): void {
    this.slots?.release(this.adapterOf(request));
  }

  /** Lets go of those that have waited too long. @returns how many */
  expire(nowS: number): number {
    let left = 0;
    while (this.dueS() <= nowS) {
      const request = this.due[this.firstDue++]!;
      this.ledger.outcome[request] = GAVE_UP;
      this.remove(request);
      left++;
    }
    if (this.firstDue * 2 > this.due.length) {
      this.due = this.due.slice(this.firstDue);
      this.firstDue = 0;
    }
    return left;
  }

  /** When the first of those that were never taken in has waited too long. */
  dueS(): number {
    const { waitMaxS } = this.context;
    if (waitMaxS === undefined) return Infinity;
    const { startedS, arrivalS } = this.ledger;
    while (this.firstDue < this.due.length && !Number.isNaN(startedS[this.due[this.firstDue]!]!))
      this.firstDue++;
    const first = this.due[this.firstDue];
    return first === undefined ? Infinity : arrivalS[first]! + waitMaxS;
  }

  /** When time alone changes who may come in; Infinity when never. */
  changesAtS(nowS: number): number {
    const dueS = this.dueS();
    return this.fetches === undefined ? dueS : Math.min(dueS, this.fetches.nextS(nowS));
  }

  /** True when the next step takes somebody in, or begins to fetch a cache. */
  mayAdmit(budget: number, running: number, reserved: () => number, nowS: number): boolean {
    const { queue, ledger, pool, fetches } = this;
    if (queue.length === 0 || budget <= 0) return false;
    let isOpen = running + (fetches?.begun ?? 0) < this.spec.requestsMax;
    if (!isOpen && fetches === undefined) return false;
    for (let place = 0; place < queue.length; place++) {
      const request = queue.at(place)!;
      if (this.slots?.hasRoom(this.adapterOf(request)) === false) continue;
      const fetch = fetches?.stateOf(request, nowS);
      if (fetch === "here") return true;
      if (fetch === "under-way" || !isOpen) continue;
      if (pool.overlaps(request)) return true;
      const target = ledger.promptTokens[request]! + ledger.emitted[request]!;
      const cached = pool.cachedTokens(request, target);
      const tokens =
        fetch === "elsewhere" ? target - cached : this.tokensOf(target - cached, budget);
      if (tokens > 0 && pool.hasRoom(request, cached + tokens, cached, this.reserved + reserved()))
        return true;
      if (fetches === undefined) return false;
      isOpen = false;
    }
    return false;
  }

  /**
   * Takes requests in while there are tokens, seats and blocks: first those whose cache was fetched, who have
   * their blocks and their seat already, then the others in order, up to the first that finds no room.
   *
   * (In vLLM the fetched ones wait for their turn too, and it can lock up: they hold what the first one needs.)
   */
  admit(nowS: number, budgetTokens: number, running: number[], share: number[]): void {
    const { queue, ledger, fetches } = this;
    let budget = budgetTokens;
    if (fetches !== undefined) budget -= this.admitFetched(nowS, budget, running, share);
    for (let place = 0; budget > 0;) {
      const request = queue.at(place);
      if (request === undefined) return;
      if (running.length + (fetches?.begun ?? 0) >= this.spec.requestsMax) return;
      const fetch = fetches?.stateOf(request, nowS);
      const isHeldBack = fetch === "under-way" || fetch === "here";
      if (isHeldBack || this.slots?.hasRoom(this.adapterOf(request)) === false) {
        place++;
        continue;
      }
      if (fetch === "elsewhere") {
        if (!fetches!.begin(request, nowS)) return;
        place++;
        continue;
      }
      const target = ledger.promptTokens[request]! + ledger.emitted[request]!;
      const tokens = this.takeBlocks(request, target, budget);
      if (tokens === 0) return;
      this.takeIn(place, tokens, nowS, { running, share });
      budget -= tokens;
    }
  }

  /** Takes in those whose cache has come. @returns the tokens they compute, one each */
  private admitFetched(nowS: number, budget: number, running: number[], share: number[]): number {
    const { queue } = this;
    const fetches = this.fetches!;
    let taken = 0;
    for (let place = 0; place < queue.length && taken < budget && fetches.begun > 0;) {
      const request = queue.at(place)!;
      const isHere = fetches.stateOf(request, nowS) === "here";
      if (!isHere || this.slots?.hasRoom(this.adapterOf(request)) === false) {
        place++;
        continue;
      }
      fetches.end(request);
      this.takeIn(place, 1, nowS, { running, share });
      taken++;
    }
    return taken;
  }

  /** The request at a place of the queue computes so many tokens in the next step. */
  private takeIn(
    place: number,
    tokens: number,
    nowS: number,
    { running, share }: { readonly running: number[]; readonly share: number[] },
  ): void {
    const request = this.queue.at(place)!;
    this.queue.removeAt(place);
    this.start(request, nowS);
    running.push(request);
    share.push(tokens);
  }

  /** Takes a request out of the queue. @returns false when it is not there */
  withdraw(request: number): boolean {
    this.fetches?.drop(request);
    return this.remove(request);
  }

  /** Those whose cache is being fetched. */
  fetching(): number[] {
    return this.fetches?.underWay() ?? [];
  }

  /** Everybody who waits; nobody is left. */
  evacuate(): number[] {
    const waiting: number[] = [];
    for (let head = this.queue.at(0); head !== undefined; head = this.queue.at(0)) {
      waiting.push(head);
      this.fetches?.drop(head);
      this.queue.removeAt(0);
    }
    this.due = [];
    this.firstDue = 0;
    return waiting;
  }

  /** Blocks for the tokens it computes first, of which some are found. @returns how many; 0 when it must wait */
  private takeBlocks(request: number, target: number, budget: number): number {
    const { pool, ledger } = this;
    const cached = pool.cachedTokens(request, target);
    const tokens = this.tokensOf(target - cached, budget);
    if (tokens === 0 || !pool.hasRoom(request, cached + tokens, cached, this.reserved)) return 0;
    pool.take(request, cached + tokens, cached);
    // What it computes in this step is found by those behind it in the same step.
    pool.keep(request, cached + tokens);
    ledger.done[request] = cached;
    if (ledger.preemptions[request] === 0) {
      this.prefixQueriedTokens += target;
      this.prefixFoundTokens += cached;
    }
    return tokens;
  }

  /** Tokens of a prompt that fit into what is left of the budget; 0 where it is not cut and does not fit. */
  private tokensOf(tokens: number, budget: number): number {
    if (tokens <= budget) return tokens;
    return this.isChunked ? budget : 0;
  }

  private start(request: number, nowS: number): void {
    const { startedS } = this.ledger;
    if (Number.isNaN(startedS[request]!)) startedS[request] = nowS;
    if (this.slots !== undefined) this.loadS += this.slots.take(this.adapterOf(request));
  }

  private remove(request: number): boolean {
    for (let place = 0; place < this.queue.length; place++) {
      if (this.queue.at(place) !== request) continue;
      this.queue.removeAt(place);
      return true;
    }
    return false;
  }

  private adapterOf(request: number): number {
    return this.ledger.traits?.adapter[request] ?? -1;
  }
}

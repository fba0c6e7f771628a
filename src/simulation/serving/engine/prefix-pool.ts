import { InvariantError } from "../../../base/assert.js";
import { TOKENS_PER_BLOCK } from "../../../performance/llm/cache-blocks.js";
import type { RequestLedger } from "../request-ledger.js";
import { type BlockPool, blocksOf } from "./block-pool.js";
import { createContentIndex, type ContentIndex } from "./content-index.js";

const NONE = -1;

/**
 * Blocks whose content is found again, as the prefix cache of vLLM v1 does it: full blocks are known by their
 * content from the step that computes them on; a block nobody holds keeps its content until it is needed, the
 * one let go first being the first to be used again; a request lets go of its last block first, so beginnings
 * outlive what follows them.
 */
export function createPrefixPool(ledger: RequestLedger, blocks: number): BlockPool {
  return new PrefixPool(ledger, blocks);
}

class PrefixPool implements BlockPool {
  free: number;
  private readonly index: ContentIndex;
  /** Holders of each block. */
  private readonly holders: Int32Array;
  /** Blocks nobody holds, doubly linked from the first to be used again; `blocks` is both ends. */
  private readonly previous: Int32Array;
  private readonly next: Int32Array;
  private readonly heldBy = new Map<number, number[]>();
  private readonly parked = new Map<number, number[]>();
  /** Full blocks of each request at work that are in the index. */
  private readonly kept = new Map<number, number>();
  /** Requests at work by conversation, and how many conversations have several. */
  private readonly working = new Map<number, number>();
  private crowded = 0;

  constructor(
    private readonly ledger: RequestLedger,
    private readonly blocks: number,
  ) {
    this.free = blocks;
    this.index = createContentIndex(ledger, blocks);
    this.holders = new Int32Array(blocks);
    this.previous = Int32Array.from({ length: blocks + 1 }, (_, block) =>
      block === 0 ? blocks : block - 1,
    );
    this.next = Int32Array.from({ length: blocks + 1 }, (_, block) =>
      block === blocks ? 0 : block + 1,
    );
  }

  get hasOverlap(): boolean {
    return this.crowded > 0;
  }

  overlaps(request: number): boolean {
    const conversation = this.ledger.traits?.conversation[request] ?? NONE;
    return conversation !== NONE && this.working.has(conversation);
  }

  cachedTokens(request: number, tokens: number): number {
    const most = Math.floor((tokens - 1) / TOKENS_PER_BLOCK);
    return Math.min(most, this.index.blocksFound(request)) * TOKENS_PER_BLOCK;
  }

  hasRoom(request: number, tokens: number, cachedTokens: number, reserved: number): boolean {
    let need = blocksOf(tokens);
    const found = cachedTokens / TOKENS_PER_BLOCK;
    if (need <= this.free - reserved) return true;
    // Even if every block found were held by others anyway.
    if (need - found > this.free - reserved) return false;
    for (let place = 0; place < found; place++)
      if (this.holders[this.index.blockAt(request, place)]! > 0) need--;
    return need <= this.free - reserved;
  }

  take(request: number, tokens: number, cachedTokens: number): void {
    const held: number[] = [];
    const found = cachedTokens / TOKENS_PER_BLOCK;
    for (let place = 0; place < found; place++) {
      const block = this.index.blockAt(request, place);
      if (this.holders[block] === 0) this.unlink(block);
      this.holders[block]!++;
      held.push(block);
    }
    this.heldBy.set(request, held);
    this.kept.set(request, found);
    this.ledger.owned[request] = found;
    this.work(request, 1);
    if (!this.tryGrow(request, tokens))
      throw new InvariantError("serving: no blocks for an admitted request", { request, tokens });
  }

  tryGrow(request: number, tokens: number): boolean {
    const { owned } = this.ledger;
    const need = blocksOf(tokens) - owned[request]!;
    if (need > this.free) return false;
    if (need <= 0) return true;
    const held = this.heldBy.get(request)!;
    for (let taken = 0; taken < need; taken++) {
      const block = this.next[this.blocks]!;
      this.unlink(block);
      this.index.forget(block);
      this.holders[block] = 1;
      held.push(block);
    }
    owned[request]! += need;
    return true;
  }

  keep(request: number, tokens: number): void {
    const full = Math.floor(tokens / TOKENS_PER_BLOCK);
    let place = this.kept.get(request)!;
    if (place >= full) return;
    const held = this.heldBy.get(request)!;
    for (; place < full; place++) {
      const stream = this.index.sharedStream(request, place);
      // What nobody else has is entered when the request is preempted: only it can look for that.
      if (stream === undefined) return;
      this.index.enter(stream, place, held[place]!);
      this.kept.set(request, place + 1);
    }
  }

  release(request: number, isPreempted: boolean): void {
    const held = this.heldBy.get(request);
    if (held === undefined) return;
    if (isPreempted) this.enterPrivate(request, held);
    this.letGo(held);
    this.heldBy.delete(request);
    this.kept.delete(request);
    this.ledger.owned[request] = 0;
    this.work(request, -1);
  }

  park(request: number): void {
    this.parked.set(request, this.heldBy.get(request)!);
    this.heldBy.delete(request);
    this.kept.delete(request);
    this.ledger.owned[request] = 0;
    this.work(request, -1);
  }

  unpark(request: number): void {
    this.letGo(this.parked.get(request) ?? []);
    this.parked.delete(request);
  }

  check(running: readonly number[]): void {
    const holders = new Int32Array(this.blocks);
    const lists = [...this.heldBy.values(), ...this.parked.values()];
    for (const block of lists.flat()) holders[block]!++;
    const held = holders.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    const hasWrong = holders.some((count, block) => count !== this.holders[block]);
    let listed = 0;
    for (let block = this.next[this.blocks]!; block !== this.blocks; block = this.next[block]!)
      listed++;
    const isOwned = running.every(
      (request) => this.heldBy.get(request)?.length === this.ledger.owned[request],
    );
    if (hasWrong || !isOwned || held + this.free !== this.blocks || listed !== this.free)
      throw new InvariantError(
        `serving: ${held} blocks held, ${this.free} free and ${listed} listed of ${this.blocks}`,
      );
    this.index.check();
  }

  /** Full blocks of a preempted request that only it knows. */
  private enterPrivate(request: number, held: readonly number[]): void {
    const full = Math.floor(this.ledger.done[request]! / TOKENS_PER_BLOCK);
    for (let place = this.kept.get(request)!; place < full; place++)
      this.index.enter(this.index.privateStream(request), place, held[place]!);
  }

  private letGo(held: readonly number[]): void {
    for (let place = held.length - 1; place >= 0; place--) {
      const block = held[place]!;
      this.holders[block]!--;
      if (this.holders[block] === 0) this.append(block);
    }
  }

  private unlink(block: number): void {
    const before = this.previous[block]!;
    const after = this.next[block]!;
    this.next[before] = after;
    this.previous[after] = before;
    this.free--;
  }

  private append(block: number): void {
    const end = this.blocks;
    const last = this.previous[end]!;
    this.next[last] = block;
    this.previous[block] = last;
    this.next[block] = end;
    this.previous[end] = block;
    this.free++;
  }

  private work(request: number, change: 1 | -1): void {
    const conversation = this.ledger.traits?.conversation[request] ?? NONE;
    if (conversation === NONE) return;
    const before = this.working.get(conversation) ?? 0;
    const after = before + change;
    if (after === 0) this.working.delete(conversation);
    else this.working.set(conversation, after);
    if (before === 1 && after === 2) this.crowded++;
    if (before === 2 && after === 1) this.crowded--;
  }
}

import { InvariantError } from "../../../base/assert.js";
import { TOKENS_PER_BLOCK } from "../../../performance/llm/cache-blocks.js";
import type { RequestLedger } from "../request-ledger.js";

/** Blocks that so many tokens take. */
export const blocksOf = (tokens: number): number => Math.ceil(tokens / TOKENS_PER_BLOCK);

/**
 * The cache of an engine in blocks of 16 tokens, and who holds them. How many a request holds is in the
 * ledger's column `owned`.
 */
export interface BlockPool {
  /** Blocks nobody holds, those with content that may be found again included. */
  readonly free: number;
  /**
   * Tokens of a request that are in the cache before it is taken in: whole blocks, and never all its tokens,
   * since the last must be computed to emit the next.
   */
  cachedTokens(request: number, tokens: number): number;
  /** Whether one that is taken in finds blocks for its first `tokens` tokens, `cachedTokens` of them found, and leaves `reserved`. */
  hasRoom(request: number, tokens: number, cachedTokens: number, reserved: number): boolean;
  /** Takes them. */
  take(request: number, tokens: number, cachedTokens: number): void;
  /** Blocks for all of a running request's first `tokens` tokens, or nothing. */
  tryGrow(request: number, tokens: number): boolean;
  /** The first `tokens` tokens of the request are computed, or are in the step under way. */
  keep(request: number, tokens: number): void;
  /** The request lets go of its blocks; one that is preempted may find its content again. */
  release(request: number, isPreempted: boolean): void;
  /** Its blocks stay taken until `unpark`, while the request goes on elsewhere. */
  park(request: number): void;
  unpark(request: number): void;
  /** True while two requests at work may write the same content, so that every step may change what is found. */
  readonly hasOverlap: boolean;
  /** True when a request at work may write what this one, which waits, would find. */
  overlaps(request: number): boolean;
  /** Blocks held by these requests and parked ones; throws when the books are wrong. */
  check(running: readonly number[]): void;
}

/** A pool that only counts: nothing is found again. */
export function createCountingPool(ledger: RequestLedger, blocks: number): BlockPool {
  return new CountingPool(ledger, blocks);
}

class CountingPool implements BlockPool {
  free: number;
  readonly hasOverlap = false;
  private readonly parked = new Map<number, number>();

  constructor(
    private readonly ledger: RequestLedger,
    private readonly blocks: number,
  ) {
    this.free = blocks;
  }

  cachedTokens(): number {
    return 0;
  }

  overlaps(): boolean {
    return false;
  }

  hasRoom(_: number, tokens: number, _cached: number, reserved: number): boolean {
    return blocksOf(tokens) <= this.free - reserved;
  }

  take(request: number, tokens: number): void {
    if (!this.tryGrow(request, tokens))
      throw new InvariantError("serving: no blocks for an admitted request", { request, tokens });
  }

  tryGrow(request: number, tokens: number): boolean {
    const { owned } = this.ledger;
    const need = blocksOf(tokens) - owned[request]!;
    if (need > this.free) return false;
    this.free -= need;
    owned[request]! += need;
    return true;
  }

  keep(): void {
    // Content is not looked at.
  }

  release(request: number): void {
    const { owned } = this.ledger;
    this.free += owned[request]!;
    owned[request] = 0;
  }

  park(request: number): void {
    const { owned } = this.ledger;
    this.parked.set(request, owned[request]!);
    owned[request] = 0;
  }

  unpark(request: number): void {
    this.free += this.parked.get(request) ?? 0;
    this.parked.delete(request);
  }

  check(running: readonly number[]): void {
    let held = running.reduce((sum, request) => sum + this.ledger.owned[request]!, 0);
    for (const blocks of this.parked.values()) held += blocks;
    if (held + this.free !== this.blocks || this.free < 0)
      throw new InvariantError(
        `serving: ${held} blocks held and ${this.free} free of ${this.blocks}`,
      );
  }
}

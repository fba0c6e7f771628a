import type { RequestLedger } from "../request-ledger.js";
import type { ReplicaSpec } from "../serving-spec.js";
import type { BlockPool } from "./block-pool.js";
import type { EngineContext } from "./engine.js";
import type { TransferSpec } from "./feature-specs.js";

/** Where the cache of a waiting request is. */
export type FetchState = "elsewhere" | "under-way" | "here";

/**
 * Fetches of the caches of prompts that another engine computed, as the NIXL connector of vLLM does it: a
 * waiting request gets its blocks when its turn comes, its cache is fetched while others go before, and it is
 * taken in with all but its last token computed.
 */
export class CacheFetches {
  /** When the cache of each waiting request has come; Infinity before its fetch begins. */
  private readonly comesS = new Map<number, number>();
  /** Fetches begun whose request is not taken in yet: each has its seat. */
  begun = 0;
  private linkFreeS = 0;
  private readonly ledger: RequestLedger;
  private readonly transfer: TransferSpec;

  constructor(
    spec: ReplicaSpec,
    private readonly context: EngineContext,
    private readonly pool: BlockPool,
  ) {
    this.ledger = context.ledger;
    this.transfer = spec.transfer ?? { bytesPerToken: 0, bytesPerS: 1, latencyS: 0 };
  }

  /** The request waits; its cache is elsewhere. */
  expect(request: number): void {
    this.comesS.set(request, Infinity);
  }

  /** Undefined for a request whose cache is no more: it computes everything itself. */
  stateOf(request: number, nowS: number): FetchState | undefined {
    const comesS = this.comesS.get(request);
    if (comesS === undefined) return undefined;
    if (comesS === Infinity) return "elsewhere";
    return comesS <= nowS ? "here" : "under-way";
  }

  /** Takes blocks and begins to fetch. @returns false when there are no blocks */
  begin(request: number, nowS: number): boolean {
    const { ledger, pool, transfer } = this;
    const tokens = ledger.promptTokens[request]!;
    const cached = pool.cachedTokens(request, tokens);
    if (!pool.hasRoom(request, tokens, cached, 0)) return false;
    pool.take(request, tokens, cached);
    const bytes = (tokens - cached) * transfer.bytesPerToken;
    this.linkFreeS = Math.max(nowS, this.linkFreeS) + bytes / transfer.bytesPerS;
    const comesS = this.linkFreeS + transfer.latencyS;
    this.comesS.set(request, comesS);
    this.begun++;
    this.context.fetched(request, comesS);
    return true;
  }

  /** The request is taken in: all but its last token are computed. */
  end(request: number): void {
    this.comesS.delete(request);
    this.begun--;
    this.ledger.done[request] = this.ledger.promptTokens[request]! - 1;
  }

  /** The request goes elsewhere. */
  drop(request: number): void {
    const comesS = this.comesS.get(request);
    if (comesS !== undefined && comesS !== Infinity) {
      this.pool.release(request, false);
      this.begun--;
    }
    this.comesS.delete(request);
  }

  /** Requests that hold blocks and wait. */
  underWay(): number[] {
    return [...this.comesS].filter(([, comesS]) => comesS !== Infinity).map(([request]) => request);
  }

  /** When the next cache comes after now. */
  nextS(nowS: number): number {
    let earliestS = Infinity;
    for (const comesS of this.comesS.values())
      if (comesS > nowS && comesS < earliestS) earliestS = comesS;
    return earliestS;
  }
}

export type { TransferSpec };

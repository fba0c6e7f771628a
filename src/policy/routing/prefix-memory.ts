import type { RoutedRequest } from "./router.js";

/** Tokens of a block, as the endpoint picker cuts prompts. */
const BLOCK_TOKENS = 16;
/** Blocks remembered of each replica: `lruCapacityPerServer` of the endpoint picker. */
const BLOCKS_MAX = 31_250;

/** What a router remembers of the prompts it sent to each replica. */
export interface PrefixMemory {
  /** Blocks at the beginning of the prompt that were sent there before, over all its blocks; 0 to 1. */
  matchedShare(request: RoutedRequest, replica: number): number;
  remember(request: RoutedRequest, replica: number): void;
}

/** Makes an empty memory. @param blocksMax remembered of each replica, the least recently used first to go */
export function createPrefixMemory(blocksMax: number = BLOCKS_MAX): PrefixMemory {
  const byReplica = new Map<number, ReplicaMemory>();
  return {
    matchedShare(request, replica) {
      const blocks = Math.floor(request.promptTokens / BLOCK_TOKENS);
      const memory = byReplica.get(replica);
      return blocks === 0 || memory === undefined ? 0 : memory.matched(request, blocks) / blocks;
    },
    remember(request, replica) {
      let memory = byReplica.get(replica);
      if (memory === undefined) byReplica.set(replica, (memory = new ReplicaMemory(blocksMax)));
      memory.remember(request);
    },
  };
}

/** First blocks of beginnings and conversations, by least recent use. What only one request has is not kept by name: it is never asked for again. */
class ReplicaMemory {
  /** Blocks remembered, by stream; the least recently used first. */
  private readonly streams = new Map<string, number>();
  private blocks = 0;

  constructor(private readonly blocksMax: number) {}

  matched(request: RoutedRequest, blocks: number): number {
    const prefix = prefixBlocks(request);
    const group = Math.min(prefix, this.streams.get(groupKey(request)) ?? 0);
    if (group < prefix) return group;
    const behind = request.conversation < 0 ? 0 : (this.streams.get(turnsKey(request)) ?? 0);
    return Math.min(blocks, prefix + behind);
  }

  remember(request: RoutedRequest): void {
    const prefix = prefixBlocks(request);
    const behind = Math.floor(request.promptTokens / BLOCK_TOKENS) - prefix;
    if (request.conversation >= 0) this.keep(turnsKey(request), behind);
    else this.keep("", (this.streams.get("") ?? 0) + behind);
    // Last, so that a beginning goes after what follows it.
    if (prefix > 0) this.keep(groupKey(request), prefix);
    while (this.blocks > this.blocksMax) this.forgetOne();
  }

  private keep(key: string, blocks: number): void {
    const known = this.streams.get(key) ?? 0;
    this.streams.delete(key);
    const kept = Math.max(known, blocks);
    this.streams.set(key, kept);
    this.blocks += kept - known;
  }

  /** The last block of the stream that was used least recently. */
  private forgetOne(): void {
    for (const [key, blocks] of this.streams) {
      const excess = Math.min(blocks, this.blocks - this.blocksMax);
      this.blocks -= excess;
      if (excess === blocks) this.streams.delete(key);
      else this.streams.set(key, blocks - excess);
      return;
    }
  }
}

const prefixBlocks = ({ prefixGroup, prefixTokens }: RoutedRequest): number =>
  prefixGroup < 0 ? 0 : Math.floor(prefixTokens / BLOCK_TOKENS);
const groupKey = ({ prefixGroup }: RoutedRequest): string => `g${prefixGroup}`;
const turnsKey = ({ conversation, prefixGroup }: RoutedRequest): string =>
  `c${conversation}g${prefixGroup}`;

import { InvariantError } from "../../../base/assert.js";
import { TOKENS_PER_BLOCK } from "../../../performance/llm/cache-blocks.js";
import type { RequestLedger } from "../request-ledger.js";

const NONE = -1;

/**
 * Content in whole blocks that some requests have in common, or that only one has: a beginning of many prompts,
 * a conversation, or what is behind it in one request. In the cache are always its first blocks without a gap,
 * since whoever holds a block holds those before it and lets go of them later.
 */
export interface ContentStream {
  readonly kind: "prefix" | "conversation" | "private";
  readonly key: number;
  /** Place of its first block in a request. */
  readonly from: number;
  /** The group of prompts the conversation begins with. */
  readonly group: number;
  /** The block that was entered first, of those with the same content, by place − from. */
  readonly first: number[];
}

/** Which content is in which block. */
export interface ContentIndex {
  /** Blocks at the beginning of the request that are in the cache. */
  blocksFound(request: number): number;
  /** The block with the request's content at a place that was found. */
  blockAt(request: number, place: number): number;
  /** The stream this place of the request belongs to; undefined where only this request has it. */
  sharedStream(request: number, place: number): ContentStream | undefined;
  privateStream(request: number): ContentStream;
  /** A block now has this content. */
  enter(stream: ContentStream, place: number, block: number): void;
  /** The block is used for something else. */
  forget(block: number): void;
  check(): void;
}

/** Makes an index without content. */
export function createContentIndex(ledger: RequestLedger, blocks: number): ContentIndex {
  return new MapIndex(ledger, blocks);
}

class MapIndex implements ContentIndex {
  private readonly prefixes = new Map<number, ContentStream>();
  private readonly conversations = new Map<number, ContentStream>();
  private readonly privates = new Map<number, ContentStream>();
  /** What each block holds; the next block with the same content, entered later. */
  private readonly streamOf: (ContentStream | undefined)[];
  private readonly placeOf: Int32Array;
  private readonly nextSame: Int32Array;

  constructor(
    private readonly ledger: RequestLedger,
    blocks: number,
  ) {
    this.streamOf = Array.from<ContentStream | undefined>({ length: blocks });
    this.placeOf = new Int32Array(blocks);
    this.nextSame = new Int32Array(blocks).fill(NONE);
  }

  blocksFound(request: number): number {
    const prefix = this.prefixBlocks(request);
    if (prefix > 0) {
      const found = this.prefixes.get(this.group(request))?.first.length ?? 0;
      if (found < prefix) return found;
    }
    return this.blocksBehind(request, prefix);
  }

  blockAt(request: number, place: number): number {
    const prefix = this.prefixBlocks(request);
    if (place < prefix) return this.prefixes.get(this.group(request))!.first[place]!;
    const shared = this.conversationOf(request, prefix);
    const stream = shared ?? this.privates.get(request)!;
    return stream.first[place - stream.from]!;
  }

  sharedStream(request: number, place: number): ContentStream | undefined {
    const prefix = this.prefixBlocks(request);
    const group = this.group(request);
    if (place < prefix)
      return listed(this.prefixes, group, { kind: "prefix", key: group, from: 0, group: NONE });
    const conversation = this.ledger.traits?.conversation[request] ?? NONE;
    if (conversation === NONE) return undefined;
    if (place > prefix) {
      const stream = this.conversationOf(request, prefix);
      return stream === undefined || stream.first.length < place - prefix ? undefined : stream;
    }
    const stream = listed(this.conversations, conversation, {
      ...{ kind: "conversation", key: conversation, from: prefix, group },
    });
    return stream.from === prefix && stream.group === group ? stream : undefined;
  }

  privateStream(request: number): ContentStream {
    return listed(this.privates, request, {
      ...{ kind: "private", key: request, from: this.prefixBlocks(request), group: NONE },
    });
  }

  enter(stream: ContentStream, place: number, block: number): void {
    const at = place - stream.from;
    this.streamOf[block] = stream;
    this.placeOf[block] = at;
    this.nextSame[block] = NONE;
    if (at === stream.first.length) {
      stream.first.push(block);
      return;
    }
    let last = stream.first[at];
    if (last === undefined)
      throw new InvariantError("serving: content with a gap before it", { place, block });
    while (this.nextSame[last]! !== NONE) last = this.nextSame[last]!;
    this.nextSame[last] = block;
  }

  forget(block: number): void {
    const stream = this.streamOf[block];
    if (stream === undefined) return;
    this.streamOf[block] = undefined;
    const at = this.placeOf[block]!;
    const after = this.nextSame[block]!;
    const first = stream.first[at]!;
    if (first !== block) {
      let before = first;
      while (this.nextSame[before]! !== block) before = this.nextSame[before]!;
      this.nextSame[before] = after;
      return;
    }
    if (after !== NONE) {
      stream.first[at] = after;
      return;
    }
    if (at !== stream.first.length - 1)
      throw new InvariantError("serving: content went before what follows it", { block, at });
    stream.first.pop();
    if (stream.first.length === 0) this.mapOf(stream).delete(stream.key);
  }

  check(): void {
    for (const streams of [this.prefixes, this.conversations, this.privates])
      for (const stream of streams.values())
        stream.first.forEach((block, at) => {
          if (this.streamOf[block] !== stream || this.placeOf[block] !== at)
            throw new InvariantError("serving: the index names a block that has other content");
        });
  }

  private mapOf({ kind }: ContentStream): Map<number, ContentStream> {
    if (kind === "prefix") return this.prefixes;
    return kind === "conversation" ? this.conversations : this.privates;
  }

  private group(request: number): number {
    return this.ledger.traits?.prefixGroup[request] ?? NONE;
  }

  /** Whole blocks of the beginning that many prompts have. */
  private prefixBlocks(request: number): number {
    const tokens = this.ledger.traits?.prefixTokens[request] ?? 0;
    return Math.floor(tokens / TOKENS_PER_BLOCK);
  }

  private conversationOf(request: number, prefix: number): ContentStream | undefined {
    const conversation = this.ledger.traits?.conversation[request] ?? NONE;
    if (conversation === NONE) return undefined;
    const stream = this.conversations.get(conversation);
    if (stream?.from !== prefix || stream.group !== this.group(request)) return undefined;
    return stream;
  }

  private blocksBehind(request: number, prefix: number): number {
    const conversation = this.ledger.traits?.conversation[request] ?? NONE;
    const stream =
      conversation === NONE
        ? this.privates.get(request)
        : (this.conversationOf(request, prefix) ?? this.privates.get(request));
    return prefix + (stream?.first.length ?? 0);
  }
}

function listed(
  streams: Map<number, ContentStream>,
  key: number,
  make: Omit<ContentStream, "first">,
): ContentStream {
  let stream = streams.get(key);
  if (stream === undefined) {
    stream = { ...make, first: [] };
    streams.set(key, stream);
  }
  return stream;
}

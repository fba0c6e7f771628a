import type { RequestLedger } from "../request-ledger.js";
import { blocksOf } from "./block-pool.js";

/** Blocks the requests need beyond those they have for so many further tokens each. */
export function blocksFor(
  { done, owned }: RequestLedger,
  requests: readonly number[],
  tokens: number,
): number {
  let blocks = 0;
  for (const request of requests) blocks += blocksOf(done[request]! + tokens) - owned[request]!;
  return blocks;
}

/** How many of the steps, one token of each request in each, there are free blocks for. */
export function stepsWithBlocks(
  ledger: RequestLedger,
  requests: readonly number[],
  { steps, free }: { readonly steps: number; readonly free: number },
): number {
  if (requests.length * blocksOf(steps) <= free) return steps;
  if (blocksFor(ledger, requests, steps) <= free) return steps;
  let low = 0;
  let high = steps;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (blocksFor(ledger, requests, middle) <= free) low = middle;
    else high = middle;
  }
  return low;
}

import { pow } from "../../base/elementary.js";

/**
 * How many of the experts of a layer some tokens touch, in expectation: N · (1 − (1 − k/N)^T), for tokens that
 * choose k of N experts evenly and independently.
 *
 * *Source*: expected number of occupied urns; inference-sim's roofline uses the same. *Validity*: real routers
 * are uneven and touch fewer, so weights read are an upper bound, and the busiest GPU has more than its part.
 *
 * @param tokens of one step, ≥ 0; need not be whole
 */
export function distinctExperts(count: number, perToken: number, tokens: number): number {
  if (perToken >= count) return tokens > 0 ? count : 0;
  return count * (1 - pow(1 - perToken / count, tokens));
}

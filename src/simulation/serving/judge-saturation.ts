/** Three answers to whether a service keeps up; `null` with too few requests to tell. */
export type SaturationVerdict = "stable" | "backlogged" | "overloaded";

/** What a verdict needs of a run; any simulation of requests has it. */
export interface SaturationInput {
  /** Never falling. */
  readonly arrivalS: ArrayLike<number>;
  /**
   * When each request's first token came. Infinity for one that was turned away because of load, which counts
   * as waiting for ever; NaN for one that does not count, such as one larger than the cache.
   */
  readonly firstTokenS: ArrayLike<number>;
  /** A wait for the first token that is still called none, such as the target for it; 10 by default. */
  readonly waitToleratedS?: number;
  /** Only what happens from then on; the first arrival by default. */
  readonly fromS?: number;
  /** Only what happens until then; the last arrival by default: an emptying queue says nothing. */
  readonly untilS?: number;
}

/** The verdict with the figures it rests on. */
export interface Saturation {
  readonly verdict: SaturationVerdict | null;
  /** Mean backlog of each quarter of the time, in seconds a new request would wait. */
  readonly backlogOfQuartersS: readonly number[];
  /** Largest mean backlog of one of 40 equal slots, and when that slot began. */
  readonly backlogMaxS: number;
  readonly backlogMaxAtS: number;
  /** Backlog when requests stop coming. */
  readonly backlogEndS: number;
  /** Seconds by which the backlog grows per second from the second quarter to the fourth. */
  readonly growth: number;
}

const SLOTS = 40;
/** Fewer requests than that say nothing about a trend. */
const REQUESTS_MIN = 40;
/** A service that is short by less than this is not told from one that keeps up. */
const GROWTH_MIN = 0.01;
const WAIT_TOLERATED_S = 10;

/**
 * Whether a service keeps up with its requests, from how its queue grows.
 *
 * The backlog at a time is the number of requests waiting for their first token over the rate at which first
 * tokens come, averaged over the whole time: how long a request that arrives now would wait.
 *
 * - **overloaded**: the backlog rises from the second quarter of the time to the third and from the third to
 *   the fourth, by more than 10 ms per second in all (the service is more than 1 % short of the demand), and
 *   ends above a tenth of the tolerated wait, or a second where that is less. Averages over such a run say
 *   nothing: they grow with its length.
 * - **backlogged**: not so, but in one of 40 equal slots, or at the end, the backlog is above the tolerated
 *   wait: the service falls behind for a time and catches up.
 * - **stable**: neither.
 *
 * Why not utilisation: an engine with a batch is "busy" from the first request on. Why not the mean latency:
 * it hides a queue that only began to grow.
 */
export function judgeSaturation(input: SaturationInput): Saturation {
  const { arrivalS, firstTokenS, waitToleratedS = WAIT_TOLERATED_S } = input;
  const fromS = input.fromS ?? arrivalS[0] ?? 0;
  const untilS = input.untilS ?? arrivalS[arrivalS.length - 1] ?? 0;
  const widthS = (untilS - fromS) / SLOTS;
  const waitingS = new Float64Array(SLOTS);
  let counted = 0;
  let served = 0;
  let waitingAtEnd = 0;
  for (let request = 0; request < arrivalS.length; request++) {
    const beginS = arrivalS[request]!;
    const endS = firstTokenS[request]!;
    if (Number.isNaN(endS) || beginS > untilS) continue;
    if (beginS >= fromS) counted++;
    if (endS > fromS && endS <= untilS) served++;
    // Who comes at the very end has not waited yet.
    if (endS > untilS && beginS < untilS) waitingAtEnd++;
    if (widthS > 0) addSpan(waitingS, (beginS - fromS) / widthS, (endS - fromS) / widthS);
  }
  // One answer per span at least, so that a service that answers nobody has a finite backlog.
  const perS = Math.max(1, served) / (untilS - fromS);
  const backlogS = Array.from(waitingS, (slots) => slots / perS);
  const quarters = [0, 1, 2, 3].map((quarter) => {
    const slots = backlogS.slice((quarter * SLOTS) / 4, ((quarter + 1) * SLOTS) / 4);
    return slots.reduce((sum, value) => sum + value, 0) / slots.length;
  });
  const backlogMaxS = Math.max(...backlogS);
  const figures = {
    backlogOfQuartersS: quarters,
    backlogMaxS,
    backlogMaxAtS: fromS + backlogS.indexOf(backlogMaxS) * widthS,
    backlogEndS: waitingAtEnd / perS,
    growth: (quarters[3]! - quarters[1]!) / ((untilS - fromS) / 2),
  };
  if (!(widthS > 0) || counted < REQUESTS_MIN)
    return { verdict: null, ...emptyUnless(widthS, figures) };
  return { verdict: verdictOf(figures, waitToleratedS), ...figures };
}

type Figures = Omit<Saturation, "verdict">;

function emptyUnless(widthS: number, figures: Figures): Figures {
  if (widthS > 0) return figures;
  const none = { backlogMaxS: 0, backlogMaxAtS: 0, backlogEndS: 0, growth: 0 };
  return { backlogOfQuartersS: [0, 0, 0, 0], ...none };
}

function verdictOf(figures: Figures, waitToleratedS: number): SaturationVerdict {
  const { backlogOfQuartersS, backlogMaxS, backlogEndS, growth } = figures;
  const [, second, third, fourth] = backlogOfQuartersS as [number, number, number, number];
  const isRising = second < third && third < fourth;
  const noticedS = Math.min(waitToleratedS, WAIT_TOLERATED_S) / 10;
  if (isRising && growth > GROWTH_MIN && backlogEndS > noticedS) return "overloaded";
  return Math.max(backlogMaxS, backlogEndS) > waitToleratedS ? "backlogged" : "stable";
}

/** Adds the part of each slot that lies in a span; slot k reaches from k to k + 1. */
function addSpan(slots: Float64Array, begin: number, end: number): void {
  const from = Math.max(0, begin);
  const to = Math.min(slots.length, end);
  for (let slot = Math.floor(from); slot < to; slot++)
    slots[slot]! += Math.min(to, slot + 1) - Math.max(from, slot);
}

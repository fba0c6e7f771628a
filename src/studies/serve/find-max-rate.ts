import { replicationInterval } from "../../stats/confidence-interval.js";
import { sampleRequests } from "../../workload/requests/change-requests.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import {
  type Assessment,
  assessRun,
  type Latency,
  LATENCIES,
  type LatencyTargets,
  type Window,
} from "./assess-run.js";
import type { Server } from "./server.js";
import type { Traffic } from "./traffic.js";

/** What is asked of a search for a rate. */
export interface RateSearch {
  readonly server: Server;
  readonly traffic: Traffic;
  readonly targets: LatencyTargets;
  readonly seeds: readonly number[];
}

/** The highest rate one replica serves within the targets. */
export interface MaxRate {
  /** Mean over the seeds. Requests per second; 0 when even single requests miss a target. */
  readonly requestsPerS: number;
  /** Half of the 95 % interval of the mean, and the 2 % within which rates are found; null for one seed or a recorded trace. */
  readonly halfWidth: number | null;
  readonly perSeed: readonly { readonly seed: number; readonly requestsPerS: number }[];
  /** What is missed just above: targets, or the service is overloaded. */
  readonly limitedBy: readonly (Latency | "overload")[];
  /** Latencies at the targets' percentile when requests come one at a time; null where unserved. */
  readonly alone: Assessment["atPercentile"];
  /** The run of the first seed at its highest rate; undefined when the rate is 0. */
  readonly atMax: Assessment | undefined;
  /** Tokens per second, prompts and answers, of that run's window. */
  readonly tokensPerS: { readonly prompt: number; readonly output: number };
  /** Seconds of traffic in each run, and simulations made. */
  readonly windowS: number;
  readonly simulations: number;
}

/** Requests in the window of a run, about, when a replica is full. */
const REQUESTS_WANTED = 3000;
const WINDOW_MIN_S = 300;
/** A run is so many times as long as one request takes alone, at least. */
const WINDOW_OF_E2E = 20;
const ALONE_REQUESTS = 300;
const FULL_REQUESTS = 600;
/** Rates closer than that are one. */
const RATIO = 1.02;
/** Below this share of what a full replica does, no rate is looked for. */
const SHARE_MIN = 1e-3;
/** A trace of few requests never overloads anything: the search ends at so many times what fills a replica. */
const SHARE_MAX = 20;
/** The first fifth of a run fills the service, the last tenth may be answered while it empties. */
const SKIPPED_SHARE = 0.2;
const CUT_SHARE = 0.1;

/**
 * Finds the highest rate at which a replica meets its targets and is not overloaded, by bisection to 2 %.
 *
 * Every seed has a search of its own, with the same arrivals at every rate but faster, so that rates are
 * compared on common random numbers; the spread of the seeds gives the interval. Runs are judged by requests
 * that arrive after the first fifth and before the last tenth.
 */
export function findMaxRate(search: RateSearch): MaxRate {
  const { traffic, targets } = search;
  const seeds = traffic.isDrawn ? search.seeds : search.seeds.slice(0, 1);
  const runs = createRuns(search);
  const alone = runs.alone(seeds[0]!);
  const failing = missedAlone(alone, targets);
  if (failing.length > 0) return noRate(seeds, alone, failing, runs);
  const searches = seeds.map((seed) => searchOf(runs, seed));
  const rates = searches.map(({ requestsPerS }) => requestsPerS);
  const interval = replicationInterval(rates, 0.95);
  const limitedBy = new Set(searches.flatMap(({ above }) => limitsOf(above)));
  const first = searches[0]!;
  return {
    requestsPerS: interval.mean,
    // The search stops within 2 % below: where all seeds stop at the same rate, that much is not known.
    halfWidth: seeds.length < 2 ? null : interval.halfWidth + (RATIO - 1) * interval.mean,
    perSeed: seeds.map((seed, at) => ({ seed, requestsPerS: rates[at]! })),
    limitedBy: [...limitedBy],
    alone: alone.atPercentile,
    atMax: first.below?.assessment,
    tokensPerS: first.below?.tokensPerS ?? { prompt: 0, output: 0 },
    windowS: runs.windowS,
    simulations: runs.count(),
  };
}

function noRate(
  seeds: readonly number[],
  alone: Assessment,
  limitedBy: readonly Latency[],
  runs: Runs,
): MaxRate {
  return {
    requestsPerS: 0,
    halfWidth: null,
    perSeed: seeds.map((seed) => ({ seed, requestsPerS: 0 })),
    limitedBy,
    alone: alone.atPercentile,
    atMax: undefined,
    tokensPerS: { prompt: 0, output: 0 },
    windowS: runs.windowS,
    simulations: runs.count(),
  };
}

function missedAlone({ atPercentile }: Assessment, targets: LatencyTargets): readonly Latency[] {
  return LATENCIES.filter((latency) => {
    const target = targets[latency];
    const value = atPercentile[latency];
    return target !== undefined && (value === null ? latency !== "tpotS" : value > target);
  });
}

function limitsOf(above: Assessment | undefined): readonly (Latency | "overload")[] {
  if (above === undefined) return [];
  if (above.saturation.verdict === "overloaded") return [...above.missed, "overload"];
  return above.missed;
}

/** A run at a rate with its judgement. */
interface Judged {
  readonly assessment: Assessment;
  readonly tokensPerS: { readonly prompt: number; readonly output: number };
}

interface Runs {
  readonly windowS: number;
  /** Requests per second of a replica that is always full: where searches begin. */
  readonly fullPerS: number;
  at(requestsPerS: number, seed: number): Judged;
  alone(seed: number): Assessment;
  count(): number;
}

function createRuns({ server, traffic, targets, seeds }: RateSearch): Runs {
  let count = 0;
  const simulate = (requests: RequestTable, window: Window): Judged => {
    count++;
    const run = server.run(requests, 1);
    return {
      assessment: assessRun(requests, run, targets, window),
      tokensPerS: tokensPerS(requests, window),
    };
  };
  const sample = sampleRequests(traffic.at(1, FULL_REQUESTS, seeds[0]!), FULL_REQUESTS);
  const full = server.run({ ...sample, arrivalS: new Float64Array(sample.count) }, 1);
  const fullPerS = full.endS > 0 ? sample.count / full.endS : 1;
  const few = sampleRequests(sample, ALONE_REQUESTS);
  const aloneRun = (): Judged => {
    const spacing = Math.max(1, full.endS);
    const arrivalS = few.arrivalS.map((_, row) => row * spacing);
    return simulate({ ...few, arrivalS }, { fromS: 0, untilS: Infinity });
  };
  const alone = aloneRun().assessment;
  const e2eS = alone.atPercentile.e2eS ?? 0;
  const windowS = Math.max(WINDOW_MIN_S, REQUESTS_WANTED / fullPerS, WINDOW_OF_E2E * e2eS);
  return {
    windowS,
    fullPerS,
    alone: () => alone,
    count: () => count + 1,
    at(requestsPerS, seed) {
      const requests = traffic.at(requestsPerS, windowS, seed);
      const endS = traffic.isDrawn ? windowS : requests.arrivalS[requests.count - 1]!;
      return simulate(requests, { fromS: SKIPPED_SHARE * endS, untilS: (1 - CUT_SHARE) * endS });
    },
  };
}

function tokensPerS(
  { arrivalS, promptTokens, outputTokens }: RequestTable,
  { fromS, untilS }: Window,
): Judged["tokensPerS"] {
  let prompt = 0;
  let output = 0;
  arrivalS.forEach((timeS, row) => {
    if (timeS < fromS || timeS > untilS) return;
    prompt += promptTokens[row]!;
    output += outputTokens[row]!;
  });
  return { prompt: prompt / (untilS - fromS), output: output / (untilS - fromS) };
}

interface SeedSearch {
  readonly requestsPerS: number;
  readonly below: Judged | undefined;
  readonly above: Assessment | undefined;
}

/** Doubles or halves until one rate meets the targets and one does not, then halves the ratio between them. */
function searchOf(runs: Runs, seed: number): SeedSearch {
  let low = 0;
  let below: Judged | undefined;
  let high = Infinity;
  let above: Assessment | undefined;
  let rate = runs.fullPerS * 0.7;
  const [least, most] = [runs.fullPerS * SHARE_MIN, runs.fullPerS * SHARE_MAX];
  while (high / low > RATIO && rate > least && rate < most) {
    const judged = runs.at(rate, seed);
    if (judged.assessment.meets) [low, below] = [rate, judged];
    else [high, above] = [rate, judged.assessment];
    if (high === Infinity) rate = low * 1.4;
    else if (low === 0) rate = high * 0.6;
    else rate = Math.sqrt(low * high);
  }
  return { requestsPerS: low, below, above };
}

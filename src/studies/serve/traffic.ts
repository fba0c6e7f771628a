import { createRandomStreams } from "../../engine/streams.js";
import { meanRate, playFaster, repeatRequests } from "../../workload/requests/change-requests.js";
import { generateRequests } from "../../workload/requests/generate-requests.js";
import type { RequestsRead } from "../../workload/requests/read-requests.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { TrafficDescription } from "../../workload/requests/traffic-description.js";
import type { FamilyTargets } from "../../workload/requests/workload-families.js";

/** One thing an answer rests on. */
export interface ServeAssumption {
  readonly what: string;
  readonly source: string;
  readonly provenance: "measured" | "published" | "assumed" | "given";
}

/** Requests a service is asked about. */
export interface Traffic {
  /** For people: a file, a family, a preset. */
  readonly name: string;
  /** False for a recorded trace: every seed gives the same requests. */
  readonly isDrawn: boolean;
  /** Mean requests per second of `demand`. */
  readonly requestsPerS: number;
  /** All requests as they were asked for, daily shape included. */
  demand(seed: number): RequestTable;
  /**
   * The same kind of requests at another rate, for a search: drawn ones without their daily shape and for so
   * many seconds, recorded ones played faster or slower as a whole.
   */
  at(requestsPerS: number, durationS: number, seed: number): RequestTable;
  readonly assumptions: readonly ServeAssumption[];
  /** Latency targets the traffic is published with. */
  readonly targets?: FamilyTargets;
}

/** Traffic as drawn from a description. */
export function drawnTraffic(options: {
  readonly name: string;
  readonly description: TrafficDescription;
  readonly assumptions: readonly ServeAssumption[];
  readonly targets?: FamilyTargets;
}): Traffic {
  const { name, description, assumptions, targets } = options;
  const draw = (of: TrafficDescription, seed: number): RequestTable =>
    generateRequests(of, createRandomStreams(seed).stream("traffic"));
  return {
    name,
    isDrawn: true,
    requestsPerS: description.arrivals.requestsPerS,
    demand: (seed) => draw(description, seed),
    at(requestsPerS, durationS, seed) {
      const { gapVariation } = description.arrivals;
      const arrivals = { requestsPerS, ...(gapVariation === undefined ? {} : { gapVariation }) };
      return draw({ ...description, arrivals, durationS }, seed);
    },
    assumptions,
    ...(targets === undefined ? {} : { targets }),
  };
}

/**
 * A recorded trace.
 *
 * @param options.requestsPerS plays it so fast or slow that this is its mean rate; as recorded when absent
 * @param options.repeat how often it is played, one time after the other
 */
export function recordedTraffic(options: {
  readonly name: string;
  readonly read: RequestsRead;
  readonly requestsPerS?: number;
  readonly repeat: number;
}): Traffic {
  const { name, read, requestsPerS, repeat } = options;
  const recorded = meanRate(read.requests);
  const once =
    requestsPerS === undefined ? read.requests : playFaster(read.requests, requestsPerS / recorded);
  const all = repeat === 1 ? once : repeatRequests(once, repeat);
  const assumptions: ServeAssumption[] = [];
  if (requestsPerS !== undefined)
    assumptions.push({
      what: `the trace at ${requestsPerS} requests per second`,
      source: `played ${requestsPerS / recorded} times as fast as recorded; lengths and order as they are`,
      provenance: "given",
    });
  if (repeat > 1)
    assumptions.push({
      what: `the trace ${repeat} times`,
      source: "one after the other, with the mean gap between",
      provenance: "given",
    });
  return {
    name,
    isDrawn: false,
    requestsPerS: meanRate(all),
    demand: () => all,
    at: (rate) => playFaster(read.requests, rate / recorded),
    assumptions,
  };
}

import { type Assessment, assessRun, type LatencyTargets } from "./assess-run.js";
import type { Server } from "./server.js";
import type { Traffic } from "./traffic.js";

/** What is asked of a search for replicas. */
export interface ReplicaSearch {
  readonly server: Server;
  readonly traffic: Traffic;
  readonly targets: LatencyTargets;
  readonly seeds: readonly number[];
  /** Where the search begins, ≥ 1. */
  readonly guess: number;
  /** More are not tried. */
  readonly replicasMax: number;
}

/** The fewest replicas that serve all of the traffic within the targets. */
export interface MinReplicas {
  /** Null where even `replicasMax` are too few, or a replica cannot meet the targets at all. */
  readonly replicas: number | null;
  /** The run of the first seed with so many (with the most tried, where none suffice). */
  readonly assessment: Assessment;
  /** With one fewer, of the first seed that then fails; undefined for one replica. */
  readonly withOneFewer: Assessment | undefined;
  readonly seeds: number;
  readonly simulations: number;
}

/**
 * Finds the fewest replicas with which every seed meets the targets and is not overloaded, by doubling and
 * bisection: more replicas are taken to be never worse.
 *
 * All requests count, the first and the last too: a trace is judged as it is.
 */
export function findMinReplicas(search: ReplicaSearch): MinReplicas {
  const { traffic, replicasMax } = search;
  const seeds = traffic.isDrawn ? search.seeds : search.seeds.slice(0, 1);
  const demands = seeds.map((seed) => traffic.demand(seed));
  const tried = new Map<number, Attempt>();
  let simulations = 0;
  const attempt = (replicas: number): Attempt => {
    const known = tried.get(replicas);
    if (known !== undefined) return known;
    let first: Assessment | undefined;
    let failed: Assessment | undefined;
    for (const requests of demands) {
      simulations++;
      const judged = judge(search, requests, replicas);
      first ??= judged;
      if (judged.meets) continue;
      failed = judged;
      break;
    }
    const made = { first: first!, failed };
    tried.set(replicas, made);
    return made;
  };
  let low = 0;
  let high = Infinity;
  let next = Math.min(replicasMax, Math.max(1, Math.round(search.guess)));
  while (high - low > 1) {
    if (attempt(next).failed === undefined) high = next;
    else low = next;
    if (low === replicasMax) break;
    if (high === Infinity) next = Math.min(replicasMax, Math.ceil(low * 1.5));
    else next = low === 0 ? Math.floor(high / 2) || 1 : Math.floor((low + high) / 2);
    if (low === 0 && high === 1) break;
  }
  if (high === Infinity) {
    const { failed, first } = attempt(replicasMax);
    return {
      replicas: null,
      assessment: failed ?? first,
      withOneFewer: undefined,
      seeds: seeds.length,
      simulations,
    };
  }
  return {
    replicas: high,
    assessment: attempt(high).first,
    withOneFewer: high === 1 ? undefined : attempt(high - 1).failed,
    seeds: seeds.length,
    simulations,
  };
}

interface Attempt {
  readonly first: Assessment;
  readonly failed: Assessment | undefined;
}

function judge(
  { server, targets }: ReplicaSearch,
  requests: ReturnType<Traffic["demand"]>,
  replicas: number,
): Assessment {
  const run = server.run(requests, replicas);
  const untilS = requests.arrivalS[requests.count - 1] ?? 0;
  return assessRun(requests, run, targets, { fromS: 0, untilS });
}

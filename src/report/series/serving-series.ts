import type { OperatedRun } from "../../studies/run/operations.js";
import { summarizeInPlace } from "../../stats/quantile.js";

/** Buckets that a chart of a service has. */
const BUCKETS = 72;

/** One service over time, in equal buckets of the run. */
export interface ServiceOverTime {
  readonly name: string;
  readonly startS: number;
  readonly endS: number;
  /** Seconds of one bucket. */
  readonly stepS: number;
  readonly buckets: readonly ServiceBucket[];
}

/** What a service did in one bucket; null where nothing gave a value. */
export interface ServiceBucket {
  readonly fromS: number;
  readonly requestsPerS: number;
  /** At the last look in the bucket. */
  readonly wanted: number;
  readonly placed: number;
  readonly ready: number;
  readonly held: number;
  /** Nodes of elastic groups that were up or being provisioned; absent without such groups. */
  readonly nodesUp?: number;
  /** Of requests that came in the bucket and were answered. Seconds. */
  readonly ttftP50S: number | null;
  readonly ttftP95S: number | null;
  readonly tpotP50S: number | null;
  readonly tpotP95S: number | null;
}

/** Services of a run over time; empty without any. */
export function servicesOverTime(run: OperatedRun): readonly ServiceOverTime[] {
  const { served = [], endOfRunS: endS } = run;
  if (!(endS > 0)) return [];
  const stepS = endS / BUCKETS;
  const nodesUp = nodesUpAt(run);
  return served.map(({ service, outcome }) => {
    const { series, ledger, run: requests } = outcome;
    const ttftS = Array.from({ length: BUCKETS }, () => [] as number[]);
    const tpotS = Array.from({ length: BUCKETS }, () => [] as number[]);
    const came = new Float64Array(BUCKETS);
    for (let row = 0; row < ledger.count; row++) {
      const bucket = Math.min(BUCKETS - 1, Math.floor(ledger.arrivalS[row]! / stepS));
      came[bucket]!++;
      if (!Number.isNaN(requests.ttftS[row]!)) ttftS[bucket]!.push(requests.ttftS[row]!);
      if (!Number.isNaN(requests.tpotS[row]!)) tpotS[bucket]!.push(requests.tpotS[row]!);
    }
    let look = 0;
    const buckets = Array.from({ length: BUCKETS }, (_, bucket): ServiceBucket => {
      const untilS = (bucket + 1) * stepS;
      while (look + 1 < series.timeS.length && series.timeS[look + 1]! <= untilS) look++;
      const first = summarizeInPlace(Float64Array.from(ttftS[bucket]!));
      const further = summarizeInPlace(Float64Array.from(tpotS[bucket]!));
      return {
        fromS: bucket * stepS,
        requestsPerS: came[bucket]! / stepS,
        wanted: series.wanted[look] ?? 0,
        placed: series.placed[look] ?? 0,
        ready: series.ready[look] ?? 0,
        held: series.held[look] ?? 0,
        ...(nodesUp === undefined ? {} : { nodesUp: nodesUp(untilS) }),
        ttftP50S: first.p50,
        ttftP95S: first.p95,
        tpotP50S: further.p50,
        tpotP95S: further.p95,
      };
    });
    return { name: service.name, startS: 0, endS, stepS, buckets };
  });
}

function nodesUpAt({ operated }: OperatedRun): ((timeS: number) => number) | undefined {
  const pools = operated?.pools ?? [];
  if (pools.length === 0) return undefined;
  const times = pools.flatMap(({ upTimes }) => upTimes);
  return (timeS) => times.filter(({ fromS, toS }) => fromS <= timeS && !(toS <= timeS)).length;
}

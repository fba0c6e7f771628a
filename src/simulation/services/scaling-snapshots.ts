import type { ServiceMetric } from "../../policy/autoscaling/service-metrics.js";
import type { ServiceCounters, ServiceGauges } from "../serving/service.js";

/** What one scrape of a service saw. */
export interface ScalingSnapshot {
  readonly timeS: number;
  readonly held: number;
  readonly arrived: number;
  readonly counters: ServiceCounters;
  /** Replicas that took requests. */
  readonly replicas: readonly {
    readonly waiting: number;
    readonly running: number;
    readonly cacheShare: number;
  }[];
}

/** The scrapes of a service, as old as an autoscaler sees them. */
export interface ScalingSnapshots {
  add(snapshot: ScalingSnapshot): void;
  perReplica(nowS: number, metric: ServiceMetric): readonly number[];
  ofService(nowS: number, metric: ServiceMetric, windowS: number): number;
}

/** What a scrape of the gauges sees: replicas that take requests. */
export function snapshotOf(gauges: ServiceGauges, arrived: number): ScalingSnapshot {
  const { timeS, held, counters, replicas } = gauges;
  return { timeS, held, arrived, counters, replicas: replicas.filter((one) => !one.isDraining) };
}

/**
 * @param delayS age of the newest scrape an autoscaler sees, >= 0
 * @param keepS longest window that anybody asks for
 */
export function createScalingSnapshots(delayS: number, keepS: number): ScalingSnapshots {
  let kept: ScalingSnapshot[] = [];
  const seenAt = (nowS: number): ScalingSnapshot | undefined =>
    kept.findLast(({ timeS }) => timeS <= nowS - delayS);
  const before = (newest: ScalingSnapshot, windowS: number): ScalingSnapshot | undefined =>
    kept.find(({ timeS }) => timeS >= newest.timeS - windowS);
  return {
    add(snapshot) {
      kept.push(snapshot);
      const oldest = snapshot.timeS - delayS - keepS;
      if (kept[0]!.timeS < oldest - keepS) kept = kept.filter(({ timeS }) => timeS >= oldest);
    },
    perReplica(nowS, metric) {
      return (seenAt(nowS)?.replicas ?? []).map((one) => valueOf(one, metric));
    },
    ofService(nowS, metric, windowS) {
      const newest = seenAt(nowS);
      if (newest === undefined) return 0;
      if (metric === "gateway:requests_held") return newest.held;
      const oldest = before(newest, windowS) ?? newest;
      const answered = newest.counters.finished - oldest.counters.finished;
      if (metric === "requests_per_second") {
        const seconds = newest.timeS - oldest.timeS;
        return seconds > 0 ? (newest.arrived - oldest.arrived) / seconds : 0;
      }
      if (metric === "vllm:time_to_first_token_seconds")
        return meanOf(newest.counters.ttftSumS - oldest.counters.ttftSumS, answered);
      if (metric === "vllm:e2e_request_latency_seconds")
        return meanOf(newest.counters.e2eSumS - oldest.counters.e2eSumS, answered);
      return newest.replicas.reduce((sum, one) => sum + valueOf(one, metric), 0);
    },
  };
}

function meanOf(sum: number, count: number): number {
  return count > 0 ? sum / count : 0;
}

function valueOf(one: ScalingSnapshot["replicas"][number], metric: ServiceMetric): number {
  if (metric === "vllm:num_requests_waiting") return one.waiting;
  if (metric === "vllm:num_requests_running") return one.running;
  return metric === "vllm:kv_cache_usage_perc" ? one.cacheShare : 0;
}

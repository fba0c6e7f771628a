import { formatDuration, formatNumber } from "../../base/units.js";
import type { Saturation } from "../../simulation/serving/judge-saturation.js";
import { type Assessment, LATENCIES, type LatencyTargets } from "./assess-run.js";
import type { MaxRate } from "./find-max-rate.js";
import type { PlanDocument } from "./plan-service.js";

/** Latencies in two words. */
export const LATENCY_WORDS = {
  ttftS: "first token",
  tpotS: "per token",
  e2eS: "end to end",
} as const;

/** Seconds in the unit that reads best up to seconds: latencies of one table stay comparable. */
export function secondsText(value: number): string {
  return value < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`;
}

/** A verdict on a service in one sentence. */
export function saturationText(saturation: Saturation): string {
  const { verdict, growth, backlogEndS, backlogMaxS, backlogMaxAtS } = saturation;
  switch (verdict) {
    case null:
      return "too few requests to tell whether the service keeps up";
    case "stable":
      return `stable: the service keeps up; at its longest the queue is a wait of ${secondsText(backlogMaxS)}`;
    case "backlogged":
      return `backlogged: the service falls behind and catches up; at ${formatDuration(backlogMaxAtS)} a request waits ${secondsText(backlogMaxS)}`;
    case "overloaded":
      return `overloaded: the wait grows by ${formatNumber(1000 * growth)} ms every second, to ${secondsText(backlogEndS)} at the end; the longer it runs the worse, so averages say nothing`;
  }
}

/** A percentile as people say it: 95, 99.9. */
export function percentText({ percentile }: LatencyTargets): string {
  return String(Number((percentile * 100).toFixed(4)));
}

/** Targets in words, such as "first token within 500 ms, per token within 50 ms". */
export function targetText(targets: LatencyTargets): string {
  return LATENCIES.flatMap((latency) => {
    const target = targets[latency];
    return target === undefined ? [] : [`${LATENCY_WORDS[latency]} within ${secondsText(target)}`];
  }).join(", ");
}

/** A rate with its interval. */
export function rateText({ requestsPerS, halfWidth }: MaxRate): string {
  const plus = halfWidth === null ? "" : ` ± ${formatNumber(halfWidth, { digits: 2 })}`;
  return `${formatNumber(requestsPerS)}${plus}`;
}

/** What binds just above the highest rate. */
export function limitText({ limitedBy }: MaxRate): string {
  const words = limitedBy.map((limit) => (limit === "overload" ? limit : LATENCY_WORDS[limit]));
  return words.join(", ") || "-";
}

/** The answer of a plan in one sentence. */
export function planSentence({ configurations, traffic }: PlanDocument): string {
  const [best] = configurations;
  if (best === undefined || best.maxRate === null || best.maxRate.requestsPerS === 0)
    return "No configuration meets the targets, not even with one request at a time.";
  const { forDemand, cost } = best;
  if (forDemand !== null) {
    const { replicas, gpus, usdPerHour } = forDemand;
    if (replicas === null)
      return "No configuration meets the targets with as many replicas as were tried.";
    const price =
      usdPerHour === null ? "" : `, for ${formatNumber(usdPerHour)} US dollars per hour`;
    const serves = replicas === 1 ? "serves" : "serve";
    return `${countOf(replicas, "replica")} of ${best.name} (${countOf(gpus!, "GPU")}) ${serves} ${formatNumber(traffic.requestsPerS!)} requests per second within the targets${price}.`;
  }
  const price =
    cost === null
      ? ""
      : `, at ${formatNumber(cost.usdPerMillionOutputTokens)} US dollars per million output tokens`;
  return `One replica of ${best.name} serves ${rateText(best.maxRate)} requests per second within the targets${price}.`;
}

/** A count with its noun. */
export function countOf(value: number, what: string): string {
  return `${formatNumber(value, { digits: 15 })} ${what}${value === 1 ? "" : "s"}`;
}

/** How a run stands to the targets, in one phrase. */
export function latencyText({ atPercentile, good }: Assessment, targets: LatencyTargets): string {
  const parts = LATENCIES.flatMap((latency) => {
    if (targets[latency] === undefined) return [];
    const value = atPercentile[latency];
    return [`${LATENCY_WORDS[latency]} ${value === null ? "never" : secondsText(value)}`];
  });
  return `${parts.join(", ")} at p${percentText(targets)}, ${formatNumber(100 * good.share)} % of requests meet all`;
}

/** Why each rate of 0 is: what a single request takes there. */
export function aloneTexts({ configurations, targets }: PlanDocument): readonly string[] {
  return configurations.flatMap(({ name, maxRate }) => {
    if (maxRate === null || maxRate.requestsPerS > 0) return [];
    const parts = LATENCIES.flatMap((latency) => {
      const [target, value] = [targets[latency], maxRate.alone[latency]];
      if (target === undefined || (value !== null && value <= target)) return [];
      if (value === null && latency === "tpotS") return [];
      return [`${LATENCY_WORDS[latency]} ${value === null ? "never" : secondsText(value)}`];
    });
    return [
      parts.length === 0
        ? `${name}: no rate was found at which the targets are met.`
        : `${name}, one request at a time: ${parts.join(", ")} at p${percentText(targets)}.`,
    ];
  });
}

/** How the best configuration stands under the demand, and what one replica fewer would break. */
export function demandTexts({ configurations, targets }: PlanDocument): readonly string[] {
  const [best] = configurations;
  const forDemand = best?.forDemand;
  if (best === undefined || forDemand === null || forDemand === undefined) return [];
  const { replicas, assessment, withOneFewer } = forDemand;
  const words = (one: Assessment): string =>
    `${latencyText(one, targets)}; ${saturationText(one.saturation)}.`;
  const many = replicas === null ? "the most tried" : countOf(replicas, "replica");
  return [
    `With ${many} of ${best.name}: ${words(assessment)}`,
    ...(withOneFewer === undefined ? [] : [`With one fewer: ${words(withOneFewer)}`]),
  ];
}

/** How the answers were found. */
export function methodText({ configurations, traffic }: PlanDocument): string | undefined {
  const maxRate = configurations[0]?.maxRate;
  if (maxRate === null || maxRate === undefined) return undefined;
  const how = traffic.isDrawn
    ? `simulated for ${formatDuration(maxRate.windowS)} of traffic each; requests of the first fifth and the last tenth are not judged`
    : "the whole trace, played faster or slower; requests of the first fifth and the last tenth of its time are not judged; one recorded trace gives no interval";
  return `Highest rates are found to 2 % by bisection (${maxRate.simulations} simulations for the first row): ${how}.`;
}

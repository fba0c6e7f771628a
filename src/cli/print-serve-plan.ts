import { formatDuration, formatNumber } from "../base/units.js";
import { type Assessment, LATENCIES, type LatencyTargets } from "../studies/serve/assess-run.js";
import type { MaxRate } from "../studies/serve/find-max-rate.js";
import type { PlanDocument, PlannedConfiguration } from "../studies/serve/plan-service.js";
import { assumptionLines, percentText } from "./print-serve.js";
import { saturationText, secondsText } from "./print-serve-words.js";
import { alignColumns, countText, wrapText } from "./text-layout.js";

const SHORT = { ttftS: "first token", tpotS: "per token", e2eS: "end to end" } as const;

/** A plan for people. */
export function planLines(document: PlanDocument): string[] {
  const { model, traffic, targets, configurations, seeds } = document;
  const usable = configurations.filter(({ maxRate }) => maxRate !== null);
  const refused = configurations.filter(({ refused }) => refused !== null);
  const rate = traffic.requestsPerS;
  const at = rate === null ? "" : ` at ${formatNumber(rate)} requests per second`;
  return [
    `${model} for ${traffic.name}${at}`,
    `Targets at p${percentText(targets)}: ${targetText(targets)}${seeds.length > 1 ? `; ${seeds.length} seeds, 95 % intervals` : ""}`,
    "",
    ...headline(document),
    ...(usable.length === 0 ? [] : ["", ...alignColumns(rowsOf(usable, rate !== null))]),
    ...aloneLines(document),
    ...demandLines(document),
    ...refused.flatMap(({ name, refused }) => [
      "",
      `  ${wrapText(`${name} cannot be: ${refused!.message}; ${refused!.help}`, 2)}`,
    ]),
    "",
    ...notes(document),
    "",
    ...assumptionLines([...(usable[0]?.assumptions ?? []), ...document.assumptions]),
  ];
}

function targetText(targets: LatencyTargets): string {
  return LATENCIES.flatMap((latency) => {
    const target = targets[latency];
    return target === undefined ? [] : [`${SHORT[latency]} within ${secondsText(target)}`];
  }).join(", ");
}

function headline({ configurations, traffic }: PlanDocument): string[] {
  const [best] = configurations;
  if (best === undefined || best.maxRate === null || best.maxRate.requestsPerS === 0)
    return [
      `  ${wrapText("No configuration meets the targets, not even with one request at a time.", 2)}`,
    ];
  const { forDemand, cost } = best;
  if (forDemand !== null) {
    if (forDemand.replicas === null)
      return ["  No configuration meets the targets with as many replicas as were tried."];
    const price =
      forDemand.usdPerHour === null
        ? ""
        : `, ${formatNumber(forDemand.usdPerHour)} US dollars per hour`;
    const text = `${count(forDemand.replicas, "replica")} of ${best.name} (${count(forDemand.gpus!, "GPU")}) ${forDemand.replicas === 1 ? "serves" : "serve"} ${formatNumber(traffic.requestsPerS!)} requests per second within the targets${price}.`;
    return [`  ${wrapText(text, 2)}`];
  }
  const price =
    cost === null
      ? ""
      : `, at ${formatNumber(cost.usdPerMillionOutputTokens)} US dollars per million output tokens`;
  return [
    `  ${wrapText(`One replica of ${best.name} serves ${rateText(best.maxRate)} requests per second within the targets${price}.`, 2)}`,
  ];
}

const count = (value: number, what: string): string =>
  `${countText(value)} ${what}${value === 1 ? "" : "s"}`;

function rateText({ requestsPerS, halfWidth }: MaxRate): string {
  const plus = halfWidth === null ? "" : ` ± ${formatNumber(halfWidth, { digits: 2 })}`;
  return `${formatNumber(requestsPerS)}${plus}`;
}

function rowsOf(usable: readonly PlannedConfiguration[], hasDemand: boolean): string[][] {
  const header = [
    "",
    "requests/s",
    "limited by",
    "tokens/s out",
    "$/M out",
    ...(hasDemand ? ["replicas", "GPUs", "$/h"] : ["GPUs"]),
  ];
  return [header, ...usable.map((one) => rowOf(one, hasDemand))];
}

function rowOf(one: PlannedConfiguration, hasDemand: boolean): string[] {
  const { maxRate, cost, forDemand } = one;
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined ? "-" : formatNumber(value);
  return [
    one.name,
    rateText(maxRate!),
    maxRate!.limitedBy.map((limit) => (limit === "overload" ? limit : SHORT[limit])).join(", ") ||
      "-",
    number(maxRate!.tokensPerS.output),
    number(cost?.usdPerMillionOutputTokens),
    ...(hasDemand
      ? [number(forDemand?.replicas), number(forDemand?.gpus), number(forDemand?.usdPerHour)]
      : [String(one.gpusPerReplica)]),
  ];
}

/** Why a rate is 0: what a single request takes there. */
function aloneLines({ configurations, targets }: PlanDocument): string[] {
  const lines = configurations.flatMap(({ name, maxRate }) => {
    if (maxRate === null || maxRate.requestsPerS > 0) return [];
    const parts = LATENCIES.flatMap((latency) => {
      const [target, value] = [targets[latency], maxRate.alone[latency]];
      if (target === undefined || (value !== null && value <= target)) return [];
      if (value === null && latency === "tpotS") return [];
      return [`${SHORT[latency]} ${value === null ? "never" : secondsText(value)}`];
    });
    const text =
      parts.length === 0
        ? `${name}: no rate was found at which the targets are met`
        : `${name}, one request at a time: ${parts.join(", ")} at p${percentText(targets)}`;
    return [`  ${wrapText(text, 2)}`];
  });
  return lines.length === 0 ? [] : ["", ...lines];
}

/** How the best configuration stands under the demand, and what one replica fewer would break. */
function demandLines({ configurations, targets }: PlanDocument): string[] {
  const [best] = configurations;
  const forDemand = best?.forDemand;
  if (forDemand === null || forDemand === undefined) return [];
  const { replicas, assessment, withOneFewer } = forDemand;
  const lines = [
    "",
    `  ${wrapText(`With ${replicas === null ? "the most tried" : count(replicas, "replica")} of ${best!.name}: ${latencyText(assessment, targets)}; ${saturationText(assessment.saturation)}.`, 2)}`,
  ];
  if (withOneFewer !== undefined)
    lines.push(
      `  ${wrapText(`With one fewer: ${latencyText(withOneFewer, targets)}; ${saturationText(withOneFewer.saturation)}.`, 2)}`,
    );
  return lines;
}

function latencyText({ atPercentile, good }: Assessment, targets: LatencyTargets): string {
  const parts = LATENCIES.flatMap((latency) => {
    if (targets[latency] === undefined) return [];
    const value = atPercentile[latency];
    return [`${SHORT[latency]} ${value === null ? "never" : secondsText(value)}`];
  });
  return `${parts.join(", ")} at p${percentText(targets)}, ${formatNumber(100 * good.share)} % of requests meet all`;
}

function notes({ configurations, traffic }: PlanDocument): string[] {
  const [best] = configurations;
  if (best?.maxRate === null || best === undefined) return [];
  const { windowS, simulations } = best.maxRate;
  const how = traffic.isDrawn
    ? `simulated for ${formatDuration(windowS)} of traffic each; requests of the first fifth and the last tenth are not judged`
    : "the whole trace, played faster or slower; requests of the first fifth and the last tenth of its time are not judged; one recorded trace gives no interval";
  const text = `Highest rates are found to 2 % by bisection (${simulations} simulations for the first row): ${how}.`;
  return [`  ${wrapText(text, 2)}`];
}

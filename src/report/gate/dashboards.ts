import type { GateCase, GateOutcome } from "../../studies/gate/gate-outcome.js";

/**
 * The new side as Bencher Metric Format: one measure per case with its interval. Times of kernels are
 * `latency` in nanoseconds, as Bencher counts it; other figures keep their unit under their own name.
 */
export function gateBencher(outcome: GateOutcome): string {
  const document: Record<string, Record<string, unknown>> = {};
  for (const item of outcome.cases) {
    if (item.new === null) continue;
    const isTime = item.metric === "time";
    const scale = isTime ? 1e9 : 1;
    const [low, high] = item.newInterval ?? [undefined, undefined];
    document[item.id] = {
      [isTime ? "latency" : measureName(item.metric)]: {
        value: scaled(item.new, scale),
        ...(low === undefined ? {} : { lower_value: scaled(low, scale) }),
        ...(high === undefined ? {} : { upper_value: scaled(high, scale) }),
      },
    };
  }
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * The new side for github-action-benchmark's `customSmallerIsBetter`. Figures of which more is better do not
 * belong into that list and are left out; its threshold knows no noise, so Headroom's own gate stays the judge.
 */
export function gateActionBenchmark(outcome: GateOutcome): string {
  const list = outcome.cases
    .filter((item) => item.new !== null && item.better === "smaller")
    .map((item) => {
      const isTime = item.metric === "time";
      const range = rangeOf(item, isTime ? 1e9 : 1);
      return {
        name: item.id,
        unit: isTime ? "ns" : item.unit,
        value: scaled(item.new!, isTime ? 1e9 : 1),
        ...(range === undefined ? {} : { range }),
        extra: `${item.verdict}: ${item.reason}`,
      };
    });
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** Nanoseconds without the last digits, which only the multiplication made. */
function scaled(value: number, scale: number): number {
  return scale === 1 ? value : Number((value * scale).toPrecision(12));
}

function rangeOf(item: GateCase, scale: number): string | undefined {
  if (item.newInterval === undefined) return undefined;
  const [low, high] = item.newInterval;
  return `± ${Number((((high - low) / 2) * scale).toPrecision(3))}`;
}

function measureName(metric: string): string {
  return metric
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .toLowerCase();
}

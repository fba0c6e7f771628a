import { formatDuration, formatNumber } from "../../base/units.js";
import type { GateCase, GateVerdict } from "../../studies/gate/gate-outcome.js";

/** Verdicts whose cases keep a gate from passing, or would. */
export const UNCLEAR: readonly GateVerdict[] = ["cannot decide", "too noisy"];

/** Seconds below a microsecond are told in nanoseconds, and so on; other units as they are. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return "—";
  if (unit !== "s") return `${formatNumber(value, { digits: 4 })}${unit === "" ? "" : ` ${unit}`}`;
  for (const [scale, name] of [
    [1e-6, "ns"],
    [1e-3, "µs"],
    [1, "ms"],
  ] as const) {
    if (value !== 0 && Math.abs(value) < scale)
      return `${formatNumber((value / scale) * 1000, { digits: 4 })} ${name}`;
  }
  return formatDuration(value);
}

/** The change in percent with its sign: `+5.1 %`; a dash where there is no ratio. */
export function changeText(ratio: number | undefined): string {
  if (ratio === undefined || !Number.isFinite(ratio)) return "—";
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 0.05 ? "0.0" : formatNumber(Math.abs(percent), { digits: 3 });
  return `${percent < 0 && digits !== "0.0" ? "-" : "+"}${digits} %`;
}

/** The interval of the change: `+3.9 … +6.2 %`. */
export function intervalText(item: GateCase): string {
  if (item.ratioInterval === undefined) return "—";
  const [low, high] = item.ratioInterval.map((ratio) => changeText(ratio).replace(" %", ""));
  return `${low} … ${high} %`;
}

/** How many cases have each verdict, in words: `1 regression, 12 no change shown`. */
export function countsText(cases: readonly GateCase[]): string {
  const counts = new Map<GateVerdict, number>();
  for (const { verdict } of cases) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(", ");
}

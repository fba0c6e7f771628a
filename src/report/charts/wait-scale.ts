import type { VegaLiteSpec } from "./theme.js";

/** Below this the scale is linear, above it logarithmic: waits of zero still have a place. */
export const WAIT_SCALE_LINEAR_S = 60;

/** Ticks people recognise, in seconds, with the words they carry. */
const TICKS: readonly (readonly [number, string])[] = [
  [0, "0"],
  [60, "1 min"],
  [600, "10 min"],
  [3600, "1 h"],
  [21_600, "6 h"],
  [86_400, "1 d"],
  [604_800, "1 wk"],
  [2_592_000, "30 d"],
  [31_536_000, "1 yr"],
];

/** A scale from 0 to the longest wait, linear under a minute and logarithmic above. */
export function waitScale(longestS: number): VegaLiteSpec {
  return {
    type: "symlog",
    constant: WAIT_SCALE_LINEAR_S,
    domain: [0, Math.max(longestS, WAIT_SCALE_LINEAR_S)],
    nice: false,
    zero: true,
  };
}

/** The axis of that scale. Vega would print ticks as bare seconds; people read durations. */
export function waitAxis(longestS: number, title: string): VegaLiteSpec {
  const top = Math.max(longestS, WAIT_SCALE_LINEAR_S);
  const ticks = TICKS.filter(([waitS]) => waitS <= top);
  const words = ticks.map(([waitS, word]) => `'${waitS}':'${word}'`).join(",");
  return { title, values: ticks.map(([waitS]) => waitS), labelExpr: `({${words}})[datum.value]` };
}

/** The same ticks as [seconds, words], for the table behind the chart. */
export function waitTicks(longestS: number): readonly (readonly [number, string])[] {
  return TICKS.filter(([waitS]) => waitS <= Math.max(longestS, WAIT_SCALE_LINEAR_S));
}

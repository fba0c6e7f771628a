import { formatDuration, formatNumber } from "../../base/units.js";

const COUNT_DIGITS = 15;

/** A value in the unit of the result document, for sentences: seconds as a duration, shares as percent. */
export function formatQuantity(value: number, unit: string): string {
  switch (unit) {
    case "s":
      return formatDuration(value);
    case "share":
      return formatShare(value);
    case "ratio":
      return formatNumber(value);
    default: {
      const text = formatNumber(value, Number.isInteger(value) ? { digits: COUNT_DIGITS } : {});
      return unit === "" ? text : `${text} ${text === "1" ? oneOf(unit) : unit}`;
    }
  }
}

/** The unit of one thing: "job" for "jobs", "GPU hour" for "GPU hours"; other units stay. */
function oneOf(unit: string): string {
  if (!/[a-zA-Z]{2}s$/.test(unit)) return unit;
  return unit.replace(/(ss|sh|ch|x)es$|s$/, "$1");
}

/** Two values of one unit: "8.33 to 16.7 min", "45 s to 2.1 min". */
export function formatRange(low: number, high: number, unit: string): string {
  const from = formatQuantity(low, unit);
  const to = formatQuantity(high, unit);
  const shown = to.slice(to.indexOf(" "));
  return to.includes(" ") && from.endsWith(shown)
    ? `${from.slice(0, -shown.length)} to ${to}`
    : `${from} to ${to}`;
}

/** Shares just below 1 print as ">99.9 %": rounding them up to 100 % would claim there was no rest. */
function formatShare(share: number): string {
  const percent = share * 100;
  return percent > 99.9 && percent < 100 ? ">99.9 %" : `${formatNumber(percent)} %`;
}

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
      return unit === "" ? text : `${text} ${unit}`;
    }
  }
}

/** Shares just below 1 print as ">99.9 %": rounding them up to 100 % would claim there was no rest. */
function formatShare(share: number): string {
  const percent = share * 100;
  return percent > 99.9 && percent < 100 ? ">99.9 %" : `${formatNumber(percent)} %`;
}

import { formatDuration, formatNumber } from "../../base/units.js";

const COUNT_DIGITS = 15;

/** A value in the unit of the result document, for sentences: seconds as a duration, shares as percent. */
export function formatQuantity(value: number, unit: string): string {
  switch (unit) {
    case "s":
      return formatDuration(value);
    case "share":
      return `${formatNumber(value * 100)} %`;
    case "ratio":
      return formatNumber(value);
    default: {
      const text = formatNumber(value, Number.isInteger(value) ? { digits: COUNT_DIGITS } : {});
      return unit === "" ? text : `${text} ${unit}`;
    }
  }
}

import { formatQuantity as formatPlainQuantity } from "../../studies/run/format-quantity.js";
import type { RichCell } from "../block.js";
import {
  NO_BREAK_SPACE,
  forPeople,
  formatShare,
  formatSignificant,
  formatSigned,
} from "./number.js";

/** A value in the unit of the result document as typeset text: the words of the decision sentence. */
export function formatQuantity(value: number, unit: string): string {
  if (!Number.isFinite(value))
    throw new RangeError(`report: ${value} ${unit} is no quantity to print`);
  return unit === "share" ? formatShare(value) : forPeople(formatPlainQuantity(value, unit));
}

/** A difference of two such values with its sign; shares differ by percentage points. */
export function formatDifference(difference: number, unit: string): string {
  return formatSigned(difference, (magnitude) => formatMagnitude(magnitude, unit));
}

/** The size of a difference of two such values, without its sign. */
export function formatMagnitude(difference: number, unit: string): string {
  const magnitude = Math.abs(difference);
  if (unit !== "share") return formatQuantity(magnitude, unit);
  const points = formatSignificant(magnitude * 100);
  return `${points}${NO_BREAK_SPACE}${points === "1" ? "point" : "points"}`;
}

/** Every digit of a value and its unit, for the place where auditors look. */
export function exactQuantity(value: number, unit: string): string {
  return unit === "" ? String(value) : `${value} ${unit}`;
}

/** A cell that prints for people and keeps the exact value; null gives an empty cell. */
export function quantityCell(value: number | null, unit: string): RichCell | null {
  if (value === null) return null;
  return { text: formatQuantity(value, unit), value, exact: exactQuantity(value, unit) };
}

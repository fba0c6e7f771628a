import type { Cell, Column, TableContent } from "../block.js";
import { formatCount, formatSignificant, isNegligible, NEGLIGIBLE_PERCENT } from "./number.js";

/** What stands in a cell without a value. */
export const EMPTY_CELL = "—";

/** Most rows of one table in a page; the rest is in the file the table names. */
export const TABLE_ROWS_MAX = 50;

/** The rows of a table that a page shows. */
export function shownRows({ rows, whole }: TableContent): TableContent["rows"] {
  return whole === true ? rows : rows.slice(0, TABLE_ROWS_MAX);
}

/** The printed text of a cell; numbers with their column's digits, counts in full. */
export function cellText(cell: Cell, column: Column): string {
  if (cell === null) return EMPTY_CELL;
  if (typeof cell === "string") return cell;
  if (typeof cell !== "number") return cell.text;
  if (!Number.isFinite(cell)) throw new Error(`report: column "${column.header}" holds ${cell}`);
  if (column.unit === "%" && isNegligible(cell)) return NEGLIGIBLE_PERCENT;
  if (column.digits === undefined && Number.isInteger(cell)) return formatCount(cell);
  return formatSignificant(cell, column.digits ?? 3);
}

/** The exact value behind a rounded text, or undefined where the text is exact. */
export function exactText(cell: Cell, column: Column): string | undefined {
  if (cell === null || typeof cell === "string") return undefined;
  if (typeof cell !== "number") return cell.exact;
  const exact = column.unit === undefined ? String(cell) : `${cell} ${column.unit}`;
  return exact === cellText(cell, column) ? undefined : exact;
}

import { alignColumns, displayWidth } from "./text-layout.js";

/**
 * Cells in columns, as `alignColumns`. In a terminal that is too narrow, columns are left out one by one, and a
 * last line says which; what is written to a file or a pipe has all of them.
 *
 * @param rows the header first
 * @param droppable columns that may go, the first to go first
 */
export function fitColumns(
  rows: readonly (readonly string[])[],
  droppable: readonly number[],
): readonly string[] {
  const columns = process.stdout.columns;
  const header = rows[0]!;
  for (let dropped = 0; dropped <= droppable.length; dropped += 1) {
    const gone = new Set(droppable.slice(0, dropped));
    const lines = alignColumns(rows.map((row) => row.filter((_, column) => !gone.has(column))));
    const isLast = dropped === droppable.length;
    if (!isLast && columns !== undefined && lines.some((line) => displayWidth(line) > columns)) {
      continue;
    }
    if (gone.size === 0) return lines;
    const missing = [...gone].map((column) => header[column]!).join(", ");
    return [...lines, `  (left out for the width of the terminal: ${missing})`];
  }
  return alignColumns(rows);
}

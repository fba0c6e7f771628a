import type { Problem } from "./problem.js";

/** Where a cell of a table stands: the whole line as read, and which field of it. */
export interface CsvCell {
  readonly file: string;
  /** Counted from 1, the header line included. */
  readonly line: number;
  /** The line without its end; a quoted cell with line breaks in it is given up to the first. */
  readonly sourceLine: string;
  /** Field of the line counted from 0; absent marks the whole line. */
  readonly field?: number;
  /** Name of the column from the header. */
  readonly column?: string;
  /** One character; "," when absent. */
  readonly delimiter?: string;
}

/** A problem at one cell of a delimited file, with the columns of the cell for the code frame. */
export function csvProblem(
  cell: CsvCell,
  rest: Pick<Problem, "rule" | "message" | "allowed" | "suggestion" | "help">,
): Problem {
  const { file, line, sourceLine, field, column } = cell;
  const [start, end] =
    field === undefined
      ? [0, sourceLine.length]
      : csvFieldRange(sourceLine, field, cell.delimiter ?? ",");
  const place = { file, line, col: start + 1, endLine: line, endCol: end + 1, sourceLine };
  return { ...place, ...(column === undefined ? {} : { path: column }), ...rest };
}

/**
 * Offsets of one field of a delimited line, quotes included; a delimiter inside double quotes is text.
 *
 * A line with fewer fields gives the empty range at its end: that is where the field is missing.
 */
export function csvFieldRange(
  line: string,
  field: number,
  delimiter: string,
): readonly [start: number, end: number] {
  let start = 0;
  let index = 0;
  let quoted = false;
  for (let offset = 0; offset <= line.length; offset += 1) {
    const character = line[offset];
    if (character === '"') quoted = !quoted;
    if (offset < line.length && (quoted || character !== delimiter)) continue;
    if (index === field) return [start, offset];
    index += 1;
    start = offset + 1;
  }
  return [line.length, line.length];
}

import { characterWidth, visibleCharacter } from "./visible-text.js";

/** Columns between tab stops in a code frame. */
const TAB_WIDTH = 4;

/** Columns of source shown in a frame; a longer line is cut around the marked token. */
const FRAME_WIDTH_MAX = 100;

/** Columns of context kept before the token when a long line is cut. */
const CONTEXT_BEFORE = 30;

/** Shown where a line was cut. */
const CUT = "…";

/** What to show and what to mark. Columns count UTF-16 code units from 1, as editors do. */
export interface CodeFrameOptions {
  readonly sourceLine: string;
  readonly line: number;
  readonly col: number;
  /** First column after the token; a token that goes on in a later line is marked to the end of this one. */
  readonly endCol: number;
  /** Colours the marker; absent means plain. */
  readonly mark?: (text: string) => string;
  /** Colours the gutter; absent means plain. */
  readonly dim?: (text: string) => string;
}

/**
 * The three lines under a message: an empty gutter, the source line, and a marker as long as the token.
 *
 * Tabs are widened, wide characters count two columns, control characters are shown as pictures: the
 * marker stands under the token in a monospaced font, and nothing in the line can act on the terminal.
 */
export function renderCodeFrame(options: CodeFrameOptions): string {
  const plain = (text: string): string => text;
  const { mark = plain, dim = plain } = options;
  const cells = layOut(options.sourceLine);
  const first = Math.min(cellAt(cells, options.col), cells.length);
  const end = Math.max(first, Math.min(cellAt(cells, options.endCol), cells.length));
  const window = cutAround(cells, first, end);
  const before = cells.slice(window.from, first);
  const token = cells.slice(first, Math.min(end, window.to));
  const indent = " ".repeat((window.from > 0 ? 1 : 0) + widthOf(before));
  const markerWidth = Math.max(1, widthOf(token));
  const shown =
    (window.from > 0 ? CUT : "") +
    cells
      .slice(window.from, window.to)
      .map((cell) => cell.text)
      .join("") +
    (window.to < cells.length ? CUT : "");
  const number = String(options.line);
  const blank = " ".repeat(number.length);
  return [
    dim(`${blank} |`),
    `${dim(`${number} |`)} ${shown}`.trimEnd(),
    `${dim(`${blank} |`)} ${indent}${mark(`^${"~".repeat(markerWidth - 1)}`)}`,
  ].join("\n");
}

/** One printed character of a line: what is printed, how wide it is, and where it began in the source. */
interface Cell {
  readonly text: string;
  readonly width: number;
  /** UTF-16 offset in the line, from 0. */
  readonly offset: number;
}

function layOut(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  let column = 0;
  for (const character of line) {
    const width = character === "\t" ? TAB_WIDTH - (column % TAB_WIDTH) : characterWidth(character);
    const text = character === "\t" ? " ".repeat(width) : visibleCharacter(character);
    cells.push({ text, width, offset });
    column += width;
    offset += character.length;
  }
  return cells;
}

/** Index of the cell that holds a column counted from 1; the number of cells when it lies beyond. */
function cellAt(cells: readonly Cell[], col: number): number {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells[middle]!.offset < col - 1) low = middle + 1;
    else high = middle;
  }
  return low;
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

/** The part of a long line that shows the token with some context before it. */
function cutAround(
  cells: readonly Cell[],
  first: number,
  end: number,
): { readonly from: number; readonly to: number } {
  if (widthOf(cells) <= FRAME_WIDTH_MAX) return { from: 0, to: cells.length };
  let from = first;
  const fitsFromStart = widthOf(cells.slice(0, end)) <= FRAME_WIDTH_MAX;
  const contextMax = fitsFromStart ? FRAME_WIDTH_MAX : CONTEXT_BEFORE;
  for (let context = 0; from > 0 && context + cells[from - 1]!.width <= contextMax;) {
    from -= 1;
    context += cells[from]!.width;
  }
  let to = from;
  for (let width = 0; to < cells.length && width + cells[to]!.width <= FRAME_WIDTH_MAX; to += 1) {
    width += cells[to]!.width;
  }
  return { from, to };
}

import type { Cell, Column, TableContent } from "../block.js";
import { cellText, exactText, shownRows } from "../format/cell-text.js";
import { escapeBreakable, escapeHtml } from "../format/escape.js";
import { formatCount } from "../format/number.js";

/** Rows below which nobody needs to sort. */
const SORTABLE_FROM = 6;

/** Columns that a telephone cannot show side by side: there, each row stands as a list of its cells. */
const STACKED_FROM = 5;

/**
 * A table with caption and scopes, at most 50 rows, in a box that scrolls on narrow screens. Wide tables stand row by
 * row there, each cell beside the header of its column.
 *
 * @param options.isData for figures behind a chart, which may scroll: nobody reads them from top to bottom
 */
export function tableToHtml(
  table: TableContent,
  options: { readonly isData: boolean } = { isData: false },
): string {
  const { caption, columns } = table;
  const shown = shownRows(table);
  const sortable = table.rowGroups === undefined && shown.length >= SORTABLE_FROM;
  const isStacked = !options.isData && columns.length >= STACKED_FROM && shown.length > 0;
  const classes = [...(sortable ? ["sortable"] : []), ...(isStacked ? ["stacked"] : [])];
  const head = columns.map((column) => headCell(column)).join("");
  const label = escapeHtml(caption);
  return [
    `<div class="table-box" role="region" aria-label="${label}" tabindex="0">`,
    `<table${classes.length === 0 ? "" : ` class="${classes.join(" ")}"`}>`,
    `<caption>${label}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    bodies(table, shown, isStacked),
    "</table></div>",
    restNote(table),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function headCell({ header, unit, align }: Column): string {
  const unitHtml = unit === undefined ? "" : ` <span class="unit">${escapeHtml(unit)}</span>`;
  return `<th scope="col"${align === "right" ? ' class="number"' : ""}>${escapeBreakable(header)}${unitHtml}</th>`;
}

function bodies(
  { columns, rowGroups }: TableContent,
  shown: readonly (readonly Cell[])[],
  isStacked: boolean,
): string {
  if (shown.length === 0) {
    return `<tbody><tr><td colspan="${columns.length}">none</td></tr></tbody>`;
  }
  if (rowGroups === undefined) return `<tbody>\n${rowsToHtml(shown, columns, isStacked)}\n</tbody>`;
  let first = 0;
  return rowGroups
    .map(({ title, rowCount }) => {
      const rows = shown.slice(first, first + rowCount);
      first += rowCount;
      if (rows.length === 0) return "";
      const head = `<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${escapeBreakable(title)}</th></tr>`;
      return `<tbody>\n${head}\n${rowsToHtml(rows, columns, isStacked)}\n</tbody>`;
    })
    .filter((body) => body !== "")
    .join("\n");
}

function rowsToHtml(
  rows: readonly (readonly Cell[])[],
  columns: readonly Column[],
  isStacked: boolean,
): string {
  return rows
    .map((row) => {
      const cells = row.map((cell, index) =>
        cellToHtml(cell, columns[index]!, { isHeader: index === 0, isStacked }),
      );
      return `<tr>${cells.join("")}</tr>`;
    })
    .join("\n");
}

function cellToHtml(
  cell: Cell,
  column: Column,
  { isHeader, isStacked }: { readonly isHeader: boolean; readonly isStacked: boolean },
): string {
  const rich = cell !== null && typeof cell === "object" ? cell : undefined;
  const classes = [
    ...(column.align === "right" ? ["number"] : []),
    ...(rich?.tone === undefined ? [] : [rich.tone]),
  ];
  const exact = exactText(cell, column);
  const sort = rich?.value ?? (typeof cell === "number" ? cell : undefined);
  const attributes =
    (isHeader ? ' scope="row"' : "") +
    (classes.length === 0 ? "" : ` class="${classes.join(" ")}"`) +
    (exact === undefined ? "" : ` title="${escapeHtml(exact)}"`) +
    (sort === undefined ? "" : ` data-value="${sort}"`) +
    (isStacked && !isHeader ? ` data-label="${escapeHtml(labelOf(column))}"` : "");
  // A sign stays beside its word.
  const text = escapeBreakable(cellText(cell, column).replace(/^([✓✗?≈]) /, "$1\u00a0"));
  const linked = rich?.href === undefined ? text : `<a href="${escapeHtml(rich.href)}">${text}</a>`;
  const note =
    rich?.note === undefined ? "" : `<span class="note">${escapeBreakable(rich.note)}</span>`;
  const tag = isHeader ? "th" : "td";
  // What stands beside its label is one piece there.
  const content = isStacked && !isHeader ? `<span>${linked}${note}</span>` : `${linked}${note}`;
  return `<${tag}${attributes}>${content}</${tag}>`;
}

function labelOf({ header, unit }: Column): string {
  return unit === undefined ? header : `${header} (${unit})`;
}

function restNote(table: TableContent): string {
  const { rows, fullTable } = table;
  const shown = shownRows(table).length;
  if (shown === rows.length) return "";
  const where =
    fullTable === undefined ? "" : `; all of them are in <code>${escapeHtml(fullTable)}</code>`;
  return `<p class="quiet">The first ${shown} of ${formatCount(rows.length)} rows${where}.</p>`;
}

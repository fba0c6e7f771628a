import type { Cell, Column, TableContent } from "../block.js";
import { cellText, exactText, shownRows } from "../format/cell-text.js";
import { escapeBreakable, escapeHtml } from "../format/escape.js";
import { formatCount } from "../format/number.js";

/** Rows below which nobody needs to sort. */
const SORTABLE_FROM = 6;

/** A table with caption and scopes, at most 50 rows, in a box that scrolls on narrow screens. */
export function tableToHtml(table: TableContent): string {
  const { caption, columns } = table;
  const shown = shownRows(table);
  const sortable = table.rowGroups === undefined && shown.length >= SORTABLE_FROM;
  const head = columns.map((column) => headCell(column)).join("");
  const label = escapeHtml(caption);
  return [
    `<div class="table-box" role="region" aria-label="${label}" tabindex="0">`,
    `<table${sortable ? ' class="sortable"' : ""}>`,
    `<caption>${label}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    bodies(table, shown),
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

function bodies({ columns, rowGroups }: TableContent, shown: readonly (readonly Cell[])[]): string {
  if (shown.length === 0) {
    return `<tbody><tr><td colspan="${columns.length}">none</td></tr></tbody>`;
  }
  if (rowGroups === undefined) return `<tbody>\n${rowsToHtml(shown, columns)}\n</tbody>`;
  let first = 0;
  return rowGroups
    .map(({ title, rowCount }) => {
      const rows = shown.slice(first, first + rowCount);
      first += rowCount;
      if (rows.length === 0) return "";
      const head = `<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${escapeBreakable(title)}</th></tr>`;
      return `<tbody>\n${head}\n${rowsToHtml(rows, columns)}\n</tbody>`;
    })
    .filter((body) => body !== "")
    .join("\n");
}

function rowsToHtml(rows: readonly (readonly Cell[])[], columns: readonly Column[]): string {
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => cellToHtml(cell, columns[index]!, index === 0));
      return `<tr>${cells.join("")}</tr>`;
    })
    .join("\n");
}

function cellToHtml(cell: Cell, column: Column, isHeader: boolean): string {
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
    (sort === undefined ? "" : ` data-value="${sort}"`);
  const text = escapeBreakable(cellText(cell, column));
  const linked = rich?.href === undefined ? text : `<a href="${escapeHtml(rich.href)}">${text}</a>`;
  const note =
    rich?.note === undefined ? "" : `<span class="note">${escapeBreakable(rich.note)}</span>`;
  const tag = isHeader ? "th" : "td";
  return `<${tag}${attributes}>${linked}${note}</${tag}>`;
}

function restNote(table: TableContent): string {
  const { rows, fullTable } = table;
  const shown = shownRows(table).length;
  if (shown === rows.length) return "";
  const where =
    fullTable === undefined ? "" : `; all of them are in <code>${escapeHtml(fullTable)}</code>`;
  return `<p class="quiet">The first ${shown} of ${formatCount(rows.length)} rows${where}.</p>`;
}

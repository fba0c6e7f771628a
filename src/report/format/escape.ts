import { visibleText } from "../../diagnostics/visible-text.js";
import { NO_BREAK_SPACE } from "./number.js";

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text made safe inside HTML elements, quoted attributes and SVG.
 *
 * Control and direction characters become visible ones: XML forbids the first, and the second can
 * make a name read as another.
 */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => HTML_ENTITIES[character]!);
}

/** Words longer than this get places to break; those of ordinary text never do. */
const UNBROKEN_MAX = 24;
const PIECE_LENGTH = 12;

/** As `escapeHtml`, with places to break in long words, so that one name cannot push the figures beside it away. */
export function escapeBreakable(text: string): string {
  return text
    .split(/(\s+)/)
    .map((word) => {
      const characters = [...word];
      if (characters.length <= UNBROKEN_MAX) return escapeHtml(word);
      const pieces: string[] = [];
      for (let at = 0; at < characters.length; at += PIECE_LENGTH) {
        pieces.push(escapeHtml(characters.slice(at, at + PIECE_LENGTH).join("")));
      }
      return pieces.join("<wbr>");
    })
    .join("");
}

/** Text from outside (names, reasons) made inert inside a Markdown paragraph or table cell. */
export function escapeMarkdown(text: string): string {
  return visibleText(text.replace(/\s+/g, collapsed)).replace(/[\\`*_[\]<>&|~#$!]/g, "\\$&");
}

/** Text inside a Markdown code span, whatever backticks it holds; pipes are escaped for tables. */
export function markdownCode(text: string): string {
  const inline = visibleText(text.replace(/\s+/g, collapsed)).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...inline.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const padding = inline.startsWith("`") || inline.endsWith("`") || inline === "" ? " " : "";
  return fence + padding + inline + padding + fence;
}

/** White space may break no line of Markdown; a space that must not break stays one. */
function collapsed(space: string): string {
  return space === NO_BREAK_SPACE ? space : " ";
}

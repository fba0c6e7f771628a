import { escapeHtml } from "../format/escape.js";

/**
 * Turns the small Markdown of text blocks into HTML: paragraphs, `- ` lists, `**strong**`, code
 * spans, links inside the page and backslash escapes. Everything else is text and escaped.
 */
export function markdownToHtml(markdown: string): string {
  return markdown
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map((block) => {
      const lines = block.split("\n");
      if (!lines.every((line) => line.startsWith("- ")))
        return `<p>${inlineToHtml(lines.join(" "))}</p>`;
      const items = lines.map((line) => `<li>${inlineToHtml(line.slice(2))}</li>`);
      return `<ul>${items.join("")}</ul>`;
    })
    .join("\n");
}

const TOKENS: readonly {
  readonly pattern: RegExp;
  html(match: RegExpExecArray): string;
}[] = [
  { pattern: /\\([\\`*_[\]<>&|~#$!])/y, html: (match) => escapeHtml(match[1]!) },
  {
    pattern: /(`+) ?(.+?) ?\1(?!`)/y,
    html: (match) => `<code>${escapeHtml(unescapePipes(match[2]!))}</code>`,
  },
  {
    pattern: /\*\*((?:\\.|[^*])+)\*\*/y,
    html: (match) => `<strong>${inlineToHtml(match[1]!)}</strong>`,
  },
  {
    pattern: /\[((?:\\.|[^\]])+)\]\((#[a-z][a-z0-9-]*)\)/y,
    html: (match) => `<a href="${match[2]!}">${inlineToHtml(match[1]!)}</a>`,
  },
];

function inlineToHtml(text: string): string {
  let html = "";
  let at = 0;
  while (at < text.length) {
    const token = matchAt(text, at);
    if (token === undefined) {
      const character = String.fromCodePoint(text.codePointAt(at)!);
      html += escapeHtml(character);
      at += character.length;
    } else {
      html += token.html;
      at += token.length;
    }
  }
  return html;
}

function matchAt(text: string, at: number): { html: string; length: number } | undefined {
  for (const { pattern, html } of TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { html: html(match), length: match[0].length };
  }
  return undefined;
}

/** Pipes in code spans are escaped for Markdown tables; a reader wants the bare one. */
function unescapePipes(code: string): string {
  return code.replaceAll("\\|", "|");
}

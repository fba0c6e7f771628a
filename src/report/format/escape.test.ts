import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { markdownToHtml } from "../html/inline-markdown.js";
import { escapeBreakable, escapeHtml, escapeMarkdown, markdownCode } from "./escape.js";

describe("text from outside", () => {
  test("is inert in HTML", () => {
    expect(escapeHtml(`<script>alert("1")</script> & 'x'`)).toBe(
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;",
    );
  });

  test("gets places to break only inside words nobody could fit, and never inside an entity", () => {
    expect(escapeBreakable("a name of ordinary words")).toBe("a name of ordinary words");
    expect(escapeBreakable("<".repeat(30))).toBe(
      ["&lt;".repeat(12), "&lt;".repeat(12), "&lt;".repeat(6)].join("<wbr>"),
    );
    expect(escapeBreakable(`two ${"🚀".repeat(25)}`)).toBe(
      `two ${["🚀".repeat(12), "🚀".repeat(12), "🚀"].join("<wbr>")}`,
    );
  });

  test("cannot hide control or direction characters", () => {
    const shown = escapeHtml("a\u0000b\u202ec");
    expect(shown).not.toContain("\u0000");
    expect(shown).not.toContain("\u202e");
    expect(shown).toHaveLength(5);
  });

  test("cannot break a Markdown table or start markup", () => {
    expect(escapeMarkdown("a|b\n# c *d* <e>")).toBe("a\\|b \\# c \\*d\\* \\<e\\>");
  });

  test("comes back as itself from Markdown to HTML, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        // Paragraphs trim, and a leading "- " would begin a list; names stand inside sentences.
        const html = markdownToHtml(`x ${escapeMarkdown(text)} y`);
        expect(html).toBe(`<p>x ${escapeHtml(text.replace(/[^\S\u00a0]+|\s{2,}/g, " "))} y</p>`);
      }),
    );
  });

  test("keeps its backticks inside a code span", () => {
    expect(markdownCode("a`b")).toBe("``a`b``");
    expect(markdownToHtml(markdownCode("`a` <b> | c"))).toBe(
      "<p><code>`a` &lt;b&gt; | c</code></p>",
    );
  });
});

describe("the Markdown of text blocks", () => {
  test.each([
    ["paragraphs", "a\n\nb", "<p>a</p>\n<p>b</p>"],
    ["lists", "- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
    ["strong with escapes", "**a\\*b** c", "<p><strong>a*b</strong> c</p>"],
    [
      "links inside the page",
      "[2 are assumed](#assumptions)",
      '<p><a href="#assumptions">2 are assumed</a></p>',
    ],
    ["no links to elsewhere", "[x](https://example.org)", "<p>[x](https://example.org)</p>"],
    ["no raw HTML", "<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"],
  ])("%s", (_name, markdown, html) => {
    expect(markdownToHtml(markdown)).toBe(html);
  });
});

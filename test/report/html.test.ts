import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { renderSvg } from "../../src/report/charts/render-svg.js";
import { textWidthPx } from "../../src/report/charts/text-width.js";
import { writeHtml } from "../../src/report/html/html.js";
import { tableToHtml } from "../../src/report/html/table.js";
import { writeMarkdown } from "../../src/report/markdown.js";
import { buildRunReport } from "../../src/report/run-report.js";
import type { RunReportInput } from "../../src/report/run-report-input.js";
import { fixtureInput } from "./fixture.js";

const NASTY = `<script>alert("x")</script>`;

/** Every place a name can come from holds markup, a formula, or a break. */
function nastyInput(): RunReportInput {
  const input = fixtureInput({
    jobs: 200,
    gpus: 32,
    variants: { [NASTY]: 40, "=cmd()": 48 },
    tenants: [NASTY, "a|b`c`\nd", "*x*", "日本語 🚀", "\u202eevil"],
  });
  return {
    ...input,
    result: {
      ...input.result,
      scenario: `${NASTY}.yaml`,
      question: NASTY,
      warnings: [`${NASTY} | [x](javascript:alert(1))`],
      waitReasons: [{ reason: NASTY, jobs: 1, waitHours: 2 }],
      inputs: [{ path: `"><img src=x onerror=alert(1)>`, sha256: "00".repeat(32) }],
      assumptions: [{ id: NASTY, what: NASTY, value: NASTY, provenance: "assumed", source: NASTY }],
      goals: input.result.goals.map((goal) => ({ ...goal, id: NASTY })),
    },
    longestWaits: input.longestWaits.map((row) => ({ ...row, id: NASTY, reason: NASTY })),
    reproduce: [`headroom run '${NASTY}'`],
  };
}

const html = (await writeHtml(buildRunReport(nastyInput()))).html;
const tags = html.match(/<[a-z][^>]*>/g) ?? [];

describe("the page", () => {
  test("holds no markup that a name brought in", () => {
    expect(tags.filter((tag) => tag.startsWith("<script"))).toEqual(["<script>"]);
    expect(tags.filter((tag) => tag.startsWith("<img"))).toEqual([]);
    expect(tags.filter((tag) => / on[a-z]+=/.test(tag))).toEqual([]);
    expect(html).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(html).not.toContain("\u202e");
    expect(html).toContain("日本語 🚀");
  });

  test("forbids every request and loads nothing", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src [^;]*unsafe-inline/);
    expect(tags.filter((tag) => / (src|srcset|action|data|poster)=/.test(tag))).toEqual([]);
    expect(tags.filter((tag) => / (xlink:)?href="(?!#)/.test(tag))).toEqual([]);
    expect(html).not.toMatch(/url\((?!#)|@import/);
    const addresses = html.match(/https?:\/\/[^"'\s<)]+/g) ?? [];
    expect(new Set(addresses)).toEqual(new Set(["http://www.w3.org/2000/svg"]));
  });

  test("allows exactly the one script it carries", () => {
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!;
    const hash = createHash("sha256").update(script, "utf8").digest("base64");
    expect(html).toContain(`script-src 'sha256-${hash}'`);
  });

  test("has one h1, one main, a language and a skip link to what exists", () => {
    expect(html.match(/<h1[ >]/g)).toHaveLength(1);
    expect(html.match(/<main[ >]/g)).toHaveLength(1);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<a class="skip" href="#content">');
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...html.matchAll(/ href="#([^"]+)"/g)].map((match) => match[1]!);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test("names every drawing, and refers only to ids that exist", () => {
    const drawings = html.match(/<svg [\s\S]*?<\/svg>/g) ?? [];
    expect(drawings.length).toBeGreaterThanOrEqual(12);
    for (const svg of drawings) {
      const [, titleId, descId] = /role="img" aria-labelledby="([^ ]+) ([^"]+)"/.exec(svg)!;
      expect(svg).toMatch(new RegExp(`<title id="${titleId!}">[^<]+\\?[^<]*</title>`));
      expect(svg).toMatch(new RegExp(`<desc id="${descId!}">[^<]*\\d[^<]*</desc>`));
      const used = [...svg.matchAll(/url\(#([^)]+)\)/g)].map((match) => match[1]!);
      for (const id of used) expect(svg).toContain(` id="${id}"`);
      expect(svg).not.toMatch(/fill="(white|#fff|black|#000)"/);
    }
  });

  test("gives every table a caption and scopes", () => {
    const tables = html.match(/<table[\s\S]*?<\/table>/g) ?? [];
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      expect(table).toMatch(/<caption>[^<]+<\/caption>/);
      expect(table).not.toMatch(/<th(?![^>]* scope=)[ >]/);
    }
  });

  test("stays near a megabyte", () => {
    expect(html.length).toBeLessThan(1_500_000);
  });
});

describe("a table in the page", () => {
  test("shows 50 rows and says where the others are", () => {
    const table = tableToHtml({
      caption: "c",
      columns: [{ header: "n", digits: 3, align: "right" }],
      rows: Array.from({ length: 1234 }, (_, row) => [row + 0.12345]),
      fullTable: "jobs.csv",
    });
    expect(table.match(/<tr>/g)).toHaveLength(51);
    expect(table).toContain(
      "The first 50 of 1,234 rows; all of them are in <code>jobs.csv</code>.",
    );
    expect(table).toContain('title="3.12345" data-value="3.12345">3.12<');
  });

  test("without rows says none", () => {
    expect(tableToHtml({ caption: "c", columns: [{ header: "n" }], rows: [] })).toContain(">none<");
  });

  test("refuses a number that is none", () => {
    const table = { caption: "c", columns: [{ header: "n" }], rows: [[Number.NaN]] };
    expect(() => tableToHtml(table)).toThrow(/NaN/);
  });
});

describe("the Markdown", () => {
  const markdown = writeMarkdown(buildRunReport(nastyInput()));
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`+[^`]*`+/g, "");

  test("holds no HTML and no link that a name brought in", () => {
    expect(prose).not.toMatch(/(?<!\\)<[a-z!/]/i);
    expect(prose).not.toMatch(/(?<!\\)\]\(/);
  });

  test("keeps every row in its columns", () => {
    for (const table of prose.match(/(?:^\|.*\n)+/gm) ?? []) {
      const widths = table
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });
});

describe("a drawing", () => {
  const spec = {
    width: 200,
    height: 100,
    background: null,
    data: { values: [{ x: 1, y: 'id="clip0" role="x"' }] },
    mark: { type: "bar", clip: true, fill: "#56B4E9" },
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "nominal" } },
  };

  test("keeps the words people wrote and renames only its own ids", async () => {
    const svg = await renderSvg(spec, { id: "drawing-a", title: "Q?", description: "1" });
    expect(svg).toMatch(/id=(&quot;|")clip0(&quot;|") role=(&quot;|")x(&quot;|")<\/text>/);
    expect(svg).toMatch(/clip-path="url\(#drawing-a-\d+\)"/);
  });

  test("hatches reserved GPUs, which look like fragmented ones without colour", async () => {
    const svg = await renderSvg(spec, { id: "drawing-b", title: "Q?", description: "1" });
    expect(svg).toContain('fill="url(#drawing-b-hatch)"');
    expect(svg).toContain('<pattern id="drawing-b-hatch"');
  });

  test("is the same twice in one process", async () => {
    const labels = { id: "drawing-c", title: "Q?", description: "1" };
    expect(await renderSvg(spec, labels)).toBe(await renderSvg(spec, labels));
  });

  test("refuses an id that could break out of an attribute", async () => {
    const labels = { id: 'x" onload="alert(1)', title: "Q?", description: "1" };
    await expect(renderSvg(spec, labels)).rejects.toThrow(/chart id/);
  });

  test("measures text wider than narrow fonts and in proportion to its size", () => {
    expect(textWidthPx("fragmented", 12)).toBeGreaterThan(60);
    expect(textWidthPx("fragmented", 12)).toBeLessThan(90);
    expect(textWidthPx("illi", 12)).toBeLessThan(textWidthPx("mmmm", 12) / 2);
    expect(textWidthPx("", 12)).toBe(0);
  });
});

describe("narrow pages", () => {
  const columns = ["Goal", "Target", "Result", "Margin"].map((header) => ({ header }));
  const row = ["wait", "1 h", { text: "2 h", note: "1.9 to 2.1 h" }, "1 h over"];

  test("a table of five columns names the column in every cell, for readers who see row by row", () => {
    const wide = tableToHtml({
      caption: "Goals",
      columns: [...columns, { header: "Sure", unit: "%" }],
      rows: [[...row, 95]],
    });
    expect(wide).toContain('<table class="stacked">');
    expect(wide).toContain(
      '<td data-label="Result"><span>2 h<span class="note">1.9 to 2.1 h</span></span></td>',
    );
    expect(wide).toContain('data-label="Sure (%)"');
    expect(wide).not.toContain('data-label="Goal"');
  });

  test("fewer columns, and figures behind a chart, stay as they are", () => {
    expect(tableToHtml({ caption: "Goals", columns, rows: [row] })).not.toContain("data-label");
    const data = { caption: "", columns: [...columns, ...columns], rows: [[...row, ...row]] };
    expect(tableToHtml(data, { isData: true })).not.toContain("data-label");
  });

  test("a number and its unit are not parted in the headline", async () => {
    const { html: page } = await writeHtml({
      title: "How many?",
      sections: [
        {
          id: "answer",
          title: "The answer",
          blocks: [{ kind: "headline", sentence: "2 of 3 goals at 58.3 min, 95 % and 4 USD." }],
        },
      ],
      reproduce: [],
    });
    expect(page).toContain("2 of 3 goals at 58.3\u00a0min, 95\u00a0% and 4\u00a0USD.");
  });
});

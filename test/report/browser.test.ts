import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { writeHtml } from "../../src/report/html/html.js";
import { buildRunReport } from "../../src/report/run-report.js";
import { checkReportInBrowser, findChromium } from "./browser-check.js";
import { inputWithEverything } from "./everything.js";
import { fixtureInput } from "./fixture.js";

const found = findChromium() !== undefined;
const required = process.env["HEADROOM_REQUIRE_BROWSER"] === "1";
if (!found && !required) {
  console.warn("report in the browser: skipped, no Chromium here (set CHROMIUM_PATH)");
}

const folder = mkdtempSync(join(tmpdir(), "headroom-report-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function save(name: string, html: string): string {
  const path = join(folder, name);
  writeFileSync(path, html);
  return path;
}

describe.skipIf(!found && !required)("the report in a browser", () => {
  test("is complete wide and narrow, light and dark, with and without scripts", async () => {
    const input = fixtureInput({
      jobs: 400,
      gpus: 32,
      variants: {
        "+1 node": 40,
        "a variant with a name so long that it can stand in no legend on any telephone": 64,
      },
      tenants: [
        "vision",
        "<script>alert(1)</script>",
        "a-tenant-with-a-name-that-nothing-can-break-in-two",
      ],
    });
    const path = save("fine.html", (await writeHtml(buildRunReport(input))).html);
    expect(await checkReportInBrowser(path, { chartsMin: 7 })).toEqual([]);
  });

  test("every section a result can have is readable on a telephone", async () => {
    const html = (await writeHtml(buildRunReport(inputWithEverything()))).html;
    expect(await checkReportInBrowser(save("everything.html", html), { chartsMin: 11 })).toEqual(
      [],
    );
  });

  test("the check finds what it is for", async () => {
    const broken = save(
      "broken.html",
      `<!DOCTYPE html><html lang="en"><head><style>@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } } body { background: #fff }</style></head>
      <body><h1>a</h1><h1>b</h1><div style="width: 3000px">wide</div><img src="missing.png">
      <script>console.error("bad"); throw new Error("worse");</script>
      <figure><svg id="s" viewBox="0 0 720 10" width="700" height="10" aria-labelledby="nowhere"><text font-size="5">x</text></svg></figure>
      <p class="headline" style="margin-top: 5000px">late</p></body></html>`,
    );
    const problems = (await checkReportInBrowser(broken)).join("\n");
    for (const part of [
      "wider than the window",
      "2 h1 instead of one",
      "request: file:",
      "console error: bad",
      "script error: worse",
      "not on the first screen",
      "drew 0 marks",
      "text of",
      "no title",
    ]) {
      expect(problems).toContain(part);
    }
  });
});

// Charts that answer the pointer, in a real browser, under the page's own policy.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";

import { chartFiles } from "../../src/report/chart-files.js";
import { buildRunReport } from "../../src/report/run-report.js";
import { headroom, temporaryFolder } from "../cli/headroom.js";
import { findChromium, startChromium, unhurried } from "./browser-check.js";
import { fixtureInput } from "./fixture.js";

const executablePath = findChromium();
const required = process.env["HEADROOM_REQUIRE_BROWSER"] === "1";

/** A folder with a report, as `headroom run` leaves it. */
function reportFolder(): string {
  const folder = temporaryFolder();
  const input = fixtureInput({
    jobs: 300,
    gpus: 32,
    variants: { "+1 node": 40 },
    tenants: ["</script><b>x</b>"],
  });
  for (const { name, text } of chartFiles(buildRunReport(input))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Brings a chart into the window, and gives the place of its live drawing. */
async function liveChart(page: Page, id: string) {
  await page.locator(`#chart-${id}`).scrollIntoViewIfNeeded();
  const live = page.locator(`#chart-${id} .is-live .live`);
  await live.waitFor();
  const box = (await live.locator("svg").boundingBox())!;
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  return { live, at };
}

describe.skipIf(executablePath === undefined && !required)("charts of --interactive", () => {
  test("tell values, single out entries and enlarge a part, without a request or a complaint", async () => {
    const folder = reportFolder();
    const made = headroom(["report", folder, "--interactive", "--out", join(folder, "live")]);
    expect([made.stderr, made.exitCode]).toEqual(["", 0]);
    const path = join(folder, "live", "report.html");
    const html = readFileSync(path, "utf8");
    expect(Buffer.byteLength(html)).toBeLessThan(1.5e6);
    expect(html).toMatch(
      /default-src 'none';[^"]*script-src 'sha256-[^']+' 'sha256-[^']+'; base-uri/u,
    );

    const browser = await startChromium(executablePath!);
    try {
      const page = unhurried(await browser.newPage({ viewport: { width: 1280, height: 900 } }));
      const address = pathToFileURL(path).href;
      const noticed: string[] = [];
      page.on("console", (message) => noticed.push(message.text()));
      page.on("pageerror", (error) => noticed.push(error.message));
      page.on("request", (request) => request.url() === address || noticed.push(request.url()));
      await page.goto(address);

      const waits = await liveChart(page, "wait-distribution");
      await page.mouse.move(...waits.at(0.5, 0.5));
      const tip = page.locator(".tip");
      expect(await tip.innerText()).toMatch(
        /^wait before start.*\n+base\n+[\d.]+ %\n+\+1 node\n+[\d.]+ %$/u,
      );
      await page.mouse.move(...waits.at(0.4, 0.5));
      await page.mouse.down();
      await page.mouse.move(...waits.at(0.6, 0.5), { steps: 3 });
      await page.mouse.up();
      const [from, to] = (await waits.live.getAttribute("data-zoomed"))!.split(" ").map(Number);
      expect(from).toBeGreaterThan(0);
      expect(to).toBeGreaterThan(from!);
      await page.mouse.dblclick(...waits.at(0.5, 0.5));
      expect(await waits.live.getAttribute("data-zoomed")).toBe("");

      const shares = await liveChart(page, "gpu-shares");
      await shares.live.locator(".layer_0_marks path").first().hover();
      expect(await tip.innerText()).toMatch(/state\n+busy\n+share of GPU time\n+[\d.]+ %/u);
      await shares.live.locator(".role-legend-label text").first().click();
      const faded = shares.live.locator('.role-mark [opacity="0.12"]');
      await faded.first().waitFor();

      await page.emulateMedia({ media: "print" });
      expect(await waits.live.isVisible()).toBe(false);
      expect(await page.locator("#drawing-wait-distribution-wide").isVisible()).toBe(true);
      expect(noticed).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

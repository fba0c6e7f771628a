import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { type Browser, type Page, chromium } from "playwright-core";

/** A window in which a report must be readable. */
interface Situation {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colorScheme: "light" | "dark";
  readonly javaScriptEnabled: boolean;
}

const SITUATIONS: readonly Situation[] = [1280, 390].flatMap((widthPx) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    [true, false].map((javaScriptEnabled) => ({
      widthPx,
      heightPx: 844,
      colorScheme,
      javaScriptEnabled,
    })),
  ),
);

/** Where Chromium is on this machine, or undefined: `CHROMIUM_PATH`, else the usual places. */
export function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") return named;
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
    existsSync(path),
  );
}

/**
 * Starts a Chromium that is given as much time as a test has, for all that it does: the limits that playwright sets
 * by itself are half a minute, which a busy machine takes.
 */
export async function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 0 });
}

/** A page without limits of its own on time. */
export function unhurried(page: Page): Page {
  page.setDefaultTimeout(0);
  page.setDefaultNavigationTimeout(0);
  return page;
}

/**
 * Opens a report from disk as people do, wide and narrow, light and dark, with and without scripts.
 *
 * @param path the HTML file
 * @param options.chartsMin drawings the page must show
 * @returns what is wrong, one line each; empty when the report is fine
 */
export async function checkReportInBrowser(
  path: string,
  options: { readonly chartsMin?: number } = {},
): Promise<readonly string[]> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium found: set CHROMIUM_PATH");
  const browser = await startChromium(executablePath);
  try {
    const problems: string[] = [];
    for (const situation of SITUATIONS) {
      const found = await checkSituation(browser, path, situation, options.chartsMin ?? 1);
      const { widthPx, colorScheme, javaScriptEnabled } = situation;
      const where = `${widthPx} px, ${colorScheme}, scripts ${javaScriptEnabled ? "on" : "off"}`;
      problems.push(...found.map((problem) => `${where}: ${problem}`));
    }
    return problems;
  } finally {
    await browser.close();
  }
}

async function checkSituation(
  browser: Browser,
  path: string,
  situation: Situation,
  chartsMin: number,
): Promise<readonly string[]> {
  const { widthPx, heightPx, colorScheme, javaScriptEnabled } = situation;
  const context = await browser.newContext({
    viewport: { width: widthPx, height: heightPx },
    colorScheme,
    javaScriptEnabled,
  });
  const page = unhurried(await context.newPage());
  const problems: string[] = [];
  const address = pathToFileURL(resolve(path)).href;
  page.on("console", (message) => problems.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`script error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address) problems.push(`request: ${request.url().slice(0, 200)}`);
  });
  try {
    await page.goto(address, { waitUntil: "load" });
    problems.push(...(await look(page, situation, chartsMin)));
    if (javaScriptEnabled) problems.push(...(await printAndSort(page)));
  } finally {
    await context.close();
  }
  return problems;
}

/** What one look at the page tells. Written as text because it runs in the page, not here. */
const LOOK = `(() => {
  const visible = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  const box = (element) => { const r = element.getBoundingClientRect(); return { w: r.width, h: r.height }; };
  const charts = [...document.querySelectorAll("figure svg")].filter(visible).map((svg) => {
    const marks = [...svg.querySelectorAll("path, line, rect, circle")].map(box);
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim() !== "");
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const sizes = texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * scale);
    return {
      id: svg.id, width: box(svg).w, height: box(svg).h,
      marks: marks.filter((mark) => mark.w > 2 || mark.h > 2).length,
      smallestTextPx: Math.min(...sizes),
      clipped: texts.filter((text) => {
        const inner = text.getBoundingClientRect(); const outer = svg.getBoundingClientRect();
        return inner.left < outer.left - 2 || inner.right > outer.right + 2 || inner.bottom > outer.bottom + 2;
      }).map((text) => text.textContent),
      named: document.getElementById(svg.getAttribute("aria-labelledby").split(" ")[0]) !== null,
    };
  });
  const style = getComputedStyle(document.body);
  return {
    overflowPx: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    headings: document.querySelectorAll("h1").length,
    headlineBottom: document.querySelector(".headline")?.getBoundingClientRect().bottom ?? null,
    ink: style.color, paper: style.backgroundColor, charts,
    figures: document.querySelectorAll("figure").length,
  };
})()`;

interface Look {
  readonly overflowPx: number;
  readonly headings: number;
  readonly headlineBottom: number | null;
  readonly ink: string;
  readonly paper: string;
  readonly figures: number;
  readonly charts: readonly {
    readonly id: string;
    readonly width: number;
    readonly height: number;
    readonly marks: number;
    readonly smallestTextPx: number;
    readonly clipped: readonly string[];
    readonly named: boolean;
  }[];
}

async function look(
  page: Page,
  situation: Situation,
  chartsMin: number,
): Promise<readonly string[]> {
  // Page.evaluate works with scripts off too: it does not run as the page's own script.
  const seen = await page.evaluate<Look>(LOOK);
  const problems: string[] = [];
  if (seen.overflowPx > 0) problems.push(`the page is ${seen.overflowPx} px wider than the window`);
  if (seen.headings !== 1) problems.push(`${seen.headings} h1 instead of one`);
  if (seen.headlineBottom === null || seen.headlineBottom > situation.heightPx) {
    problems.push("the decision is not on the first screen");
  }
  const dark = brightness(seen.paper) < brightness(seen.ink);
  if (dark !== (situation.colorScheme === "dark")) {
    problems.push(`ink ${seen.ink} on paper ${seen.paper} in the ${situation.colorScheme} scheme`);
  }
  if (seen.charts.length < chartsMin || seen.charts.length !== seen.figures) {
    problems.push(
      `${seen.charts.length} charts shown for ${seen.figures} figures, at least ${chartsMin} expected`,
    );
  }
  for (const chart of seen.charts) problems.push(...chartProblems(chart, situation));
  return problems;
}

function chartProblems(chart: Look["charts"][number], { widthPx }: Situation): readonly string[] {
  const problems: string[] = [];
  if (chart.width < Math.min(300, widthPx * 0.8) || chart.height < 40 || chart.marks < 3) {
    problems.push(`drew ${chart.marks} marks in ${chart.width} × ${chart.height} px`);
  }
  if (chart.smallestTextPx < 9) problems.push(`text of ${chart.smallestTextPx.toFixed(1)} px`);
  if (chart.clipped.length > 0) problems.push(`clipped text: ${chart.clipped.join(" | ")}`);
  if (!chart.named) problems.push("no title");
  return problems.map((problem) => `chart ${chart.id}: ${problem}`);
}

function brightness(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+(\.\d+)?/g) ?? []).map(Number);
  return red + green + blue;
}

/** The script's two duties: open folded parts for print and close them again, and sort tables. */
async function printAndSort(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`(() => {
    const problems = [];
    const folded = () => document.querySelectorAll("details:not([open])").length;
    const before = folded();
    dispatchEvent(new Event("beforeprint"));
    if (folded() !== 0) problems.push(folded() + " folded parts stay folded in print");
    dispatchEvent(new Event("afterprint"));
    if (folded() !== before) problems.push("printing leaves parts unfolded");
    for (const table of document.querySelectorAll("table.sortable")) {
      const column = [...table.tHead.rows[0].cells].findIndex((cell) => cell.classList.contains("number"));
      const button = table.tHead.rows[0].cells[column]?.querySelector("button");
      if (!button) { problems.push("a sortable table has no button"); continue; }
      button.click();
      const values = [...table.tBodies[0].rows].map((row) => Number(row.cells[column].dataset.value));
      if (values.some((value, row) => row > 0 && value < values[row - 1])) {
        problems.push("sorting left " + values.join(", "));
      }
    }
    return problems;
  })()`);
}

// The simulator inside a report's page: the same bytes as the command line, offline.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findChromium, startChromium, unhurried } from "../report/browser-check.js";
import { headroom, REPOSITORY } from "./headroom.js";

const executablePath = findChromium();
const required = process.env["HEADROOM_REQUIRE_BROWSER"] === "1";
if (executablePath === undefined && !required)
  console.warn("what-if in the page: skipped, no Chromium here (set CHROMIUM_PATH)");

describe.skipIf(executablePath === undefined && !required)("what-if in the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-what-if-"));
  let browser: Browser;
  const said: string[] = [];

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error("no Chromium found: set CHROMIUM_PATH");
    browser = await startChromium(executablePath);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(report: string): Promise<Page> {
    const page = unhurried(await browser.newPage());
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|blob):/u.test(request.url())) said.push(`request: ${request.url()}`);
    });
    await page.goto(`file://${report}`);
    return page;
  }

  /** Sets controls by their label, and waits for the answer. */
  async function change(page: Page, values: Readonly<Record<string, string>>): Promise<string> {
    return page.evaluate<string>(`(async () => {
      const asked = ${JSON.stringify(values)};
      const form = document.querySelector("form.what-if");
      for (const label of form.querySelectorAll(".what-if-controls label")) {
        const input = label.querySelector("input, select");
        const name = label.querySelector("span")?.textContent ?? "";
        if (!Object.hasOwn(asked, name)) continue;
        input.value = asked[name];
        input.dispatchEvent(new Event("input"));
      }
      while (!["done", "problems"].includes(form.dataset.state))
        await new Promise((resolve) => setTimeout(resolve, 20));
      if (form.dataset.state === "done") return form.resultText;
      return form.querySelector(".what-if-state").textContent;
    })()`);
  }

  test("nodes, load, hosting and MIG give the bytes of the command line", async () => {
    const out = join(folder, "mig");
    const scenario = "scenarios/mig-vs-whole.yaml";
    expect(
      headroom(["run", scenario, "--set", "variants=null", "--what-if", "--out", out]).exitCode,
    ).toBe(0);
    const report = join(out, "report.html");
    expect(statSync(report).size).toBeLessThan(3e6);
    const page = await open(report);
    const group = /cluster\.nodes\[([^\]]+)\]\.count/u.exec(readFileSync(report, "utf8"))![1]!;
    const asked = {
      Nodes: "5",
      Load: "1.1",
      Hosting: "{ profile: vm }",
      GPUs: "{ mode: mig, policy: by-demand }",
    };
    const fromPage = await change(page, asked);
    const { stdout } = headroom([
      ...["run", scenario, "--json", "--set", "variants=null"],
      ...["--set", `cluster.nodes[${group}].count=5`, "--set", "workload.load=1.1"],
      ...["--set", `cluster.nodes[${group}].hosting={ profile: vm }`],
      ...["--set", `cluster.nodes[${group}].partitioning={ mode: mig, policy: by-demand }`],
    ]);
    expect(JSON.parse(stdout)).toHaveProperty("schema", "headroom/result/v1");
    expect(fromPage === stdout).toBe(true);
    await page.close();
  });

  test("a scenario that extends another, with a compressed trace; what cannot be is said", async () => {
    const project = join(folder, "project");
    mkdirSync(join(project, "scenarios"), { recursive: true });
    mkdirSync(join(project, "traces"));
    writeFileSync(join(project, "package.json"), "{}");
    const trace = readFileSync(join(REPOSITORY, "traces", "team-week.csv"));
    writeFileSync(join(project, "traces", "week.csv.gz"), gzipSync(trace));
    const quickstart = readFileSync(join(REPOSITORY, "scenarios", "quickstart.yaml"), "utf8");
    writeFileSync(
      join(project, "scenarios", "base.yaml"),
      quickstart.replace("team-week.csv", "week.csv.gz").replace(/^variants:[\s\S]*/mu, ""),
    );
    const mine = join(project, "scenarios", "mine.yaml");
    writeFileSync(mine, "schema: headroom/scenario/v1\nextends: base.yaml\nname: mine\n");
    const out = join(folder, "mine");
    const options = ["run", mine, "--seed", "7"];
    expect(headroom([...options, "--what-if", "--out", out]).stderr).toBe("");
    const page = await open(join(out, "report.html"));
    const fromPage = await change(page, { Nodes: "7", Queue: "sjf" });
    const { stdout } = headroom([
      ...[...options, "--json", "--set", "cluster.nodes[h100].count=7"],
      ...["--set", "policy.queue=sjf"],
    ]);
    expect(fromPage === stdout).toBe(true);
    // The queue needs estimates that the scenario does not give.
    expect(
      await change(page, { Queue: "gittins", GPUs: "{ mode: mig, policy: dynamic }" }),
    ).toMatch(/^This cannot be simulated: |^\{/u);
    await page.close();
  });

  test("no errors, no requests, and without scripts the page says what to do", async () => {
    expect(said).toEqual([]);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = unhurried(await context.newPage());
    await page.goto(`file://${join(folder, "mine", "report.html")}`);
    expect(await page.isVisible("#what-if noscript p.verdict")).toBe(true);
    expect(await page.isVisible("form.what-if")).toBe(false);
    await context.close();
  });

  test("files that are too large for a page leave the report without it, and say so", () => {
    // Names that nothing can compress: 24 bytes of a hash each.
    const name = (row: number): string =>
      createHash("sha256").update(String(row)).digest("base64url").slice(0, 32);
    const rows = Array.from({ length: 70_000 }, (_, row) => `${name(row)},${row},1000,1`);
    const project = join(folder, "large");
    mkdirSync(project);
    writeFileSync(join(project, "jobs.csv"), `id,submit_s,duration_s,gpus\n${rows.join("\n")}\n`);
    writeFileSync(
      join(project, "large.yaml"),
      `schema: headroom/scenario/v1
name: large
cluster: { nodes: [{ name: a, count: 4, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload: { trace: jobs.csv, limits: { maxJobs: 100 } }
policy: { queue: fifo-skip, placement: pack }
`,
    );
    const out = join(project, "out");
    const { stdout, stderr } = headroom([
      "run",
      join(project, "large.yaml"),
      "--what-if",
      "--out",
      out,
    ]);
    expect((stdout + stderr).replaceAll(/\s+/gu, " ")).toMatch(
      /report\.html cannot simulate the scenario again: its files are \d\.\d MB compressed/u,
    );
    expect(readFileSync(join(out, "report.html"), "utf8")).not.toContain('id="what-if"');
  });
});

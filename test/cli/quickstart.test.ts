// The job of `npm start`: the quickstart scenario, its report in a real browser, every committed scenario.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { checkReportInBrowser, findChromium } from "../report/browser-check.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const scenarios = readdirSync(join(REPOSITORY, "scenarios")).filter((file) =>
  file.endsWith(".yaml"),
);

const EXAMPLES = join(REPOSITORY, "reports", "examples");
const nameOf = (file: string): string => file.replace(/\.yaml$/u, "");
/** Drawing takes as long as simulating: reports that stand in the repository are not drawn again. */
const exampled = scenarios.filter((file) =>
  existsSync(join(EXAMPLES, nameOf(file), "report.html")),
);
const drawn = scenarios.filter((file) => !exampled.includes(file));

describe("committed scenarios", () => {
  test.each(drawn)("%s runs, decides, and its report is at most 3 MB", (file) => {
    const out = join(temporaryFolder(), "out");
    const { exitCode, stdout, stderr } = headroom(["run", join("scenarios", file), "--out", out]);
    expect(stderr).toBe("");
    expect(stdout).toContain("report.html");
    expect(statSync(join(out, "report.html")).size).toBeLessThan(3e6);
    const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
    checkExit(result, exitCode);
    // With many variants the terminal shows a table in place of the sentences about them.
    const [aboutBase] = String(result.decision).split(" With \u201c");
    expect(stdout.replace(/\s+/g, " ")).toContain(aboutBase);
  });

  test.each(exampled)("%s runs as its committed report says, which is at most 3 MB", (file) => {
    const { exitCode, stdout, stderr } = headroom(["run", join("scenarios", file), "--json"]);
    expect(stderr).toBe("");
    // Otherwise: headroom run scenarios/NAME.yaml --out reports/NAME, and its files into reports/examples/NAME.
    const committed = join(EXAMPLES, nameOf(file), "result.json");
    // The report of a plan has none.
    if (existsSync(committed)) expect(stdout).toBe(readFileSync(committed, "utf8"));
    const result = JSON.parse(stdout);
    checkExit(result, exitCode);
    expect(String(result.decision).length).toBeGreaterThan(20);
    expect(statSync(join(EXAMPLES, nameOf(file), "report.html")).size).toBeLessThan(3e6);
  });
});

/** "No" is an answer too, and the exit code says it. */
function checkExit(
  { goals }: { readonly goals: readonly { readonly met: boolean }[] },
  exitCode: number | null,
): void {
  expect(exitCode).toBe(goals.every(({ met }) => met) ? 0 : 1);
}

describe("the quickstart report", () => {
  test("in a real browser: no console error, no request, charts drawn, readable at 1280 and 390 px", async (context) => {
    if (findChromium() === undefined) {
      if (process.env["HEADROOM_REQUIRE_BROWSER"] === "1") throw new Error("Chromium is missing");
      context.skip("no Chromium: set CHROMIUM_PATH to check the report in a browser");
    }
    const out = join(temporaryFolder(), "out");
    headroom(["run", "scenarios/quickstart.yaml", "--out", out]);
    expect(await checkReportInBrowser(join(out, "report.html"), { chartsMin: 4 })).toEqual([]);
  });

  test("says what it should: enough now, not at +25 %, enough again on 10 nodes", () => {
    const { stdout } = headroom(["run", "scenarios/quickstart.yaml", "--json"]);
    const { goals, variants } = JSON.parse(stdout);
    const met = (list: readonly { met: boolean }[]): boolean[] => list.map((goal) => goal.met);
    expect(met(goals)).toEqual([true, true]);
    expect(variants.map((variant: { goals: { met: boolean }[] }) => met(variant.goals))).toEqual([
      [false, false],
      [true, true],
    ]);
  });
});

// `headroom trace` as a person or a pipeline uses it.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

import { findReferenceData } from "../reference/data-folder.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const TEAM_WEEK = join(REPOSITORY, "traces", "team-week.csv");
const linesOf = (path: string): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

function traceFile(text: string, name = "jobs.csv"): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, text);
  return { folder, path };
}

describe("headroom trace describe", () => {
  test("the committed week: guess, figures and plots within 80 columns", () => {
    const { exitCode, stdout, stderr } = headroom(["trace", "describe", TEAM_WEEK, "--gpus", "64"]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("looks like Headroom CSV: columns submit_s, duration_s");
    expect(stdout).toMatch(/jobs +2,357\n/);
    expect(stdout).toMatch(/offered load +0\.752 of 64 GPUs\n/);
    expect(stdout).toMatch(/ 1 +2,177 +92\.4 % +█+/);
    expect(stdout).not.toContain("!");
    const body = stdout.split("\n").slice(1); // the first line is the path
    expect(Math.max(...body.map((line) => [...line].length))).toBeLessThanOrEqual(80);
  });

  test("TERM=dumb draws in ASCII", () => {
    const { stdout } = headroom(["trace", "describe", TEAM_WEEK], { env: { TERM: "dumb" } });
    expect(stdout).toMatch(/ 1 +2,177 +92\.4 % +#+/);
    expect(stdout).not.toMatch(/[▁-█▉-▏]/);
  });

  test("too few GPUs: jobs would pile up, and some can never start", () => {
    const { stdout, exitCode } = headroom(["trace", "describe", TEAM_WEEK, "--gpus", "24"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/! jobs would pile up: .*\n.*= help: /s);
    expect(stdout).toContain("4 jobs ask for more than 24 GPUs and can never start");
  });

  test("--json is one object, the same every time", () => {
    const run = (): string =>
      headroom(["trace", "describe", TEAM_WEEK, "--gpus", "24", "--json"]).stdout;
    const document = JSON.parse(run());
    expect(document).toMatchObject({
      schema: "headroom/trace-description/v1",
      format: "headroom-csv",
      files: [{ path: TEAM_WEEK, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      rows: { problems: [], problemCount: 0, problemCountByRule: {}, leftOut: [], notes: [] },
      jobs: 2357,
      clusterGpus: 24,
      load: { lasting: true },
      warnings: [{ rule: "demand-exceeds-capacity" }, { rule: "jobs-larger-than-cluster" }],
    });
    expect(run()).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  test("broken rows are left out with their places; --strict stops at the first", () => {
    const { path } = traceFile("submit_s,duration_s,gpus\n0,60,1\n5,x,1\n6,60,1\n7,-1,1\n");
    const { stdout, exitCode } = headroom(["trace", "describe", path]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/jobs +2\n/);
    expect(stdout).toContain("Broken and left out: 2 problems");
    expect(stdout).toContain("jobs.csv:3:3");
    expect(stdout).toContain("jobs.csv:5:3");
    const strict = headroom(["trace", "describe", path, "--strict"]);
    expect(strict.exitCode).toBe(2);
    expect(strict.stdout).toBe("");
    expect(strict.stderr).toContain("jobs.csv:3:3");
    expect(strict.stderr).not.toContain("jobs.csv:5:3");
  });

  test("what cannot be read exits 2: missing, cut, unknown, empty, wrong options", () => {
    const { folder, path } = traceFile("a,b\n1,2\n", "odd.csv");
    const cut = join(folder, "cut.csv.gz");
    writeFileSync(cut, gzipSync(readFileSync(TEAM_WEEK)).subarray(0, 20_000));
    const empty = join(folder, "empty.csv");
    writeFileSync(empty, "");
    const refused = (args: string[], message: RegExp): void => {
      const { exitCode, stderr, stdout } = headroom(["trace", "describe", ...args]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
      expect(stdout).toBe("");
    };
    refused([join(folder, "gone.csv")], /gone\.csv.*does not exist/);
    refused([folder], /is a folder/);
    refused([cut], /cut\.csv\.gz.*is not complete gzip/);
    refused([empty], /the file is empty/);
    refused([path], /looks like none of the formats/);
    refused([TEAM_WEEK, "--format", "headrom-csv"], /Did you mean "headroom-csv"/);
    refused([TEAM_WEEK, "--gpus", "0"], /above 0/);
    refused([], /missing required argument/);
  });

  test("control characters of a trace do not reach the terminal", () => {
    const { path } = traceFile(
      "id,submit_s,duration_s,gpus,tenant\n\u001b[31mx,0,60,1,\u001b]0;t\n",
    );
    expect(headroom(["trace", "describe", path]).stdout).not.toContain("\u001b");
  });
});

const data = findReferenceData(["openb/openb_pod_list_default.csv", "philly/philly.csv"], 2);

describe.skipIf(data === undefined)("headroom trace describe of published traces", () => {
  const described = (path: string, ...args: string[]) =>
    JSON.parse(headroom(["trace", "describe", join(data!, path), "--json", ...args]).stdout);

  test("openb: 65.59 GPUs at once, and the warning that its times are those of a sample", () => {
    const document = described("openb/openb_pod_list_default.csv");
    expect(document).toMatchObject({
      format: "openb-pods-csv",
      jobs: 8152,
      jobsWithoutGpu: 1088,
      demand: { peakGpus: 65.59 },
    });
    // Sorted by hand: (7,255 - 1) × 0.99 = 7,181.46 lies between the waits 874 s and 908 s.
    expect(document.recordedWaitS).toMatchObject({ count: 7255, p50: 2, max: 14_330 });
    expect(document.recordedWaitS.p99).toBeCloseTo(874 + 0.46 * (908 - 874), 6);
    expect(document.warnings).toMatchObject([{ rule: "times-of-a-sample" }]);
    expect(document.warnings[0].message).toContain("65.59 GPUs");
  });

  test("Philly: 82,247 jobs from 2017-09-04 10:30:41 to 2017-12-22 08:02:11, as published", () => {
    const document = described("philly/philly.csv");
    expect(document).toMatchObject({ format: "philly-csv", jobs: 82_247 });
    expect(document.durationS).toMatchObject({ p50: 1144, max: 4_628_226 });
    expect(document.durationS.mean).toBeCloseTo(13_135.93, 2);
    expect(document.gangSizes[0]).toMatchObject({ gpusMin: 1, gpusMax: 1, jobs: 76_627 });
    expect(document.gangSizes.at(-1)).toMatchObject({ gpusMax: 128 });
    expect(document.tenants).toHaveLength(15);
    const { originEpochS, firstSubmitS, lastSubmitS } = document;
    const time = (timeS: number): string => new Date((originEpochS + timeS) * 1000).toISOString();
    expect(time(firstSubmitS)).toBe("2017-09-04T10:30:41.000Z");
    expect(time(lastSubmitS)).toBe("2017-12-22T08:02:11.000Z");
  });
});

describe("headroom trace import", () => {
  const PHILLY =
    "timestamp,duration,num_gpus,gpu_time,cluster\n2017-10-04 12:00:00,60,2,120,vc\n2017-10-04 13:00:00,60,x,60,vc\n2017-10-04 14:00:00,30,1,30,vc\n";

  test("writes the jobs as Headroom CSV and says what was left out", () => {
    const { folder, path } = traceFile(PHILLY, "philly.csv");
    const out = join(folder, "new", "jobs.csv");
    const { exitCode, stderr } = headroom(["trace", "import", path, "--out", out]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("looks like Philly CSV");
    expect(stderr).toContain("Broken and left out: 1 problem");
    const [header, ...rows] = linesOf(out);
    expect(header).toMatch(/^id,submit_s,duration_s,workers,gpus,/);
    expect(rows.map((row) => row.split(",").slice(1, 5))).toEqual([
      ["0", "60", "1", "2"],
      ["7200", "30", "1", "1"],
    ]);
    expect(readdirSync(join(folder, "new"))).toEqual(["jobs.csv"]);
  });

  test("--clock week counts from Monday 00:00: 2017-10-04 was a Wednesday", () => {
    const { folder, path } = traceFile(PHILLY, "philly.csv");
    const out = join(folder, "jobs.csv");
    headroom(["trace", "import", path, "--out", out, "--clock", "week"]);
    expect(linesOf(out)[1]!.split(",")[1]).toBe(String(2 * 86_400 + 12 * 3600));
  });

  test("--strict and a folder as --out write nothing", () => {
    const { folder, path } = traceFile(PHILLY, "philly.csv");
    const out = join(folder, "jobs.csv");
    expect(headroom(["trace", "import", path, "--out", out, "--strict"]).exitCode).toBe(2);
    const intoFolder = headroom(["trace", "import", path, "--out", folder]);
    expect(intoFolder.stderr).toContain("is a folder");
    expect(intoFolder.exitCode).toBe(2);
    expect(readdirSync(folder)).toEqual(["philly.csv"]);
  });

  test("importing Headroom CSV gives the same bytes, and leaves other files of the folder alone", () => {
    const folder = temporaryFolder();
    const out = join(folder, "again.csv");
    mkdirSync(join(folder, "charts"));
    writeFileSync(join(folder, "charts", "mine.svg"), "mine");
    headroom(["trace", "import", TEAM_WEEK, "--out", out]);
    expect(readFileSync(out, "utf8")).toBe(readFileSync(TEAM_WEEK, "utf8"));
    expect(readFileSync(join(folder, "charts", "mine.svg"), "utf8")).toBe("mine");
  });
});

describe("headroom trace scale", () => {
  test("a quarter more jobs, every original among them, by seed", () => {
    const folder = temporaryFolder();
    const scaled = (name: string, ...args: string[]): string[] => {
      const out = join(folder, name);
      const { exitCode } = headroom(["trace", "scale", TEAM_WEEK, "--out", out, ...args]);
      expect(exitCode).toBe(0);
      return linesOf(out);
    };
    const more = scaled("a.csv", "--load", "1.25");
    // 2,357 × 0.25 copies, binomial: 589 ± 4 × 21.
    expect(Math.abs(more.length - 1 - 2357 * 1.25)).toBeLessThan(84);
    expect(new Set(more)).toEqual(new Set([...more, ...linesOf(TEAM_WEEK)]));
    expect(scaled("b.csv", "--load", "1.25", "--seed", "42")).toEqual(more);
    expect(scaled("c.csv", "--load", "1.25", "--seed", "43")).not.toEqual(more);
  });

  test("a load that is no factor is refused", () => {
    const out = join(temporaryFolder(), "a.csv");
    for (const load of ["0", "-1", "1001", "much", ""]) {
      const args = ["trace", "scale", TEAM_WEEK, "--out", out, `--load=${load}`];
      expect(headroom(args).exitCode, load).toBe(2);
    }
    expect(existsSync(out)).toBe(false);
  });
});

describe("headroom trace generate", () => {
  const PARAMETERS = join(REPOSITORY, "traces", "team-week.yaml");

  test("--params with its own seed gives the committed week", () => {
    const out = join(temporaryFolder(), "week.csv");
    const { exitCode } = headroom(["trace", "generate", "--params", PARAMETERS, "--out", out]);
    expect(exitCode).toBe(0);
    expect(readFileSync(out, "utf8")).toBe(readFileSync(TEAM_WEEK, "utf8"));
  });

  test("--from fits, says how well, and its parameters give the same jobs again", () => {
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    const fit = headroom([
      ...["trace", "generate", "--from", TEAM_WEEK, "--seed", "7", "--weeks", "2"],
      ...["--out", at("a.csv"), "--params-out", at("fitted.yaml")],
    ]);
    expect(fit.stderr).toBe("");
    expect(fit.exitCode).toBe(0);
    expect(fit.stdout).toMatch(/ 1-gpu +2,177 +\d/);
    expect(fit.stdout).toContain("total variation");
    // The estimates are rounded in the trace: what was behind them cannot come back, and the fit says so.
    expect(fit.stdout).toMatch(/The fit is poor for: .*estimates of 1-gpu/s);
    headroom(["trace", "generate", "--params", at("fitted.yaml"), "--out", at("b.csv")]);
    expect(readFileSync(at("b.csv"), "utf8")).toBe(readFileSync(at("a.csv"), "utf8"));
    // Two weeks of 2,365 jobs in batches of mean 2.4, variance factor 4: ± 4 × 138.
    expect(Math.abs(linesOf(at("a.csv")).length - 1 - 4730)).toBeLessThan(552);
  });

  test("--jobs-per-week and --weeks change the size", () => {
    const out = join(temporaryFolder(), "small.csv");
    const size = ["--weeks", "0.5", "--jobs-per-week", "400"];
    headroom(["trace", "generate", "--params", PARAMETERS, "--out", out, ...size]);
    // Monday to noon on Thursday holds 54 % of the week.
    expect(Math.abs(linesOf(out).length - 1 - 216)).toBeLessThan(120);
  });

  test("no source, two sources, broken parameters and too many jobs are refused", () => {
    const folder = temporaryFolder();
    const broken = join(folder, "broken.yaml");
    writeFileSync(broken, "schema: headroom/workload/v1\nwekes: 1\n");
    const refused = (args: string[], message: RegExp): void => {
      const out = join(folder, "out.csv");
      const { exitCode, stderr } = headroom(["trace", "generate", "--out", out, ...args]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
      expect(existsSync(out)).toBe(false);
    };
    refused([], /--from.*--params/);
    refused(["--from", TEAM_WEEK, "--params", PARAMETERS], /one of the two/);
    refused(["--params", broken], /Did you mean "weeks"/);
    refused(["--params", PARAMETERS, "--weeks", "900", "--jobs-per-week", "1e7"], /are more than/);
    refused(["--params", PARAMETERS, "--weeks", "0.0001"], /no job came/);
  });
});

// `headroom run` as a person or a pipeline uses it: files, exit codes, streams, determinism.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";

import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const CLUSTER = `
cluster:
  nodes:
    - { name: h100, count: 2, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }
`;
const JOBS = `
workload:
  jobs:
    - { id: first, submit: 0s, duration: 1h, gpus: 8, tenant: vision }
    - { id: second, submit: 1m, duration: 2h, workers: 2, gpus: 8, tenant: language }
    - { id: third, submit: 2m, duration: 30m, gpus: 4, tenant: vision }
`;
const HEAD = "schema: headroom/scenario/v1\nname: tiny\n";
const POLICY = "policy: { queue: fifo-skip, placement: pack }\n";

function scenario(text: string, name = "tiny.yaml"): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, text);
  return { folder, path };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe("headroom run", () => {
  test("writes every file, ends with the decision, and exits 0 when all goals are met", () => {
    const { folder, path } = scenario(
      `${HEAD}question: Are two nodes enough?${CLUSTER}${JOBS}${POLICY}goals:\n  - { id: wait, metric: jobs.waitS.max, atMost: 1h }\n` +
        'variants:\n  - { name: three nodes, set: { "cluster.nodes[h100].count": 3 } }\n',
    );
    const out = join(folder, "out");
    const { exitCode, stdout, stderr } = headroom(["run", path, "--out", out]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Are two nodes enough?");
    expect(stdout.replace(/\s+/g, " ")).toContain("Yes: 2 nodes × 8 H100");
    expect(stdout).toContain(join(out, "report.html"));
    expect(filesUnder(out).filter((file) => !file.startsWith("charts/"))).toEqual([
      "jobs.csv",
      "report.html",
      "report.json",
      "report.md",
      "result.json",
      "utilization.csv",
      "variants/1/jobs.csv",
      "variants/1/utilization.csv",
    ]);
    const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
    expect(result).toMatchObject({
      schema: "headroom/result/v1",
      scenario: "tiny",
      seed: 1,
      stopReason: "drained",
      jobs: { count: 3, completed: 3, neverPlaceable: 0, makespanS: 10_800 },
      goals: [{ id: "wait", actual: 3540, target: 3600, met: true, interval: null }],
    });
    // By hand: `first` and `third` run at once (12 GPUs), `second` needs both nodes and waits for both to end.
    expect(readFileSync(join(out, "jobs.csv"), "utf8").split("\n")[2]).toMatch(
      /^second,tiny,8gpu-0cpu-0mib,60,2,,1,COMPLETED_SUCCESSFULLY,3600,7200,10800,3540,10740,/,
    );
    const share = Object.values(result.gpu.idleByClass as Record<string, number>).reduce(
      (sum, value) => sum + value,
      result.gpu.allocatedShare as number,
    );
    expect(share).toBeCloseTo(1, 12);
  });

  test("a missed goal of the base exits 1, one of a variant does not", () => {
    const goals = "goals:\n  - { id: wait, metric: jobs.waitS.max, atMost: 30m }\n";
    const missed = scenario(HEAD + CLUSTER + JOBS + POLICY + goals);
    expect(headroom(["run", missed.path, "--json"]).exitCode).toBe(1);
    const met = scenario(
      `${HEAD}${CLUSTER}${JOBS}${POLICY}goals:\n  - { id: wait, metric: jobs.waitS.max, atMost: 1h }\n` +
        'variants:\n  - { name: one node less, set: { "cluster.nodes[0].count": 1 } }\n',
    );
    const { exitCode, stdout } = headroom(["run", met.path, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).variants[0].jobs.neverPlaceable).toBe(1);
  });

  test("--json prints the document and nothing else, the same as result.json, and writes only with --out", () => {
    const { folder, path } = scenario(HEAD + CLUSTER + JOBS + POLICY);
    const { stdout } = headroom(["run", path, "--json"], { cwd: folder });
    expect(readdirSync(folder)).toEqual(["tiny.yaml"]);
    headroom(["run", path, "--out", join(folder, "out")], { cwd: folder });
    expect(readFileSync(join(folder, "out", "result.json"), "utf8")).toBe(stdout);
  });

  test("same seed, same bytes of every file; another seed, other ones", () => {
    const { folder, path } = scenario(
      HEAD + CLUSTER + JOBS + "policy: { queue: fifo-skip, placement: random }\n",
    );
    const run = (seed: string, out: string): string[] => {
      headroom(["run", path, "--seed", seed, "--out", join(folder, out)]);
      return filesUnder(join(folder, out)).map((file) =>
        readFileSync(join(folder, out, file), "utf8"),
      );
    };
    const first = run("7", "a");
    expect(run("7", "b")).toEqual(first);
    expect(run("8", "c")).not.toEqual(first);
  });

  test("a job bigger than any node is reported as never placeable, and the run goes on", () => {
    const { path } = scenario(
      HEAD + CLUSTER + JOBS + "    - { id: giant, submit: 3m, duration: 1h, gpus: 16 }\n" + POLICY,
    );
    const { stdout, exitCode } = headroom(["run", path, "--json"]);
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.jobs).toMatchObject({ count: 4, completed: 3, neverPlaceable: 1 });
    expect(result.warnings).toEqual(["1 of 4 jobs can never be placed on this cluster."]);
    expect(result.decision).toContain("1 of 4 jobs");
  });

  test("hostile names stay text in every format", () => {
    const { folder, path } = scenario(
      HEAD +
        CLUSTER +
        'workload:\n  jobs:\n    - { id: "=cmd()|x", submit: 0s, duration: 1h, gpus: 8, tenant: "<script>alert(1)</script>" }\n' +
        "    - { id: b, submit: 0s, duration: 1h, gpus: 8, workers: 2, tenant: b }\n" +
        POLICY,
    );
    const out = join(folder, "out");
    expect(headroom(["run", path, "--out", out]).exitCode).toBe(0);
    expect(readFileSync(join(out, "jobs.csv"), "utf8")).toContain("\n'=cmd()|x,");
    expect(readFileSync(join(out, "report.html"), "utf8")).not.toContain("<script>alert");
  });
});

describe("bad input", () => {
  const good = HEAD + CLUSTER + JOBS + POLICY;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["an empty file", "", /tiny\.yaml:1:1: .*\[empty-file\]/],
    [
      "an unknown field",
      good.replace("count", "cuont"),
      /:6:21: unknown field "cuont".*Did you mean "count"/,
    ],
    [
      "an unknown GPU",
      good.replace("gpu: H100", "gpu: H1000"),
      /unknown GPU model "H1000".*Did you mean "H100"/,
    ],
    ["a wrong unit", good.replace("1TiB", "1 parsec"), /"1 parsec".*\[bad-quantity\]/],
    ["a negative number", good.replace("count: 2", "count: -2"), /got -2\. \[out-of-range\]/],
    ["a number that is none", good.replace("count: 2", "count: .nan"), /count.*(NaN|nan)/],
    ["a huge number", good.replace("gpus: 8, cpu", "gpus: 1e308, cpu"), /gpus.*1e\+?308/],
    [
      "a missing trace",
      `${HEAD}${CLUSTER}workload: { trace: gone.csv }\n${POLICY}`,
      /gone\.csv.*does not exist/,
    ],
    ["a list", "- a\n- b\n", /must be a map/],
    [
      "a cycle of overlays",
      `extends: tiny.yaml\n${good}`,
      /makes a circle: .*tiny\.yaml → .*tiny\.yaml/,
    ],
    [
      "a path out of the project",
      `${HEAD}${CLUSTER}workload: { trace: ../../../etc/passwd }\n${POLICY}`,
      /\[(path-outside|bad-path)\]/,
    ],
  ];
  test.each(cases)("%s: one clear error, exit code 2, nothing written", (_name, text, message) => {
    const { folder, path } = scenario(text);
    const { exitCode, stdout, stderr } = headroom(["run", path, "--out", join(folder, "out")], {
      cwd: folder,
    });
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("a broken row of a trace names file, line, column and value; every broken row is listed", () => {
    const { folder, path } = scenario(`${HEAD}${CLUSTER}workload: { trace: jobs.csv }\n${POLICY}`);
    writeFileSync(
      join(folder, "jobs.csv"),
      "id,submit_s,duration_s,workers,gpus\na,0,60,1,8\nb,1,sixty,1,8\nc,2,60,1,-3\n",
    );
    const { exitCode, stderr } = headroom(["run", path], { cwd: folder });
    expect(stderr).toMatch(/jobs\.csv:3:5: duration_s must be .*got sixty/);
    expect(stderr).toMatch(/jobs\.csv:4:10: gpus must be .*got -3/);
    expect(exitCode).toBe(2);
  });

  test("under --json the problems are one object on stdout", () => {
    const { path } = scenario(good.replace("count", "cuont"));
    const { stdout, exitCode } = headroom(["run", path, "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).problems[1]).toMatchObject({
      line: 6,
      rule: "unknown-field",
      suggestion: "count",
    });
  });

  test("GitHub gets annotations", () => {
    const { path } = scenario(good.replace("count", "cuont"));
    const { stderr } = headroom(["run", path], { env: { GITHUB_ACTIONS: "true" } });
    expect(stderr).toMatch(
      /^::error file=.*line=6,endLine=6,col=21,endColumn=26,title=unknown-field::unknown field/m,
    );
  });
});

describe("the command line", () => {
  test("an unknown command names the nearest and exits 2", () => {
    const { exitCode, stderr } = headroom(["rnu"]);
    expect(stderr).toContain("Did you mean run?");
    expect(exitCode).toBe(2);
  });

  test("--version prints the version of package.json", () => {
    expect(headroom(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("--help lists every command, and every command has help that ends with exit code 0", () => {
    const help = headroom(["--help"]);
    expect(help.exitCode).toBe(0);
    const listed = help.stdout.slice(
      help.stdout.indexOf("Commands:"),
      help.stdout.indexOf("Examples:"),
    );
    const commands = [...listed.matchAll(/^ {2}([a-z]+) .*\S/gm)].map((match) => match[1]!);
    expect(commands).toEqual(expect.arrayContaining(["run", "replay", "validate", "explain"]));
    // One start of the program for all of them: forty would take longer than all other tests here.
    const main = pathToFileURL(join(REPOSITORY, "dist", "cli", "main.js")).href;
    const asked = `const { createProgram } = await import(${JSON.stringify(main)});
      const { commands } = await createProgram();
      console.log(JSON.stringify(commands.map((one) => [one.name(), one.helpInformation()])));`;
    const answered = spawnSync(process.execPath, ["--input-type=module", "-e", asked], {
      encoding: "utf8",
    });
    const texts = new Map(JSON.parse(answered.stdout) as [string, string][]);
    for (const name of commands.filter((one) => one !== "help"))
      expect(texts.get(name)).toMatch(/^Usage: headroom /);
    const { stdout, exitCode } = headroom(["run", "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: headroom run /);
  });

  test("--set on a path that does not exist names the nearest and writes nothing", () => {
    const { path, folder } = scenario(HEAD + CLUSTER + JOBS + POLICY);
    const { stderr, exitCode } = headroom(["run", path, "--set", "cluster.nodes[0].cuont=3"], {
      cwd: folder,
    });
    expect(stderr).toContain("count");
    expect(exitCode).toBe(2);
    expect(readdirSync(folder)).toEqual(["tiny.yaml"]);
  });
});

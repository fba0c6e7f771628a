// Replications, generated jobs and trust on the command line.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { REPOSITORY, headroom, temporaryFolder } from "./headroom.js";

const HEAD = `schema: headroom/scenario/v1
name: weeks
cluster: { nodes: [{ name: h100, count: 8, gpu: H100 SXM, gpus: 8, cpu: 192, memory: 2TiB }] }
policy: { queue: fifo-skip, placement: pack }
`;
const GENERATED = "workload: { generate: week.yaml }\n";

function scenario(text: string): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, "weeks.yaml");
  copyFileSync(join(REPOSITORY, "traces", "team-week.yaml"), join(folder, "week.yaml"));
  writeFileSync(path, HEAD + text);
  return { folder, path };
}

describe("generated jobs", () => {
  test("with the seed of the sample they are the sample, to the last digit of every figure", () => {
    const generated = scenario(`${GENERATED}seed: 9\n`);
    const sample = scenario("workload: { trace: week.csv }\nseed: 9\n");
    copyFileSync(join(REPOSITORY, "traces", "team-week.csv"), join(sample.folder, "week.csv"));
    const [left, right] = [generated, sample].map(({ path }) =>
      JSON.parse(headroom(["run", path, "--json"]).stdout),
    );
    expect(left.jobs.count).toBeGreaterThan(2000);
    expect(left.jobs).toEqual(right.jobs);
    expect(left.inputs.map(({ path }: { path: string }) => path)).toContain("week.yaml");
  });

  test("broken parameters are named with their place in their file", () => {
    const { folder, path } = scenario(GENERATED);
    const parameters = readFileSync(join(folder, "week.yaml"), "utf8");
    writeFileSync(join(folder, "week.yaml"), parameters.replace("weeks: 1", "weeks: -1"));
    const { exitCode, stderr } = headroom(["run", path], { cwd: folder });
    expect(stderr).toMatch(/week\.yaml:7:8: weeks: /);
    expect(exitCode).toBe(2);
  });
});

describe("replications", () => {
  const text =
    `${GENERATED}run: { replications: 4, warmup: 1d }\n` +
    "goals:\n  - { id: sure, metric: jobs.waitS.p95, atMost: 30d }\n  - { id: open, metric: jobs.waitS.mean, atMost: 25m }\n" +
    'variants: [{ name: larger, set: { "cluster.nodes[0].count": 16 } }]\n';

  test("give means, intervals and verdicts; a goal that is not shown exits 1; reports say what is drawn", () => {
    const { folder, path } = scenario(text);
    const out = join(folder, "out");
    const { exitCode, stdout, stderr } = headroom(["run", path, "--out", out]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(1);
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /^ ?It is open, at 95 % confidence, whether 8 nodes/,
    );
    expect(stdout).toMatch(/open .*\? not shown/);
    const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
    expect(result.goals).toMatchObject([
      { id: "sure", verdict: "met", met: true, replicationsMet: 4 },
      { id: "open", verdict: "not shown", met: false },
    ]);
    const [low, high] = result.goals[1].interval;
    expect(low).toBeLessThan(1500);
    expect(high).toBeGreaterThan(1500);
    expect(result.replications).toMatchObject({
      method: "replications",
      count: 4,
      confidence: 0.95,
      warmUp: { asked: 86_400, endS: 86_400 },
    });
    const [larger] = result.variants;
    expect(larger.replications.differences["jobs.waitS.mean"].high).toBeLessThan(0);
    expect(larger.jobs.count).toBe(result.jobs.count);
    const report = readFileSync(join(out, "report.md"), "utf8");
    expect(report).toContain("Figures are means of 4 replications after a warm-up of 24 h");
    expect(report).toContain("Drawn and listed here is the first of 4 replications");
    expect(report).toContain("paired differences of 4 replications");
  });

  test("the same seed gives the same bytes, another one other means", () => {
    const { path } = scenario(text);
    const run = (seed: string): string =>
      headroom(["run", path, "--json", "--seed", seed, "--set", "run.replications=2"]).stdout;
    const first = run("3");
    expect(run("3")).toBe(first);
    expect(JSON.parse(run("4")).jobs.waitS.mean).not.toBe(JSON.parse(first).jobs.waitS.mean);
  });

  test("of a trace with nothing random are refused with the reason", () => {
    const { folder, path } = scenario(
      "workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 1 }] }\nrun: { replications: 20 }\n",
    );
    const { exitCode, stderr } = headroom(["run", path], { cwd: folder });
    expect(stderr).toMatch(/nothing in the scenario is random.*\[nothing-random\]/s);
    expect(exitCode).toBe(2);
  });
});

test("overload is called out in the result, the decision and the terminal", () => {
  const { path } = scenario(`${GENERATED}`);
  const run = headroom(["run", path, "--set", "cluster.nodes[0].count=4", "--json"]);
  const result = JSON.parse(run.stdout);
  expect(result.jobs.overloaded).toBe(true);
  expect(result.jobs.offeredLoad).toBeGreaterThan(1);
  expect(result.decision).toContain("Waits did not settle");
  expect(result.warnings.join("\n")).toMatch(/Overloaded: the jobs ask for \d+ % of the GPU time/);
});

test("a backtest the scenario trusts stands on page one, in the ledger and in the terminal", () => {
  const { folder, path } = scenario(
    "workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 1 }] }\n" +
      "trust: { backtest: past/backtest.json }\n",
  );
  writeFileSync(
    join(folder, "history.csv"),
    "id,submit_s,duration_s,gpus,recorded_start_s\na,0,100,8,0\nb,10,50,1,12\n",
  );
  const past = join(folder, "past");
  const args = ["backtest", join(folder, "history.csv"), "--cluster", path, "--out", past];
  // The file that the scenario trusts does not exist yet; the backtest reads only its cluster and policy.
  expect(headroom(args)).toMatchObject({ exitCode: 0, stderr: "" });
  const out = join(folder, "out");
  const { stdout, exitCode } = headroom(["run", path, "--out", out]);
  expect(exitCode).toBe(0);
  const sentence =
    /Waits of this policy on this cluster were simulated within \d+ % at the 95th percentile/;
  expect(stdout.replace(/\s+/g, " ")).toMatch(sentence);
  const [pageOne, rest] = readFileSync(join(out, "report.md"), "utf8").split("\n## ", 2);
  expect(pageOne).toMatch(sentence);
  expect(rest).toBeDefined();
  expect(readFileSync(join(out, "report.md"), "utf8")).toMatch(
    /How well simulated waits repeat recorded ones \(95th percentile\)/,
  );
  const other = headroom(["run", path, "--json", "--set", "policy.queue=sjf"]);
  expect(JSON.parse(other.stdout).warnings.join("\n")).toMatch(
    /does not apply here: it is about another policy/,
  );
});

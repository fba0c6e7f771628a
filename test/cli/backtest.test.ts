// `headroom backtest` as a person or a pipeline uses it: a history made by a run of our own must come out exact.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { loadScenario } from "../../src/io/load-scenario.js";
import { runScenario } from "../../src/studies/run/run-scenario.js";
import { writeHeadroomCsv } from "../../src/workload/write-headroom-csv.js";
import { headroom, temporaryFolder } from "./headroom.js";

const SCENARIO = `
schema: headroom/scenario/v1
name: past
cluster:
  nodes:
    - { name: h100, count: 2, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }
workload:
  jobs:
    - { id: "=first", submit: 0s, duration: 1h, gpus: 8, tenant: "<b>vision</b>" }
    - { id: second, submit: 1m, duration: 2h, workers: 2, gpus: 8, tenant: language }
    - { id: third, submit: 2m, duration: 30m, gpus: 4, tenant: "<b>vision</b>" }
    - { id: fourth, submit: 3m, duration: 4h, gpus: 2, tenant: language }
policy: { queue: fifo-skip, placement: pack }
`;

/** A scenario and the history it leads to: our own run's starts as recorded ones. */
async function pastOf(): Promise<{ folder: string; scenario: string; history: string }> {
  const folder = temporaryFolder();
  const scenario = join(folder, "past.yaml");
  const history = join(folder, "history.csv");
  writeFileSync(scenario, SCENARIO);
  const { run } = runScenario(await loadScenario({ path: scenario })).base;
  const recorded = { ...run.jobs, recordedStartS: run.startS, recordedEndS: run.endS };
  writeFileSync(history, [...writeHeadroomCsv(recorded)].join(""));
  return { folder, scenario, history };
}

describe("headroom backtest", () => {
  test("a history made by the simulator, under the same policy: every error is exactly 0", async () => {
    const { folder, scenario, history } = await pastOf();
    const out = join(folder, "out");
    const { exitCode, stdout, stderr } = headroom([
      "backtest",
      history,
      "--cluster",
      scenario,
      "--out",
      out,
    ]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("100 % exact");
    expect(stdout).toContain(join(out, "report.html"));
    const files = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
    expect(files.sort()).toEqual([
      "backtest.json",
      "jobs.csv",
      "report.html",
      "report.json",
      "report.md",
      "wait-quantiles.vl.json",
      "waits-by-hour.vl.json",
    ]);
    const document = JSON.parse(readFileSync(join(out, "backtest.json"), "utf8"));
    expect(document).toMatchObject({
      schema: "headroom/backtest/v1",
      jobs: { count: 4, simulated: 4, compared: 4, leftOut: [] },
      policy: { queue: { name: "fifo-skip", options: {} }, placement: "pack", assumed: [] },
      rankCorrelation: 1,
      trace: { path: history, format: "headroom-csv" },
    });
    expect(Object.values(document.wait.errorS)).toEqual([0, 0, 0, 0, 0, 0]);
    // By hand: second needs both nodes, which fourth (until 4 h 3 min) holds back.
    expect(readFileSync(join(out, "jobs.csv"), "utf8")).toBe(
      "job_id,tenant,partition,gpus,submission_time,recorded_waiting_time,simulated_waiting_time,error\n" +
        "'=first,<b>vision</b>,,8,0,0,0,0\n" +
        "second,language,,16,60,14520,14520,0\n" +
        "third,<b>vision</b>,,4,120,0,0,0\n" +
        "fourth,language,,2,180,0,0,0\n",
    );
    expect(readFileSync(join(out, "report.html"), "utf8")).not.toContain("<b>vision");
  });

  test("under another policy the error is the known difference", async () => {
    const { folder, scenario, history } = await pastOf();
    const args = ["backtest", history, "--cluster", scenario, "--queue", "fifo-strict", "--json"];
    const { stdout, exitCode } = headroom(args, { cwd: folder });
    expect(exitCode).toBe(0);
    // Strictly in order second starts after first (1 h, waits 3540 s), third and fourth after second (at 3 h).
    const { errorS } = JSON.parse(stdout).wait;
    const recordedS = [0, 14_520, 0, 0];
    const simulatedS = [0, 3540, 10_680, 10_620];
    const mean = (waitsS: number[]): number => waitsS.reduce((sum, waitS) => sum + waitS, 0) / 4;
    expect(errorS.mean).toBe(mean(simulatedS) - mean(recordedS));
    expect(errorS.max).toBe(10_680 - 14_520);
    expect(readdirSync(folder).sort()).toEqual(["history.csv", "past.yaml"]);
  });

  test("the same input gives the same bytes of every file", async () => {
    const { folder, scenario, history } = await pastOf();
    const read = (out: string): string[] => {
      headroom(["backtest", history, "--cluster", scenario, "--out", join(folder, out), "--quiet"]);
      return ["backtest.json", "jobs.csv", "report.html", "report.md"].map((name) =>
        readFileSync(join(folder, out, name), "utf8"),
      );
    };
    const first = read("a");
    expect(first[2]).toContain("<svg");
    expect(read("b")).toEqual(first);
  });

  test("a cluster file that is too small is called wrong, with the number and the instant", async () => {
    const { folder, history } = await pastOf();
    const cluster = join(folder, "small.yaml");
    writeFileSync(
      cluster,
      "cluster:\n  nodes:\n    - { name: n, count: 1, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }\n",
    );
    const { stdout, exitCode } = headroom(["backtest", history, "--cluster", cluster, "--json"]);
    expect(exitCode).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.recordedUse.overCapacity).toMatchObject([
      { capacityGpus: 8, peakGpus: 16, peakAtS: 14_580 },
    ]);
    expect(document.verdict).toContain("needs more GPUs than the cluster file has");
    expect(document.policy.assumed).toEqual(["queue", "placement"]);
  });

  test("a trace without recorded starts, a missing file and a broken cluster file exit 2 and write nothing", async () => {
    const { folder, scenario, history } = await pastOf();
    const bare = join(folder, "bare.csv");
    writeFileSync(bare, "submit_s,duration_s,gpus\n0,60,1\n");
    const refused = (args: string[], message: RegExp): void => {
      const out = join(folder, "out");
      const { exitCode, stderr } = headroom(["backtest", ...args, "--out", out], { cwd: folder });
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
      expect(existsSync(out)).toBe(false);
    };
    refused([bare, "--cluster", scenario], /does not say when its jobs started.*recorded-start/s);
    refused(["gone.csv", "--cluster", scenario], /gone\.csv.*does not exist/);
    refused([history, "--cluster", "gone.yaml"], /gone\.yaml.*does not exist/);
    refused([history], /required option '--cluster <file>'/);
    refused(
      [history, "--cluster", scenario, "--queue", "fifo-skp"],
      /--queue fifo-skp.*Did you mean "fifo-skip"/s,
    );
    refused([history, "--cluster", scenario, "--format", "sacct"], /Allowed choices are/);
  });
});

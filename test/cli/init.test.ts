// A first scenario from an inventory, a trace, or a few answers: it runs, and what is wrong leaves nothing behind.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const trace = join(REPOSITORY, "traces", "team-week.csv");

/** A project of its own, so that its scenarios may read its files. */
function project(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), "{}");
  return folder;
}

describe("headroom init", () => {
  test("machines and a trace: a commented scenario that runs, with goals and variants", () => {
    const folder = project();
    writeFileSync(join(folder, "jobs.csv"), readFileSync(trace));
    const out = join(folder, "mine.yaml");
    const made = headroom([
      ...["init", "--machines", "8 x DGX H100", "--trace", join(folder, "jobs.csv")],
      ...["--wait", "2h", "--out", out],
    ]);
    expect([made.stderr, made.exitCode]).toEqual(["", 0]);
    expect(made.stdout).toContain(`headroom run ${out}`);
    const text = readFileSync(out, "utf8");
    for (const part of [
      "question: Are 8 × DGX H100 enough for the jobs of jobs.csv, and what happens at +25 % load?",
      "sku: DGX H100",
      "trace: jobs.csv",
      "atMost: 2h",
      "+25 % load on 10 nodes of h100",
      "# The machines.",
    ])
      expect(text).toContain(part);
    const run = headroom(["run", out, "--json"]);
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout).goals).toHaveLength(2);
  });

  test("nothing but --yes: jobs are drawn for the GPUs there are, and it runs too", () => {
    const folder = project();
    const out = join(folder, "headroom.yaml");
    expect(headroom(["init", "--yes", "--out", out]).exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual([
      "headroom-jobs.yaml",
      "headroom.yaml",
      "package.json",
    ]);
    const again = headroom(["init", "--yes", "--out", out]);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("is there already");
    expect(headroom(["init", "--yes", "--force", "--out", out]).exitCode).toBe(0);
    const { stdout, exitCode } = headroom(["run", out, "--json", "--set", "variants=null"]);
    expect([0, 1]).toContain(exitCode);
    expect(JSON.parse(stdout).jobs.count).toBeGreaterThan(1000);
  });

  test("an inventory gives machines and names them by their GPU", () => {
    const folder = project();
    const nodes = join(folder, "nodes.json");
    const node = (name: string) => ({
      kind: "Node",
      apiVersion: "v1",
      metadata: { name, labels: { "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3" } },
      status: { allocatable: { cpu: "96", memory: "1000Gi", "nvidia.com/gpu": "8", pods: "110" } },
    });
    writeFileSync(
      nodes,
      JSON.stringify({ kind: "List", apiVersion: "v1", items: [node("a"), node("b")] }),
    );
    const out = join(folder, "ours.yaml");
    const made = headroom(["init", nodes, "--yes", "--out", out]);
    expect([made.stderr, made.exitCode]).toEqual(["", 0]);
    expect(readFileSync(out, "utf8")).toContain("# Read from nodes.json.");
    const { stdout } = headroom(["run", out, "--json", "--set", "variants=null"]);
    expect(JSON.parse(stdout).gpu.count).toBe(16);
    const both = headroom([
      "init",
      nodes,
      "--machines",
      "8 x DGX H100",
      "--out",
      join(folder, "x.yaml"),
    ]);
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toContain("together with an inventory");
  });

  test("a trace outside of the project: the next command allows its folder", () => {
    const folder = project();
    const out = join(folder, "mine.yaml");
    const { stdout, exitCode } = headroom(["init", "--yes", "--trace", trace, "--out", out]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`--allow-path ${join(REPOSITORY, "traces")}`);
  });

  test.each([
    ["8 DGX H100", "must be a number from 1 to 100000, x and a machine"],
    ["0 x DGX H100", "must be a number from 1"],
    ["8 x DGX H10", "Did you mean"],
    ["8 x DGX A100", "does not say"],
  ])("--machines %s is refused, and nothing is written", (machines, message) => {
    const folder = project();
    const out = join(folder, "x.yaml");
    const { stderr, exitCode } = headroom(["init", "--machines", machines, "--out", out]);
    expect(exitCode).toBe(2);
    expect(stderr.replaceAll(/\s+/gu, " ")).toContain(message);
    expect(readdirSync(folder)).toEqual(["package.json"]);
  });

  test("unknown policies, times without a unit, traces that are not there", () => {
    const folder = project();
    const out = join(folder, "x.yaml");
    const wrong = headroom(["init", "--yes", "--queue", "fifo", "--wait", "3", "--out", out]);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('Did you mean "fifo-skip"?');
    expect(wrong.stderr).toContain("2 problems; nothing was written.");
    const missing = headroom(["init", "--yes", "--trace", join(folder, "none.csv"), "--out", out]);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("none.csv");
    expect(existsSync(out)).toBe(false);
  });
});

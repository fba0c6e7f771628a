// `headroom compare` as a user runs it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { CompareDocument } from "../../src/studies/compare/compare-document.js";
import { headroom, temporaryFolder } from "./headroom.js";

const JOBS = Array.from({ length: 40 }, (_, job) => {
  const gpus = job % 5 === 0 ? 8 : 2;
  return `    - { id: j${job}, tenant: t${job % 2}, submit: ${job * 6}m, duration: 50m, gpus: ${gpus} }`;
});

/** A day on one node; with a load, which jobs run is drawn. */
function scenario(folder: string, name: string, { nodes = 1, load = 1 } = {}): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(
    path,
    `schema: headroom/scenario/v1
name: ${name}
cluster: { nodes: [{ name: n, count: ${nodes}, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  load: ${load}
  jobs:
${JOBS.join("\n")}
policy: { queue: fifo-skip, placement: pack }
goals: [{ id: mean wait, metric: jobs.waitS.mean, atMost: 30m }]
variants: [{ name: two nodes, set: { "cluster.nodes[n].count": 2 } }]
`,
  );
  return path;
}

function compared(args: readonly string[]): CompareDocument {
  const { exitCode, stdout, stderr } = headroom(["compare", ...args, "--json"]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as CompareDocument;
}

describe("headroom compare", () => {
  test("a scenario against itself is exactly zero in every figure", () => {
    const path = scenario(temporaryFolder(), "self", { load: 0.8 });
    const document = compared([path, path, "--replications", "10", "--threads", "1"]);
    const { metrics, findings, changes, why } = document.comparisons[0]!;
    expect(document.design).toMatchObject({ streams: "common", stopped: "decided" });
    for (const { mean } of [...metrics, ...findings])
      expect(mean === 0 || mean === null).toBe(true);
    expect(metrics.every(({ verdict }) => verdict === "identical" || verdict === "no value")).toBe(
      true,
    );
    expect([changes, why]).toEqual([[], []]);
    expect(document.answer).toContain("every figure is exactly the same");
  });

  test("one file is compared with its own variants, the same on one thread and on two", () => {
    const path = scenario(temporaryFolder(), "own", { load: 0.9 });
    const one = compared([path, "--threads", "1"]);
    const two = compared([path, "--threads", "2"]);
    expect(two).toEqual(one);
    const [comparison] = one.comparisons;
    expect(comparison).toMatchObject({ base: "base", variant: "two nodes" });
    expect(comparison!.changes).toEqual([
      { path: "cluster.nodes[n].count", before: "1", after: "2" },
    ]);
    const [wait] = comparison!.metrics;
    expect(wait).toMatchObject({ metric: "jobs.waitS.mean", role: "decides", verdict: "lower" });
    expect(wait!.interval![1]).toBeLessThan(0);
    // What goes with it is taken apart without a rest.
    const hours = (topic: string): number =>
      comparison!.findings.reduce((sum, one) => sum + (one.topic === topic ? one.mean! : 0), 0);
    for (const topic of ["waits by reason", "waits by job size", "waits by tenant"])
      expect(hours(topic)).toBeCloseTo(hours("waits"), 6);
    expect(one.configurations.map(({ goals }) => goals[0]!.verdict)).toEqual(["missed", "missed"]);
  });

  test("files, --set, --variant and --set-all may stand beside each other, and a report is written", () => {
    const folder = temporaryFolder();
    const [first, second] = [scenario(folder, "a"), scenario(folder, "b", { nodes: 3 })];
    const out = join(folder, "out");
    const { exitCode, stdout } = headroom([
      ...["compare", first, second, "--set", "cluster.nodes[n].count=2"],
      ...["--variant", "four: cluster.nodes[n].count=4, policy.queue=fifo-strict"],
      ...[
        "--set-all",
        "workload.load=0.9",
        "--pairs",
        "all",
        "--replications",
        "10",
        "--threads",
        "1",
      ],
      ...["--out", out],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("“four” against “a”");
    const document = JSON.parse(readFileSync(join(out, "compare.json"), "utf8")) as CompareDocument;
    expect(document.configurations.map(({ name }) => name)).toEqual([
      "a",
      "cluster.nodes[n].count=2",
      "four",
      "b",
    ]);
    expect(document.comparisons).toHaveLength(6);
    const html = readFileSync(join(out, "report.html"), "utf8");
    expect(html).toContain("What goes with the difference");
    expect(html).toContain("default-src");
    // The command in the report makes the same document again.
    const command = /headroom compare (.*)/.exec(readFileSync(join(out, "report.md"), "utf8"))![1]!;
    expect(command).toContain("--set-all workload.load=0.9");
  });

  test("scenarios in which nothing is drawn are run once and say so", () => {
    const path = scenario(temporaryFolder(), "still");
    const document = compared([path, "--threads", "1"]);
    expect(document.design).toMatchObject({ streams: "none", replications: 1 });
    expect(document.comparisons[0]!.metrics[0]!.interval).toBeNull();
    expect(document.warnings.join(" ")).toContain("Nothing is drawn");
  });

  test("--gate fails when a variant is shown to be worse", () => {
    const path = scenario(temporaryFolder(), "gate", { nodes: 2, load: 0.9 });
    const args = ["compare", path, "--quiet", "--json", "--gate", "--threads", "1"];
    expect(headroom([...args, "--set", "cluster.nodes[n].count=1"]).exitCode).toBe(1);
    expect(headroom([...args, "--set", "cluster.nodes[n].count=3"]).exitCode).toBe(0);
  });

  test.each([
    [["--set", "cluster.nodes[n].cont=2"], 'Did you mean "count"?'],
    [["--set-all", "variants=null"], "is compared with nothing"],
    [["--replications", "1"], "must be a whole number from 2 on"],
  ])("%j is refused and says what to do", (args, message) => {
    const path = scenario(temporaryFolder(), "bad");
    const { exitCode, stderr, stdout } = headroom(["compare", path, ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

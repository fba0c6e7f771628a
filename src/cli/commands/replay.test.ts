import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { registerReplay } from "./replay.js";
import { registerValidate } from "./validate.js";

let folder: string;
let stdout: string;
let stderr: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "headroom-replay-"));
  stdout = "";
  stderr = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((stderr += String(text)), true));
  await writeFile(
    join(folder, "nodes.csv"),
    "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,1000,2,T4\nn1,8000,1000,1,T4\n",
  );
  await writeFile(
    join(folder, "pods.csv.gz"),
    gzipSync(
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np0,1000,10,1,500\np1,1000,10,1,1000\np2,1000,10,4,1000\n",
    ),
  );
  const order = { workload: "pods", seed: 9, arrivals: [0, 1, 2], nodeOrder: [1, 0] };
  await writeFile(join(folder, "order.json"), JSON.stringify(order));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function headroom(...words: string[]): Promise<void> {
  const program = new Command();
  registerReplay(program);
  registerValidate(program);
  await program.parseAsync(words, { from: "user" });
}

const lists = () => ["--nodes", join(folder, "nodes.csv"), "--pods", join(folder, "pods.csv.gz")];
const order = () => ["--arrivals", join(folder, "order.json")];

describe("replay openb", () => {
  test("--json prints the document alone; timing goes to stderr", async () => {
    await headroom("replay", "openb", ...lists(), ...order(), "--policy", "BestFit", "--json");
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual([
      "policy",
      "workload",
      "seed",
      "pods",
      "usedGpuMilli",
      "failedPods",
      "allocationPct",
      "fragAmountPct",
      "fragRatioPct",
    ]);
    expect(document).toMatchObject({
      policy: "best-fit",
      workload: "pods",
      seed: 9,
      pods: 3,
      usedGpuMilli: 1500,
      failedPods: 1,
    });
    expect(stderr).toMatch(/^read in \d+\.\d{3} s, replayed in \d+\.\d{3} s\n$/);
  });

  test("without --json says what was placed and why pods were refused", async () => {
    await headroom("replay", "openb", ...lists(), ...order(), "--policy", "fgd", "--seed", "4");
    expect(stdout).toContain("fgd on pods, seed 4: 3 pods on 2 nodes with 3 GPUs");
    expect(stdout).toContain("1.5 of 3 GPUs are in use. Pods that found no node: 1\n");
    expect(stdout).toMatch(/^ +1 {2}not enough free GPUs on most nodes$/m);
  });

  test("draws its own order without --arrivals, the same for the same seed", async () => {
    const run = async (seed: string) => {
      stdout = "";
      await headroom("replay", "openb", ...lists(), "--policy", "random", "--seed", seed, "--json");
      return stdout;
    };
    expect(await run("5")).toBe(await run("5"));
    expect(JSON.parse(await run("5"))).toMatchObject({ seed: 5 });
  });

  test("warns when the order belongs to another list", async () => {
    await writeFile(
      join(folder, "order.json"),
      JSON.stringify({ workload: "other", arrivals: [0], nodeOrder: [0, 1] }),
    );
    await headroom("replay", "openb", ...lists(), ...order(), "--policy", "fgd", "--json");
    expect(stderr).toContain("warning: the arrival order belongs to other, the pod list is pods");
  });

  test("suggests the policy that was meant", async () => {
    const run = headroom("replay", "openb", ...lists(), "--policy", "best-fti");
    await expect(run).rejects.toThrow(InputError);
    await expect(run).rejects.toMatchObject({
      problems: [{ rule: "unknown-policy", suggestion: "best-fit" }],
    });
  });

  test("refuses a node list without GPUs", async () => {
    await writeFile(
      join(folder, "nodes.csv"),
      "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,1000,0,\n",
    );
    await expect(headroom("replay", "openb", ...lists(), "--policy", "fgd")).rejects.toMatchObject({
      problems: [{ rule: "no-gpus" }],
    });
  });
});

describe("validate", () => {
  test("exits 3 and names the data when it is missing", async () => {
    await headroom("validate", "fgd", "--data", folder, "--json");
    expect(process.exitCode).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      checks: [],
      missing: ["openb", "fgd-published"].map((name) => ({
        topic: "fgd",
        path: join(folder, name),
      })),
    });
    expect(stderr).toContain(`fgd: not checked, there is no ${join(folder, "openb")}`);
  });

  test("says so in words without --json", async () => {
    await headroom("validate", "jobs", "--data", folder);
    expect(process.exitCode).toBe(3);
    expect(stdout).toContain(
      "0 of 0 comparisons hold their bar; topics not checked for lack of data: 1.",
    );
  });

  test("suggests the topic that was meant", async () => {
    await expect(headroom("validate", "job")).rejects.toMatchObject({
      problems: [{ rule: "unknown-topic", suggestion: "jobs" }],
    });
  });
});

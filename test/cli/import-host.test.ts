// `headroom import` of what nvidia-smi prints: from the host's own words to a machine that a scenario runs on.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { REPORT, TOPOLOGY } from "../../src/scenario/import/testing/nvidia-smi-files.js";
import { headroom, temporaryFolder } from "./headroom.js";

test("report and table become a catalogue, and a scenario runs on its machine", () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [report, table] = [file("smi.xml", REPORT), file("topo.txt", TOPOLOGY)];
  const out = join(folder, "mine.yaml");
  const host = [
    "--machine",
    "ours",
    "--cpu",
    "64",
    "--memory",
    "512GiB",
    "--nic",
    "infiniband-hdr",
  ];
  const imported = headroom(["import", report, table, "--out", out, ...host]);
  expect(imported.stderr).toBe("");
  expect(imported.stdout).toContain("GPU 3: MIG with 2 instances");
  const drawn = headroom(["topo", "ours", "--file", out]);
  expect(drawn.stdout).toContain("GPU0 X    NV12 SYS  SYS  PIX  SYS");
  const scenario = file(
    "plan.yaml",
    `schema: headroom/scenario/v1
name: plan
cluster: { catalogue: mine.yaml, nodes: [{ name: n, count: 2, sku: ours }] }
workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 4 }] }
policy: { queue: fifo-skip, placement: pack }
`,
  );
  const run = headroom(["run", scenario, "--out", join(folder, "report")]);
  expect(run.stderr).toBe("");
  expect(run.stdout).toContain("A100 PCIe-80GB (8 GPUs)");
});

test("nothing is written when the memory is no memory", () => {
  const folder = temporaryFolder();
  const report = join(folder, "smi.xml");
  writeFileSync(report, REPORT);
  const out = join(folder, "mine.yaml");
  const host = ["--machine", "ours", "--cpu", "64", "--memory", "much"];
  const { exitCode, stderr } = headroom(["import", report, "--out", out, ...host]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("is not an amount of memory");
  expect(existsSync(out)).toBe(false);
});

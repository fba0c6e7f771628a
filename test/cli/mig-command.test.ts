// `headroom mig` as a planner uses it: counts that can be checked by hand, and errors that name the way out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { headroom, temporaryFolder } from "./headroom.js";

interface Layouts {
  readonly counts: { readonly layouts: number; readonly maximalPlacements: number };
  readonly maximal: readonly { readonly mix: Readonly<Record<string, number>> }[];
}

describe("headroom mig layouts", () => {
  test("draws every full layout of a small GPU", () => {
    const { exitCode, stdout, stderr } = headroom(["mig", "layouts", "A30"]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("2g───── 1g─ 1g─");
    expect(stdout).toContain("5 layouts of 4g.24gb, 2g.12gb, 1g.6gb");
    expect(stdout).toContain("Source: ");
  });

  test("counts the basic set of an A100 as published", () => {
    const basic = "1g.10gb,2g.20gb,3g.40gb,4g.40gb,7g.80gb";
    const { stdout } = headroom(["mig", "layouts", "A100-80GB", "--only", basic, "--json"]);
    const { counts, maximal } = JSON.parse(stdout) as Layouts;
    expect(counts).toEqual({ layouts: 297, maximalPlacements: 19, maximalMixes: 14 });
    expect(maximal).toHaveLength(19);
  });

  test.each([
    ["T4", "cannot be partitioned with MIG"],
    ["H1000", 'Did you mean "H100"'],
  ])("%s is refused with the way out", (gpu, message) => {
    const { exitCode, stdout, stderr } = headroom(["mig", "layouts", gpu]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });
});

describe("headroom mig pack", () => {
  const pack = (...args: readonly string[]): ReturnType<typeof headroom> =>
    headroom(["mig", "pack", ...args]);

  test("the number, the proof and the layout of each GPU", () => {
    const { exitCode, stdout } = pack("A100-80GB", "--demand", "1g.10gb=5,3g.40gb=2");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("2 GPUs: the fewest, proven.");
    expect(stdout).toContain("rounded up is 2");
    expect(stdout).toContain("1g─ 1g─ 1g─ 1g─ 3g─────────────");
  });

  test("as JSON", () => {
    const { stdout } = pack("H200", "--demand", "1g.18gb=14,nvidia.com/mig-3g.71gb=3", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      gpu: "H200 SXM-141GB",
      demand: { "1g.18gb": 14, "3g.71gb": 3 },
      isProven: true,
    });
  });

  test("instances that nobody asked for are named", () => {
    const { stdout } = pack("H100", "--demand", "1g.10gb=9", "--layout-policy", "all-balanced");
    expect(stdout).toContain("5 GPUs");
    expect(stdout).toContain("not asked for");
    expect(stdout).toContain("5 x 3g.40gb + 5 x 2g.20gb + 1 x 1g.10gb");
  });

  test.each([
    [["H100", "--demand", "3g.20gb=1"], 'Did you mean "3g.40gb"'],
    [["H100", "--demand", "1g.10gb=0"], "whole number from 1"],
    [["H100", "--demand", "1g.10gb"], "profile=count"],
    [
      ["H100", "--demand", "1g.10gb=1", "--layout", "3g.40gb=3"],
      "the nearest layouts that can: 2 x 3g.40gb;",
    ],
    [
      ["H100", "--demand", "7g.80gb=1,1g.10gb=1", "--layout-policy", "all-same"],
      "no single layout",
    ],
    [["H100", "--demand", "4g.40gb=1", "--layout-policy", "all-balanced"], "has no 4g.40gb"],
    [["H100", "--demand", "1g.10gb=1", "--layout-policy", "static"], "add --layout"],
    [
      ["H100", "--demand", "1g.10gb=1", "--layout-policy", "per-gpu", "--layout", "1g.10gb=7"],
      "leave one of them out",
    ],
    [["H100", "--demand", "1g.10gb=1", "--layout-policy", "all-sane"], 'Did you mean "all-same"'],
  ])("%j", (args, message) => {
    const { exitCode, stdout, stderr } = pack(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });
});

describe("mig-parted", () => {
  test("the layouts are written as a configuration, node by node", () => {
    const file = join(temporaryFolder(), "mig.yaml");
    const args = ["H100", "--demand", "3g.40gb=12,1g.10gb=20", "--gpus-per-node", "4"];
    const { exitCode } = headroom(["mig", "pack", ...args, "--mig-parted", file]);
    expect(exitCode).toBe(0);
    const text = readFileSync(file, "utf8");
    expect(text).toContain("# headroom-1: 1 node, 4 of 4 GPUs used");
    const { "mig-configs": configs } = parse(text) as {
      "mig-configs": Record<string, { devices: number[]; "mig-devices": Record<string, number> }[]>;
    };
    const sums: Record<string, number> = {};
    for (const { devices, "mig-devices": mix } of Object.values(configs).flat()) {
      for (const [name, count] of Object.entries(mix)) {
        sums[name] = (sums[name] ?? 0) + count * devices.length;
      }
    }
    expect(sums).toEqual({ "3g.40gb": 12, "1g.10gb": 20 });
  });

  test("a count of GPUs that is none is refused", () => {
    const { exitCode, stderr } = headroom([
      ...["mig", "pack", "H100", "--demand", "1g.10gb=1", "--gpus-per-node", "none"],
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--gpus-per-node");
  });
});

test("models that differ in memory only may be named together for their layouts", () => {
  const { exitCode, stdout, stderr } = headroom(["mig", "layouts", "A100", "--json"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("named as on A100 SXM4-80GB (also A100 SXM4-40GB");
  expect(stdout).toBe(headroom(["mig", "layouts", "A100-80GB", "--json"]).stdout);
});

test("a demand needs the model, because its profile names do", () => {
  const { exitCode, stderr } = headroom(["mig", "pack", "A100", "--demand", "1g.10gb=5"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("fits several GPUs that differ");
});

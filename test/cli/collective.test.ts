// `headroom collective` as a platform engineer uses it: a table that says by which rule, and errors with the way out.
import { describe, expect, test } from "vitest";

import { headroom } from "./headroom.js";

interface Table {
  readonly op: string;
  readonly machine: string;
  readonly nodes: number;
  readonly rows: readonly {
    readonly bytes: number;
    readonly seconds: number;
    readonly busBytesPerS: number;
    readonly method: string;
    readonly extrapolated: boolean;
    readonly source: string;
  }[];
}

function table(args: readonly string[]): Table {
  const { exitCode, stdout, stderr } = headroom(["collective", ...args, "--json"]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as Table;
}

describe("headroom collective", () => {
  test("prints sizes, both bandwidths, the method and its source", () => {
    const { exitCode, stdout } = headroom([
      "collective",
      "allreduce",
      "--on",
      "DGX-H200",
      "--bytes",
      "1MiB..4MiB",
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("all-reduce on DGX H200, GPUs 0, 1, 2, 3, 4, 5, 6, 7 of each");
    expect(stdout).toMatch(/1 MiB +26\.1 µs +40\.1 +70\.2 +measured-table +\[1\]/);
    expect(stdout).toMatch(/4 MiB +51\.4 µs/);
    expect(stdout).toContain("[1] H200-SXM-141GB, NCCL 2.29.2, 8 GPUs; ai-dynamo/aiconfigurator");
  });

  test("a pair is nearly ten times faster than four GPUs of the same machine", () => {
    const bus = (gpus: string): number =>
      table(["all-reduce", "--on", "NC96ads_A100_v4", "--gpus", gpus, "--bytes", "4GiB"]).rows[0]!
        .busBytesPerS / 1e9;
    expect(bus("0,1")).toBeGreaterThan(173.7);
    expect(bus("2")).toBe(bus("0,1"));
    expect(bus("4")).toBeGreaterThan(22.5);
    expect(bus("4")).toBeLessThan(27.5);
    expect(bus("1,2")).toBeLessThan(27.5);
  });

  test("across nodes the network decides, and says so", () => {
    const [row] = table([
      "all-reduce",
      "--on",
      "DGX-H100",
      "--nodes",
      "16",
      "--bytes",
      "8GiB",
      "--transport",
      "tcp",
    ]).rows;
    expect(row).toMatchObject({ method: "nccl-model", extrapolated: true });
    expect(row!.busBytesPerS / 1e9).toBeLessThan(240);
    expect(row!.source).toContain("TCP at 60 %");
  });

  test("a rack of one NVLink domain is not held by its adapters", () => {
    const options = ["all-reduce", "--on", "GB200 NVL72 tray", "--nodes", "2", "--bytes", "1GiB"];
    const [inside] = table([...options, "--one-nvlink-domain"]).rows;
    const [across] = table(options).rows;
    expect(inside!.seconds).toBeLessThan(across!.seconds / 2);
  });

  test.each<[string[], string]>([
    [["all-redoce", "--on", "DGX-H100"], 'Did you mean "all-reduce"'],
    [["all-reduce", "--on", "DGX-H10"], 'Did you mean "DGX H100"'],
    [["all-reduce", "--on", "NV6ads_A10_v5"], "has a fraction of an A10"],
    [["all-reduce", "--on", "NC96ads_A100_v4", "--nodes", "2"], "name --nic"],
    [["all-reduce", "--on", "DGX-H100", "--gpus", "9"], "neither a count from 1 to 8"],
    [["all-reduce", "--on", "DGX-H100", "--gpus", "9007199254740993"], "a count from 1 to 8"],
    [["all-reduce", "--on", "DGX-H100", "--nodes", "2", "--nic", "1e308"], "up to 10000"],
    [["all-reduce", "--on", "DGX-H100", "--gpus", "0,0"], "different indices from 0 to 7"],
    [["all-reduce", "--on", "DGX-H100", "--bytes", "12"], 'Did you mean "12GiB"'],
    [["all-reduce", "--on", "DGX-H100", "--bytes", "1GiB..1MiB"], "not smaller"],
    [["all-reduce", "--on", "DGX-H100", "--transport", "udp"], "Allowed: rdma, tcp"],
    [["all-reduce", "--on", "DGX-H100", "--nodes", "0"], "--nodes"],
    [["all-reduce", "--on", "DGX-H100", "--network-share", "2"], "--network-share"],
  ])("%j is refused with the way out", (args, message) => {
    const { exitCode, stdout, stderr } = headroom(["collective", ...args]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });
});

// `headroom bench` as a user meets it on a machine without a GPU.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { BackendProbe } from "../../src/benchmark/backend.js";
import type { BenchmarkResult } from "../../src/benchmark/result-document.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const TINY = `schema: headroom/benchmark-suite/v1
name: tiny
sampling: { processes: 1, processesMax: 1, samples: 5, warmUp: 1, sampleTime: 200us, caseTime: 50ms }
cases:
  - { kernel: matmul, shapes: [{ m: 1, n: 9, k: 33 }] }
  - { kernel: triad, shapes: [{ elements: 1 }, { elements: 1001 }] }
  - { kernel: reduction, shapes: [{ elements: 1003 }] }
  - { kernel: softmax, shapes: [{ rows: 3, columns: 70 }] }
  - { kernel: attention-prefill, shapes: [{ batch: 1, heads: 2, kvHeads: 1, headDim: 8, tokens: 5 }] }
  - { kernel: gather, shapes: [{ tableRows: 10, columns: 4, rows: 6 }], tenants: [2] }
  - { kernel: copy, shapes: [{ elements: 64 }], tenants: [2], tenantsAs: processes, backends: [tfjs] }
`;

const SWIFT_SHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

function suiteFile(text: string): { readonly folder: string; readonly suite: string } {
  const folder = temporaryFolder();
  const suite = join(folder, "tiny.yaml");
  writeFileSync(suite, text);
  return { folder, suite };
}

/** Waits until a command has started so many processes of its own; elsewhere than on Linux, ten seconds. */
async function measuringProcesses(pid: number, count: number): Promise<void> {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const list = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(list)) return pause(10_000);
  for (const seen = new Set<string>(); seen.size < count; await pause(10)) {
    for (const child of readFileSync(list, "utf8").split(" ").filter(Boolean)) seen.add(child);
  }
}

describe("headroom bench devices", () => {
  const { exitCode, stdout } = headroom(["bench", "devices", "--json"]);
  const { backends } = JSON.parse(stdout) as {
    readonly backends: Readonly<Record<string, BackendProbe>>;
  };

  test("every backend is there or says why not; nothing on a CPU is called hardware", () => {
    expect(exitCode).toBe(0);
    expect(Object.keys(backends)).toEqual(expect.arrayContaining(["webgpu", "gpujs", "tfjs"]));
    for (const probe of Object.values(backends)) {
      if (!probe.available) expect(probe.reason.length).toBeGreaterThan(10);
      else for (const device of probe.devices) expect(device.labelReason).not.toBe("");
    }
    const { gpujs, tfjs } = backends;
    const names = [gpujs, tfjs].flatMap((probe) => (probe?.available ? probe.devices : []));
    const onCpu = names.filter(({ api }) => /WebAssembly|JavaScript/.test(api));
    expect(onCpu.length).toBeGreaterThanOrEqual(4);
    expect(onCpu.every(({ label }) => label === "software")).toBe(true);
  });
});

describe("headroom bench run", () => {
  test("a tiny suite on everything that is there: all correct, every sample kept, labelled", () => {
    const { folder, suite } = suiteFile(TINY);
    const out = join(folder, "result.json");
    const run = headroom(["bench", "run", "--suite", suite, "-o", out, "--seed", "7"]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/all \d+ results correct, labelled/);
    const result = JSON.parse(readFileSync(out, "utf8")) as BenchmarkResult;
    expect(result).toMatchObject({ schema: "headroom/benchmark-result/v1", seed: 7 });
    expect(result.cases.filter(({ status }) => status === "failed")).toEqual([]);
    const measured = result.cases.filter(({ status }) => status === "measured");
    expect(new Set(measured.map(({ backend }) => backend))).toEqual(
      new Set(
        Object.entries(result.backends).flatMap(([name, probe]) => (probe.available ? [name] : [])),
      ),
    );
    for (const { runs, check, tenants, label, deviceName } of measured) {
      expect(check!.passed).toBe(true);
      expect(runs).toHaveLength(1);
      for (const run of runs) {
        expect(run.tenants).toHaveLength(tenants);
        for (const { samplesS } of run.tenants) {
          expect(samplesS.length).toBeGreaterThanOrEqual(3);
          expect(samplesS.every((timeS) => timeS > 0)).toBe(true);
        }
      }
      if (/WebAssembly|swiftshader/i.test(deviceName)) expect(label).toBe("software");
    }
    expect(result.environment.fields["host.cpu"]).toBeDefined();

    // Chromium brings SwiftShader: where it has to be there, the shaders have to have run.
    if (process.env["HEADROOM_REQUIRE_BROWSER"] !== "1" && !existsSync(SWIFT_SHADER)) return;
    const shaders = measured.filter(({ backend }) => backend === "webgpu");
    expect(shaders).toHaveLength(7);
    expect(shaders.every(({ implementation }) => implementation.startsWith("WGSL"))).toBe(true);
  });

  test.each([
    [["--suite", "smok"], /there is no suite "smok"/, /smoke/],
    [["--suite", "smoke", "--backend", "webgpuu"], /no backend "webgpuu"/, /Did you mean webgpu\?/],
    [
      ["--suite", "smoke", "--backend", "tfjs", "--filter", "matmull"],
      /no case contains "matmull"/,
      /tfjs/,
    ],
    [["--suite", "smoke", "--tenants", "0"], /Tenants are numbers from 1 to 64/, /1\.\.4/],
    [["--suite", "smoke", "--against", "/nowhere"], /does not exist/, /npm run build/],
    [
      ["--suite", "smoke", "--backend", "tfjs", "--plant-slowdown", "tfjs/nothing=1.1"],
      /no case is called/,
      /first column/,
    ],
  ])("wrong use: %j", (args, message, help) => {
    const { exitCode, stderr, stdout } = headroom(["bench", "run", ...args]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(help);
  });

  test("a device that is not there cannot be measured: exit code 3 with the reason", () => {
    const { suite } = suiteFile(TINY);
    const { exitCode, stderr } = headroom([
      "bench",
      "run",
      "--suite",
      suite,
      "--backend",
      "tfjs:9",
      "--json",
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/tfjs: there is no device 9/);
  });

  test("Ctrl-C keeps what is measured, marks it, and ends with 130", async () => {
    const { folder, suite } = suiteFile(
      TINY.replace("processes: 1, processesMax: 1", "processes: 200, processesMax: 200"),
    );
    const out = join(folder, "result.json");
    const args = ["bench", "run", "--suite", suite, "--backend", "tfjs", "-o", out];
    const child = spawn(process.execPath, [join(REPOSITORY, "bin", "headroom.mjs"), ...args]);
    const ended = new Promise((resolve) => child.on("close", resolve));
    await measuringProcesses(child.pid!, 8); // at most four of them look at backends, so rounds are complete
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    const result = JSON.parse(readFileSync(out, "utf8")) as BenchmarkResult;
    expect(result).toMatchObject({ interrupted: true, stopReason: "interrupted" });
    expect(result.cases.some(({ runs }) => runs.length > 0)).toBe(true);
  });
});

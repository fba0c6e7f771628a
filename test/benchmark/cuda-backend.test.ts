// The cuda backend against a stand-in of CUDA's libraries: every kernel end to end, and all that can go wrong.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import type { BackendSession } from "../../src/benchmark/backend.js";
import { createCudaBackend } from "../../src/benchmark/backends/cuda/cuda-backend.js";
import { loadDriver } from "../../src/benchmark/backends/cuda/driver.js";
import { openContext } from "../../src/benchmark/backends/cuda/device-context.js";
import { specId } from "../../src/benchmark/kernels/kernel-costs.js";
import type { KernelSpec } from "../../src/benchmark/kernels/kernel-spec.js";
import { measureCase } from "../../src/benchmark/run/measure-case.js";
import { buildStandIn, HAS_COMPILER, type CudaStandIn } from "./stand-in/cuda-stand-in.js";

const ALL = ["cuda", "cublas", "cublasLt", "nvml", "nccl"] as const;
// Time without end for a case: one whose time is up has fewer samples, and a busy machine can take any time.
const SAMPLING = { samples: 5, warmUpSamples: 1, sampleS: 1e-5, caseS: 3600 };
const why = HAS_COMPILER ? "" : " (skipped: no C compiler)";

let standIn: CudaStandIn;
let openCount: () => number;

/** Plans what the stand-in does; all of it is forgotten after the test. */
function plan(parts: readonly (typeof ALL)[number][], settings: Record<string, string> = {}): void {
  process.env["HEADROOM_CUDA_LIBRARIES"] = standIn.folder(parts);
  for (const [name, value] of Object.entries(settings)) process.env[`STAND_IN_${name}`] = value;
}

async function measure(session: BackendSession, spec: KernelSpec) {
  return measureCase(
    session,
    { id: specId(spec), spec, tenants: 1 },
    { seed: 5, sampling: SAMPLING },
  );
}

const SOFTMAX: KernelSpec = { kernel: "softmax", dtype: "fp32", shape: { rows: 4, columns: 50 } };
const COPY: KernelSpec = { kernel: "copy", dtype: "fp32", shape: { elements: 1000 } };

describe.skipIf(!HAS_COMPILER)(`cuda backend on a stand-in${why}`, () => {
  const backend = createCudaBackend();

  beforeAll(async () => {
    standIn = buildStandIn();
    const koffi = await import("koffi");
    openCount = koffi.load(standIn.library).func("stand_in_open", "int", []) as () => number;
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) {
      if (name.startsWith("STAND_IN_")) Reflect.deleteProperty(process.env, name);
    }
    Reflect.deleteProperty(process.env, "HEADROOM_CUDA_LIBRARIES");
    expect(openCount(), "everything was given back").toBe(0);
  });
  afterAll(() => standIn.dispose());

  test("devices with inventory, MIG, clocks, links and versions", async () => {
    plan(ALL, { DEVICES: "2" });
    const probe = await backend.probe();
    if (!probe.available) throw new Error(probe.reason);
    expect(probe.versions).toEqual({
      cuda: "13.0",
      driver: "999.0",
      cublas: "12.8.4",
      nccl: "2.26.5",
    });
    expect(probe.links).toEqual([{ from: 0, to: 1, kind: "nvlink", links: 18 }]);
    expect(probe.devices).toHaveLength(2);
    expect(probe.devices[0]).toMatchObject({
      name: "Stand-in GPU",
      timer: "device",
      dtypes: ["fp32", "fp16", "tf32", "bf16", "fp8-e4m3"],
      inventory: {
        computeCapability: "9.0",
        multiprocessors: 4,
        mig: { mode: "enabled", instances: [{ profile: "1g.10gb" }, { profile: "1g.10gb" }] },
        clocks: { smHz: 1.2e9, smMaxHz: 1.98e9 },
        powerLimitW: 700,
        eccEnabled: true,
        computeMode: "exclusive-process",
      },
    });
  });

  const real = ["fp32", "fp16", "bf16"] as const;
  const heads = { batch: 2, heads: 4, kvHeads: 2, headDim: 40 };
  const kernels: readonly KernelSpec[] = [
    ...(["fp32", "tf32", "fp16", "bf16", "fp8-e4m3"] as const).map((dtype): KernelSpec => ({
      kernel: "matmul",
      dtype,
      shape: { m: 3, n: 32, k: 48 },
    })),
    ...real.flatMap((dtype): KernelSpec[] => [
      { kernel: "copy", dtype, shape: { elements: 1001 } },
      { kernel: "scale", dtype, shape: { elements: 1001 } },
      { kernel: "triad", dtype, shape: { elements: 1001 } },
      { kernel: "reduction", dtype, shape: { elements: 9001 } },
      { kernel: "transpose", dtype, shape: { rows: 33, columns: 40 } },
      { kernel: "gather", dtype, shape: { tableRows: 9, columns: 5, rows: 7 } },
      { kernel: "attention-prefill", dtype, shape: { ...heads, tokens: 9 } },
      { kernel: "attention-decode", dtype, shape: { ...heads, context: 70 } },
    ]),
    SOFTMAX,
    { kernel: "add", dtype: "fp32", shape: { elements: 7 } },
    { kernel: "host-to-device", dtype: "u8", shape: { bytes: 1001 }, hostMemory: "pinned" },
    { kernel: "host-to-device", dtype: "u8", shape: { bytes: 1001 }, hostMemory: "pageable" },
    { kernel: "device-to-host", dtype: "u8", shape: { bytes: 1001 }, hostMemory: "pinned" },
    { kernel: "device-to-host", dtype: "u8", shape: { bytes: 1001 }, hostMemory: "pageable" },
    { kernel: "launch-latency", dtype: "none", shape: {} },
    { kernel: "empty-dispatch", dtype: "none", shape: {} },
    { kernel: "all-reduce", dtype: "bf16", shape: { elements: 100, gpus: 2 } },
  ];

  test.each([
    ["as graphs", {}],
    ["one by one where the driver has no graphs", { NO_GRAPH: "1" }],
  ])("every kernel is right and timed, %s", async (_name, settings) => {
    plan(ALL, { DEVICES: "2", ...settings });
    const session = await backend.open(0);
    for (const spec of kernels) {
      const outcome = await measure(session, spec);
      expect(outcome, specId(spec)).toMatchObject({ status: "measured", label: "hardware" });
      if (outcome.status === "measured") expect(outcome.tenants[0]!.samplesS).toHaveLength(5);
    }
    expect(await session.readState!()).toMatchObject({
      temperatureC: 41,
      throttleReasons: ["power-cap"],
    });
    await session.dispose();
    await session.dispose();
  });

  test("two tenants of one process have contexts of their own", async () => {
    plan(ALL);
    const sessions = [
      await backend.open(0, { sharesProcess: true }),
      await backend.open(0, { sharesProcess: true }),
    ];
    for (const session of sessions)
      expect(await measure(session, COPY)).toMatchObject({ status: "measured" });
    for (const session of sessions) await session.dispose();
  });

  test("a wrong result is not timed", async () => {
    plan(ALL, { WRONG: "copy" });
    const session = await backend.open(0);
    expect(await measure(session, COPY)).toMatchObject({ status: "failed", fault: "wrong-result" });
    await session.dispose();
  });

  test("out of memory is a clear error, and what was taken is given back", async () => {
    plan(ALL, { MEMORY: "100000" });
    const session = await backend.open(0);
    const large: KernelSpec = { kernel: "add", dtype: "fp32", shape: { elements: 10_000 } };
    const outcome = await measure(session, large);
    expect(outcome).toMatchObject({ status: "failed", fault: "out-of-memory" });
    expect("reason" in outcome && outcome.reason).toMatch(
      /failed to get 40000 bytes of the GPU's memory: no memory left \(CUDA_ERROR_OUT_OF_MEMORY, 2\)/,
    );
    // The device can be used further.
    expect(await measure(session, COPY)).toMatchObject({ status: "measured" });
    await session.dispose();
  });

  test("a kernel that fails is a clear error, and the context is given back all the same", async () => {
    plan(ALL, { FAIL: "softmax" });
    const session = await backend.open(0);
    const outcome = await measure(session, SOFTMAX);
    expect(outcome).toMatchObject({ status: "failed", fault: "launch-failed" });
    expect("reason" in outcome && outcome.reason).toMatch(
      /failed to run the kernel: a kernel touched memory that it does not own \(CUDA_ERROR_ILLEGAL_ADDRESS, 700\)/,
    );
    await session.dispose();
  });

  test("PTX that the driver refuses comes back with its words", async () => {
    plan(ALL);
    const driver = await loadDriver();
    const context = openContext(driver, 0, false);
    expect(() => context.loadModule("nonsense")).toThrow(
      /refuses the PTX.*line 1; fatal : no version/,
    );
    context.dispose();
  });

  test.each([
    ["no library", [], {}, /libcuda.so.1 is not installed/, /NVIDIA driver/],
    ["no device", ALL, { DEVICES: "0" }, /the driver sees no CUDA device/, /CUDA_VISIBLE_DEVICES/],
    ["old driver", ALL, { VERSION: "10020" }, /made for CUDA 10.2, CUDA 11.4 is needed/, /newer/],
    ["mismatch", ALL, { INIT: "803" }, /of different versions/, /container/],
    ["unknown", ALL, { INIT: "777" }, /failed to start CUDA: CUDA error 777/, /cudaError_enum/],
  ] as const)("not available: %s", async (_name, parts, settings, reason, help) => {
    plan(parts, settings);
    const probe = await backend.probe();
    if (probe.available) throw new Error("it is available");
    expect(probe.reason).toMatch(reason);
    expect(probe.help).toMatch(help);
    await expect(backend.open(0)).rejects.toThrow(reason);
  });

  test("a file that is no library is told from one that is missing", async () => {
    plan([]);
    writeFileSync(join(process.env["HEADROOM_CUDA_LIBRARIES"]!, "libcuda.so.1"), "not a library");
    const probe = await backend.probe();
    expect(!probe.available && probe.reason).toMatch(/libcuda.so.1 cannot be loaded/);
  });

  test("without cuBLAS, NVML and NCCL the rest runs, and each says why not", async () => {
    plan(["cuda"], { DEVICES: "2", MAJOR: "8" });
    const probe = await backend.probe();
    expect(probe.notes!.join("\n")).toMatch(/no inventory: libnvidia-ml.so.1 is not installed/);
    expect(probe.notes!.join("\n")).toMatch(/no matrix products: libcublas/);
    const session = await backend.open(1);
    expect(session.readState).toBeUndefined();
    expect(session.supports(kernels[0]!)).toMatch(/libcublas.*HEADROOM_CUDA_LIBRARIES/);
    expect(session.supports(kernels[4]!)).toMatch(/not in fp8-e4m3/);
    expect(await measure(session, COPY)).toMatchObject({ status: "measured" });
    await session.dispose();
    const first = await backend.open(0);
    expect(first.supports(kernels.at(-1)!)).toMatch(/libnccl.so.2/);
    await first.dispose();
    await expect(backend.open(2)).rejects.toThrow("cuda has no device 2, only 0 to 1");
  });

  test("GPUs that are too old, and sizes that do not fit, are refused in words", async () => {
    plan(ALL, { MAJOR: "6" });
    const old = await backend.open(0);
    expect(old.supports(COPY)).toMatch(/compute capability 6.0; the kernels need 7.5/);
    await old.dispose();
    Reflect.deleteProperty(process.env, "STAND_IN_MAJOR");
    const session = await backend.open(0);
    const shape = { batch: 1, heads: 1, kvHeads: 1, headDim: 200, tokens: 4 };
    expect(session.supports({ kernel: "attention-prefill", dtype: "fp32", shape })).toMatch(
      /at most 128/,
    );
    expect(
      session.supports({ kernel: "matmul", dtype: "fp8-e4m3", shape: { m: 1, n: 9, k: 16 } }),
    ).toMatch(/multiples of 16/);
    await session.dispose();
  });
});

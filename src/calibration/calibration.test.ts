import { describe, expect, test } from "vitest";

import type { BenchmarkCase } from "../benchmark/result-document.js";
import { benchmarkResult } from "../benchmark/testing/result-fixture.js";
import { exp, log2 } from "../base/elementary.js";
import { findGpu } from "../hardware/find-gpu.js";
import { calibratedGpu, measuredFigures } from "../performance/calibrated/calibrated-gpu.js";
import { parseCalibration } from "../performance/calibrated/calibration-file.js";
import { matmulTimeS, rooflineTimeS } from "../performance/calibrated/matmul-surface.js";
import { gpuRatesOf } from "../performance/compute/gpu-rates.js";
import { calibrate } from "./calibrate.js";
import { fitLine } from "./fit-line.js";
import { fitMatmulSurface, surfaceThrough, type MeasuredMatmul } from "./fit-matmul-surface.js";

const REFERENCE = {
  dtype: "bf16",
  elementBytes: 2,
  reference: { flopPerS: 1e15, bytesPerS: 4e12 },
};
/** A device whose efficiency bends smoothly with size, which is what a surface can show. */
function timeS(shape: { readonly m: number; readonly n: number; readonly k: number }): number {
  const work = log2(shape.m) + log2(shape.n) + log2(shape.k);
  return rooflineTimeS(shape, REFERENCE) * exp(4 - 0.1 * work);
}
const sizes = [16, 48, 128, 384, 1024, 3072, 8192];
const GRID: readonly MeasuredMatmul[] = sizes.flatMap((m) =>
  sizes.flatMap((n) => sizes.map((k) => ({ m, n, k, timeS: timeS({ m, n, k }) }))),
);

describe("efficiency surfaces", () => {
  test("predict shapes between those measured, and say when asked beyond", () => {
    const surface = fitMatmulSurface(GRID, REFERENCE);
    expect(surface.residuals.count).toBeGreaterThan(100);
    expect(surface.residuals.p90).toBeLessThan(0.02);
    const between = matmulTimeS(surface, { m: 700, n: 2000, k: 5000 });
    expect(between.timeS / timeS({ m: 700, n: 2000, k: 5000 })).toBeCloseTo(1, 2);
    expect(between.isExtrapolated).toBe(false);
    expect(matmulTimeS(surface, { m: 1, n: 2000, k: 5000 }).isExtrapolated).toBe(true);
  });

  test("one measurement far out moves nothing else", () => {
    const spoiled = GRID.map((row, index) =>
      index === 171 ? { ...row, timeS: row.timeS * 50 } : row,
    );
    const surface = surfaceThrough(spoiled, REFERENCE);
    const shape = { m: 1000, n: 130, k: 400 };
    expect(matmulTimeS(surface, shape).timeS / timeS(shape)).toBeCloseTo(1, 1);
  });

  test("too few shapes are refused", () => {
    expect(() => fitMatmulSurface(GRID.slice(0, 5), REFERENCE)).toThrow(RangeError);
  });
});

test("a line through transfers, with intervals over processes and leave-one-out residuals", () => {
  const points = [1e6, 1e7, 1e8].map((bytes) => {
    const processTimesS = [0.99, 1, 1.01].map((factor) => factor * (1e-5 + bytes / 5e10));
    return { bytes, timeS: processTimesS[1]!, processTimesS };
  });
  const line = fitLine(points);
  expect(line.alphaS).toBeCloseTo(1e-5, 9);
  expect(line.bytesPerS / 5e10).toBeCloseTo(1, 6);
  expect(line.bytesPerSInterval![0]).toBeLessThan(5e10);
  expect(line.bytesPerSInterval![1]).toBeGreaterThan(5e10);
  expect(line.residuals!.max).toBeLessThan(1e-6);
  expect(fitLine([{ bytes: 100, timeS: 1 }])).toMatchObject({ alphaS: 0, bytesPerS: 100 });
});

const hardware = { label: "hardware", deviceName: "NVIDIA H200", backend: "cuda" } as const;
function textInput(file: string, content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { file, sha256: "0".repeat(64), bytes: new TextEncoder().encode(text) };
}
const OPTIONS = { version: "0.1.0" };

describe("results of headroom bench run", () => {
  const cases = (label: typeof hardware | Record<string, never>) => [
    ...[64, 128, 256, 512, 1024, 2048, 4096, 8192].map((n) => ({
      id: `matmul ${n}`,
      times: [1, 1.01, 0.99].map((factor) => factor * timeS({ m: n, n, k: n })),
      change: {
        ...label,
        dtype: "bf16",
        shape: { m: n, n, k: n },
      } satisfies Partial<BenchmarkCase>,
    })),
    ...[1, 2, 4].map((tenants) => ({
      id: `softmax ${tenants}`,
      times: [1, 1.02].map((factor) => factor * 1e-3 * (tenants === 1 ? 1 : tenants * 1.2)),
      change: { ...label, kernel: "softmax", tenants, shape: { rows: 8, columns: 8 } } as const,
    })),
    ...[2 ** 20, 2 ** 29].map((elements) => ({
      id: `copy ${elements}`,
      times: [1, 1.01].map((factor) => (factor * elements * 8) / 4e12),
      change: { ...label, kernel: "copy", bytes: elements * 8, shape: { elements } } as const,
    })),
    {
      id: "launch",
      times: [4e-6, 4.1e-6],
      change: { ...label, kernel: "launch-latency", shape: {}, dtype: "none" } as const,
    },
  ];

  test("become surfaces, curves, costs and contention that the GPU's figures follow", async () => {
    const result = benchmarkResult({ build: "only", cases: cases(hardware) });
    const calibration = await calibrate([textInput("r.json", result)], OPTIONS);
    expect(calibration.device).toMatchObject({ name: "NVIDIA H200", gpu: "H200 SXM-141GB" });
    expect(calibration.matmul[0]).toMatchObject({ dtype: "bf16", shapes: 8 });
    expect(calibration.costs[0]!.timeS).toBeCloseTo(4.05e-6, 8);
    expect(calibration.contention[0]!.points.map(({ slowdown }) => slowdown)).toEqual([
      expect.closeTo(1.2, 6),
      expect.closeTo(1.2, 6),
    ]);
    const again = parseCalibration("c.json", JSON.stringify(calibration));
    const figures = measuredFigures(again);
    expect(figures.contention).toHaveLength(2);
    const gpu = findGpu("H200");
    if (gpu.kind !== "found") throw new Error("H200 is not in the catalogue");
    const rates = gpuRatesOf(
      calibratedGpu(gpu.gpu, [{ file: "c.json", sha256: "0".repeat(64), calibration: again }]),
    );
    expect(rates.bf16FlopPerS).toMatchObject({ provenance: "measured" });
    expect(rates.bf16FlopPerS.source).toContain("measured on NVIDIA H200");
    expect(rates.streamBytesPerS.value / 4e12).toBeCloseTo(1, 1);
    expect(gpuRatesOf(gpu.gpu).bf16FlopPerS.provenance).not.toBe("measured");
  });

  test("tenants as processes go before threads; all-reduces become lines over the array's bytes", async () => {
    const shared = { ...hardware, kernel: "softmax", shape: { rows: 8, columns: 8 } } as const;
    const reduce = { ...hardware, kernel: "all-reduce", dtype: "bf16" } as const;
    const result = benchmarkResult({
      build: "only",
      cases: [
        { id: "alone", times: [1e-3], change: { ...shared, tenants: 1 } },
        { id: "threads", times: [2.4e-3], change: { ...shared, tenants: 2 } },
        {
          id: "processes",
          times: [3e-3],
          change: { ...shared, tenants: 2, tenantsAs: "processes" },
        },
        ...[1e6, 1e7, 1e8].map((elements) => ({
          id: `all-reduce ${elements}`,
          times: [1e-5 + (2 * elements) / 1e11],
          change: { ...reduce, shape: { elements, gpus: 4 } },
        })),
      ],
    });
    const { contention, collectives } = await calibrate([textInput("r.json", result)], OPTIONS);
    expect(contention[0]!.points).toMatchObject([
      { processes: 2, slowdown: expect.closeTo(1.5, 6) },
    ]);
    expect(collectives).toMatchObject([
      { op: "all-reduce", dtype: "bf16", gpus: 4, bytesPerS: expect.closeTo(1e11, -8) },
    ]);
    expect(collectives[0]!.alphaS).toBeCloseTo(1e-5, 9);
    expect(collectives[0]!.points.map(({ bytes }) => bytes)).toEqual([2e6, 2e7, 2e8]);
  });

  test("of software are refused with the reason", async () => {
    const result = benchmarkResult({ build: "only", cases: cases({}) });
    await expect(calibrate([textInput("r.json", result)], OPTIONS)).rejects.toThrow(
      /measured on software \(gpujs on WebAssembly \(gpu\.js\)\): its speed says nothing about a GPU/,
    );
  });
});

const NCCL_TEXT = `# nThread 1 nGpus 2 minBytes 1024 maxBytes 1048576 step: 2(factor) warmup iters: 5 iters: 20
# Using devices
#  Rank  0 Group  0 Pid   6899 on host device  0 [0000:04:00] NVIDIA H100 80GB HBM3
#  Rank  1 Group  0 Pid   6900 on host device  1 [0000:05:00] NVIDIA H100 80GB HBM3
#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
        1024           256     float     sum      -1    10.24    0.10    0.10      0    10.30    0.10    0.10      0
     1048576        262144     float     sum      -1    20.97   50.00   50.00      0    21.30   49.23   49.23      0
# Out of bounds values : 0 OK
# Collective test concluded: all_reduce_perf
`;
const VLLM = {
  model_id: "meta-llama/Llama-3.1-8B",
  completed: 100,
  duration: 50,
  request_throughput: 2,
  output_throughput: 400,
  max_concurrency: null,
  mean_ttft_ms: 120.5,
  mean_tpot_ms: 9.5,
};
const PERF = {
  load_summary: { count: 10 },
  successes: {
    count: 10,
    latency: { time_to_first_token: { mean: 0.2 }, time_per_output_token: { mean: 0.01 } },
    throughput: { requests_per_sec: 1.5, output_tokens_per_sec: 300 },
  },
  failures: { count: 0 },
};
const BANDWIDTH = {
  nvbandwidth: {
    version: "v0.8",
    "CUDA Runtime Version": 12080,
    "Driver Version": "570.86",
    testcases: [
      {
        name: "host_to_device_memcpy_ce",
        status: "Passed",
        bandwidth_matrix: [["55.1", "54.9", "N/A"]],
        sum: 110,
      },
      { name: "device_local_copy", status: "Waived" },
    ],
  },
};

describe("measurements of other tools", () => {
  test("nccl-tests, text and JSON say the same", async () => {
    const json = {
      version: 2,
      args: ["./build/all_reduce_perf", "-g", "2"],
      nccl_version: 22902,
      config: { devices: [0, 1].map((rank) => ({ rank, device_info: "NVIDIA H100 80GB HBM3" })) },
      results: [
        [1024, 10.24, 0.1],
        [1048576, 20.97, 50],
      ].map(([size, time, alg_bw]) => ({
        size,
        type: "float",
        out_of_place: { time, alg_bw, bus_bw: alg_bw, nwrong: 0 },
      })),
    };
    const text = await calibrate([textInput("nccl.txt", NCCL_TEXT)], OPTIONS);
    const [one] = text.collectives;
    expect(one).toMatchObject({ op: "all-reduce", gpus: 2, dtype: "float" });
    expect(one!.points[1]).toEqual({ bytes: 1048576, timeS: expect.closeTo(20.97e-6, 12) });
    expect(text.device.gpu).toBe("H100 SXM5-80GB");
    const other = await calibrate([textInput("nccl.json", json)], OPTIONS);
    expect(other.collectives).toEqual(text.collectives);
  });

  test("nvbandwidth, vLLM and inference-perf", async () => {
    const gpu = findGpu("H100 SXM5-80GB");
    if (gpu.kind !== "found") throw new Error("not in the catalogue");
    const calibration = await calibrate(
      [textInput("bw.json", BANDWIDTH), textInput("v.json", VLLM), textInput("p.json", PERF)],
      { ...OPTIONS, gpu: gpu.gpu },
    );
    expect(calibration.transfers).toEqual([
      {
        direction: "host-to-device",
        memory: "pinned",
        alphaS: 0,
        bytesPerS: expect.closeTo(55.1e9, 0),
        sizes: 1,
      },
    ]);
    expect(calibration.serving.map(({ tool, requestsPerS }) => [tool, requestsPerS])).toEqual([
      ["vllm", 2],
      ["inference-perf", 1.5],
    ]);
    expect(calibration.serving[0]!.timeToFirstTokenMeanS).toBeCloseTo(0.1205, 9);
  });

  test.each([
    ["nothing", "", /is empty/],
    ["prose", "hello", /no format that can be calibrated from/],
    ["other JSON", { a: 1 }, /JSON of no format/],
    ["broken JSON", '{"a": NaN', /holds NaN/],
    ["one GPU", NCCL_TEXT.replace(/^# {2}Rank {2}1.*\n/m, ""), /names 1 GPUs/],
    ["a time of 0", NCCL_TEXT.replace("20.97", " 0.00"), /time must be a positive number/],
    ["wrong results", NCCL_TEXT.replace("50.00      0", "50.00      7"), /7 results were wrong/],
    ["nothing served", { ...VLLM, completed: 0 }, /completed must be a positive number/],
    ["a negative rate", { ...VLLM, output_throughput: -1 }, /output_throughput/],
    [
      "no usable test",
      { nvbandwidth: { testcases: [{ name: "device_local_copy", status: "Passed" }] } },
      /holds none of/,
    ],
    ["a broken table", "PAR1 and then nothing", /cannot be read as Parquet/],
  ])("%s is refused", async (_name, content, message) => {
    await expect(calibrate([textInput("x", content)], OPTIONS)).rejects.toThrow(message);
  });

  test("two devices are refused", async () => {
    const other = NCCL_TEXT.replaceAll("NVIDIA H100 80GB HBM3", "NVIDIA H200");
    await expect(
      calibrate([textInput("a.txt", NCCL_TEXT), textInput("b.txt", other)], OPTIONS),
    ).rejects.toThrow(/"NVIDIA H200", and a\.txt on "NVIDIA H100 80GB HBM3"/);
  });
});

test("files that are no calibration are refused", () => {
  expect(() => parseCalibration("c.json", "{")).toThrow(/is not JSON/);
  expect(() => parseCalibration("c.json", "{}")).toThrow(/is no calibration/);
  expect(() => parseCalibration("c.json", '{"schema":"headroom/calibration/v1"}')).toThrow(
    /version/,
  );
});

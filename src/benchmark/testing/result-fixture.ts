import {
  BENCHMARK_RESULT_SCHEMA,
  type BenchmarkCase,
  type BenchmarkResult,
} from "../result-document.js";

/** A result of a benchmark for tests, with as little in it as its readers ask for. */
export function benchmarkResult(options: {
  readonly build: "base" | "new" | "only";
  readonly cases: readonly {
    readonly id: string;
    /** One time per process, in seconds. */
    readonly times: readonly number[];
    readonly change?: Partial<BenchmarkCase>;
  }[];
  readonly session?: string;
  readonly cpu?: string;
}): BenchmarkResult {
  const { build, cases, session = "s", cpu = "EPYC" } = options;
  const label = cases.some(({ change }) => change?.label === "hardware") ? "hardware" : "software";
  return {
    schema: BENCHMARK_RESULT_SCHEMA,
    version: "0.1.0",
    suite: { name: "tiny", sha256: "0".repeat(64) },
    label,
    seed: 1,
    startedAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:01:00.000Z",
    interrupted: false,
    stopReason: "processes",
    session: {
      id: session,
      build,
      buildDescription: `Headroom 0.1.0 ${build}`,
      order: "ABBA",
      samplesPerProcess: 5,
      warmUpSamples: 1,
    },
    environment: { id: cpu, fields: { "host.cpu": cpu }, notes: {} },
    backends: {},
    cases: cases.map(({ id, times, change }) => benchmarkCase(id, times, change)),
    warnings: [],
  };
}

function benchmarkCase(
  id: string,
  times: readonly number[],
  change: Partial<BenchmarkCase> = {},
): BenchmarkCase {
  return {
    id,
    backend: "gpujs",
    deviceIndex: 0,
    deviceName: "WebAssembly (gpu.js)",
    kernel: "matmul",
    dtype: "fp32",
    shape: { m: 8, n: 8, k: 8 },
    tenants: 1,
    labels: [],
    label: "software",
    implementation: "WebAssemblyKernel",
    flops: 1024,
    bytes: 768,
    status: "measured",
    timer: "host",
    runs: times.map((time, pair) => ({
      position: 2 * pair,
      pair,
      startedS: pair,
      launchesPerSample: 1,
      tenants: [{ samplesS: [time * 1.01, time, time * 0.99] }],
    })),
    warnings: [],
    ...change,
  };
}

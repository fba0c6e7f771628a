import { expect, test } from "vitest";

import { parseMeasuredSummary, summarizeMeasured } from "./measured-summary.js";

test("a vLLM benchmark's summary", () => {
  const text = JSON.stringify({
    mean_ttft_ms: 120,
    median_ttft_ms: 100,
    p99_ttft_ms: 900,
    mean_tpot_ms: 20,
    mean_e2el_ms: 5000,
  });
  const found = parseMeasuredSummary("result.json", text);
  expect(found.ttftS).toEqual({ mean: 0.12, p50: 0.1, p95: null, p99: 0.9 });
  expect(found.tpotS.mean).toBe(0.02);
  expect(found.e2eS.mean).toBe(5);
});

test("a lifecycle report of inference-perf", () => {
  const latency = {
    request_latency: { mean: 3.31, median: 2.11, p99: 5.94 },
    time_to_first_token: { mean: 0.8, median: 0.2, p95: 2.26 },
  };
  const found = parseMeasuredSummary("summary.json", JSON.stringify({ successes: { latency } }));
  expect(found.ttftS).toEqual({ mean: 0.8, p50: 0.2, p95: 2.26, p99: null });
  expect(found.tpotS.mean).toBeNull();
  expect(found.e2eS.p99).toBe(5.94);
});

test("latencies of single requests", () => {
  const found = summarizeMeasured("log", {
    ttftS: Float64Array.of(3, 1, 2),
    tpotS: Float64Array.of(Number.NaN, 5, Number.NaN),
    e2eS: Float64Array.of(Number.NaN, Number.NaN, Number.NaN),
  });
  expect(found.ttftS).toMatchObject({ mean: 2, p50: 2 });
  expect(found.tpotS).toEqual({ mean: 5, p50: 5, p95: 5, p99: 5 });
  expect(found.e2eS.mean).toBeNull();
});

test.each([
  ["{", /not JSON/],
  ["[]", /no summary that is known/],
  ["{}", /no summary that is known/],
])("%s is refused", (text, message) => {
  expect(() => parseMeasuredSummary("x.json", text)).toThrow(message);
});

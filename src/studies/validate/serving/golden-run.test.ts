import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

import { InputError } from "../../../diagnostics/problem.js";
import { goldenChecks } from "./golden-checks.js";
import { recordedRuns } from "./golden-run.js";

const data = mkdtempSync(join(tmpdir(), "headroom-golden-"));
afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

/** Two requests far apart, answered as by an engine that takes 50 ms to the first token and 20 ms for each further one. */
function record(gpu: string, model: string, engine: object): void {
  const folder = join(data, "vllm-golden", gpu, "run");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "meta.json"),
    JSON.stringify({ model, vllm_version: "0.19.0", engine_kwargs: engine }),
  );
  const rows = [0, 100].map((at) =>
    JSON.stringify({
      input_toks: 500,
      output_toks: 101,
      arrival_time: 1000 + at,
      queued_ts: at,
      first_token_ts: at + 0.05,
      last_token_ts: at + 2.05,
    }),
  );
  writeFileSync(join(folder, "requests.jsonl"), rows.join("\n"));
}

test("whatever recorded runs there are are compared, with bars for dense models on one GPU", async () => {
  record("L40S", "meta-llama/Llama-3.1-8B", { max_num_seqs: 64, tensor_parallel_size: 1 });
  record("H100", "Qwen/Qwen3-30B-A3B", { tensor_parallel_size: 2 });
  record("TPU", "meta-llama/Llama-3.1-8B", {});
  const checks = await goldenChecks(data);
  const short = checks.map(({ id, bar }) => [id.slice("serving/golden/".length), bar]);
  const sheet = "L40S/run/data-sheet-and-coefficients";
  expect(short.filter(([, bar]) => bar !== null)).toEqual([
    [`${sheet}/ttft`, 20],
    [`${sheet}/tpot`, 10],
    [`${sheet}/e2e`, 10],
  ]);
  expect(checks.find(({ id }) => id.endsWith(`${sheet}/e2e`))!.expected).toBeCloseTo(2.05, 9);
  expect(short.filter(([id]) => String(id).startsWith("H100/run/"))).toHaveLength(3);
  expect(checks.at(-1)).toMatchObject({ id: "serving/golden/TPU/run/not-compared", pass: null });
});

test("settings of the engine are the run's", async () => {
  record("L40S", "m", { max_num_seqs: 64, kv_cache_dtype: "fp8_e5m2", num_gpu_blocks_override: 9 });
  expect(await recordedRuns(data)).toMatchObject([
    { requestsMax: 64, batchTokensMax: 2048, cacheFormat: "fp8", cacheBlocks: 9 },
  ]);
  record("L40S", "m", { max_num_seqs: "many" });
  await expect(recordedRuns(data)).rejects.toThrow(InputError);
});

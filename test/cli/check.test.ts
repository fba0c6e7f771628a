import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const MIXTRAL = {
  architectures: ["MixtralForCausalLM"],
  hidden_size: 4096,
  intermediate_size: 14336,
  max_position_embeddings: 32768,
  num_attention_heads: 32,
  num_experts_per_tok: 2,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  num_local_experts: 8,
  tie_word_embeddings: false,
  torch_dtype: "bfloat16",
  vocab_size: 32000,
};

function fileWith(name: string, content: unknown): string {
  const folder = join(temporaryFolder(), "Mixtral-8x7B");
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const check = (...args: readonly string[]): ReturnType<typeof headroom> =>
  headroom(["check", "model", ...args]);

test("says whether a model fits, how fast it is, and what it costs", () => {
  const { exitCode, stdout, stderr } = check("phi-4", "--on", "Standard_NC24ads_A100_v4");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain("microsoft/phi-4: It fits.");
  expect(stdout).toMatch(/KV cache +[\d,]+ tokens; \d+ requests of this size at once/);
  expect(stdout).toMatch(/throughput +[\d,]+ output tokens\/s/);
  expect(stdout).toMatch(/cost +3\.67 USD per hour; [\d.]+ USD per million tokens/);
  expect(stdout).toContain("peakTokensPerMinute");
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
});

test("a config.json with experts on an inventory, as one JSON object", () => {
  const config = fileWith("config.json", MIXTRAL);
  const inventory = fileWith(
    "mine.yaml",
    "nodes:\n  - { name: a, count: 3, sku: DGX A100, gpu: A100 SXM4-80GB }\n  - { name: b, gpu: L40S, gpus: 4, count: 2 }\n",
  );
  const args = [config, "--on", inventory, "--slo", "ttft-p95=2s,tpot-p95=60ms", "--json"];
  const { exitCode, stdout } = check(...args);
  expect(exitCode).toBe(0);
  const document = JSON.parse(stdout) as { readonly machines: readonly object[] };
  expect(document).toMatchObject({
    schema: "headroom/check-model/v1",
    fits: true,
    meetsGoals: true,
    model: { name: "Mixtral-8x7B", hasSpeed: true, contextTokens: 32_768 },
  });
  expect(document.machines.length).toBeGreaterThan(0);
  expect(check(...args).stdout).toBe(stdout);
});

test("exit code 1 and remedies where it does not fit", () => {
  const { exitCode, stdout } = check("llama-3.3-70b-instruct", "--on", "L4", "--nodes-max", "1");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/does not fit/);
  expect(stdout).toContain("What would help:");
});

describe("bad input", () => {
  test.each([
    [
      "an unknown model",
      ["llama-3.3-70b-instrct", "--on", "DGX H100"],
      /there is no model "llama-3\.3-70b-instrct"; near are .*llama-3\.3-70b-instruct/,
    ],
    ["a file that is not there", ["phi-4", "--on", "nowhere.yaml"], /nowhere\.yaml/],
  ])("%s", (_, args, message) => {
    const { exitCode, stdout, stderr } = check(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const ROWS = Array.from({ length: 50 }, (_, row) => `${row / 4},${200 + 13 * row},${20 + row}`);
const TRACE = `arrivalS,promptTokens,outputTokens\n${ROWS.join("\n")}\n`;
const MODEL = ["--model", "meta-llama/Llama-3.1-8B", "--gpu", "H100 SXM"];

function traceFile(text = TRACE): string {
  const path = join(temporaryFolder(), "requests.csv");
  writeFileSync(path, text);
  return path;
}

test("headroom serve prints latencies and what they rest on", () => {
  const { exitCode, stdout, stderr } = headroom([
    "serve",
    traceFile(),
    ...MODEL,
    "--replicas",
    "2",
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain("meta-llama/Llama-3.1-8B on 2 × H100 SXM5-80GB: 2 replicas");
  expect(stdout).toMatch(/time to first token +\d/);
  expect(stdout).toContain("memory left for the cache, assumed");
});

test("--json gives the same bytes for the same input", () => {
  const file = traceFile();
  const [first, second] = [0, 1].map(() => headroom(["serve", file, ...MODEL, "--json"]).stdout);
  expect(first).toBe(second);
  expect(JSON.parse(first!)).toMatchObject({
    schema: "headroom/serve/v1",
    requests: { count: 50, answered: 50, rejected: 0 },
    trace: { format: "headroom", brokenRows: 0 },
  });
});

describe("bad input", () => {
  test.each([
    ["an unknown model", ["--model", "llama", "--gpu", "H100 SXM"], /there is no "llama"/],
    ["an unknown GPU", ["--model", "Qwen/Qwen3-32B", "--gpu", "H1000"], /no GPU "H1000"/],
    [
      "a model that does not fit",
      ["--model", "meta-llama/Llama-3.1-70B", "--gpu", "L4"],
      /leaves no room for a cache/,
    ],
    [
      "GPUs that do not divide the heads",
      [...MODEL, "--tensor-parallel", "3"],
      /must divide the 32 heads of meta-llama\/Llama-3\.1-8B: one of 1, 2, 4, 8, 16, 32, got 3/,
    ],
    [
      "a model that needs more than the next size",
      ["--model", "meta-llama/Llama-3.1-405B", "--gpu", "H100 SXM", "--tensor-parallel", "2"],
      /the fewest GPUs that leave room: --tensor-parallel 16/,
    ],
    ["no replicas", [...MODEL, "--replicas", "0"], /must be a whole number from 1/],
    ["an unknown router", [...MODEL, "--router", "random"], /there is no "random"/],
  ])("%s", (_what, options, message) => {
    const { exitCode, stdout, stderr } = headroom(["serve", traceFile(), ...options]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  test("broken rows are located and left out", () => {
    const { exitCode, stdout, stderr } = headroom([
      "serve",
      traceFile(`${TRACE}13,0,5\n`),
      ...MODEL,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Broken rows of the trace, left out: 1");
    expect(stderr).toContain(
      "requests.csv:52: promptTokens must be a whole number of tokens from 1",
    );
  });
});

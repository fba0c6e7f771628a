import { readFileSync, writeFileSync } from "node:fs";
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
    [
      "an unknown model",
      ["--model", "llama", "--gpu", "H100 SXM"],
      /there is no model "llama"\. Did you mean "meta-llama\/Llama-3\.1-8B"/,
    ],
    ["an unknown GPU", ["--model", "Qwen/Qwen3-32B", "--gpu", "H1000"], /no GPU "H1000"/],
    [
      "a model that does not fit",
      ["--model", "meta-llama/Llama-3.1-70B", "--gpu", "L4"],
      /leaves no room for a cache/,
    ],
    [
      "GPUs that do not divide the heads",
      [...MODEL, "--tensor-parallel", "3"],
      /must divide the 32 heads of meta-llama\/Llama-3\.1-8B .*got 3[\s\S]*one of 1, 2, 4, 8, 16, 32/,
    ],
    [
      "a model that needs more than the next size",
      ["--model", "meta-llama/Llama-3.1-405B", "--gpu", "H100 SXM", "--tensor-parallel", "2"],
      /the fewest GPUs that leave room: tensor parallel 16/,
    ],
    ["no replicas", [...MODEL, "--replicas", "0"], /must be a whole number from 1/],
    [
      "an unknown router",
      [...MODEL, "--router", "endpoint-piker"],
      /there is no "endpoint-piker"\. Did you mean "endpoint-picker"/,
    ],
    ["no model", ["--gpu", "L4"], /required option '--model <name>' not specified/],
    ["no machine", ["--model", "phi-4"], /--gpu <name> or --node <sku>/],
    ["two configurations", [...MODEL.slice(0, 2), "--gpu", "L4,L40S"], /headroom serve plan/],
    ["traffic beside a trace", [...MODEL, "--traffic", "reasoning"], /a trace says already/],
    ["a duration for a trace", [...MODEL, "--duration", "1h"], /add --resample/],
    ["a broken duration", [...MODEL, "--ttft", "fast"], /--ttft: .*500ms/],
    ["a scorer of another router", [...MODEL, "--scorers", "queue=1"], /--router endpoint-picker/],
    ["a class nobody has", [...MODEL, "--class", "chat:ttft=1s"], /no request is of class "chat"/],
    ["a price of another machine", [...MODEL, "--price", "L4=1"], /none of the machines named/],
    ["a measured summary that is none", [...MODEL, "--measured", "package.json"], /no summary/],
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

describe("headroom serve without a trace", () => {
  test("draws requests by name, and says with what they rest on", () => {
    const { exitCode, stdout } = headroom([
      ...["serve", "--traffic", "interactive-chat", "--rate", "1", "--duration", "5m", ...MODEL],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("(drawn: interactive-chat, seed 42)");
    expect(stdout).toContain("p99 ≤ 500 ms");
    expect(stdout).toMatch(/prefix cache, assumed: on, as in vLLM v1/);
    expect(stdout).toMatch(/inference-perf workload-catalog/);
  });

  test.each([
    ["nothing to serve", [], /which requests come is not said/],
    ["no rate", ["--traffic", "reasoning"], /drawn traffic needs a rate/],
    ["an unknown family", ["--traffic", "chats", "--rate", "1"], /there is no "chats"/],
    [
      "lengths without answers",
      ["--prompt-tokens", "512", "--rate", "1"],
      /both --prompt-tokens and --output-tokens/,
    ],
    [
      "a broken distribution",
      ["--prompt-tokens", "gauss:3", "--output-tokens", "5", "--rate", "1"],
      /"gauss:3" is no distribution/,
    ],
    [
      "more requests than can be drawn",
      ["--prompt-tokens", "5", "--output-tokens", "5", "--rate", "1e6", "--duration", "1h"],
      /about 3600000000 requests/,
    ],
    [
      "a repeated draw",
      ["--traffic", "reasoning", "--rate", "1", "--repeat", "2"],
      /is for traces/,
    ],
  ])("%s is refused", (_what, options, message) => {
    const { exitCode, stdout, stderr } = headroom(["serve", ...MODEL, ...options]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

test("a trace with measured latencies is set beside the simulation", () => {
  const line = (at: number): string =>
    JSON.stringify({
      ...{ request_id: String(at), input_toks: 300, output_toks: 40, arrival_time: 100 + at },
      ...{ queued_ts: at, first_token_ts: at + 0.03, last_token_ts: at + 0.33 },
    });
  const file = traceFile(Array.from({ length: 50 }, (_, at) => line(at)).join("\n"));
  const { exitCode, stdout } = headroom(["serve", file, ...MODEL]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/measured +30 ms/);
  expect(stdout).toMatch(/simulated is +[+−]\d/);
});

describe("headroom serve describe", () => {
  test("tells rates, lengths and burstiness", () => {
    const { exitCode, stdout } = headroom(["serve", "describe", traceFile()]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("50 requests in 12.3 s: 4 per second");
    expect(stdout).toContain("more even than a Poisson process");
    const json = headroom(["serve", "describe", traceFile(), "--json"]).stdout;
    expect(JSON.parse(json)).toMatchObject({
      schema: "headroom/requests-description/v1",
      requests: 50,
      requestsPerS: 4,
      promptTokens: { min: 200, max: 837 },
      lengthCorrelation: 1,
    });
  });

  test("says what is wrong with a file that is no trace", () => {
    const { exitCode, stderr } = headroom(["serve", "describe", traceFile("a,b\n1,2\n")]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("the header is none of a request trace");
  });
});

test("headroom serve draw writes what headroom serve reads, the same bytes for the same seed", () => {
  const folder = temporaryFolder();
  const texts = ["a.csv", "b.csv"].map((name) => {
    const out = join(folder, name);
    const { exitCode } = headroom([
      ...["serve", "draw", "--traffic", "deep-research", "--rate", "1", "--duration", "10m"],
      ...["--out", out],
    ]);
    expect(exitCode).toBe(0);
    return readFileSync(out, "utf8");
  });
  expect(texts[0]).toBe(texts[1]);
  const found = headroom(["serve", "describe", join(folder, "a.csv"), "--json"]).stdout;
  const { conversations, prefixes } = JSON.parse(found) as Record<string, { count?: number }>;
  expect(conversations!.count).toBeGreaterThan(10);
  expect(prefixes).toMatchObject({ groups: 1 });
});

describe("headroom serve plan", () => {
  const short = ["--prompt-tokens", "512", "--output-tokens", "16", "--seeds", "1"];

  test("ranks configurations by cost and says what limits each", () => {
    const { exitCode, stdout } = headroom([
      ...[
        "serve",
        "plan",
        ...short,
        "--model",
        "meta-llama/Llama-3.1-8B",
        "--gpu",
        "H100 SXM,L40S",
      ],
      ...["--price", "H100 SXM=3", "--price", "L40S=1", "--ttft", "1s", "--tpot", "40ms", "--json"],
    ]);
    expect(exitCode).toBe(0);
    const { schema, configurations } = JSON.parse(stdout) as {
      schema: string;
      configurations: {
        name: string;
        maxRate: { requestsPerS: number; limitedBy: string[]; atMax: { meets: boolean } };
        cost: { usdPerMillionOutputTokens: number };
      }[];
    };
    expect(schema).toBe("headroom/serve-plan/v1");
    expect(configurations).toHaveLength(2);
    const costs = configurations.map(({ cost }) => cost.usdPerMillionOutputTokens);
    expect(costs[0]).toBeLessThan(costs[1]!);
    for (const { maxRate } of configurations) {
      expect(maxRate.requestsPerS).toBeGreaterThan(1);
      expect(maxRate.limitedBy.length).toBeGreaterThan(0);
      expect(maxRate.atMax.meets).toBe(true);
    }
  });

  test("targets no configuration meets end with exit code 1", () => {
    const { exitCode, stdout } = headroom([
      ...["serve", "plan", ...short, ...MODEL, "--ttft", "1ms"],
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("No configuration meets the targets");
  });

  test("a plan without targets is refused", () => {
    const { exitCode, stderr } = headroom(["serve", "plan", ...short, ...MODEL]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("needs at least one latency target");
  });
});

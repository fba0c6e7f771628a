// `headroom serve encoder`, as a person asks for an ONNX model on CPU cores.
import { expect, test } from "vitest";

import { headroom } from "./headroom.js";

const TRAFFIC = ["--prompt-tokens", "128", "--rate", "5", "--duration", "5m"];
const ask = (...options: readonly string[]) =>
  headroom(["serve", "encoder", ...options, ...TRAFFIC]);

interface Answer {
  readonly cpuCores: number;
  readonly gpus: number;
  readonly serviceS: { readonly mean: number };
  readonly latencyS: { readonly p99: number };
  readonly capacityPerS: number;
  readonly saturation: { readonly verdict: string };
  readonly target: { readonly metShare: number };
}

test("its work on cores: the time by hand, the most it takes, the target", () => {
  const { stdout, stderr } = ask(
    ...["--gflop", "16", "--bytes", "340MB", "--cores", "4", "--replicas", "2"],
    ...["--latency", "1s", "--json"],
  );
  expect(stderr).toBe("");
  const answer = JSON.parse(stdout) as Answer;
  // 16 GFLOP on four cores of 40 GFLOP/s, longer than 340 MB at 40 GB/s, and 3 ms.
  expect(answer.serviceS.mean).toBeCloseTo(0.103, 9);
  expect(answer.capacityPerS).toBeCloseTo(2 / 0.103, 6);
  expect(answer).toMatchObject({ cpuCores: 8, gpus: 0, target: { metShare: 1 } });
  expect(answer.saturation.verdict).toBe("stable");
  expect(answer.latencyS.p99).toBeLessThan(1);
});

test("for people: what it is, whether it keeps up, and what the figures rest on", () => {
  const { stdout } = ask("--model", "bge-large-en-v1.5", "--cores", "1");
  expect(stdout).toContain("BAAI/bge-large-en-v1.5 on 1 CPU core: 1 replica");
  expect(stdout).toContain("overloaded");
  expect(stdout).toContain("Computation of a CPU core: 40 GFLOP/s, assumed");
});

test.each([
  [["--model", "bge-bas-en-v1.5", "--cores", "4"], 'Did you mean "bge-base-en-v1.5"?'],
  [["--model", "bge-m3", "--gpu", "L44"], 'Did you mean "L4"?'],
  [["--model", "bge-m3", "--cores", "0"], "must be a whole number from 1 to 1024"],
  [["--model", "bge-m3", "--time", "9ms"], "--time: stands beside --model"],
  [["--gflop", "5", "--cores", "4"], "--bytes: is missing"],
  [["--cores", "4"], "--model: which model it is is not said"],
] as const)("%j is refused with a reason", (options, message) => {
  const { exitCode, stderr } = ask(...options);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});

// `headroom training` as a person uses it: the answer, the reasons, and what is wrong with a command line.
import { describe, expect, test } from "vitest";

import { headroom } from "./headroom.js";

interface Estimate {
  readonly fits: boolean;
  readonly mfu: number;
  readonly tokensPerGpuS: number;
  readonly machine: { readonly gpus: number };
  readonly step: Readonly<Record<string, number>>;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  readonly alternatives: readonly { readonly change: string; readonly memoryBytes: number }[];
  readonly inputs: readonly { readonly id: string; readonly source: string }[];
}

const LARGE = [
  "training",
  "Llama-3-70B",
  "--on",
  "Standard_ND96isr_H100_v5",
  "--nodes",
  "16",
  "--parallel",
  "tp=8,pp=4",
  "--batch",
  "1024",
];

describe("headroom training", () => {
  test("says whether it fits, how fast it is and where the time goes", () => {
    const { exitCode: code, stdout } = headroom(LARGE);
    expect(code).toBe(0);
    expect(stdout).toContain("128 H100 SXM5-80GB");
    expect(stdout).toMatch(
      /It fits\. \d+ tokens\/s, \d+ per GPU; \d+ TFLOP\/s per GPU, MFU 4\d\.\d %/,
    );
    expect(stdout).toMatch(/waiting in tensor groups +\d/);
    expect(stdout).toMatch(/\[\d\] fitted to 43 bf16 rows/);
  });

  test("--json prints the same as one object whose parts sum to the step", () => {
    const { exitCode: code, stdout } = headroom([...LARGE, "--json"]);
    expect(code).toBe(0);
    const estimate = JSON.parse(stdout) as Estimate;
    expect(estimate.fits).toBe(true);
    expect(estimate.machine.gpus).toBe(128);
    const { totalS, dataHiddenOrNotS, ...parts } = estimate.step;
    expect(dataHiddenOrNotS).toBeGreaterThan(0);
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0) / totalS!).toBeCloseTo(1, 12);
    expect(estimate.inputs.every(({ source }) => source.length > 0)).toBe(true);
  });

  test("ends with 1 when the model does not fit, and says what would", () => {
    const { exitCode: code, stdout } = headroom(["training", "Llama-3-8B", "--on", "DGX H100"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /It does not fit: the fullest GPU needs \d+(\.\d+)? GB and has 85\.5 GB/,
    );
    expect(stdout).toContain("compute all activations again");
    const { exitCode: again } = headroom([
      "training",
      "Llama-3-8B",
      "--on",
      "DGX H100",
      "--recompute",
      "full",
    ]);
    expect(again).toBe(0);
  });

  test("the same model trains slower where tensor groups leave NVLink", () => {
    const mfuOf = (machine: string, parallel: string, nodes: string): number => {
      const { stdout } = headroom([
        ...["training", "Llama-3-8B", "--on", machine, "--nodes", nodes, "--recompute", "full"],
        ...["--parallel", parallel, "--json"],
      ]);
      return (JSON.parse(stdout) as Estimate).mfu;
    };
    const inside = mfuOf("DGX H100", "tp=8", "2");
    expect(mfuOf("DGX H100", "tp=16", "2")).toBeLessThan(inside * 0.8);
    // Pairs of A100 under a bridge: four GPUs go through the host.
    expect(mfuOf("NC96ads_A100_v4", "tp=4", "1")).toBeLessThan(
      mfuOf("NC96ads_A100_v4", "tp=2", "1") / 1.5,
    );
  });

  test("everything wrong with a command line is reported at once", () => {
    const { exitCode: code, stderr } = headroom([
      ...["training", "lama-3-8B", "--on", "DGX H10", "--nodes", "0", "--precision", "fp4"],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no model "lama-3-8B". Did you mean "Llama-3-8B"?');
    expect(stderr).toContain('no machine "DGX H10". Did you mean "DGX H100"?');
    expect(stderr).toContain('--nodes: must be a whole number from 1 on, got "0"');
    expect(stderr).toContain('--precision: unknown "fp4"');
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      "tensor groups that do not divide the GPUs",
      ["--parallel", "tp=3"],
      /tp=3 × pp=1 does not divide 8 GPUs/,
    ],
    [
      "more GPUs than there are",
      ["--parallel", "tp=8,dp=2"],
      /tp=8 × pp=1 × dp=2 does not divide 8 GPUs/,
    ],
    ["an unknown kind", ["--parallel", "tq=2"], /"tq=2" is none of tp=….*Did you mean "tp"/],
    ["a kind twice", ["--parallel", "tp=2,tp=4"], /tp is given twice/],
    [
      "experts of a dense model",
      ["--parallel", "ep=2"],
      /--parallel ep: Llama-3-8B has no experts/,
    ],
    [
      "a batch that does not divide",
      ["--batch", "9"],
      /--batch: a step of 9 sequences does not divide/,
    ],
  ])("refuses %s", (_, options, message) => {
    const { exitCode: code, stderr } = headroom([
      "training",
      "Llama-3-8B",
      "--on",
      "DGX H100",
      ...options,
    ]);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toMatch(message);
  });
});

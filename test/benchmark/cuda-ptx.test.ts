// The kernels of the cuda backend without a GPU: their text runs on a small machine and is held against the float64
// reference; the assembler of CUDA takes it for every architecture, where it is installed.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { tensorBytes } from "../../src/benchmark/backends/cuda/device-tensors.js";
import { kernelPlan, type ModuleName } from "../../src/benchmark/backends/cuda/kernel-plan.js";
import { readPtx } from "../../src/benchmark/backends/cuda/read-ptx.js";
import { checkOutput } from "../../src/benchmark/kernels/check-output.js";
import { decodeDtype, dtypeFacts } from "../../src/benchmark/kernels/dtype.js";
import { specId } from "../../src/benchmark/kernels/kernel-costs.js";
import type { Dtype, KernelSpec } from "../../src/benchmark/kernels/kernel-spec.js";
import { kernelInputs } from "../../src/benchmark/kernels/random-data.js";
import { parsePtx, runPtx } from "./ptx-machine.js";

const ASSEMBLED: readonly (readonly [ModuleName, string])[] = [
  ["streams", "sm_80"],
  ["attention-bf16", "sm_90"],
];

const parsed = new Map<ModuleName, ReturnType<typeof parsePtx>>();

/** Kernels of a module, read once. */
async function kernelsOf(module: ModuleName): Promise<ReturnType<typeof parsePtx>> {
  const known = parsed.get(module) ?? parsePtx(await readPtx(module));
  parsed.set(module, known);
  return known;
}

/** Runs a kernel's plan as the backend would, on the machine. */
async function run(spec: KernelSpec): Promise<ReturnType<typeof checkOutput>> {
  const plan = kernelPlan(spec)!;
  const inputs = kernelInputs(spec, 7);
  const outputs = plan.output.reduce((product, length) => product * length, 1);
  const places = new Map<string, number>();
  let size = 256;
  const place = (name: string, bytes: number): void => {
    places.set(name, size);
    size += Math.ceil(Math.max(1, bytes) / 256) * 256;
  };
  inputs.forEach((tensor, index) => place(`in${index}`, tensorBytes(tensor).byteLength));
  place("out", outputs * dtypeFacts(spec.dtype).outputBytes);
  for (const [name, bytes] of Object.entries(plan.scratch)) place(name, bytes);
  const memory = new ArrayBuffer(size);
  const bytes = new Uint8Array(memory);
  inputs.forEach((tensor, index) => bytes.set(tensorBytes(tensor), places.get(`in${index}`)));
  const kernels = await kernelsOf(plan.module);
  for (const step of plan.steps) {
    const values = step.arguments.map((argument) =>
      "array" in argument ? places.get(argument.array)! : Object.values(argument)[0]!,
    );
    const kernel = kernels.get(step.kernel)!;
    expect(kernel.parameters).toHaveLength(values.length);
    // The kernel has to expect each argument in the format in which it is handed over.
    step.arguments.forEach((argument, index) => {
      const kind = "array" in argument ? "u64" : Object.keys(argument)[0];
      expect(kernel.parameters[index]!.type).toBe(kind);
    });
    const numbers = values.map((value, index) =>
      kernel.parameters[index]!.type === "f32" ? Math.fround(value) : value,
    );
    runPtx(kernel, { ...step, arguments: numbers }, memory);
  }
  const out = decodeDtype(bytes.subarray(places.get("out")), spec.dtype, outputs);
  return checkOutput(spec, inputs, { shape: plan.output, dtype: spec.dtype, values: out }, 3);
}

const REAL: readonly Dtype[] = ["fp32", "fp16", "bf16"];
const SMALL: readonly KernelSpec[] = REAL.flatMap((dtype): KernelSpec[] => [
  { kernel: "copy", dtype, shape: { elements: 8193 } },
  { kernel: "scale", dtype, shape: { elements: 1 } },
  { kernel: "add", dtype, shape: { elements: 5000 } },
  { kernel: "triad", dtype, shape: { elements: 9001 } },
  { kernel: "reduction", dtype, shape: { elements: 20_001 } },
  { kernel: "softmax", dtype, shape: { rows: 2, columns: 700 } },
  { kernel: "transpose", dtype, shape: { rows: 45, columns: 70 } },
  { kernel: "gather", dtype, shape: { tableRows: 19, columns: 8, rows: 40 } },
  { kernel: "gather", dtype, shape: { tableRows: 5, columns: 7, rows: 11 } },
]);
const heads = (batch: number, count: number, kvHeads: number, headDim: number) => ({
  batch,
  heads: count,
  kvHeads,
  headDim,
});
const ATTENTION: readonly KernelSpec[] = [
  { kernel: "attention-prefill", dtype: "fp32", shape: { ...heads(1, 2, 1, 40), tokens: 70 } },
  { kernel: "attention-prefill", dtype: "fp16", shape: { ...heads(2, 1, 1, 64), tokens: 33 } },
  { kernel: "attention-prefill", dtype: "bf16", shape: { ...heads(1, 1, 1, 128), tokens: 65 } },
  { kernel: "attention-prefill", dtype: "fp32", shape: { ...heads(1, 1, 1, 96), tokens: 1 } },
  { kernel: "attention-decode", dtype: "fp32", shape: { ...heads(1, 4, 2, 80), context: 200 } },
  { kernel: "attention-decode", dtype: "fp16", shape: { ...heads(2, 3, 1, 64), context: 129 } },
  { kernel: "attention-decode", dtype: "bf16", shape: { ...heads(1, 8, 1, 128), context: 65 } },
  { kernel: "attention-decode", dtype: "fp32", shape: { ...heads(1, 1, 1, 8), context: 3 } },
];

describe("PTX against the float64 reference", () => {
  test.each([...SMALL, ...ATTENTION].map((spec) => [specId(spec), spec] as const))(
    "%s",
    async (_id, spec) => {
      const check = await run(spec);
      expect(check.failure).toBeUndefined();
      expect(check.outputsCompared).toBe(check.outputs);
    },
  );

  test("a context of several parts per sequence, which the join has to weigh", async () => {
    const shape = { ...heads(1, 2, 1, 32), context: 70 };
    const plan = kernelPlan({ kernel: "attention-decode", dtype: "fp32", shape })!;
    expect(plan.steps[0]!.grid[0]).toBe(2);
    expect((await run({ kernel: "attention-decode", dtype: "fp32", shape })).passed).toBe(true);
  });

  test("the machine sees a kernel that is wrong", async () => {
    const spec: KernelSpec = { kernel: "add", dtype: "fp32", shape: { elements: 100 } };
    const plan = kernelPlan(spec)!;
    const wrong = parsePtx((await readPtx("streams")).replaceAll("fma.rn.f32", "sub.f32"));
    const memory = new ArrayBuffer(4096);
    const launch = { ...plan.steps[0]!, arguments: [256, 1024, 2048, 25, 1, 1] };
    new Float32Array(memory, 256, 100).fill(1);
    new Float32Array(memory, 1024, 100).fill(2);
    runPtx(wrong.get("combine_fp32")!, launch, memory);
    expect(new Float32Array(memory, 2048, 1)[0]).not.toBe(3);
    runPtx(parsePtx(await readPtx("streams")).get("combine_fp32")!, launch, memory);
    expect(new Float32Array(memory, 2048, 100)).toEqual(new Float32Array(100).fill(3));
  });
});

describe("the shipped text", () => {
  test("was made from the kernels that stand beside it, and not edited since", () => {
    const folder = new URL("../../src/benchmark/backends/cuda/ptx/", import.meta.url);
    const files = readdirSync(folder).filter((name) => name !== "SHA256SUMS");
    const sums = files.map((name) => {
      const digest = createHash("sha256").update(readFileSync(new URL(name, folder)));
      return `${digest.digest("hex")}  ${name}`;
    });
    const made = readFileSync(new URL("SHA256SUMS", folder), "utf8").trimEnd().split("\n");
    expect(sums.sort(), "run scripts/generate-ptx.mjs").toEqual(made.sort());
  });

  test("a text that is missing is named, with what helps", async () => {
    const folder = new URL("./nowhere/", import.meta.url);
    await expect(readPtx("streams", folder)).rejects.toThrow(
      /cannot be read: .*nowhere\/streams\.ptx: ENOENT; build or bundle it again \(npm run build/,
    );
  });

  const hasAssembler = spawnSync("ptxas", ["--version"]).status === 0;
  test.skipIf(!hasAssembler)(
    `ptxas takes it for Ampere and Hopper${hasAssembler ? "" : ": skipped, ptxas is not installed"}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "headroom-ptxas-"));
      try {
        // The generator asks it about all modules and seven architectures.
        for (const [module, architecture] of ASSEMBLED) {
          const path = join(folder, `${module}.ptx`);
          writeFileSync(path, await readPtx(module));
          execFileSync("ptxas", [`-arch=${architecture}`, path, "-o", join(folder, "out")]);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

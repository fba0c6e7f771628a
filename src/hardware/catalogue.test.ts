// The catalogue is data people buy by: names must be unique, figures plausible and sourced, and a name must
// never be bent into a model that differs.
import { describe, expect, test } from "vitest";

import { findGpu, fittingGpus, GPU_CATALOGUE, gpuNames } from "./find-gpu.js";
import { findNodeSku, NODE_SKUS, refusedNodeSku } from "./find-node-sku.js";
import { foldName } from "./fold-name.js";
import { createGpuNames } from "./gpu-names.js";
import { SOURCES, SOURCES_READ_ON, sourceText } from "./sources.js";

describe("GPUs", () => {
  test("every name means one model", () => {
    const folded = gpuNames().map(foldName);
    expect(new Set(folded).size).toBe(folded.length);
  });

  test("every model has memory and sources, and no figure is zero, negative or not a number", () => {
    for (const gpu of GPU_CATALOGUE) {
      expect(gpu.sources.length, gpu.name).toBeGreaterThan(0);
      for (const id of gpu.sources) expect(SOURCES[id].length, gpu.name).toBeGreaterThan(10);
      const figures = Object.entries(gpu).filter(([, value]) => typeof value === "number");
      expect(figures.length, gpu.name).toBeGreaterThan(0);
      for (const [key, value] of figures) expect(value, `${gpu.name} ${key}`).toBeGreaterThan(0);
    }
  });

  test.each([
    ["H100 SXM5-80GB", 81559],
    ["A100 SXM4-80GB", 81920],
    ["L4", 23034],
    ["H200 SXM-141GB", 143771],
  ])("memory of %s as nvidia-smi reports it", (name, mebibytes) => {
    const gpu = GPU_CATALOGUE.find((one) => one.name === name)!;
    expect(gpu.memoryReportedBytes).toBe(mebibytes * 2 ** 20);
    expect(SOURCES[gpu.memoryReportedSource!]).toContain("nvidia-smi");
  });

  test("nominal memory never exceeds what the driver reports", () => {
    const reported = GPU_CATALOGUE.filter((gpu) => gpu.memoryReportedBytes !== undefined);
    expect(reported.length).toBeGreaterThan(0);
    for (const gpu of reported)
      expect(gpu.memoryBytes).toBeLessThanOrEqual(gpu.memoryReportedBytes!);
  });

  test.each([
    ["T4", { memoryBytes: 16e9, memoryBytesPerS: 320e9, fp16FlopPerS: 65e12, powerMaxW: 70 }],
    [
      "A100 SXM4-80GB",
      { memoryBytes: 80e9, memoryBytesPerS: 2039e9, bf16FlopPerS: 312e12, powerMaxW: 400 },
    ],
    [
      "H100 SXM5-80GB",
      { memoryBytes: 80e9, memoryBytesPerS: 3350e9, bf16FlopPerS: 989e12, fp8FlopPerS: 1979e12 },
    ],
    ["H200 SXM-141GB", { memoryBytes: 141e9, memoryBytesPerS: 4800e9, powerMaxW: 700 }],
    [
      "B200",
      { memoryBytes: 180e9, memoryBytesPerS: 8000e9, bf16FlopPerS: 2250e12, powerMaxW: 1000 },
    ],
    [
      "MI300X",
      { memoryBytes: 192e9, memoryBytesPerS: 5300e9, bf16FlopPerS: 1300e12, powerMaxW: 750 },
    ],
  ])("%s has the published figures", (name, want) => {
    expect(GPU_CATALOGUE.find((gpu) => gpu.name === name)).toMatchObject(want);
  });

  test("what nobody published is absent", () => {
    const nvl = GPU_CATALOGUE.find((gpu) => gpu.name === "H100 NVL-94GB")!;
    expect(nvl).not.toHaveProperty("memoryBytesPerS");
    expect(nvl).not.toHaveProperty("bf16FlopPerS");
    expect(GPU_CATALOGUE.find((gpu) => gpu.name === "T4")).not.toHaveProperty("bf16FlopPerS");
  });

  test.each([
    ["H100", "H100 SXM5-80GB", true],
    ["h100-80gb", "H100 SXM5-80GB", true],
    ["NVIDIA-H100-80GB-HBM3", "H100 SXM5-80GB", false],
    ["NVIDIA H100 NVL", "H100 NVL-94GB", false],
    ["NVIDIA-H100-PCIe", "H100 PCIe-80GB", false],
    ["A100-80GB", "A100 SXM4-80GB", true],
    ["NVIDIA-A100-SXM4-40GB", "A100 SXM4-40GB", false],
    ["NVIDIA-A100-80GB-PCIe", "A100 PCIe-80GB", false],
    ["NVIDIA-A100-PCIE-40GB", "A100 PCIe-40GB", false],
    ["Tesla-V100-SXM2-16GB", "V100 SXM2-16GB", false],
    ["Tesla T4", "T4", false],
    ["nvidia_l40s", "L40S", false],
    ["NVIDIA-RTX-6000-Ada-Generation", "RTX 6000 Ada", false],
    ["NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition", "RTX PRO 6000 Blackwell Server", false],
    ["AMD Instinct MI300X", "MI300X", false],
  ])("%s is %s", (written, name, assumed) => {
    expect(findGpu(written)).toMatchObject({ kind: "found", gpu: { name }, assumed });
  });

  test("a name that leaves the memory open is refused with the models it fits", () => {
    expect(findGpu("A100")).toEqual({
      kind: "ambiguous",
      names: ["A100 SXM4-40GB", "A100 SXM4-80GB", "A100 PCIe-40GB", "A100 PCIe-80GB"],
    });
    expect(findGpu("V100")).toMatchObject({ kind: "ambiguous" });
  });

  test.each(["H20", "H10", "A10M", "A1", "GH200", "80GB", "", "NVIDIA", "L40", "B300", "H100X"])(
    "%j is no model of the catalogue",
    (name) => {
      expect(findGpu(name)).toEqual({ kind: "unknown" });
    },
  );

  test("a job that names a family accepts all of it", () => {
    const names = (name: string): string[] => fittingGpus(name).map((gpu) => gpu.name);
    expect(names("H100")).toEqual(["H100 SXM5-80GB", "H100 PCIe-80GB", "H100 NVL-94GB"]);
    expect(names("A100-80GB")).toEqual(["A100 SXM4-80GB", "A100 PCIe-80GB"]);
    expect(names("Tesla V100")).toHaveLength(4);
    expect(names("T4")).toEqual(["T4"]);
    expect(names("H20")).toEqual([]);
  });
});

describe("names of one scenario", () => {
  const gpuNames = createGpuNames(["G2", "V100M16", "T4"]);

  test("declared names come first and are matched letter by letter", () => {
    expect(gpuNames.resolve("G2")).toEqual({ kind: "declared", name: "G2" });
    expect(gpuNames.resolve("T4")).toEqual({ kind: "declared", name: "T4" });
    expect(gpuNames.resolve("g2").kind).toBe("unknown");
    expect(gpuNames.accepted("G2")).toEqual(["G2"]);
    expect(gpuNames.accepted("g2")).toEqual([]);
  });

  test("an unknown name gets the nearest name and the list", () => {
    expect(gpuNames.resolve("V100M61")).toMatchObject({ kind: "unknown", suggestion: "V100M16" });
    expect(gpuNames.resolve("H100 SMX")).toMatchObject({
      kind: "unknown",
      suggestion: "H100-SXM5",
    });
    const found = gpuNames.resolve("quantum");
    expect(found).toMatchObject({ kind: "unknown", suggestion: undefined });
    expect(found.kind === "unknown" && found.allowed.slice(0, 2)).toEqual(["G2", "V100M16"]);
  });
});

describe("machines", () => {
  test("every name means one machine", () => {
    const folded = NODE_SKUS.flatMap((sku) => [
      sku.name,
      ...sku.aliases.filter((alias) => foldName(alias) !== foldName(sku.name)),
    ]).map(foldName);
    expect(new Set(folded).size).toBe(folded.length);
  });

  test("every machine has GPUs of the catalogue, or none named, and sources", () => {
    const models = new Set<string>(GPU_CATALOGUE.map((gpu) => gpu.name));
    for (const sku of NODE_SKUS) {
      expect(Number.isInteger(sku.gpuCount) && sku.gpuCount >= 0, sku.name).toBe(true);
      if (sku.gpuModel !== undefined) expect(models.has(sku.gpuModel), sku.name).toBe(true);
      if (sku.cpuMilli !== undefined) expect(sku.cpuMilli % 1000, sku.name).toBe(0);
      expect(sku.sources.length, sku.name).toBeGreaterThan(0);
    }
  });

  const gibibytes = (count: number): number => count * 1_073_741_824;
  test.each([
    ["Standard_ND96isr_H100_v5", 8, "H100 SXM5-80GB", 96_000, gibibytes(1900)],
    ["ND96asr_v4", 8, "A100 SXM4-40GB", 96_000, gibibytes(900)],
    ["standard_nc96ads_a100_v4", 4, "A100 PCIe-80GB", 96_000, gibibytes(880)],
    ["Standard_NC40ads_H100_v5", 1, "H100 NVL-94GB", 40_000, gibibytes(320)],
    ["Standard_NC64as_T4_v3", 4, "T4", 64_000, gibibytes(440)],
    ["p5.48xlarge", 8, "H100 SXM5-80GB", 192_000, gibibytes(2048)],
    ["DGX H100", 8, "H100 SXM5-80GB", 112_000, 2e12],
  ])("%s", (name, gpuCount, gpuModel, cpuMilli, memoryBytes) => {
    expect(findNodeSku(name)).toMatchObject({ gpuCount, gpuModel, cpuMilli, memoryBytes });
  });

  test("figures nobody published are absent", () => {
    expect(findNodeSku("Standard_ND96isr_MI300X_v5")).not.toHaveProperty("memoryBytes");
    expect(findNodeSku("DGX A100")).not.toHaveProperty("gpuModel");
    expect(findNodeSku("DGX B200")).not.toHaveProperty("cpuMilli");
  });

  test("a machine with a fraction of a GPU is refused with the reason", () => {
    expect(findNodeSku("Standard_NV6ads_A10_v5")).toBeUndefined();
    expect(refusedNodeSku("Standard_NV6ads_A10_v5")).toContain("fraction");
    expect(refusedNodeSku("Standard_ND96isr_H100_v5")).toBeUndefined();
  });
});

test("a source says where and when", () => {
  expect(sourceText(["nhc", "stas-net"])).toBe(
    `${SOURCES.nhc}; ${SOURCES["stas-net"]}; read ${SOURCES_READ_ON}`,
  );
});

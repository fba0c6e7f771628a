// A host as nvidia-smi describes it: a column lost in copying or a word misread must not become a topology.
import { describe, expect, test } from "vitest";

import { InputError, type Problem } from "../../diagnostics/problem.js";
import { createCatalogue, type HardwareCatalogue } from "../../hardware/catalogue.js";
import { migGeometryOf } from "../../hardware/mig.js";
import {
  devicePath,
  devicePathText,
  gpuDomainsOf,
  topologyOfSku,
} from "../../hardware/topology.js";
import { parseCatalogue } from "../catalogue/parse-catalogue.js";
import { catalogueText, importFiles, type ImportOptions } from "./import-files.js";
import { MIG_PARTED, PLACES, PROFILES, REPORT, TOPOLOGY } from "./testing/nvidia-smi-files.js";

const HOST = { machine: "ours", cpu: "64", memory: "512GiB" };

function imported(
  texts: Readonly<Record<string, string>>,
  options: ImportOptions = {},
): { readonly text: string; readonly catalogue: HardwareCatalogue } {
  const sources = Object.entries(texts).map(([file, text]) => ({ file, text }));
  const result = importFiles(sources, { host: HOST, ...options });
  if (result.kind !== "catalogue") throw new Error("no catalogue");
  const text = catalogueText(result.catalogue, result);
  return { text, catalogue: createCatalogue(parseCatalogue("out.yaml", text)) };
}

function problemsOf(
  texts: Readonly<Record<string, string>>,
  options: ImportOptions = {},
): readonly Problem[] {
  try {
    imported(texts, options);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("a whole host", () => {
  test("GPUs from the report, links from the table, what is left out is said", () => {
    const { text, catalogue } = imported(
      { "smi.xml": REPORT, "topo.txt": TOPOLOGY },
      { host: { ...HOST, nic: "infiniband-hdr" } },
    );
    const sku = catalogue.node("ours")!;
    expect(sku).toMatchObject({
      gpuModel: "A100 PCIe-80GB",
      gpuCount: 4,
      cpuMilli: 64_000,
      memoryBytes: 512 * 2 ** 30,
      given: { text: "nvidia-smi on the machine (smi.xml, topo.txt)" },
    });
    expect(text).toContain("GPU 3: MIG with 2 instances");
    const topology = topologyOfSku(sku)!;
    const way = (left: string, right: string): string => {
      const device = (name: string): Parameters<typeof devicePath>[1] => ({
        kind: name.startsWith("GPU") ? "gpu" : "nic",
        index: Number(name.slice(3)),
      });
      return devicePathText(devicePath(topology, device(left), device(right)));
    };
    expect(gpuDomainsOf(topology)).toEqual([
      [
        [0, 1],
        [2, 3],
      ],
    ]);
    expect(way("GPU0", "GPU1")).toBe("NV12");
    expect(way("GPU0", "GPU3")).toBe("SYS");
    expect(way("GPU0", "NIC0")).toBe("PIX");
    expect(way("GPU1", "NIC0")).toBe("PXB");
    expect(way("GPU2", "NIC1")).toBe("NODE");
    expect(way("GPU2", "NIC0")).toBe("SYS");
  });

  test("all GPUs with the same many links are behind NVLink switches", () => {
    const names = ["GPU0", "GPU1", "GPU2", "GPU3"];
    const rows = names.map(
      (name) => `${name} ${names.map((other) => (other === name ? "X" : "NV18")).join(" ")} 0-7 0`,
    );
    const text = [`  ${names.join(" ")} CPU Affinity NUMA Affinity`, ...rows].join("\n");
    const { catalogue } = imported({ t: text }, { gpus: new Map([["gpu", "H100"]]) });
    expect(catalogue.node("ours")!.topology).toMatchObject({
      nvswitch: { link: "nvlink-4", linksPerGpu: 18 },
    });
  });

  test("places of MIG profiles, with names from -lgip or the catalogue", () => {
    const gpus = new Map([["gpu", "A30"]]);
    const own = imported({ "lgipp.txt": PROFILES + PLACES }, { gpus });
    const profile = own.catalogue.mig("A30")!.profiles.find(({ name }) => name === "2g.12gb");
    expect(profile).toMatchObject({ slots: 2, starts: [0, 2], multiprocessors: 28 });
    expect(own.catalogue.mig("A30")!.provenance).toBe("given");
    expect(own.text).toContain("the places are those of the catalogue's table of A30");
    expect(migGeometryOf("A30")!.provenance).toBe("published");
    const h100 = `GPU  0 Profile ID 19 Placements: {0,1,2,3,4,5,6}:1\nGPU  0 Profile ID 9 Placements: {0,2}:4\n`;
    const other = imported({ "lgipp.txt": h100 }, { gpus: new Map([["gpu", "H100"]]) });
    expect(other.text).toContain("the places of 3g.40gb differ");
  });
});

describe("what is wrong is said at its place", () => {
  const gpus = new Map([["gpu", "A100 PCIe-80GB"]]);
  test.each<[string, Readonly<Record<string, string>>, ImportOptions, object]>([
    [
      "an unknown link type",
      { t: TOPOLOGY.replace("NV12", "NVX12") },
      { gpus },
      { line: 2, rule: "unknown-link-type", suggestion: "NV18" },
    ],
    [
      "a lost value",
      { t: TOPOLOGY.replace("\tNV12\tSYS\tSYS\tPIX\tSYS\t0-31\t0\t\tN/A", "\tNV12") },
      { gpus },
      { line: 2, rule: "incomplete-table" },
    ],
    [
      "a table that is not the same both ways",
      { t: TOPOLOGY.replace("NV12", "NV8") },
      { gpus },
      { rule: "incomplete-table" },
    ],
    ["no GPU model", { t: TOPOLOGY }, {}, { rule: "unknown-gpu" }],
    ["no CPU and memory", { t: TOPOLOGY }, { gpus, host: {} }, { rule: "missing-option" }],
    ["broken XML", { x: REPORT.replace("</gpu>", "") }, {}, { rule: "xml-syntax" }],
    [
      "XML of something else",
      { x: "<nvidia_smi_log></nvidia_smi_log>" },
      {},
      { rule: "xml-syntax" },
    ],
    [
      "another host's table",
      { x: REPORT.replace(/<gpu id="0">[\s\S]*?<\/gpu>/, ""), t: TOPOLOGY },
      {},
      { file: "t", rule: "import-conflict" },
    ],
    [
      "two models in one host",
      { x: REPORT.replace("A100 80GB PCIe", "L40S") },
      {},
      { rule: "mixed-gpus" },
    ],
    [
      "an unknown profile number",
      { m: PLACES },
      { gpus: new Map([["gpu", "L4"]]) },
      { line: 1, rule: "unknown-profile" },
    ],
    [
      "an unknown adapter link",
      { t: TOPOLOGY },
      { gpus, host: { ...HOST, nic: "infiniband-hrd" } },
      { suggestion: "infiniband-hdr" },
    ],
    [
      "nodes beside it",
      { t: TOPOLOGY, m: MIG_PARTED },
      { gpus },
      { file: "m", rule: "import-mixed" },
    ],
    ["mig-parted alone", { m: MIG_PARTED }, {}, { rule: "import-incomplete" }],
  ])("%s", (_, texts, options, want) => {
    expect(problemsOf(texts, options)[0]).toMatchObject(want);
  });
});

describe("mig-parted", () => {
  const nodes = (config: string): string =>
    JSON.stringify({
      kind: "List",
      items: [
        {
          kind: "Node",
          metadata: {
            name: "n",
            labels: {
              "nvidia.com/gpu.product": "NVIDIA-A100-80GB-PCIe",
              "nvidia.com/gpu.count": "2",
              "nvidia.com/mig.strategy": "mixed",
              "nvidia.com/mig.config": config,
            },
          },
          status: {
            allocatable: {
              cpu: "8",
              memory: "64Gi",
              "nvidia.com/mig-3g.40gb": "2",
              "nvidia.com/mig-7g.80gb": "1",
            },
          },
        },
      ],
    });

  test("a node's label names its configuration; rules for other GPUs are passed over", () => {
    const result = importFiles([
      { file: "nodes.json", text: nodes("halves") },
      { file: "mig.yaml", text: MIG_PARTED },
    ]);
    expect(result.kind === "scenario" && result.scenario.cluster!.nodes[0]).toMatchObject({
      gpu: "A100 PCIe-80GB",
      gpus: 2,
      partitioning: { mode: "mig", layouts: [["7g.80gb"], ["3g.40gb", "3g.40gb"]] },
    });
  });

  test.each([
    [MIG_PARTED.replace("{ 3g.40gb: 2 }", "{ 3g.40gb: 3 }"), "impossible-layout"],
    [MIG_PARTED.replace("version: v1", "version: v9"), "unknown-format"],
    [MIG_PARTED.replace("{ 3g.40gb: 2 }", "{ 3g.40gb: two }"), "bad-count"],
    [MIG_PARTED.replace("devices: [0]", "devices: [first]"), "wrong-type"],
  ])("%#", (text, rule) => {
    const read = (): unknown =>
      importFiles([
        { file: "nodes.json", text: nodes("halves") },
        { file: "mig.yaml", text },
      ]);
    expect(read).toThrow(InputError);
    try {
      read();
    } catch (error) {
      expect((error as InputError).problems[0]).toMatchObject({ file: "mig.yaml", rule });
      expect((error as InputError).problems[0]!.line).toBeGreaterThan(0);
    }
  });
});

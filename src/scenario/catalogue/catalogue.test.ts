// A user's own machines: what a scenario names must be what it runs, and what is wrong must say where.
import { describe, expect, test } from "vitest";

import { InputError, type Problem } from "../../diagnostics/problem.js";
import { createCatalogue } from "../../hardware/catalogue.js";
import { parseScenario } from "../parse-scenario.js";
import type { ResolvedScenario } from "../resolved.js";
import { resolveScenario } from "../resolve-scenario.js";
import { CATALOGUE_EXAMPLE } from "./catalogue-example.js";
import { parseCatalogue } from "./parse-catalogue.js";

const scenario = (nodes: string, more = ""): string => `
schema: headroom/scenario/v1
name: own
cluster:
  catalogue: mine.yaml
  nodes: ${nodes}
workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 1 }] }
policy: { queue: fifo-skip, placement: pack }
${more}
`;

function load(text: string, catalogue: string | undefined = CATALOGUE_EXAMPLE): ResolvedScenario {
  return resolveScenario(parseScenario({ file: "s.yaml", text, catalogueText: () => catalogue }));
}

function problemsOf(text: string, catalogue?: string): readonly Problem[] {
  try {
    load(text, catalogue);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("in a scenario", () => {
  test("a machine of the file gives GPUs, CPU, memory and hosting, and says so", () => {
    const { base } = load(scenario("[{ name: n, count: 1, sku: our-h100 }]"));
    expect(base.cluster.nodes[0]).toMatchObject({
      gpuModel: "H100 SXM5-80GB",
      gpuCount: 8,
      cpuMilli: 112_000,
      memoryBytes: 2e12,
    });
    expect(base.assumptions).toContainEqual({
      id: "sku:our-h100",
      what: "Figures of our-h100",
      value: "8 × H100 SXM5-80GB, 112 vCPU or cores, 2 TB of memory",
      provenance: "given",
      source: "mine.yaml: offer 2026-114",
    });
  });

  test("fields of the node group come first", () => {
    const { base } = load(
      scenario("[{ name: n, count: 1, sku: our-h100, cpu: 50, memory: 1TiB }]"),
    );
    expect(base.cluster.nodes[0]).toMatchObject({ cpuMilli: 50_000, memoryBytes: 2 ** 40 });
  });

  test("machines of the catalogue are still there, and one of the same name gives way", () => {
    const nodes = "[{ name: n, count: 1, sku: DGX H100 }]";
    expect(load(scenario(nodes)).base.cluster.nodes[0]!.cpuMilli).toBe(112_000);
    const mine = CATALOGUE_EXAMPLE.replaceAll("our-h100", "dgx-h100").replace("cpu: 112", "cpu: 7");
    expect(load(scenario(nodes), mine).base.cluster.nodes[0]!.cpuMilli).toBe(7_000);
  });

  test("prices of the file are used where the scenario gives none", () => {
    const nodes = "[{ name: n, count: 2, sku: our-h100 }, { name: l, count: 1, sku: our-l40s }]";
    const priced = load(scenario(nodes, "cost: { nodes: [{ name: l, perHour: 4 }] }"));
    expect(priced.base.cost?.groups.map(({ perNodeHour }) => perNodeHour)).toEqual([31.5, 4]);
    const given = priced.base.assumptions.find(({ id }) => id === "price:our-h100");
    expect(given).toMatchObject({ provenance: "given" });
  });

  test("a misspelt machine gets the nearest of the file, at its line", () => {
    expect(problemsOf(scenario("[{ name: n, count: 1, sku: our-h10 }]"))).toMatchObject([
      { file: "s.yaml", line: 6, rule: "unknown-sku", suggestion: "our-h100" },
    ]);
  });

  test("a broken file is reported at its own lines, once, and nothing follows from it", () => {
    const broken = CATALOGUE_EXAMPLE.replace("    memory: 512GiB\n", "");
    const text = scenario(
      "[{ name: n, count: 1, sku: our-h100 }]",
      'variants: [{ name: v, set: { "cluster.nodes[n].count": 2 } }]',
    );
    const problems = problemsOf(text, broken);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: "mine.yaml", rule: "missing-field" });
    expect(problems[0]!.help).toContain("memory: 1900GiB");
  });

  test("where no file can be read, the field says so", () => {
    const parse = (): unknown =>
      parseScenario({ file: "s.yaml", text: scenario("[{ name: n, count: 1, sku: our-h100 }]") });
    expect(parse).toThrow(/cluster\.catalogue: mine\.yaml cannot be read here/);
  });

  test("a file outside the project is refused", () => {
    const text = scenario("[{ name: n, count: 1, sku: our-h100 }]").replace("mine", "../mine");
    expect(problemsOf(text)).toMatchObject([{ rule: "path-outside", line: 5 }]);
  });
});

describe("the file itself", () => {
  test("the example gives what it says", () => {
    const entries = parseCatalogue("mine.yaml", CATALOGUE_EXAMPLE);
    const catalogue = createCatalogue(entries);
    expect(catalogue.gpu("B300")).toMatchObject({
      kind: "found",
      gpu: { memoryBytes: 288e9, memoryBytesPerS: 7750e9, bf16FlopPerS: 2250e12, powerMaxW: 1100 },
    });
    expect(catalogue.mig("B300")).toMatchObject({ slots: 8, provenance: "given" });
    expect(catalogue.node("OUR_H100")).toMatchObject({
      topology: { nvswitch: { linksPerGpu: 18 } },
    });
    expect(catalogue.prices(catalogue.node("our-h100")!)).toMatchObject([{ usdPerHour: 31.5 }]);
    expect(catalogue.node("our-l40s")!.topology!.nics).toEqual([
      { link: "ethernet-100", bytesPerS: 12.5e9 },
    ]);
  });

  test.each([
    ["", /holds no values/],
    ["- 1\n", /a catalogue is a map/],
    ["schema: headroom/catalogue/v2\n", /schema/],
    ["schema: headroom/catalogue/v1\nnode: []\n", /unknown field "node"/],
  ])("%j is none", (text, message) => {
    let said = "";
    try {
      parseCatalogue("mine.yaml", text);
    } catch (error) {
      const [problem] = (error as InputError).problems;
      said = `${problem!.message} ${problem!.suggestion ?? ""}`;
      expect(problem).toHaveProperty("line");
    }
    expect(said).toMatch(message);
  });
});

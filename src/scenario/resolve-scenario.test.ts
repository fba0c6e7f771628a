// What a run receives: every quantity in base units, every assumption in the ledger.
import { expect, describe, test } from "vitest";
import { parse, stringify } from "yaml";

import { problemsOf, resolveText, VALID_SCENARIO } from "./scenario-fixture.js";

describe("resolving", () => {
  const scenario = resolveText(VALID_SCENARIO);

  test("names, seed and limits", () => {
    expect(scenario).toMatchObject({
      file: "s.yaml",
      name: "fixture",
      question: "Are two nodes enough?",
      seed: 7,
      labels: [],
      extended: [],
      traces: [],
    });
    expect(scenario.base.run).toEqual({ untilS: 30 * 86_400, eventsMax: 100_000_000 });
    expect(resolveText(VALID_SCENARIO.replace("seed: 7\n", "")).seed).toBe(1);
  });

  test("nodes, in base units and in the order of the groups", () => {
    expect(scenario.base.cluster.nodes).toEqual([
      ...["h100-000", "h100-001"].map((name) => ({
        name,
        cpuMilli: 96_000,
        memoryBytes: 1900 * 1_073_741_824,
        podsMax: 110,
        gpuCount: 8,
        gpuModel: "H100 SXM5-80GB",
        gpuMemoryBytes: 80e9,
      })),
      ...["l4-000", "l4-001", "l4-002"].map((name) => ({
        name,
        cpuMilli: 48_000,
        memoryBytes: 192 * 1_073_741_824,
        podsMax: 110,
        gpuCount: 4,
        gpuModel: "L4",
        gpuMemoryBytes: 24e9,
      })),
    ]);
    expect(scenario.base.nodeGroups).toEqual([
      { name: "h100", firstNode: 0, count: 2, sku: "Standard_ND96isr_H100_v5", hosting: "vm" },
      { name: "l4", firstNode: 2, count: 3 },
    ]);
  });

  test("numbers of nodes are as wide as the last one", () => {
    const names = resolveText(VALID_SCENARIO.replace("count: 2", "count: 1001")).base.cluster.nodes;
    expect(names[0]!.name).toBe("h100-0000");
    expect(names[1000]!.name).toBe("h100-1000");
  });

  test("jobs as a table", () => {
    const { workload } = scenario.base;
    if (workload.kind !== "jobs") throw new Error("expected jobs");
    const { jobs } = workload;
    expect(jobs.ids).toEqual(["a", "b"]);
    expect([...jobs.submitS]).toEqual([0, 600]);
    expect([...jobs.durationS]).toEqual([3600, 1800]);
    expect([...jobs.workers]).toEqual([2, 1]);
    expect([...jobs.walltimeS]).toEqual([Number.NaN, Number.NaN]);
    expect(jobs.shapes[jobs.shape[0]!]).toEqual({
      cpuMilli: 8000,
      memoryBytes: 64 * 1_073_741_824,
      gpuCount: 8,
      gpuMilli: 1000,
      gpuModels: ["H100 SXM5-80GB", "H100 PCIe-80GB", "H100 NVL-94GB"],
    });
    expect(jobs.shapes[jobs.shape[1]!]).toMatchObject({
      gpuCount: 1,
      gpuMilli: 500,
      gpuModels: [],
    });
    expect(workload).toMatchObject({ load: 1, jobsMax: undefined });
  });

  test("the first job need not arrive at second 0", () => {
    const { workload } = resolveText(VALID_SCENARIO.replace("submit: 0s", "submit: 5m")).base;
    expect(workload.kind === "jobs" && [...workload.jobs.submitS]).toEqual([300, 600]);
  });

  test("goals in the base units of their metrics", () => {
    expect(scenario.base.goals).toEqual([
      { id: "wait", metric: "jobs.waitS.p95", comparison: "atMost", target: 900, unit: "s" },
      {
        id: "gpu.allocatedShare atLeast",
        metric: "gpu.allocatedShare",
        comparison: "atLeast",
        target: 0.1,
        unit: "share",
      },
    ]);
  });

  test("policies with and without options", () => {
    expect(scenario.base.policy).toEqual({
      queue: { name: "fifo-skip" },
      placement: { kind: "named", name: "best-fit" },
    });
    const text = VALID_SCENARIO.replace(
      "queue: fifo-skip",
      "queue: {name: sjf, restartCost: 1m, levels: 3, strict: true}",
    ).replace("placement: best-fit", "placement: {scorers: [{name: fgd, weight: 0.5}]}");
    expect(resolveText(text).base.policy).toEqual({
      queue: { name: "sjf", options: { restartCost: 60, levels: 3, strict: true } },
      placement: { kind: "scorers", scorers: [{ name: "fgd", weight: 0.5 }] },
    });
    expect(
      resolveText(VALID_SCENARIO.replace("fifo-skip", "{name: sjf}")).base.policy.queue,
    ).toEqual({
      name: "sjf",
    });
  });

  test("variants change what they set and nothing else", () => {
    const [more] = scenario.variants;
    expect(more).toMatchObject({ name: "more", set: { "cluster.nodes[h100].count": 4 } });
    expect(more!.cluster.nodes).toHaveLength(7);
    expect({
      ...more,
      name: undefined,
      set: {},
      cluster: scenario.base.cluster,
      nodeGroups: scenario.base.nodeGroups,
    }).toEqual(scenario.base);
  });

  test("a variant takes a value away with null, and replaces a whole field", () => {
    const { variants } = resolveText(
      VALID_SCENARIO.replace(
        "cluster.nodes[h100].count: 4",
        "run.until: null\n      policy: {queue: sjf, placement: first-fit}\n      cluster.nodes[l4]: null\n      goals: []",
      ),
    );
    expect(variants[0]!.run.untilS).toBeUndefined();
    expect(variants[0]!.policy.queue).toEqual({ name: "sjf" });
    expect(variants[0]!.nodeGroups.map((group) => group.name)).toEqual(["h100"]);
    expect(variants[0]!.goals).toEqual([]);
  });

  test("every figure that nobody gave is in the ledger", () => {
    const ids = scenario.base.assumptions.map((entry) => entry.id);
    expect(ids).toEqual([
      "sku:Standard_ND96isr_H100_v5",
      "pods-per-node",
      "no-system-reservation",
      "jobs-without-cpu-or-memory",
    ]);
    const sku = scenario.base.assumptions[0]!;
    expect(sku).toMatchObject({
      provenance: "published",
      value: "8 × H100 SXM5-80GB, 96 vCPU or cores, 1900 GiB of memory",
    });
    expect(sku.source).toContain("azurehpc-health-checks");
    const given = VALID_SCENARIO.replaceAll("      hosting: vm\n", "      pods: 250\n").replace(
      "memory: 192GiB",
      "memory: 192GiB\n      pods: 50",
    );
    const without = resolveText(given).base;
    expect(without.assumptions.map((entry) => entry.id)).not.toContain("pods-per-node");
    expect(without.cluster.nodes.map((node) => node.podsMax)).toEqual([250, 250, 50, 50, 50]);
  });

  test("a GPU name that leaves the form open is noted", () => {
    const { assumptions, cluster } = resolveText(
      VALID_SCENARIO.replace("gpu: L4", "gpu: h100"),
    ).base;
    expect(cluster.nodes[2]!.gpuModel).toBe("H100 SXM5-80GB");
    expect(assumptions.find((entry) => entry.id === "gpu-name:h100")).toMatchObject({
      value: "H100 SXM5-80GB",
      provenance: "assumed",
    });
  });

  test("figures given beside a sku take the place of the catalogue's", () => {
    const { cluster } = resolveText(
      VALID_SCENARIO.replace("hosting: vm", "cpu: 80\n      memory: 1TiB"),
    ).base;
    expect(cluster.nodes[0]).toMatchObject({
      cpuMilli: 80_000,
      memoryBytes: 1_099_511_627_776,
      gpuCount: 8,
    });
  });

  test("a sku without published figures works with given ones", () => {
    const { base } = resolveText(
      VALID_SCENARIO.replace("Standard_ND96isr_H100_v5", "DGX A100").replace(
        "hosting: vm",
        "gpu: A100-80GB\n      cpu: 128\n      memory: 2TB",
      ),
    );
    expect(base.cluster.nodes[0]).toMatchObject({
      gpuModel: "A100 SXM4-80GB",
      cpuMilli: 128_000,
      memoryBytes: 2e12,
    });
    expect(base.nodeGroups[0]!.hosting).toBe("bare-metal");
  });

  test("declared GPU models, with and without memory", () => {
    const { base } = resolveText(
      VALID_SCENARIO.replace(
        "cluster:\n",
        "cluster:\n  gpuModels: [{name: G2}, {name: V100M16, memory: 16GB}]\n",
      )
        .replace("gpu: L4", "gpu: G2")
        .replace("gpuModels: [H100]", "gpuModels: [V100M16, G2]"),
    );
    expect(base.cluster.nodes[2]!.gpuModel).toBe("G2");
    expect(base.gpuModelsDeclared).toEqual(["G2", "V100M16"]);
    expect(base.gpuModels).toEqual([
      expect.objectContaining({ name: "H100 SXM5-80GB", memoryBytes: 80e9 }),
      { name: "G2", source: "given in cluster.gpuModels" },
    ]);
  });

  test("a group without nodes or without GPUs", () => {
    const { base } = resolveText(
      VALID_SCENARIO.replace("count: 2", "count: 0").replace("      gpu: L4\n      gpus: 4\n", ""),
    );
    expect(
      base.cluster.nodes.map(({ name, gpuCount, gpuModel }) => [name, gpuCount, gpuModel]),
    ).toEqual([
      ["l4-000", 0, ""],
      ["l4-001", 0, ""],
      ["l4-002", 0, ""],
    ]);
    expect(base.gpuModels).toEqual([]);
  });

  test("warnings: jobs without GPUs to run on, a catalogue name declared again", () => {
    const noGpus = VALID_SCENARIO.replace(
      "sku: Standard_ND96isr_H100_v5",
      "cpu: 8\n      memory: 1GiB",
    )
      .replace("      gpu: L4\n      gpus: 4\n", "")
      .replace("cluster:\n", "cluster:\n  gpuModels: [{name: T4, memory: 15GB}]\n");
    expect(resolveText(noGpus).warnings.map(({ rule, line }) => [rule, line])).toEqual([
      ["gpu-name-shadowed", 6],
      ["no-gpus", 23],
    ]);
  });
});

test("limits hold before anything is built", () => {
  const many = Array.from({ length: 101 }, (_, index) => `  - {name: v${index}, set: {}}`).join(
    "\n",
  );
  const tooMany = problemsOf(
    VALID_SCENARIO.replace(/variants:\n[^]*(?=run:)/, `variants:\n${many}\n`),
  );
  expect(tooMany.map(({ rule, message }) => [rule, message])).toEqual([
    ["out-of-range", "variants has 101 items, at most 100 are allowed"],
  ]);
  const large = Array.from(
    { length: 11 },
    (_, index) => `  - {name: v${index}, set: {"cluster.nodes[h100].count": 199000}}`,
  ).join("\n");
  const nodes = problemsOf(
    VALID_SCENARIO.replace(/variants:\n[^]*(?=run:)/, `variants:\n${large}\n`),
  );
  expect(nodes.map((problem) => problem.rule)).toEqual(["too-many-nodes"]);
});

test("a scenario written out again from its values means the same", () => {
  const again = resolveText(stringify(parse(VALID_SCENARIO)));
  const first = resolveText(VALID_SCENARIO);
  expect({ ...again, traces: [] }).toEqual({ ...first, traces: [] });
});

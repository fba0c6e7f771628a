import { describe, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";

interface Parts {
  readonly topology?: string;
  readonly nodes?: string;
  readonly workload?: string;
  readonly job?: string;
  readonly policy?: string;
}

const NODE = "gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB";

/** Line 4 is the topology, line 6 the nodes, line 8 the workload's, line 10 the job, line 12 the policy. */
const scenario = ({ topology, nodes, workload, job, policy }: Parts): string =>
  [
    "schema: headroom/scenario/v1",
    "name: topology",
    "cluster:",
    topology === undefined ? "  # no topology" : `  topology: ${topology}`,
    "  nodes:",
    `    ${nodes ?? `- { name: a, count: 6, ${NODE} }`}`,
    "workload:",
    workload === undefined ? "  # nothing" : `  topology: ${workload}`,
    "  jobs:",
    `    - { id: a, submit: 0s, duration: 1h, gpus: 8${job === undefined ? "" : `, topology: ${job}`} }`,
    "policy:",
    `  ${policy ?? "placement: topology"}`,
    "  queue: fifo-strict",
    "",
  ].join("\n");

const resolved = (parts: Parts) =>
  resolveScenario(parseScenario({ file: "s.yaml", text: scenario(parts) })).base;

function problemsOf(parts: Parts) {
  try {
    resolved(parts);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("where nodes stand", () => {
  test("by size, for all groups; groups begin domains of their own", () => {
    const { cluster } = resolved({
      topology: "[{ level: block, size: 4 }, { level: rack, size: 2 }]",
      nodes: `- { name: a, count: 5, ${NODE} }\n    - { name: b, count: 1, ${NODE} }`,
    });
    expect(cluster.topology).toEqual({ levels: ["block", "rack"] });
    expect(cluster.nodes.map(({ domains }) => domains!.join("/"))).toEqual([
      "a-block-0/a-rack-0",
      "a-block-0/a-rack-0",
      "a-block-0/a-rack-1",
      "a-block-0/a-rack-1",
      "a-block-1/a-rack-2",
      "b-block-0/b-rack-0",
    ]);
  });

  test("by name, by names, and by a size of the group's own", () => {
    const { cluster } = resolved({
      topology: "[{ level: block }, { level: rack, size: 2 }]",
      nodes: [
        `- { name: a, count: 2, ${NODE}, topology: [{ level: block, name: left }, { level: rack, names: [r1, r2] }] }`,
        `- { name: b, count: 3, ${NODE}, topology: [{ level: block, name: left }, { level: rack, size: 3 }] }`,
      ].join("\n    "),
    });
    expect(cluster.nodes.map(({ domains }) => domains!.join("/"))).toEqual([
      "left/r1",
      "left/r2",
      "left/b-rack-0",
      "left/b-rack-0",
      "left/b-rack-0",
    ]);
  });

  test("GPUs of a machine of the catalogue are grouped as it is built", () => {
    const of = (node: string) => resolved({ nodes: `- { name: a, count: 1, ${node} }` });
    const pairs = of("sku: Standard_NC96ads_A100_v4");
    expect(pairs.cluster.nodes[0]!.gpuDomains?.[0]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(pairs.assumptions.find(({ id }) => id.startsWith("gpu-groups"))).toMatchObject({
      value: expect.stringContaining("NVLink {0, 1} {2, 3}") as string,
    });
    // Behind an NVSwitch all are alike.
    expect(of("sku: Standard_ND96isr_H100_v5").cluster.nodes[0]).not.toHaveProperty("gpuDomains");
    const given = of(
      "gpu: A100 PCIe-80GB, gpus: 4, cpu: 96, memory: 880GiB, linksLike: Standard_NC96ads_A100_v4",
    );
    expect(given.cluster.nodes[0]!.gpuDomains).toEqual(pairs.cluster.nodes[0]!.gpuDomains);
  });

  test("nothing is said where nothing is written", () => {
    const { cluster, topology, policy } = resolved({ policy: "placement: pack" });
    expect([cluster.topology, topology, policy.partitions]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(cluster.nodes[0]).not.toHaveProperty("domains");
  });
});

describe("what jobs and policies ask for", () => {
  const racks = "[{ level: rack, size: 2 }]";

  test("jobs in the words of a trace, the default in those of a run", () => {
    const { workload, topology } = resolved({
      topology: racks,
      workload: "{ preferred: host }",
      job: "{ required: rack }",
    });
    expect(topology).toEqual({ mode: "preferred", level: "host" });
    expect(workload.kind === "jobs" ? workload.jobs.topologyTexts : undefined).toEqual([
      "",
      "required:rack",
    ]);
    expect(resolved({ job: "unconstrained" }).workload).toMatchObject({
      jobs: { topologyTexts: ["", "unconstrained"] },
    });
  });

  test.each([
    ["placement: { name: topology, profile: best-fit }", { name: "topology", profile: "best-fit" }],
    ["placement: { name: contiguous, within: rack }", { name: "contiguous", within: "rack" }],
    ["placement: { name: consolidate-first }", { name: "consolidate-first" }],
    ["placement: consolidate-first", { name: "consolidate-first" }],
  ])("%s", (policy, want) => {
    expect(resolved({ topology: racks, policy }).policy.placement).toEqual({
      kind: "named",
      ...want,
    });
  });

  test("options of scorers", () => {
    const policy =
      "placement: { scorers: [{ name: requested-to-capacity-ratio, weight: 2, resources: [{ resource: gpu, weight: 5 }], curve: [{ utilization: 0, score: 0 }, { utilization: 100, score: 10 }], skipUnrequestedGpu: true }] }";
    expect(resolved({ policy }).policy.placement).toEqual({
      kind: "scorers",
      scorers: [
        {
          name: "requested-to-capacity-ratio",
          weight: 2,
          options: {
            resources: [{ resource: "gpu", weight: 5 }],
            curve: [
              { utilizationPct: 0, score: 0 },
              { utilizationPct: 100, score: 10 },
            ],
            skipUnrequestedGpu: true,
          },
        },
      ],
    });
  });

  test("partitions as labels let fair-share run over nodes of several", () => {
    const nodes = `- { name: a, count: 1, ${NODE}, partition: p }\n    - { name: b, count: 1, ${NODE}, partition: q }`;
    const text = (policy: string): string =>
      scenario({ nodes, policy }).replace("fifo-strict", "fair-share");
    expect(() => parseScenario({ file: "s.yaml", text: text("placement: pack") })).toThrow(
      "needs nodes that all jobs share",
    );
    const { policy } = resolveScenario(
      parseScenario({ file: "s.yaml", text: text("partitions: shared\n  placement: pack") }),
    ).base;
    expect(policy.partitions).toBe("shared");
  });
});

describe("what does not go together is refused at its place", () => {
  const racks = "[{ level: rack, size: 2 }]";

  test.each<[string, Parts, number, string]>([
    ["host as a level", { topology: "[{ level: host, size: 1 }]" }, 4, "host is the node itself"],
    [
      "a level twice",
      { topology: "[{ level: r, size: 1 }, { level: r, size: 1 }]" },
      4,
      "used twice",
    ],
    [
      "a group without a place",
      { topology: "[{ level: rack }]" },
      6,
      "in which rack its nodes are",
    ],
    [
      "sizes that do not nest",
      { topology: "[{ level: block, size: 5 }, { level: rack, size: 2 }]" },
      6,
      "multiple of the narrower",
    ],
    [
      "a level of a group that is none",
      {
        topology: racks,
        nodes: `- { name: a, count: 2, ${NODE}, topology: [{ level: rak, size: 2 }] }`,
      },
      6,
      'no level "rak"',
    ],
    [
      "a place given twice",
      {
        topology: racks,
        nodes: `- { name: a, count: 2, ${NODE}, topology: [{ level: rack, size: 2, name: r }] }`,
      },
      6,
      "must have one of size, name, names",
    ],
    [
      "names for some nodes",
      {
        topology: racks,
        nodes: `- { name: a, count: 2, ${NODE}, topology: [{ level: rack, names: [r] }] }`,
      },
      6,
      "1 names for 2 nodes",
    ],
    [
      "a group's levels without the cluster's",
      { nodes: `- { name: a, count: 2, ${NODE}, topology: [{ level: rack, size: 2 }] }` },
      6,
      "cluster.topology has none",
    ],
    [
      "an unknown level in a job",
      { topology: racks, job: "{ required: rak }" },
      10,
      'no level "rak"',
    ],
    [
      "an unknown level for all jobs",
      { topology: racks, workload: "{ preferred: row }" },
      8,
      'no level "row"',
    ],
    [
      "both modes",
      { topology: racks, job: "{ required: rack, preferred: rack }" },
      10,
      "one of required and preferred, got required and preferred",
    ],
    ["no mode", { topology: racks, job: "{}" }, 10, "one of required and preferred, got none"],
    [
      "an option of another placement",
      { topology: racks, policy: "placement: { name: topology, within: rack }" },
      12,
      "within is an option of contiguous",
    ],
    [
      "neither name nor scorers",
      { policy: "placement: {}" },
      12,
      "must have one of name and scorers",
    ],
    [
      "an unknown level to stay within",
      { topology: racks, policy: "placement: { name: contiguous, within: row }" },
      12,
      'no level "row"',
    ],
    [
      "an option of another scorer",
      {
        policy:
          "placement: { scorers: [{ name: best-fit, weight: 1, resources: [{ resource: gpu, weight: 1 }] }] }",
      },
      12,
      "is an option of least-allocated",
    ],
    [
      "a curve that does not rise",
      {
        policy:
          "placement: { scorers: [{ name: requested-to-capacity-ratio, weight: 1, curve: [{ utilization: 5, score: 1 }, { utilization: 5, score: 2 }] }] }",
      },
      12,
      "must be above that of the corner before it (5), got 5",
    ],
  ])("%s", (_what, parts, line, words) => {
    const problems = problemsOf(parts);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain(words);
    expect(problems[0]!.line).toBe(line);
  });

  test("the nearest level is named", () => {
    expect(problemsOf({ topology: racks, job: "{ required: rak }" })[0]).toMatchObject({
      suggestion: "rack",
      allowed: ["rack", "host"],
    });
  });
});

// Hosting, elastic groups and communication as people write them: what they become, what the ledger says,
// and what is refused where.
import { describe, expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";

interface Parts {
  readonly node?: string;
  readonly more?: string;
  readonly cluster?: string;
  readonly workload?: string;
  readonly job?: string;
}

function scenario({ node = "", more = "", cluster = "", workload = "", job = "" }: Parts): string {
  return `schema: headroom/scenario/v1
name: hosting
cluster:
  nodes:
    - { name: h100, count: 4, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB${node} }
${more}${cluster}
workload:
${workload}
  jobs:
    - { id: a, submit: 0s, duration: 1h, workers: 2, gpus: 8, tenant: language${job} }
policy: { queue: fifo-skip, placement: pack }
`;
}

const resolve = (parts: Parts) =>
  resolveScenario(parseScenario({ file: "s.yaml", text: scenario(parts) }));

function problemsOf(parts: Parts) {
  try {
    resolve(parts);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe("a label", () => {
  test("changes nothing: no profile, no assumption", () => {
    const labelled = resolve({ node: ", hosting: vm" }).base;
    const plain = resolve({}).base;
    expect(labelled.hosting).toBeUndefined();
    expect(labelled.nodeGroups[0]!.hosting).toBe("vm");
    expect(labelled.assumptions).toEqual(plain.assumptions);
  });

  test("of both kinds beside each other is warned about", () => {
    const { warnings } = resolve({
      node: ", hosting: bare-metal",
      more: "    - { name: vms, count: 1, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB, hosting: vm }\n",
    });
    expect(warnings.map(({ rule, line }) => [rule, line])).toEqual([["hosting-label", 6]]);
    expect(warnings[0]!.help).toContain("{ profile: vm }");
  });
});

describe("a profile", () => {
  test("takes the preset's numbers and those written, each with its provenance", () => {
    const { base } = resolve({
      node: ", hosting: { profile: vm, computeRatio: 0.95, jitter: { chance: 1%, pause: 0.5 }, guestNuma: hidden }",
    });
    const profile = base.hosting!.groups[0]!.profile!;
    expect(profile.computeRatio).toMatchObject({ value: 0.95, provenance: "given" });
    expect(profile.jitter.value).toEqual({ kind: "pauses", chance: 0.01, lengthShare: 0.5 });
    expect(profile.hostPathSlowdown.value).toBe(3.7);
    expect(profile.network).toMatchObject({ value: "rdma", provenance: "published" });
    const ledger = new Map(base.assumptions.map((row) => [row.id, row]));
    expect(ledger.get("hosting:h100:compute-ratio")?.provenance).toBe("given");
    expect(ledger.get("hosting:h100:jitter")?.value).toBe("1 % of steps stop for 0.5 of a step");
    expect(ledger.get("hosting:h100:host-path")?.value).toBe("3.7 times");
    expect(ledger.get("durations-on-bare-metal")?.provenance).toBe("assumed");
  });

  test.each([
    ["{ mean: 0% }", { kind: "none" }],
    ["{ mean: 0.2% }", { kind: "exponential", meanShare: 0.002 }],
    ["{ quantiles: [0%, 1%, 5%] }", { kind: "quantiles", shares: [0, 0.01, 0.05] }],
  ])("jitter %s", (written, expected) => {
    const { base } = resolve({ node: `, hosting: { profile: vm, jitter: ${written} }` });
    expect(base.hosting!.groups[0]!.profile!.jitter.value).toEqual(expected);
  });
});

describe("an elastic group", () => {
  test("takes the provisioning of its profile, of virtual machines, or its own", () => {
    const phasesOf = (node: string) => resolve({ node }).base.hosting!.groups[0]!.elastic!;
    const usual = phasesOf(", hosting: { profile: vm }, elastic: { min: 1 }");
    expect(usual).toMatchObject({ nodesMin: 1, idleTimeoutS: 600 });
    expect(usual.provisioning.map(({ medianS }) => medianS)).toEqual([284, 126, 111]);
    expect(phasesOf(", elastic: {}").provisioning).toEqual(usual.provisioning);
    expect(
      phasesOf(", elastic: { idleTimeout: 1h, provisioning: [{ name: boot, median: 5m }] }"),
    ).toEqual({
      nodesMin: 0,
      idleTimeoutS: 3600,
      provisioning: [{ name: "boot", medianS: 300, sigma: 0 }],
    });
  });
});

describe("communication", () => {
  test("is silent by default: nothing depends on where a job lands", () => {
    expect(resolve({}).base.hosting).toBeUndefined();
  });

  test("a class, a share of one's own, and classes by tenant", () => {
    const stepsOf = (workload: string) =>
      resolve({ workload: `  communication: ${workload}` }).base.hosting!.communication!.steps;
    expect(stepsOf("light").others).toEqual({
      share: 0.05,
      messageBytes: 67_108_864,
      hostShare: 0,
    });
    const own = stepsOf(
      "{ share: 12%, message: 1MiB, hostShare: 5%, tenants: [{ name: language, class: heavy }] }",
    );
    expect(own.others).toEqual({ share: 0.12, messageBytes: 1_048_576, hostShare: 0.05 });
    expect(own.byTenant.get("language")).toEqual({
      share: 0.3,
      messageBytes: 1_048_576,
      hostShare: 0.05,
    });
  });

  test("links come from the sku, else from the board that the GPUs are sold on", () => {
    const linksOf = (node: string) => {
      const { base } = resolve({ node, workload: "  communication: light" });
      return [
        base.hosting!.groups[0]!.links?.topology.nvswitch?.linksPerGpu,
        base.assumptions.find(({ id }) => id === "links:h100")?.provenance,
      ];
    };
    expect(linksOf("")).toEqual([18, "assumed"]);
    expect(linksOf(", linksLike: Standard_ND96isr_H100_v5")).toEqual([18, "published"]);
    expect(linksOf(", hosting: { profile: vm, gpuPeerToPeer: false }")).toEqual([
      undefined,
      "assumed",
    ]);
  });

  test("a leaf is a level of the topology, and the fabric says how narrow it is", () => {
    const { base } = resolve({
      workload: "  communication: heavy",
      cluster:
        "  topology: [{ level: rack, size: 2 }]\n  fabric: { oversubscription: 4, leaf: rack }",
    });
    expect(base.hosting!.communication).toMatchObject({
      fabric: { oversubscription: 4 },
      leafLevel: 0,
    });
  });

  test("a job's model is spread over its GPUs", () => {
    const { base } = resolve({
      job: ", model: { name: Llama-3-8B, tensor: 8, globalBatch: 32, zero: 1 }",
    });
    expect(base.hosting!.communication!.steps.training.get("a")!.parallelism).toMatchObject({
      tensor: 8,
      pipeline: 1,
      data: 2,
      globalBatch: 32,
      sequence: 8192,
      zeroStage: 1,
    });
  });
});

describe("refused, with place and reason", () => {
  test.each<[string, Parts, RegExp]>([
    ["an unknown profile", { node: ", hosting: { profile: vmm }" }, /hosting\.profile.*vmm/],
    [
      "a ratio beyond what anybody published",
      { node: ", hosting: { profile: vm, computeRatio: 1.2 }" },
      /from 0\.1 to 1\.05, got 1\.2/,
    ],
    [
      "two kinds of jitter",
      { node: ", hosting: { profile: vm, jitter: { mean: 1%, chance: 1%, pause: 1 } }" },
      /one of: mean; chance and pause; quantiles/,
    ],
    [
      "half a pause",
      { node: ", hosting: { profile: vm, jitter: { chance: 1% } }" },
      /chance and pause of a jitter are given together/,
    ],
    [
      "falling quantiles",
      { node: ", hosting: { profile: vm, jitter: { quantiles: [0%, 5%, 1%] } }" },
      /must not fall/,
    ],
    [
      "more nodes up than there are",
      { node: ", elastic: { min: 9 }" },
      /elastic\.min of h100 is 9, more than its count of 4/,
    ],
    [
      "elastic bare metal without a time",
      { node: ", hosting: { profile: bare-metal }, elastic: {}" },
      /how long a node takes to be ready is not known/,
    ],
    ["an unknown machine", { node: ", linksLike: HGX H10" }, /unknown machine "HGX H10"/],
    [
      "a leaf that is no level",
      { cluster: "  fabric: { leaf: rack }" },
      /"rack" is no level of cluster\.topology/,
    ],
    [
      "GPUs that the model does not divide",
      { job: ", model: { name: Llama-3-8B, tensor: 3, globalBatch: 32 }" },
      /16 GPUs, which tensor 3 × pipeline 1 does not divide/,
    ],
    [
      "a batch that does not divide",
      { job: ", model: { name: Llama-3-8B, tensor: 8, globalBatch: 33 }" },
      /a step of 33 sequences does not divide/,
    ],
  ])("%s", (_, parts, message) => {
    const problems = problemsOf(parts);
    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
    for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
  });

  test("communication between GPUs whose links nobody published", () => {
    const text = scenario({ workload: "  communication: light" }).replace("H100 SXM", "L4");
    try {
      parseScenario({ file: "s.yaml", text });
      expect.unreachable();
    } catch (error) {
      const [problem] = (error as InputError).problems;
      expect(problem).toMatchObject({ rule: "missing-figure", line: 5 });
      expect(problem!.help).toContain("linksLike");
    }
  });
});

describe("fine-tuning jobs", () => {
  const tuned = (model: string, duration = "") =>
    scenario({}).replace(
      "submit: 0s, duration: 1h, workers: 2, gpus: 8",
      `submit: 0s${duration}, workers: 1, gpus: 8, model: { name: Llama-3-8B, globalBatch: 64, sequence: 2048, ${model} }`,
    );
  const parse = (text: string) => resolveScenario(parseScenario({ file: "s.yaml", text })).base;
  const durationOf = (text: string): number => {
    const { workload } = parse(text);
    return workload.kind === "jobs" ? workload.jobs.durationS[0]! : Number.NaN;
  };

  test("tokens instead of a duration: the estimate is the duration and stands in the ledger", () => {
    const all = durationOf(tuned("tokens: 100000000"));
    const adapters = durationOf(tuned("tokens: 100000000, adapters: { method: lora, rank: 16 }"));
    expect(durationOf(tuned("tokens: 200000000")) / all).toBeCloseTo(2, 9);
    expect(adapters).toBeLessThan(all);
    const { assumptions } = parse(tuned("tokens: 100000000"));
    const entry = assumptions.find(({ id }) => id === "training:duration:a");
    expect(entry).toMatchObject({
      what: "Duration of a: 100000000 tokens of Llama-3-8B on 8 × H100 SXM5-80GB of h100",
      provenance: "assumed",
    });
    expect(entry!.value).toBe(
      `${Number(all.toPrecision(4))} s at ${Number((1e8 / all).toPrecision(4))} tokens/s`,
    );
  });

  test("a duration that is given stays", () => {
    expect(durationOf(tuned("tokens: 100000000", ", duration: 1h"))).toBe(3600);
  });

  test("neither is refused, and so are tokens nothing can time", () => {
    const problems = (text: string) => {
      try {
        parse(text);
      } catch (error) {
        if (error instanceof InputError)
          return error.problems.map(({ message, rule }) => `${message} [${rule}]`);
        throw error;
      }
      return [];
    };
    expect(problems(tuned("microBatch: 1"))).toEqual([
      'workload.jobs[0] lacks the required field "duration" [missing-field]',
    ]);
    expect(
      problems(
        tuned("tokens: 100000000").replace("gpu: H100 SXM, gpus: 8", "gpu: T4, gpus: 8"),
      ).join(),
    ).toContain("[missing-figure]");
    expect(problems(tuned("tokens: 100000000, adapters: { method: lora, rank: 5000 }"))).toEqual([
      "the rank of adapters must be a whole number from 1 to the width 4096, got 5000 [conflicting-fields]",
    ]);
  });
});

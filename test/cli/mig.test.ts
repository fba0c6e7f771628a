// Partitioned GPUs as a user meets them: the committed scenario, and what is said about impossible ones.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

interface Result {
  readonly goals: readonly { readonly met: boolean }[];
  readonly gpu: {
    readonly allocatedShare: number;
    readonly idleByClass: Readonly<Record<string, number>>;
  };
  readonly jobs: {
    readonly waitS: { readonly p95: number };
    readonly jctS: { readonly mean: number };
  };
  readonly mig?: {
    readonly gpus: number;
    readonly strandedComputeShare: number;
    readonly strandedMemoryShare: number;
    readonly repartitions: number;
    readonly profiles: readonly { readonly name: string; readonly workers: number }[];
  };
}

describe("scenarios/mig-vs-whole.yaml", () => {
  const { exitCode, stdout } = headroom(["run", "scenarios/mig-vs-whole.yaml", "--json"]);
  const document = JSON.parse(stdout) as Result & {
    readonly variants: readonly (Result & { readonly name: string })[];
    readonly assumptions: readonly { readonly id: string; readonly provenance: string }[];
  };
  const variant = (name: string): Result => {
    const found = document.variants.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no variant ${name}`);
    return found;
  };

  test("one node of instances does what two nodes of whole GPUs do not", () => {
    expect(exitCode).toBe(0);
    expect(document.goals.map(({ met }) => met)).toEqual([true]);
    expect(variant("two nodes of whole GPUs").goals.map(({ met }) => met)).toEqual([false]);
    expect(variant("two nodes of whole GPUs").mig).toBeUndefined();
  });

  test("two 3g strand one of seven compute slices, 3g + 2g + 1g + 1g none", () => {
    expect(variant("two 3g per GPU").mig!.strandedComputeShare).toBeCloseTo(1 / 7, 9);
    expect(variant("two 3g per GPU").mig!.strandedMemoryShare).toBe(0);
    expect(variant("two 3g per GPU").gpu.idleByClass["stranded_compute"]).toBeCloseTo(1 / 7, 9);
    expect(document.mig!.strandedComputeShare).toBe(0);
  });

  test("busy and idle shares sum to one in every configuration", () => {
    for (const { gpu } of [document, ...document.variants]) {
      const idle = Object.values(gpu.idleByClass).reduce((sum, share) => sum + share, 0);
      expect(gpu.allocatedShare + idle).toBeCloseTo(1, 9);
    }
  });

  test("every job is on some instance, and dynamic layouts really change", () => {
    const { profiles } = document.mig!;
    expect(profiles.reduce((sum, { workers }) => sum + workers, 0)).toBe(1801);
    expect(document.mig!.repartitions).toBe(0);
    expect(variant("layouts that follow what waits").mig!.repartitions).toBeGreaterThan(0);
  });

  test("instances smaller than what jobs can use make them slower", () => {
    const squeezed = variant("fine-tunes squeezed into 2g").jobs.jctS.mean;
    expect(squeezed).toBeGreaterThan(document.jobs.jctS.mean);
  });

  test("says what it assumes", () => {
    expect(document.assumptions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["mig-geometry:A100 SXM4-80GB", "mig-speed"]),
    );
  });
});

describe("partitioning that cannot be", () => {
  function run(
    partitioning: string,
    jobs = "{ id: a, submit: 0s, duration: 1h, gpus: 1 }",
    gpu = "A100 SXM4-80GB",
  ) {
    const file = join(temporaryFolder(), "s.yaml");
    writeFileSync(
      file,
      [
        "schema: headroom/scenario/v1",
        "name: s",
        "cluster:",
        `  nodes: [{ name: n, count: 1, gpu: "${gpu}", gpus: 2, cpu: 8, memory: 64GiB, partitioning: ${partitioning} }]`,
        "workload:",
        `  jobs: [${jobs}]`,
        "policy: { queue: fifo-skip, placement: pack }",
        "",
      ].join("\n"),
    );
    const { exitCode, stderr } = headroom(["run", file, "--json"]);
    return { exitCode, message: stderr.replaceAll(/\s+/g, " ") };
  }

  test.each<[string, string, string]>([
    [
      "an impossible layout names the nearest that fit",
      "{ mode: mig, layout: [4g.40gb, 4g.40gb] }",
      "the nearest that fit: 1 x 4g.40gb + 1 x 3g.40gb",
    ],
    [
      "a profile of another GPU",
      "{ mode: mig, layout: [1g.5gb] }",
      'A100 SXM4-80GB has no MIG profile "1g.5gb"',
    ],
    [
      "MIG and replicas",
      "{ mode: mig, layout: [7g.80gb], replicas: 4 }",
      "replicas divides a GPU by time-slicing or mps, and mode mig divides it into instances: a GPU is handed out in one way only",
    ],
    [
      "MPS and a layout",
      "{ mode: mps, replicas: 4, layout: [7g.80gb] }",
      "layout belongs to mode mig, and the mode is mps",
    ],
    ["MIG without a layout", "{ mode: mig }", "has mode mig and no layout"],
    ["too many MPS clients", "{ mode: mps, replicas: 64 }", "must be at most 48 under MPS, got 64"],
    [
      "layouts for another number of GPUs",
      "{ mode: mig, layouts: [[7g.80gb]] }",
      "layouts has 1 entries, the node has 2 GPUs",
    ],
    [
      "a duration without changes",
      "{ mode: mig, layout: [7g.80gb], repartitionDuration: 4m }",
      "repartitionDuration is for policy dynamic",
    ],
  ])("%s", (_what, partitioning, message) => {
    const result = run(partitioning);
    expect(result.exitCode).toBe(2);
    expect(result.message).toContain(message);
    expect(result.message).toContain("s.yaml:4:");
  });

  test("a GPU without MIG", () => {
    const { exitCode, message } = run("{ mode: mig, layout: [1g.5gb] }", undefined, "L40S");
    expect(exitCode).toBe(2);
    expect(message).toContain("L40S cannot be divided into MIG instances");
  });

  test("a job that asks for a profile no GPU has", () => {
    const job = "{ id: a, submit: 0s, duration: 1h, mig: [1g.10bg] }";
    const { exitCode, message } = run("{ mode: mig, layout: [7g.80gb] }", job);
    expect(exitCode).toBe(2);
    expect(message).toContain('no GPU has a MIG profile "1g.10bg"');
    expect(message).toContain('Did you mean "1g.10gb"?');
  });
});

// Services in scenarios, as a person runs them: Llama 70B by KAITO, a small model on MIG, serving beside training.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

interface Serving {
  readonly requests: number;
  readonly finished: number;
  readonly rejected: number;
  readonly open: number;
  readonly ttftS: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly sloAttainment: number;
  readonly metColdStart: number;
  readonly coldStartTtftS: { readonly max: number | null };
  readonly coldStarts: number;
  readonly replicasMean: number;
  readonly replicasMax: number;
  readonly gpuHours: number;
  readonly cost: number;
  readonly costPerMillionTokens: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly services: readonly (Serving & { readonly name: string; readonly verdict: string })[];
}

interface Outcome {
  readonly name?: string;
  readonly endS: number;
  readonly stopReason: string;
  readonly goals: readonly { readonly id: string; readonly verdict: string }[];
  readonly serving: Serving;
  readonly jobs: { readonly count: number; readonly completed: number };
  readonly gpu: { readonly count: number; readonly allocatedShare: number };
  readonly cost: { readonly total: number };
}

function run(scenario: string, ...more: readonly string[]): readonly Outcome[] {
  const { stdout, stderr } = headroom(["run", join("scenarios", scenario), "--json", ...more]);
  expect(stderr).toBe("");
  const base = JSON.parse(stdout) as Outcome & { readonly variants: readonly Outcome[] };
  return [base, ...base.variants];
}

/** What must hold of every service whatever happens. */
function checkBooks({ serving, gpu, endS, cost, jobs }: Outcome): void {
  const { requests, finished, rejected, open } = serving;
  expect(finished + rejected + open).toBe(requests);
  expect(serving.ttftS.p50).toBeLessThanOrEqual(serving.ttftS.p95);
  expect(serving.ttftS.p95).toBeLessThanOrEqual(serving.ttftS.p99);
  expect(serving.replicasMean).toBeLessThanOrEqual(serving.replicasMax + 1e-9);
  expect(serving.sloAttainment).toBeLessThanOrEqual(1);
  const heldHours = (gpu.allocatedShare * gpu.count * endS) / 3600;
  if (jobs.count === 0) {
    // A seventh of a GPU counts as 143 thousandths.
    expect(serving.gpuHours / heldHours).toBeCloseTo(1, 2);
    expect(serving.cost).toBeCloseTo(cost.total, 6);
  } else expect(serving.gpuHours).toBeLessThan(heldHours);
  const tokens = serving.promptTokens + serving.outputTokens;
  expect(serving.costPerMillionTokens).toBeCloseTo((serving.cost / tokens) * 1e6, 9);
}

describe("services", () => {
  test("Llama 70B by KAITO: a slow scaler misses what four nodes keep, and zero means a cold start", () => {
    // Three hours hold a scale-up and a cold start.
    const outcomes = run(
      "llama-70b-kaito.yaml",
      "--set",
      "workload.services[0].traffic.duration=3h",
    );
    outcomes.forEach(checkBooks);
    const [base, zero, sooner, always] = outcomes as [Outcome, Outcome, Outcome, Outcome];
    expect(base.serving.metColdStart).toBe(0);
    expect(zero.serving.metColdStart).toBeGreaterThan(100);
    // Provisioning (410 s at the median), 556 s of phases, a larger model, and a look of the scaler.
    expect(zero.serving.coldStartTtftS.max).toBeGreaterThan(700);
    expect(zero.serving.coldStartTtftS.max).toBeLessThan(2500);
    expect(sooner.serving.sloAttainment).toBeGreaterThan(base.serving.sloAttainment);
    expect(always.serving.sloAttainment).toBeGreaterThan(sooner.serving.sloAttainment);
    expect(always.serving.costPerMillionTokens).toBeGreaterThan(base.serving.costPerMillionTokens);
    expect(always.serving.coldStarts).toBe(0);
  });

  test("a small model: instances of a GPU take less of it than whole GPUs", () => {
    const outcomes = run(
      "small-model-mig.yaml",
      "--set",
      "workload.services[0].traffic.duration=1h",
    );
    outcomes.forEach(checkBooks);
    const [mig, whole] = outcomes as [Outcome, Outcome];
    expect(mig.serving.gpuHours).toBeLessThan(whole.serving.gpuHours);
    expect(mig.serving.ttftS.p50).toBeGreaterThan(whole.serving.ttftS.p50);
  });

  test("serving beside training: all jobs end, and the service keeps its promises", () => {
    const outcomes = run(
      "serving-beside-batch.yaml",
      "--set",
      "workload.services[0].traffic.duration=90m",
    );
    outcomes.forEach(checkBooks);
    for (const { jobs, stopReason, serving } of outcomes) {
      expect(jobs).toMatchObject({ count: 4, completed: 4 });
      expect(stopReason).toBe("drained");
      expect(serving.services[0]!.verdict).toBe("stable");
    }
  });

  test("files: replicas and requests as tables, the same bytes twice", () => {
    const folder = temporaryFolder();
    const out = join(folder, "out");
    const args = ["run", "scenarios/small-model-mig.yaml"];
    const short = ["--set", "workload.services[0].traffic.duration=2m", "--set", "variants=[]"];
    headroom([...args, ...short, "--quiet", "--out", out]);
    const [result, replicas, requests] = ["result.json", "replicas.csv", "requests.csv"].map(
      (file) => readFileSync(join(out, file), "utf8"),
    );
    expect(headroom([...args, ...short, "--json"]).stdout).toBe(result);
    expect(replicas!.split("\n")[1]).toMatch(/^assistant,0,0,0,/);
    expect(requests!.split("\n").length).toBeGreaterThan(100);
  });
});

test("replications draw their own requests and give intervals", () => {
  const folder = temporaryFolder();
  const file = join(folder, "many.yaml");
  writeFileSync(
    file,
    [
      "schema: headroom/scenario/v1",
      "name: many",
      "cluster: { nodes: [{ name: h100, count: 1, sku: HGX H100, cpu: 96, memory: 1TiB }] }",
      "workload:",
      "  services:",
      "    - name: chat",
      "      model: llama-3.1-8b-instruct",
      "      targets: [{ ttft: 200ms }]",
      "      traffic: { preset: azure-2023-conversation, duration: 2m }",
      "policy: { queue: fifo-skip, placement: pack }",
      "goals: [{ metric: serving.ttftS.p95, service: chat, atMost: 1s }]",
      "run: { replications: 4 }",
      "",
    ].join("\n"),
  );
  const { stdout, exitCode } = headroom(["run", file, "--json"]);
  expect(exitCode).toBe(0);
  const { goals, serving } = JSON.parse(stdout) as {
    readonly goals: readonly {
      readonly interval: readonly [number, number];
      readonly actual: number;
    }[];
    readonly serving: Serving;
  };
  const { interval, actual } = goals[0]!;
  expect(interval[0]).toBeLessThan(actual);
  expect(interval[1]).toBeGreaterThan(actual);
  expect(serving.services[0]!.verdict).toBe("stable");
});

describe("what is wrong with a manifest or a trace", () => {
  const scenario = (folder: string, service: string): string => {
    const file = join(folder, "s.yaml");
    writeFileSync(
      file,
      [
        "schema: headroom/scenario/v1",
        "name: s",
        "cluster: { nodes: [{ name: h100, count: 1, sku: HGX H100, cpu: 96, memory: 1TiB }] }",
        "workload:",
        "  services:",
        `    - { name: chat, ${service} }`,
        "policy: { queue: fifo-skip, placement: pack }",
        "",
      ].join("\n"),
    );
    return file;
  };
  const refused = (folder: string, service: string): string => {
    const out = join(folder, "out");
    const { exitCode, stderr } = headroom(["run", scenario(folder, service), "--out", out]);
    expect(exitCode).toBe(2);
    return stderr;
  };
  const traffic = "traffic: { preset: azure-2023-code, duration: 1m }";

  test("machines of a manifest that the cluster does not have", () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "w.yaml"),
      [
        "apiVersion: kaito.sh/v1beta1",
        "kind: Workspace",
        "metadata: { name: w }",
        "resource: { instanceType: Standard_NC24ads_A100_v4, labelSelector: { matchLabels: { app: w } } }",
        "inference: { preset: { name: phi-4-mini-instruct } }",
        "",
      ].join("\n"),
    );
    const text = refused(folder, `manifest: w.yaml, ${traffic}`);
    expect(text).toContain("s.yaml:6:");
    expect(text).toContain("the cluster has no machines of type Standard_NC24ads_A100_v4");
    expect(text).toContain("add a node group with sku: Standard_NC24ads_A100_v4");
  });

  test("a trace with a request of no token", () => {
    const folder = temporaryFolder();
    const rows = ["arrivalS,promptTokens,outputTokens", "0,100,10", "1,0,10", ""].join("\n");
    writeFileSync(join(folder, "t.csv"), rows);
    const text = refused(folder, "model: llama-3.1-8b-instruct, traffic: { trace: t.csv }");
    expect(text).toContain("t.csv:3:");
    expect(text).toContain("promptTokens");
  });

  test("a manifest that is none", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "n.yaml"), "kind: Pod\n");
    expect(refused(folder, `manifest: n.yaml, ${traffic}`)).toContain("no object of KAITO");
  });
});

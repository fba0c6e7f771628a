// A scenario with failures, spares, electricity and prices, as a person runs it; and what is wrong with broken ones.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const SCENARIO = join("scenarios", "failures-and-spares.yaml");

/** What the test looks at of one configuration. */
interface Outcome {
  readonly name?: string;
  readonly goals: readonly { readonly verdict: string; readonly actual: number }[];
  readonly jobs: { readonly preemptions: number };
  readonly gpu: { readonly count: number; readonly idleByClass: Readonly<Record<string, number>> };
  readonly faults: {
    readonly failures: number;
    readonly interruptions: number;
    readonly availability: number;
    readonly takeovers: number;
    readonly gpuHoursStandby: number;
    readonly components: readonly { readonly name: string; readonly failures: number }[];
  };
  readonly energy: {
    readonly totalKwh: number;
    readonly machinesKwh: number;
    readonly pue: number;
    readonly powerMaxW: number;
    readonly uses: readonly { readonly kwh: number }[];
  };
  readonly cost: {
    readonly total: number;
    readonly periodS: number;
    readonly items: readonly { readonly name: string; readonly amount: number }[];
    readonly tenants: readonly { readonly name: string; readonly amount: number }[];
  };
}

describe("failures and spares", () => {
  test("two spares are enough, one is not, and the parts of the result add up", () => {
    const { exitCode, stdout, stderr } = headroom(["run", SCENARIO, "--json"]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const base = JSON.parse(stdout) as Outcome & { readonly variants: readonly Outcome[] };
    const verdicts = base.variants.map(({ name, goals }) => [name, goals[0]!.verdict]);
    expect(base.goals[0]!.verdict).toBe("met");
    expect(verdicts.slice(0, 3)).toEqual([
      ["no spare", "missed"],
      ["one spare", "missed"],
      ["four spares", "met"],
    ]);
    for (const { faults, energy, cost, gpu, jobs } of [base, ...base.variants]) {
      expect(jobs.preemptions).toBe(0);
      const failures = faults.components.reduce((sum, component) => sum + component.failures, 0);
      expect(failures).toBeCloseTo(faults.failures, 9);
      expect(faults.interruptions).toBeLessThanOrEqual(faults.failures);
      expect(1 - faults.availability).toBeCloseTo(gpu.idleByClass["failed"]!, 3);
      const machines = energy.uses.reduce((sum, { kwh }) => sum + kwh, 0);
      expect(machines).toBeCloseTo(energy.machinesKwh, 3);
      expect(energy.totalKwh).toBeCloseTo(energy.machinesKwh * 1.3, 3);
      const items = cost.items.reduce((sum, { amount }) => sum + amount, 0);
      expect(items).toBeCloseTo(cost.total, 3);
      // 300 000 over 4 years of 8 760 hours, for every node of the group, spares included.
      const nodeHours = (gpu.count / 8) * (cost.periodS / 3600);
      expect(cost.items[0]!.amount / ((nodeHours * 300_000) / (4 * 8760))).toBeCloseTo(1, 9);
      expect(cost.items[1]!.amount / (energy.totalKwh * 0.15)).toBeCloseTo(1, 9);
      expect(cost.tenants[0]!.amount / cost.total).toBeCloseTo(1, 2);
      expect(energy.powerMaxW).toBeLessThanOrEqual((gpu.count / 8) * 10_200);
    }
    expect(base.variants[0]!.faults.takeovers).toBe(0);
    expect(base.variants[0]!.faults.gpuHoursStandby).toBe(0);
    expect(base.faults.takeovers).toBeGreaterThan(0);
  });

  test("everything wrong is said at once, with the place and what would do", () => {
    const file = join(temporaryFolder(), "broken.yaml");
    writeFileSync(
      file,
      `schema: headroom/scenario/v1
name: broken
cluster:
  nodes:
    - {name: h200, count: 4, gpu: H200, gpus: 8, cpu: 96, memory: 1TiB}
workload:
  checkpoint: {interval: optimal}
  jobs:
    - {id: a, submit: 0s, duration: 1d, workers: 2, gpus: 8}
policy: {queue: fifo-strict, placement: first-fit}
faults:
  preset: llama3
  spares: [{name: h20, count: 1}]
  components:
    - {name: switch, scope: nodes, mtbf: 5y, repair: {mean: 4h}}
    - {name: gpu, scope: gpu, mtbf: 5y, repair: {mean: 4h, fixed: 1h}}
  maintenance:
    - {name: kernel, first: 1d, every: 1h, duration: 2h, nodesAtOnce: 1}
cost: {electricity: 0.2}
`,
    );
    const { exitCode, stderr } = headroom(["run", file]);
    expect(exitCode).toBe(2);
    for (const text of [
      ":7:26: workload.checkpoint.interval optimal needs a cost above 0",
      "nobody published how long repairs take",
      'must name a node group of the cluster, got "h20". Did you mean "h200"?',
      "faults.components[0] of scope nodes must have one of nodesEach and level",
      'the preset llama3 has a component "gpu" already',
      "must have one of fixed, mean, or median with p95",
      "must not be shorter than one round over all nodes: 4 × 7200 s",
      "cost.electricity needs power",
      "nothing was written",
    ]) {
      expect(stderr).toContain(text);
    }
  });

  test("prices and powers that nobody published have to be given", () => {
    const file = join(temporaryFolder(), "unpublished.yaml");
    writeFileSync(
      file,
      `schema: headroom/scenario/v1
name: unpublished
cluster:
  nodes:
    - {name: h200, count: 4, gpu: H200, gpus: 8, cpu: 96, memory: 1TiB}
workload:
  jobs:
    - {id: a, submit: 0s, duration: 1d, workers: 2, gpus: 8}
policy: {queue: fifo-strict, placement: first-fit}
goals:
  - {metric: faults.availability, atLeast: 99%}
power: {rack: {limit: 20kW, nodesPerRack: 4}}
cost: {}
`,
    );
    const { exitCode, stderr } = headroom(["run", file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("goals[0] is about faults.availability");
    const given = headroom(["run", file, "--set", "goals=null"]);
    expect(given.stderr).toContain("nobody published the idle power of the GPU H200 SXM-141GB");
    expect(given.stderr).toContain("at most 3 of these nodes may stand in one rack");
    expect(given.stderr).toContain("cost.nodes must give a price for the node group h200");
  });
});

test("a job that would fail for ever is refused, unless the run has an end", () => {
  const text = `schema: headroom/scenario/v1
name: hopeless
cluster:
  nodes: [{name: h100, count: 2048, sku: DGX H100}]
workload:
  jobs: [{id: train, submit: 0s, duration: 54d, workers: 2048, gpus: 8}]
policy: {queue: fifo-strict, placement: first-fit}
faults: {preset: llama3, repair: {fixed: 1h}}
`;
  const file = join(temporaryFolder(), "hopeless.yaml");
  writeFileSync(file, text);
  const { exitCode, stderr } = headroom(["run", file, "--json"]);
  expect(exitCode).toBe(2);
  expect(stderr.replace(/\s+/g, " ")).toContain(
    'the job "train" works 54 d without a checkpoint and failures stop its nodes every 3.09 h',
  );
  const ended = headroom(["run", file, "--json", "--set", "run.until=12h"]);
  expect(ended.exitCode).toBe(0);
  expect(JSON.parse(ended.stdout).jobs.completed).toBe(0);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { createCatalogue } from "../../hardware/catalogue.js";
import { findNodeSku } from "../../hardware/find-node-sku.js";
import { findDecoder } from "../../performance/llm/known-decoders.js";
import { planReplica } from "../../performance/llm/plan-replica.js";
import { hostOfGpus, hostOfSku, type ReplicaHost } from "../../performance/llm/replica-host.js";
import { checkModel } from "./check-model.js";
import { parseGoals } from "./goals.js";
import { parseInventory } from "./inventory.js";
import { findLayouts, type FitQuestion } from "./layouts.js";
import { namedMachines } from "./machines.js";
import { peakTokensPerMinute, simulateAt } from "./simulate-engine.js";
import { simulateServing } from "../../simulation/serving/simulate-serving.js";
import { steadyState } from "./steady-state.js";

const CATALOGUE = createCatalogue();

function question(name: string, more: Partial<FitQuestion> = {}): FitQuestion {
  const found = findDecoder(name);
  if (found.kind !== "found") throw new Error(found.kind);
  return {
    model: found.model,
    promptTokens: 1024,
    outputTokens: 256,
    goals: [],
    batchTokensMax: 2048,
    requestsMax: 256,
    nodesMax: 4,
    replica: {},
    hasSpeed: true,
    ...more,
  };
}

function host(name: string): ReplicaHost {
  const found = hostOfSku(findNodeSku(name)!);
  if (found.kind !== "host") throw new Error(found.reason);
  return found.host;
}

const A100 = host("Standard_NC24ads_A100_v4");

describe("steady state", () => {
  const plan = planReplica({ model: question("llama-3.1-8b-instruct").model, host: A100 });
  if (plan.kind === "refused") throw new Error(plan.message);

  test.each([8, 32, 64])("agrees with a simulation at %i in flight", (concurrency) => {
    const asked = question("llama-3.1-8b-instruct");
    const state = steadyState({
      ...asked,
      stepTime: plan.stepTime,
      concurrency,
      arrivals: "at-random",
    });
    const found = simulateAt(asked, plan, state.requestsPerS, concurrency);
    expect(Math.abs(state.tpotMeanS / found.tpotMeanS - 1)).toBeLessThan(0.12);
    // The wait of a prompt is an approximation for heavy traffic.
    expect(Math.abs(state.ttftMeanS / found.ttftMeanS - 1)).toBeLessThan(0.35);
    expect(Math.abs(state.tpotP95S / found.tpotP95S - 1)).toBeLessThan(0.25);
  });

  test("property: more in flight never serves fewer, and never faster", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6000 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom("at-random" as const, "when-others-end" as const),
        (promptTokens, outputTokens, concurrency, arrivals) => {
          const at = (inFlight: number): ReturnType<typeof steadyState> =>
            steadyState({
              stepTime: plan.stepTime,
              promptTokens,
              outputTokens,
              batchTokensMax: 2048,
              concurrency: inFlight,
              arrivals,
            });
          const [few, more] = [at(concurrency), at(concurrency + 1)];
          expect(more.requestsPerS).toBeGreaterThanOrEqual(few.requestsPerS * 0.98);
          expect(more.tpotMeanS).toBeGreaterThanOrEqual(few.tpotMeanS * 0.98);
          expect(few.ttftMeanS).toBeGreaterThan(plan.stepTime.beforeS);
        },
      ),
    );
  });

  test.each([
    [2048, 256],
    [32_000, 16],
    [700, 1],
  ])("one request of %i and %i tokens alone meets nobody", (promptTokens, outputTokens) => {
    const asked = { promptTokens, outputTokens, batchTokensMax: 2048 };
    const arrivals = "when-others-end";
    const alone = steadyState({ ...asked, stepTime: plan.stepTime, concurrency: 1, arrivals });
    const run = simulateServing({
      requests: {
        count: 1,
        arrivalS: Float64Array.of(0),
        promptTokens: Int32Array.of(promptTokens),
        outputTokens: Int32Array.of(outputTokens),
      },
      replica: { ...plan, batchTokensMax: 2048, requestsMax: 256 },
      replicas: 1,
      router: "round-robin",
    });
    expect(alone.ttftMeanS / run.ttftS[0]!).toBeCloseTo(1, 1.5);
    expect(alone.ttftP95S).toBe(alone.ttftMeanS);
    if (outputTokens > 1) expect(alone.tpotMeanS / run.tpotS[0]!).toBeCloseTo(1, 2);
  });

  test("many at once who come when others end wait as long as Little's law says", () => {
    const asked = { promptTokens: 8000, outputTokens: 16, batchTokensMax: 2048, concurrency: 50 };
    const state = steadyState({ ...asked, stepTime: plan.stepTime, arrivals: "when-others-end" });
    const inFlight = state.requestsPerS * (state.ttftMeanS + 15 * state.tpotMeanS);
    expect(inFlight / 50).toBeCloseTo(1, 1);
  });

  test("arithmetic is never done faster than the GPU can", () => {
    const asked = { batchTokensMax: 8192, requestsMax: 256 };
    const tokensPerS = peakTokensPerMinute(asked, plan)! / 60;
    expect(tokensPerS * 2 * 7.5e9).toBeLessThan(312e12);
    expect(tokensPerS).toBeGreaterThan(3000);
  });
});

describe("layouts", () => {
  test("the fewest machines, with copies where the model is small", () => {
    const small = findLayouts(question("phi-4-mini-instruct"), host("DGX H100"));
    expect(small).toMatchObject({ kind: "fits", best: { nodes: 1 } });
    if (small.kind === "fits") expect(small.best.replicas).toBeGreaterThan(1);
    const large = findLayouts(question("llama-3.3-70b-instruct"), A100);
    expect(large).toMatchObject({ kind: "fits", best: { nodes: 2, replicas: 1 } });
  });

  test("goals cost throughput, and impossible ones are never met", () => {
    const free = findLayouts(question("llama-3.1-8b-instruct"), A100);
    const goals = parseGoals("--slo", "ttft-p95=600ms,tpot-p95=40ms");
    const bound = findLayouts(question("llama-3.1-8b-instruct", { goals }), A100);
    const never = parseGoals("--slo", "tpot-p95=1ms");
    const none = findLayouts(question("llama-3.1-8b-instruct", { goals: never }), A100);
    if (free.kind !== "fits" || bound.kind !== "fits" || none.kind !== "fits")
      throw new Error("fit");
    expect(bound.best.served!.state.requestsPerS).toBeLessThan(
      free.best.served!.state.requestsPerS,
    );
    expect(none.best.served).toBeUndefined();
    expect(none.best.alone!.tpotMeanS).toBeGreaterThan(0.001);
  });

  test("a request larger than the cache does not fit", () => {
    const asked = question("llama-3.1-8b-instruct", { promptTokens: 130_000, nodesMax: 1 });
    const card = CATALOGUE.gpu("A100 SXM4-40GB");
    if (card.kind !== "found") throw new Error(card.kind);
    expect(findLayouts(asked, hostOfGpus(card.gpu, 1))).toMatchObject({
      kind: "does-not-fit",
      short: true,
    });
  });
});

describe("the answer", () => {
  const ask = (
    name: string,
    place: string,
    more: Partial<FitQuestion> = {},
  ): ReturnType<typeof checkModel> => {
    const found = findDecoder(name);
    const spec = found.kind === "found" ? found.spec : undefined;
    return checkModel(
      { requested: name, ...(spec === undefined ? {} : { spec }) },
      question(name, more),
      [namedMachines("--on", { name: place, gpus: 1 }, CATALOGUE)],
      CATALOGUE,
    );
  };

  test("names nodes, cache, throughput, cost and KAITO's count, and ranks the rest", () => {
    const answer = ask("llama-3.3-70b-instruct", "Standard_ND96isr_H100_v5");
    const [machine] = answer.machines;
    expect(answer).toMatchObject({ fits: true, meetsGoals: null, remedies: [] });
    expect(machine).toMatchObject({
      fits: true,
      kaito: { nodes: 1 },
      layout: { nodes: 1, usdPerHour: 98.32 },
    });
    const { served, usdPerMillionTokens } = machine!.layout!;
    expect(usdPerMillionTokens! * served!.tokensPerS * 3600).toBeCloseTo(98.32e6, 0);
    const costs = answer.alternatives.flatMap((each) => each.usdPerMillionTokens ?? []);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    const lastPriced = answer.alternatives.findLastIndex((each) => each.usdPerHour !== null);
    expect(answer.alternatives.slice(lastPriced + 1).length).toBeGreaterThan(0);
    expect(JSON.stringify(ask("llama-3.3-70b-instruct", "Standard_ND96isr_H100_v5"))).toBe(
      JSON.stringify(answer),
    );
  });

  test("what does not fit says what would, each remedy tried", () => {
    const answer = ask("llama-3.3-70b-instruct", "Standard_NV36ads_A10_v5");
    expect(answer).toMatchObject({ fits: false, meetsGoals: null });
    expect(answer.machines[0]!.reason).toMatch(/lacks at least .* GiB/);
    expect(answer.remedies.join("\n")).toMatch(/weights in 4 bits.*then it fits on \d/);
    expect(answer.remedies.join("\n")).toMatch(/would do, at [\d.]+ USD an hour/);
  });

  test("a model that fits nowhere says so", () => {
    const { model } = question("deepseek-v3-0324");
    const giant = { ...model, name: "giant", experts: { ...model.experts!, count: 25_600 } };
    const answer = ask("deepseek-v3-0324", "L4", { model: giant, nodesMax: 2 });
    expect(answer.alternatives).toEqual([]);
    expect(answer.remedies.join()).toMatch(/no machine of the catalogue holds it on up to 2/);
  });

  test("goals on a machine too slow: what one request alone takes", () => {
    const goals = parseGoals("--slo", "tpot-p95=2ms");
    const answer = ask("llama-3.1-8b-instruct", "Standard_NC24ads_A100_v4", { goals });
    expect(answer).toMatchObject({ fits: true, meetsGoals: false });
    expect(answer.remedies.join("\n")).toMatch(/ms per token: one request alone takes that/);
  });
});

describe("an inventory", () => {
  const read = (text: string): unknown =>
    parseInventory("i.yaml", text, CATALOGUE).map(({ name, count, host: { gpusPerNode } }) => [
      name,
      count,
      gpusPerNode,
    ]);

  test.each([
    [
      "a scenario",
      "cluster:\n  nodes:\n    - { name: a, count: 3, sku: DGX H100 }\n",
      [["DGX H100", 3, 8]],
    ],
    [
      "a list",
      "nodes:\n  - { gpu: L40S, gpus: 4, count: 2 }\n  - { name: cpu, cpu: 8 }\n",
      [["4 × L40S", 2, 4]],
    ],
    [
      "nodes of Kubernetes",
      JSON.stringify({
        items: [1, 2].map((node) => ({
          metadata: {
            name: `n${node}`,
            labels: { "nvidia.com/gpu.product": "NVIDIA-L40S", "nvidia.com/gpu.count": "2" },
          },
        })),
      }),
      [["2 × L40S", 2, 2]],
    ],
  ])("from %s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ["nothing of it", "a: 1\n", /an inventory is a scenario/],
    ["an unknown machine", "nodes: [{ sku: DGX H1000 }]\n", /no machine "DGX H1000"/],
    ["an unknown GPU", "nodes: [{ gpu: L41S }]\n", /no GPU "L41S"/],
    ["an open name", "nodes: [{ gpu: A100 40 }]\n", /GPU/],
    ["no whole count", "nodes: [{ gpu: L4, count: 1.5 }]\n", /count must be a whole number/],
    [
      "machines without GPUs",
      "nodes: [{ name: a, cpu: 4 }]\n",
      /no machine of the inventory has a GPU/,
    ],
  ])("is refused: %s", (_, text, message) => {
    expect(messageOf(() => read(text))).toMatch(message);
  });
});

test.each([
  ["ttft-p95", /must be NAME=DURATION/],
  ["ttft-p59=1s", /there is no goal "ttft-p59"/],
  ["ttft-p95=0s", /must be above 0/],
  ["ttft-p95=fast", /ttft-p95: /],
  ["ttft-p95=1s,ttft-p95=2s", /is there twice/],
])("goals that are none: %s", (text, message) => {
  expect(messageOf(() => parseGoals("--slo", text))).toMatch(message);
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => message).join("\n");
    throw error;
  }
  return "";
}

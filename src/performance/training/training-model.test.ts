// Parameter counts against the published ones: a wrong size would be wrong in memory, time and cost.
import { describe, expect, test } from "vitest";

import { findTrainingModel, TRAINING_MODELS } from "./model-presets.js";
import { countParameters, forwardFlops, modelFlops } from "./training-model.js";

const model = (name: string) => findTrainingModel(name)!;

describe("countParameters", () => {
  test.each([
    // As the weights on the model hubs count themselves.
    ["Llama-2-7B", 6_738_415_616],
    ["Llama-2-13B", 13_015_864_320],
    ["Llama-2-70B", 68_976_648_192],
    ["Llama-3-8B", 8_030_261_248],
    ["Llama-3-70B", 70_553_706_496],
    ["Llama-3-405B", 405_853_388_800],
    ["Mixtral-8x7B", 46_702_792_704],
  ])("%s has %d parameters", (name, count) => {
    expect(countParameters(model(name)).total).toBe(count);
  });

  test.each([
    // NumParams of mosaicml/llm-foundry's benchmark table; it counts biases and norms that we leave out.
    ["MPT-1B", 1_315_950_592],
    ["MPT-3B", 2_651_837_440],
    ["MPT-7B", 6_658_859_008],
    ["MPT-13B", 12_853_954_560],
    ["MPT-30B", 29_975_214_080],
    ["MPT-70B", 64_862_437_376],
  ])("%s is within 0.1 %% of %d", (name, count) => {
    expect(Math.abs(countParameters(model(name)).total / count - 1)).toBeLessThan(0.001);
  });

  test("GPT-3 has 175 billion, and a token of Mixtral uses 12.9", () => {
    expect(countParameters(model("gpt3")).total / 1e9).toBeCloseTo(174.6, 1);
    expect(countParameters(model("mixtral")).active / 1e9).toBeCloseTo(12.9, 1);
  });
});

describe("flops", () => {
  test("equal the formula of Narayanan et al. for a GPT: 72 s l h² (1 + s/6h + V/12lh) without recomputing", () => {
    const gpt = model("gpt3");
    const { layers: l, hidden: h, vocabulary: V } = gpt;
    const s = 2048;
    const expected = 72 * s * l * h * h * (1 + s / (6 * h) + V / (12 * l * h));
    expect(modelFlops(gpt, s) / expected).toBeCloseTo(1, 12);
  });

  test("come close to 6 N per token where sequences are short", () => {
    const llama = model("llama2-7b");
    const perToken = modelFlops(llama, 128) / 128;
    expect(perToken / (6 * countParameters(llama).active)).toBeCloseTo(1, 1);
  });

  test("of a mixture are those of the active experts", () => {
    const { layerWeights } = forwardFlops(model("mixtral"), 1);
    expect(layerWeights).toBe(2 * (4096 * 4096 * 2.5 + 4096 * 8 + 2 * 3 * 4096 * 14336));
  });
});

describe("findTrainingModel", () => {
  test("knows names and aliases, whatever their case and punctuation", () => {
    expect(model("LLAMA 3 70b")).toBe(model("llama3-70b"));
    expect(findTrainingModel("llama-9")).toBeUndefined();
  });

  test("no two models share a name", () => {
    const names = TRAINING_MODELS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(findTrainingModel(name)).toBeDefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { cacheBlocks, CACHE_RULES } from "./cache-blocks.js";
import { cacheBytesPerToken, DECODER_MODELS, weightBytesOf } from "./decoder-model.js";
import { createLayerTableModel, type LayerTables } from "./layer-tables.js";
import { timeAt, treeOf } from "./measured-axis.js";
import { createTrainedPhysics } from "./trained-physics.js";

const [llama8, llama70] = DECODER_MODELS as [
  (typeof DECODER_MODELS)[number],
  (typeof DECODER_MODELS)[number],
];
const H100 = { flopPerS: 989e12, memoryBytesPerS: 3350e9 };

test("weights and cache of published models", () => {
  expect(weightBytesOf(llama8) / 2 / 1e9).toBeCloseTo(8.03, 2);
  expect(weightBytesOf(llama70) / 2 / 1e9).toBeCloseTo(70.55, 1);
  expect(cacheBytesPerToken(llama8)).toBe(131_072);
  expect(cacheBytesPerToken(llama70)).toBe(327_680);
});

describe("trained physics", () => {
  test("one decoding request, by the formula", () => {
    const model = createTrainedPhysics(llama8, H100, 1);
    const batch = { prefills: [], decodes: 1, decodeCacheTokens: 1000, decodeCacheTokensMax: 1000 };
    const weights = 32 * (4096 * (2 * 4096 + 2 * 1024) + 3 * 4096 * 14336) * 2;
    const us =
      (1.94710771 * 131_072 * 1001) / 3.35e6 +
      (1.36252915 * weights) / 3.35e6 +
      32.09546717 * 32 +
      4.41684444 +
      126.024825;
    expect(model.stepS(batch) * 1e6).toBeCloseTo(us, 6);
  });

  test("property: a decode-only batch grows by the stated time with every step", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 256 }),
        fc.integer({ min: 1, max: 1e6 }),
        (decodes, cache) => {
          const model = createTrainedPhysics(llama70, H100, 4);
          const at = (tokens: number): number =>
            model.stepS({
              prefills: [],
              decodes,
              decodeCacheTokens: tokens,
              decodeCacheTokensMax: tokens,
            });
          const growth = model.decodeGrowthS!({
            prefills: [],
            decodes,
            decodeCacheTokens: cache,
            decodeCacheTokensMax: cache,
          });
          expect(at(cache + decodes) - at(cache)).toBeCloseTo(growth, 12);
        },
      ),
    );
  });

  test("more GPUs make a step shorter, a prompt longer", () => {
    const prompt = { tokens: 2000, cachedTokens: 0, promptTokens: 2000 };
    const decode = {
      prefills: [],
      decodes: 8,
      decodeCacheTokens: 8000,
      decodeCacheTokensMax: 1000,
    };
    const one = createTrainedPhysics(llama70, H100, 1);
    const four = createTrainedPhysics(llama70, H100, 4);
    expect(four.stepS(decode)).toBeLessThan(one.stepS(decode));
    expect(one.stepS({ ...decode, prefills: [prompt] })).toBeGreaterThan(1.5 * one.stepS(decode));
  });
});

describe("cache blocks", () => {
  test.each([
    ["llm-d", 0.9 * 80e9 - 16.06e9 - 5.65 * 1024 ** 3],
    ["kaito", 0.84 * 80e9 - 1.05 * 16.06e9 - 2.3 * 1024 ** 3],
    ["aiconfigurator", 0.9 * 80e9 - 16.06e9 - 3.5 * 1024 ** 3],
  ])("%s: an 8B model on 80 GB", (name, freeBytes) => {
    const rule = CACHE_RULES.find((one) => one.name === name)!;
    const blocks = cacheBlocks(llama8, 80e9, 1, rule);
    expect(blocks * 16 * 131_072).toBeGreaterThan(freeBytes * 0.999);
    expect(blocks * 16 * 131_072).toBeLessThan(freeBytes * 1.001);
  });

  test("none where the weights do not fit, and no further division than by key-value heads", () => {
    const [rule] = CACHE_RULES as [(typeof CACHE_RULES)[number]];
    expect(cacheBlocks(llama70, 80e9, 1, rule)).toBe(0);
    const eight = cacheBlocks(llama70, 80e9, 8, rule);
    expect(cacheBlocks(llama70, 80e9, 16, rule)).toBeLessThan(1.3 * eight);
  });
});

describe("measured tables", () => {
  const tree = treeOf([
    [1, 10, 100],
    [1, 20, 200],
    [3, 10, 300],
    [3, 10, 500],
  ]);
  test.each([
    [[1, 10], 100],
    [[1, 15], 150],
    [[1, 40], 400],
    [[1, 5], 100],
    [[3, 99], 400],
    [[2, 10], 250],
    [[0, 10], 100],
  ])("at %j", (sizes, seconds) => {
    expect(timeAt(tree, sizes)).toBeCloseTo(seconds, 9);
  });

  test("a step adds up its operations", () => {
    const tables: LayerTables = {
      source: "test",
      attention: [
        [0, 0, 2, 100, 7],
        [0, 0, 2, 200, 9],
        [50, 0, 0, 0, 5],
        [50, 0, 2, 100, 20],
      ],
      dense: {
        layernorm: [
          [1, 1],
          [1000, 1],
        ],
        qkv_proj: [
          [1, 2],
          [1000, 2],
        ],
        embedding: [
          [1, 3],
          [1000, 3],
        ],
      },
      perSequence: {
        lm_head: [
          [1, 4],
          [100, 4],
        ],
      },
      skewShare: 0,
    };
    const model = createLayerTableModel({ ...llama8, layers: 2 }, tables, 1, undefined);
    const decodes = { decodes: 2, decodeCacheTokens: 300, decodeCacheTokensMax: 200 };
    // Layer: two norms and a projection, attention at a mean of 150; once: embedding and head.
    expect(model.stepS({ prefills: [], ...decodes }) * 1e6).toBeCloseTo(2 * (2 + 2 + 8) + 3 + 4, 9);
    const skewed = createLayerTableModel(
      { ...llama8, layers: 2 },
      { ...tables, skewShare: 0.5 },
      1,
      undefined,
    );
    expect(skewed.stepS({ prefills: [], ...decodes }) * 1e6).toBeCloseTo(2 * (2 + 2 + 8.5) + 7, 9);
    const link = { bytesPerS: 1e9, latencyS: 1e-5 };
    const two = createLayerTableModel({ ...llama8, layers: 2 }, tables, 2, link);
    // Two all-reduces in each of two layers, two turns each, of half the bytes of two tokens.
    const reduceS = 2 * 2 * 2 * ((2 * 4096 * 2) / 2 / 1e9 + 1e-5);
    expect(
      two.stepS({ prefills: [], ...decodes }) - model.stepS({ prefills: [], ...decodes }),
    ).toBeCloseTo(reduceS, 12);
  });
});

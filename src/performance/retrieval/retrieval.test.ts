import { describe, expect, it } from "vitest";

import { findGpu } from "../../hardware/find-gpu.js";
import { gpuRatesOf } from "../compute/gpu-rates.js";
import { embeddingS, ENCODER_OVERHEAD_S } from "./embedding-time.js";
import { ENCODER_MODELS, encoderWeights, findEncoder } from "./encoder-model.js";
import { hostSeconds } from "./host-rates.js";
import { indexBytes, vectorSearchS } from "./vector-search-time.js";

describe("encoders", () => {
  it("weights of the layers are those of BERT's two sizes", () => {
    // 85 and 302 million without embeddings: Devlin et al., arXiv 1810.04805, sizes 110 and 340 with them.
    expect(encoderWeights(findEncoder("bge-base-en-v1.5")!) / 1e6).toBeCloseTo(84.9, 1);
    expect(encoderWeights(findEncoder("bge-large-en-v1.5")!) / 1e6).toBeCloseTo(302, 0);
  });

  it("are found with and without their owner", () => {
    expect(findEncoder("BAAI/BGE-small-en-v1.5")?.hidden).toBe(384);
    expect(findEncoder("bge-small")).toBeUndefined();
  });

  it("longer texts take longer up to what the encoder reads; more cores and a GPU are faster", () => {
    for (const model of ENCODER_MODELS) {
      const onCores = (cores: number, tokens: number): number =>
        embeddingS(model, tokens, { kind: "cpu", cores });
      expect(onCores(4, 200)).toBeGreaterThan(onCores(4, 100));
      expect(onCores(8, 200)).toBeLessThan(onCores(4, 200));
      expect(onCores(4, model.tokensMax * 2)).toBe(onCores(4, model.tokensMax));
      const found = findGpu("L4");
      if (found.kind !== "found") throw new Error("the catalogue has the L4");
      const onGpu = embeddingS(model, 200, { kind: "gpu", gpu: gpuRatesOf(found.gpu) });
      expect(onGpu).toBeLessThan(onCores(4, 200));
      expect(onGpu).toBeGreaterThan(ENCODER_OVERHEAD_S.value);
    }
  });
});

describe("vector search", () => {
  const flat = { vectors: 1_000_000, dimensions: 384, kind: "flat" } as const;

  it("flat: time and memory grow with the vectors, 1.5 GB of a million are read in 38 ms on four cores", () => {
    expect(indexBytes(flat)).toBe(1_536_000_000);
    expect(vectorSearchS(flat, 4)).toBeCloseTo(0.0384, 4);
    expect(vectorSearchS({ ...flat, vectors: 2_000_000 }, 4)).toBeCloseTo(0.0768, 4);
    expect(vectorSearchS({ ...flat, vectors: 0 }, 4)).toBe(0);
  });

  it("a graph takes more memory, hardly grows, and one search is one thread", () => {
    const graph = { ...flat, kind: "hnsw" } as const;
    expect(indexBytes(graph)).toBeGreaterThan(indexBytes(flat));
    expect(vectorSearchS(graph, 4)).toBeLessThan(vectorSearchS(flat, 4));
    expect(vectorSearchS(graph, 32)).toBe(vectorSearchS(graph, 1));
    const hundred = vectorSearchS({ ...graph, vectors: 100_000_000 }, 4);
    expect(hundred / vectorSearchS(graph, 4)).toBeLessThan(1.1);
  });

  it("a host is bound by what takes longer", () => {
    expect(hostSeconds({ flops: 40e9, bytes: 0 }, 1)).toBe(1);
    expect(hostSeconds({ flops: 0, bytes: 100e9 }, 64)).toBe(1);
  });
});

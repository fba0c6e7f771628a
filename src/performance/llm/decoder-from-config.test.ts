import { describe, expect, test } from "vitest";

import { cacheBytesPerToken, weightBytesOf } from "./decoder-model.js";
import { decoderFromConfig } from "./decoder-from-config.js";

const MIXTRAL = {
  architectures: ["MixtralForCausalLM"],
  hidden_size: 4096,
  intermediate_size: 14336,
  max_position_embeddings: 32768,
  num_attention_heads: 32,
  num_experts_per_tok: 2,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  num_local_experts: 8,
  tie_word_embeddings: false,
  vocab_size: 32000,
};

/** Figures of the families' own config.json. */
const FAMILIES: readonly (readonly [string, object, number, number])[] = [
  // Parameters of the model cards in 10⁹, bytes of cache per token.
  ["Mixtral 8x7B", MIXTRAL, 46.7, 131_072],
  [
    "Llama 3.1 8B",
    {
      architectures: ["LlamaForCausalLM"],
      hidden_size: 4096,
      intermediate_size: 14336,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      num_key_value_heads: 8,
      vocab_size: 128256,
      tie_word_embeddings: false,
      max_position_embeddings: 131072,
    },
    8.03,
    131_072,
  ],
  [
    "DeepSeek V3",
    {
      architectures: ["DeepseekV3ForCausalLM"],
      hidden_size: 7168,
      intermediate_size: 18432,
      moe_intermediate_size: 2048,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
      first_k_dense_replace: 3,
      moe_layer_freq: 1,
      num_attention_heads: 128,
      num_key_value_heads: 128,
      num_hidden_layers: 61,
      kv_lora_rank: 512,
      q_lora_rank: 1536,
      qk_rope_head_dim: 64,
      qk_nope_head_dim: 128,
      v_head_dim: 128,
      vocab_size: 129280,
      max_position_embeddings: 163840,
      tie_word_embeddings: false,
    },
    671,
    70_272,
  ],
  [
    "Qwen3 30B A3B",
    {
      architectures: ["Qwen3MoeForCausalLM"],
      hidden_size: 2048,
      head_dim: 128,
      intermediate_size: 6144,
      moe_intermediate_size: 768,
      num_experts: 128,
      num_experts_per_tok: 8,
      decoder_sparse_step: 1,
      mlp_only_layers: [],
      num_attention_heads: 32,
      num_key_value_heads: 4,
      num_hidden_layers: 48,
      vocab_size: 151936,
      max_position_embeddings: 40960,
      tie_word_embeddings: false,
    },
    30.5,
    98_304,
  ],
  [
    "Falcon 7B",
    {
      architectures: ["FalconForCausalLM"],
      model_type: "falcon",
      hidden_size: 4544,
      num_attention_heads: 71,
      multi_query: true,
      num_hidden_layers: 32,
      vocab_size: 65024,
    },
    6.9,
    8192,
  ],
  [
    "Gemma 3 27B, text nested",
    {
      architectures: ["Gemma3ForConditionalGeneration"],
      text_config: {
        hidden_size: 5376,
        intermediate_size: 21504,
        head_dim: 128,
        num_attention_heads: 32,
        num_key_value_heads: 16,
        num_hidden_layers: 62,
        vocab_size: 262208,
        sliding_window: 1024,
        max_position_embeddings: 131072,
      },
    },
    27,
    507_904,
  ],
  [
    "Qwen3.5 397B A17B, one layer of four with attention",
    {
      architectures: ["Qwen3_5MoeForConditionalGeneration"],
      text_config: {
        full_attention_interval: 4,
        head_dim: 256,
        hidden_size: 4096,
        linear_key_head_dim: 128,
        linear_num_key_heads: 16,
        linear_num_value_heads: 64,
        linear_value_head_dim: 128,
        moe_intermediate_size: 1024,
        num_attention_heads: 32,
        num_experts: 512,
        num_experts_per_tok: 10,
        num_hidden_layers: 60,
        num_key_value_heads: 2,
        shared_expert_intermediate_size: 1024,
        vocab_size: 248320,
      },
      tie_word_embeddings: false,
    },
    396,
    30_720,
  ],
];

test.each(FAMILIES)("%s", (name, config, billions, bytesPerToken) => {
  const model = decoderFromConfig(name, config);
  const weights = weightBytesOf(model) / model.bytesPerWeight / 1e9;
  expect(Math.abs(weights / billions - 1)).toBeLessThan(0.02);
  expect(cacheBytesPerToken(model)).toBe(bytesPerToken);
});

test("quantised weights", () => {
  const quantised = (section: object): number =>
    weightBytesOf(decoderFromConfig("m", { ...MIXTRAL, quantization_config: section })) / 1e9;
  expect(quantised({ quant_method: "fp8" })).toBeCloseTo(46.97, 1);
  expect(quantised({ quant_method: "awq", bits: 4 })).toBeCloseTo(24.6, 0);
  expect(quantised({ quant_method: "compressed-tensors", format: "pack-quantized" })).toBeCloseTo(
    26.7,
    0,
  );
});

describe("a config.json that cannot be used", () => {
  test.each([
    ["no object", [], /must be an object/],
    ["no layers", { ...MIXTRAL, num_hidden_layers: undefined }, /has none of num_hidden_layers/],
    [
      "layers of nothing",
      { ...MIXTRAL, num_hidden_layers: 0 },
      /num_hidden_layers must be a whole number above 0, got 0/,
    ],
    [
      "layers in words",
      { ...MIXTRAL, num_hidden_layers: "many" },
      /num_hidden_layers must be a whole number above 0, got "many"/,
    ],
    [
      "more experts per token than there are",
      { ...MIXTRAL, num_experts_per_tok: 9 },
      /cannot go to 9 of 8 experts/,
    ],
    ["Mamba", { ...MIXTRAL, architectures: ["MambaForCausalLM"] }, /Mamba layers/],
    [
      "weights nobody knows",
      { ...MIXTRAL, quantization_config: { quant_method: "q9" } },
      /names "q9", which is not known/,
    ],
    [
      "half of latent attention",
      { ...MIXTRAL, kv_lora_rank: 512 },
      /kv_lora_rank and no qk_rope_head_dim/,
    ],
  ])("%s", (_, config, message) => {
    expect(() => decoderFromConfig("m", config)).toThrow(message);
  });
});

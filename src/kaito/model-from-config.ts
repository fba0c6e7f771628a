import type { ModelSpec } from "./model-spec.js";

/** A config.json that lacks what the size of a model depends on. */
export class ModelConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ModelConfigError";
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Names under which config.json of different families keeps a figure, in the order KAITO tries them. */
const KEYS = {
  tokenLimit: [
    "max_position_embeddings",
    "n_ctx",
    "seq_length",
    "max_seq_len",
    "max_sequence_length",
    "model_max_length",
  ],
  hiddenSize: ["hidden_size", "n_embd", "d_model", "dim"],
  layers: ["num_hidden_layers", "n_layer", "n_layers"],
  heads: ["num_attention_heads", "n_head", "n_heads"],
  kvHeads: ["num_key_value_heads", "n_head_kv", "n_kv_heads"],
} as const;

/**
 * The figures of a model from its config.json, as KAITO's generator reads them
 * (presets/workspace/generator/generator.go at v0.12.0): figures of a nested text_config or llm_config count
 * as those of the model; without key-value heads there is one with multi_query, else as many as heads.
 *
 * @param weightsGi size of the weight files in GiB
 * @throws ModelConfigError naming the figure that is missing and the names it may have
 */
export function modelFromConfig(name: string, config: unknown, weightsGi: number): ModelSpec {
  if (!isObject(config)) throw new ModelConfigError("config.json must be an object");
  const nested = [config["text_config"], config["llm_config"]].filter(isObject);
  const merged: Json = Object.assign({}, ...nested.toReversed(), config) as Json;
  const heads = wholeNumber(merged, "heads");
  const kvHeads =
    optionalNumber(merged, KEYS.kvHeads) ?? (merged["multi_query"] === true ? 1 : heads);
  const architectures = merged["architectures"];
  const quantization = merged["quantization_config"];
  const method = isObject(quantization) ? quantization["quant_method"] : undefined;
  const headDim = optionalNumber(merged, ["head_dim"]);
  const kvLoraRank = optionalNumber(merged, ["kv_lora_rank"]);
  const qkRopeHeadDim = optionalNumber(merged, ["qk_rope_head_dim"]);
  return {
    name,
    architecture:
      Array.isArray(architectures) && typeof architectures[0] === "string" ? architectures[0] : "",
    weightsGi,
    tokenLimit: wholeNumber(merged, "tokenLimit"),
    layers: wholeNumber(merged, "layers"),
    hiddenSize: wholeNumber(merged, "hiddenSize"),
    heads,
    kvHeads,
    ...(headDim === undefined ? {} : { headDim }),
    ...(kvLoraRank === undefined ? {} : { kvLoraRank }),
    ...(qkRopeHeadDim === undefined ? {} : { qkRopeHeadDim }),
    ...(typeof method === "string" ? { quantization: method } : {}),
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function optionalNumber(config: Json, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = config[name];
    if (value === undefined || value === null) continue;
    if (typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e9)
      return value;
    throw new ModelConfigError(
      `${name} must be a whole number above 0, got ${JSON.stringify(value)}`,
    );
  }
  return undefined;
}

function wholeNumber(config: Json, figure: keyof typeof KEYS): number {
  const value = optionalNumber(config, KEYS[figure]);
  if (value === undefined)
    throw new ModelConfigError(`config.json has none of ${KEYS[figure].join(", ")}`);
  return value;
}

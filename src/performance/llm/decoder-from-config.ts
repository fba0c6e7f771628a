import type {
  DecoderModel,
  ExpertLayers,
  LatentAttention,
  RecurrentLayers,
} from "./decoder-model.js";
import { formatOfMethod, WEIGHT_FORMATS, type WeightFormatName } from "./weight-formats.js";

/** A config.json that lacks what the speed of a model depends on, or has something the formulas do not know. */
export class DecoderConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DecoderConfigError";
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Names of figures in config.json of different families, in the order they are tried. */
const KEYS = {
  layers: ["num_hidden_layers", "n_layer", "n_layers", "num_layers"],
  hidden: ["hidden_size", "n_embd", "d_model", "dim"],
  heads: ["num_attention_heads", "n_head", "n_heads"],
  kvHeads: ["num_key_value_heads", "n_head_kv", "n_kv_heads", "num_kv_heads"],
  feedForward: ["intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim", "hidden_dim"],
  vocabulary: ["vocab_size", "padded_vocab_size"],
  context: ["max_position_embeddings", "n_positions", "n_ctx", "max_sequence_length", "seq_length"],
  experts: ["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"],
  perToken: ["num_experts_per_tok", "num_experts_per_token", "moe_top_k", "top_k_experts"],
  expertWidth: ["moe_intermediate_size", "expert_ffn_hidden_size"],
} as const;

type Figure = keyof typeof KEYS;

/** Families whose feed-forward part has two matrices, not three. */
const UNGATED =
  /^(Falcon|GPTNeoX|GPT2|GPTJ|GPTBigCode|OPT|Bloom|Phi|StarCoder|Starcoder2|MPT)(For|LM)/i;
/** Families in which the output head shares the embedding's weights unless they say otherwise. */
const TIED = /^(Gemma|GPT2|Bloom|Falcon|Starcoder|OPT|Cohere)/i;
const MAMBA = /^(NemotronH|Jamba|Mamba|FalconMamba|FalconH1|Bamba|Zamba)/;

/**
 * The shape of a model from its config.json, as on the model hub.
 *
 * Read are the names of Llama, Qwen 2, 3 and 3.5, Mistral, Mixtral, Phi, Gemma, gpt-oss, DeepSeek, GLM, Kimi, MiniMax, Falcon
 * and GPT families; figures of a nested `text_config` or `llm_config` count as those of the model.
 *
 * @throws DecoderConfigError naming the figure that is missing and the names it may have, or what is not known
 */
export function decoderFromConfig(name: string, config: unknown): DecoderModel {
  if (!isObject(config)) throw new DecoderConfigError("config.json must be an object");
  const merged = mergedConfig(config);
  const architecture = architectureOf(merged);
  if (MAMBA.test(architecture))
    throw new DecoderConfigError(
      `${architecture} has Mamba layers, which no step-time model here covers`,
    );
  const heads = required(merged, "heads");
  const hidden = required(merged, "hidden");
  const layers = required(merged, "layers");
  const kvHeads = figure(merged, "kvHeads") ?? (merged["multi_query"] === true ? 1 : heads);
  const experts = expertsOf(merged, layers);
  const latent = latentOf(merged);
  const recurrent = recurrentOf(merged, layers, hidden);
  const context = figure(merged, "context");
  const formats = formatsOf(merged);
  const caveats = caveatsOf(merged, recurrent);
  return {
    name,
    layers,
    hidden,
    heads,
    kvHeads,
    headDim: wholeNumber(merged, "head_dim") ?? Math.floor(hidden / heads),
    feedForward: feedForwardOf(merged, hidden, experts, layers),
    vocabulary: required(merged, "vocabulary"),
    bytesPerWeight: formats === undefined ? 2 : WEIGHT_FORMATS[formats.linear].bytesPerWeight,
    isTied: tiedOf(merged, architecture),
    source: "its config.json, as given",
    ...(formats === undefined ? {} : { formats }),
    ...(UNGATED.test(architecture) ? { isGated: false as const } : {}),
    ...(experts === undefined ? {} : { experts }),
    ...(latent === undefined ? {} : { latent }),
    ...(recurrent === undefined ? {} : { recurrent }),
    ...(context === undefined ? {} : { contextTokens: context }),
    ...(caveats.length === 0 ? {} : { caveats }),
  };
}

/** A nested text_config (or llm_config) comes before what stands beside it. */
function mergedConfig(config: Json): Json {
  const nested = ["llm_config", "text_config"]
    .map((key) => config[key])
    .filter((value) => isObject(value));
  const architectures = config["architectures"];
  return Object.assign(
    {},
    config,
    ...nested,
    architectures === undefined ? {} : { architectures },
  ) as Json;
}

function architectureOf(config: Json): string {
  const list = config["architectures"];
  return Array.isArray(list) && typeof list[0] === "string" ? list[0] : "";
}

function tiedOf(config: Json, architecture: string): boolean {
  const tied = config["tie_word_embeddings"];
  return typeof tied === "boolean" ? tied : TIED.test(architecture);
}

function feedForwardOf(
  config: Json,
  hidden: number,
  experts: ExpertLayers | undefined,
  layers: number,
): number {
  const dense = wholeNumber(config, "intermediate_size_mlp") ?? figure(config, "feedForward");
  if (dense !== undefined) return dense;
  // A model of experts alone has no dense part to name.
  if (experts !== undefined && experts.layers === layers) return experts.feedForward;
  const family = String(config["model_type"] ?? "");
  if (/^(falcon|gpt2|gptj|bloom|RefinedWeb)/i.test(family)) return 4 * hidden;
  throw missing("feedForward");
}

function expertsOf(config: Json, layers: number): ExpertLayers | undefined {
  const count = figure(config, "experts");
  if (count === undefined || count <= 1) return undefined;
  const perToken = required(config, "perToken");
  if (perToken > count)
    throw new DecoderConfigError(
      `a token cannot go to ${perToken} of ${count} experts: num_experts_per_tok must not be above their number`,
    );
  const feedForward = figure(config, "expertWidth") ?? required(config, "feedForward");
  const firstDense = wholeNumberFrom0(config, "first_k_dense_replace") ?? 0;
  const mlpOnly = config["mlp_only_layers"];
  const dense = firstDense + (Array.isArray(mlpOnly) ? mlpOnly.length : 0);
  const every =
    wholeNumber(config, "interleave_moe_layer_step") ??
    wholeNumber(config, "decoder_sparse_step") ??
    wholeNumber(config, "moe_layer_freq") ??
    1;
  const sharedCount = wholeNumberFrom0(config, "n_shared_experts") ?? 0;
  return {
    layers: Math.max(0, Math.floor((layers - dense) / every)),
    count,
    perToken,
    feedForward,
    sharedFeedForward:
      wholeNumberFrom0(config, "shared_expert_intermediate_size") ?? sharedCount * feedForward,
  };
}

function latentOf(config: Json): LatentAttention | undefined {
  const kvRank = wholeNumber(config, "kv_lora_rank");
  if (kvRank === undefined) return undefined;
  const of = (name: string): number => {
    const value = wholeNumber(config, name);
    if (value === undefined)
      throw new DecoderConfigError(`config.json has kv_lora_rank and no ${name}`);
    return value;
  };
  const queryRank = wholeNumber(config, "q_lora_rank");
  return {
    kvRank,
    ropeDim: of("qk_rope_head_dim"),
    nopeDim: of("qk_nope_head_dim"),
    valueDim: of("v_head_dim"),
    ...(queryRank === undefined ? {} : { queryRank }),
  };
}

/** Gated delta layers of Qwen3-Next and Qwen3.5: `linear_attention` among `layer_types`. */
function recurrentOf(config: Json, layers: number, hidden: number): RecurrentLayers | undefined {
  const types = config["layer_types"];
  const every = wholeNumber(config, "full_attention_interval");
  const linear = Array.isArray(types)
    ? types.filter((type) => type === "linear_attention").length
    : every === undefined
      ? 0
      : layers - Math.floor(layers / every);
  if (linear === 0) return undefined;
  const of = (name: string): number => {
    const value = wholeNumber(config, name);
    if (value === undefined)
      throw new DecoderConfigError(`config.json has layers of linear attention and no ${name}`);
    return value;
  };
  const keys = of("linear_num_key_heads") * of("linear_key_head_dim");
  const valueHeads = of("linear_num_value_heads");
  const values = valueHeads * of("linear_value_head_dim");
  return {
    layers: linear,
    // Queries and keys, values and gate, two figures per value head, and the way out.
    weights: hidden * (2 * keys + 2 * values + 2 * valueHeads) + values * hidden,
    // One matrix of key size × value size per value head, kept in float32.
    stateBytes: values * of("linear_key_head_dim") * 4,
  };
}

function formatsOf(config: Json): DecoderModel["formats"] | undefined {
  const section = config["quantization_config"] ?? config["compression_config"];
  if (!isObject(section)) {
    const type = config["torch_dtype"] ?? config["dtype"];
    if (type === "float32")
      throw new DecoderConfigError("torch_dtype float32 is not served as such: set bfloat16");
    return undefined;
  }
  const method = typeof section["quant_method"] === "string" ? section["quant_method"] : "";
  const bits = typeof section["bits"] === "number" ? section["bits"] : undefined;
  const named = method === "compressed-tensors" ? String(section["format"] ?? "") : method;
  const format = formatOfMethod(named, bits);
  if (format === undefined)
    throw new DecoderConfigError(
      `quantization_config names "${named === "" ? "nothing" : named}", which is not known: one of fp8, awq, gptq, mxfp4, nvfp4, and float-quantized, int-quantized, pack-quantized or nvfp4-pack-quantized of compressed-tensors`,
    );
  const isMixed = isObject(section) && JSON.stringify(section["ignore"] ?? "").includes("attn");
  return isMixed ? { linear: "bf16", experts: format, ends: "bf16" } : formatsFor(format);
}

/** Formats of the parts of a model quantised in one way: mxfp4 is for experts only (gpt-oss), ends stay in bf16. */
export function formatsFor(format: WeightFormatName): NonNullable<DecoderModel["formats"]> {
  return { linear: format === "mxfp4" ? "bf16" : format, experts: format, ends: "bf16" };
}

function caveatsOf(config: Json, recurrent: RecurrentLayers | undefined): string[] {
  const caveats: string[] = [];
  const window = config["sliding_window"];
  const usesWindow = config["use_sliding_window"] !== false;
  if (typeof window === "number" && usesWindow)
    caveats.push(
      `layers with a window of ${window} tokens are counted as if they kept the whole context: cache and attention are upper bounds`,
    );
  if (config["index_topk"] !== undefined)
    caveats.push("sparse attention is counted as if it read the whole context: an upper bound");
  if (recurrent !== undefined)
    caveats.push(
      "the state of recurrent layers is counted in step times, not in the room for the cache",
    );
  return caveats;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function missing(name: Figure): DecoderConfigError {
  return new DecoderConfigError(`config.json has none of ${KEYS[name].join(", ")}`);
}

function required(config: Json, name: Figure): number {
  const value = figure(config, name);
  if (value === undefined) throw missing(name);
  return value;
}

function figure(config: Json, name: Figure): number | undefined {
  for (const key of KEYS[name]) {
    const value = wholeNumber(config, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

function wholeNumber(config: Json, key: string): number | undefined {
  const value = wholeNumberFrom0(config, key);
  if (value === 0) throw new DecoderConfigError(`${key} must be a whole number above 0, got 0`);
  return value;
}

function wholeNumberFrom0(config: Json, key: string): number | undefined {
  const value = config[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1e9)
    return value;
  throw new DecoderConfigError(
    `${key} must be a whole number above 0, got ${JSON.stringify(value)}`,
  );
}

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { GIBIBYTE } from "../../hardware/byte-units.js";
import { findModel, PRESET_NAMES } from "../../kaito/find-model.js";
import { MODEL_CATALOGUE } from "../../kaito/model-catalogue.js";
import type { ModelSpec } from "../../kaito/model-spec.js";
import { formatsFor } from "./decoder-from-config.js";
import { DECODER_MODELS, type DecoderModel, weightBytesOf } from "./decoder-model.js";
import { catalogueShape } from "./known-shapes.js";
import { formatOfMethod, WEIGHT_FORMATS } from "./weight-formats.js";

/** What became of a model's name. */
export type FoundDecoder =
  | { readonly kind: "found"; readonly model: DecoderModel; readonly spec?: ModelSpec }
  /** In KAITO's catalogue, which says how large it is and not how it is built. */
  | { readonly kind: "no-shape"; readonly spec: ModelSpec; readonly reason: string }
  /** An `organisation/name` nobody here knows: its config.json has to be given. */
  | { readonly kind: "needs-config"; readonly nearest: readonly string[] }
  | { readonly kind: "unknown"; readonly nearest: readonly string[] };

/** Every model name that can be given without a config.json. */
export const DECODER_NAMES: readonly string[] = [
  ...new Set([...DECODER_MODELS.map(({ name }) => name), ...PRESET_NAMES]),
];

/**
 * A model by the names people use: the published models of this catalogue, and KAITO's presets with their
 * short names, without regard to letter case.
 */
export function findDecoder(name: string): FoundDecoder {
  const folded = name.toLowerCase();
  const own = DECODER_MODELS.find((model) => model.name.toLowerCase() === folded);
  if (own !== undefined) return { kind: "found", model: own };
  const preset = findModel(name);
  if (preset.kind === "found") return decoderOfPreset(preset.model);
  const kind = preset.kind === "outside-catalogue" ? "needs-config" : "unknown";
  return { kind, nearest: nearestNames(name) };
}

/** Some names that are near to one: by spelling, and by what they hold. */
function nearestNames(name: string): readonly string[] {
  const spelled = didYouMean(name, DECODER_NAMES);
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .filter((word) => word.length > 1 && !/^(instruct|it|chat|hf|base)$/.test(word));
  const scored = DECODER_NAMES.map((each) => {
    const text = each.toLowerCase();
    return { each, hits: words.filter((word) => text.includes(word)).length };
  }).filter(({ hits }) => hits > 0);
  scored.sort((a, b) => b.hits - a.hits);
  const most = scored[0]?.hits ?? 0;
  const held = scored.filter(({ hits }) => hits === most).map(({ each }) => each);
  return [...new Set([...(spelled === undefined ? [] : [spelled]), ...held])].slice(0, 5);
}

/** A preset of KAITO's catalogue with its shape: published, or for dense models inferred from the size of its files. */
export function decoderOfPreset(spec: ModelSpec): FoundDecoder {
  const base = baseOf(spec);
  if (typeof base === "string") return { kind: "no-shape", spec, reason: base };
  const shape = catalogueShape(spec.name);
  if (shape !== undefined) {
    const { experts, latent, recurrent, ...rest } = shape;
    return {
      kind: "found",
      spec,
      model: withCaveat(
        {
          ...base,
          ...rest,
          ...(experts === undefined ? {} : { experts }),
          ...(latent === undefined ? {} : { latent }),
          ...(recurrent === undefined ? {} : { recurrent }),
        },
        spec,
      ),
    };
  }
  const reason = unknownShape(spec);
  if (reason !== undefined) return { kind: "no-shape", spec, reason };
  const inferred = inferredDense(base, spec);
  return inferred === undefined
    ? { kind: "no-shape", spec, reason: "the size of its files fits no dense model of its layers" }
    : { kind: "found", spec, model: inferred };
}

/**
 * A stand-in for a model of which only the size is known: its weights spread evenly over its layers, and KAITO's
 * cache per token. Right for memory, meaningless for speed.
 */
export function memoryOnlyDecoder(spec: ModelSpec): DecoderModel {
  const { kvLoraRank, qkRopeHeadDim = 0 } = spec;
  const headDim = spec.headDim ?? Math.floor(spec.hiddenSize / spec.heads);
  const even: DecoderModel = {
    name: spec.name,
    layers: spec.layers,
    hidden: spec.hiddenSize,
    heads: spec.heads,
    kvHeads: spec.kvHeads,
    headDim,
    feedForward: 0,
    vocabulary: 0,
    bytesPerWeight: 1,
    isTied: true,
    contextTokens: spec.tokenLimit,
    source: "KAITO's catalogue: size of the weight files and cache per token; no shape is known",
    ...(kvLoraRank === undefined
      ? {}
      : {
          latent: {
            kvRank: kvLoraRank,
            ropeDim: qkRopeHeadDim,
            nopeDim: headDim,
            valueDim: headDim,
          },
        }),
  };
  return { ...even, bytesPerWeight: (spec.weightsGi * GIBIBYTE) / weightBytesOf(even) };
}

type Base = Omit<DecoderModel, "feedForward" | "vocabulary" | "isTied">;

function baseOf(spec: ModelSpec): Base | string {
  const { name, layers, hiddenSize, heads, kvHeads, quantization, quantizationBits } = spec;
  const format =
    quantization === undefined ? "bf16" : formatOfMethod(quantization, quantizationBits);
  if (format === undefined) return `the weight format ${quantization ?? ""} is not known`;
  return {
    name,
    layers,
    hidden: hiddenSize,
    heads,
    kvHeads,
    headDim: spec.headDim ?? Math.floor(hiddenSize / heads),
    bytesPerWeight: WEIGHT_FORMATS[format].bytesPerWeight,
    contextTokens: spec.tokenLimit,
    source: "KAITO's catalogue (figures of config.json)",
    ...(quantization === undefined ? {} : { formats: formatsFor(format) }),
  };
}

/** Why nothing is known of how a model is built beyond KAITO's figures; undefined for a plain dense decoder. */
function unknownShape({ name, architecture, kvLoraRank }: ModelSpec): string | undefined {
  if (/^NemotronH/.test(architecture))
    return "it has Mamba layers, which no step-time model here covers";
  if (/^Qwen3_5/.test(architecture))
    return "three of four layers keep a state in place of a cache, and its config.json is not at hand";
  if (/^DeepseekV4/.test(architecture))
    return "its attention is not covered by the step-time models here";
  if (/^Gemma4/.test(architecture))
    return "layers of several kinds, and its config.json is not at hand";
  if (/Moe|MoE|-A\d+B/.test(`${architecture} ${name}`) || kvLoraRank !== undefined)
    return "it has experts, and its config.json is not at hand";
  return undefined;
}

/** Widths of usual vocabularies are small beside the layers: one that is assumed moves little. */
const VOCABULARY_ASSUMED = 128_000;

/** A dense model whose inner width follows from the size of its files. */
function inferredDense(base: Base, spec: ModelSpec): DecoderModel | undefined {
  const bytes = spec.weightsGi * GIBIBYTE;
  const shape: DecoderModel = {
    ...base,
    feedForward: 0,
    vocabulary: VOCABULARY_ASSUMED,
    isTied: false,
  };
  const perWidth = 3 * base.hidden * base.layers * base.bytesPerWeight;
  const feedForward = Math.round((bytes - weightBytesOf(shape)) / perWidth);
  if (feedForward <= 0) return undefined;
  return {
    ...shape,
    feedForward,
    source: `${base.source}; the feed-forward width follows from ${spec.weightsGi} GiB of files and a vocabulary of ${VOCABULARY_ASSUMED} (assumed)`,
    caveats: [
      "the shape is inferred: its feed-forward width follows from the size of its weight files; give its config.json to be exact",
    ],
  };
}

/** Says where KAITO counts files of another size than the weights that are loaded. */
function withCaveat(model: DecoderModel, spec: ModelSpec): DecoderModel {
  const computed = weightBytesOf(model) / GIBIBYTE;
  if (Math.abs(computed / spec.weightsGi - 1) < 0.05) return model;
  const caveat = `KAITO counts ${spec.weightsGi} GiB of files, the weights that are loaded come to ${computed.toFixed(2)} GiB`;
  return { ...model, caveats: [...(model.caveats ?? []), caveat] };
}

/** All presets with what is known of their shape, for lists and tests. */
export function allPresets(): readonly FoundDecoder[] {
  return MODEL_CATALOGUE.map(decoderOfPreset);
}

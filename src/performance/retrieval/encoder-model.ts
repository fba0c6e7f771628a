/** A transformer that reads a text and answers with a vector or a class, and writes no tokens. */
export interface EncoderModel {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly feedForward: number;
  /** Numbers of the vector it answers with. */
  readonly dimensions: number;
  /** Longest text it reads. Tokens. */
  readonly tokensMax: number;
  readonly source: string;
}

/** Encoders people embed with, by their configuration. */
export const ENCODER_MODELS: readonly EncoderModel[] = [
  encoder("BAAI/bge-small-en-v1.5", [12, 384, 1536], 512),
  encoder("BAAI/bge-base-en-v1.5", [12, 768, 3072], 512),
  encoder("BAAI/bge-large-en-v1.5", [24, 1024, 4096], 512),
  encoder("BAAI/bge-m3", [24, 1024, 4096], 8192),
  encoder("sentence-transformers/all-MiniLM-L6-v2", [6, 384, 1536], 256),
  encoder("intfloat/e5-large-v2", [24, 1024, 4096], 512),
];

/** An encoder by its name, with or without its owner; undefined when there is none. */
export function findEncoder(name: string): EncoderModel | undefined {
  const wanted = name.toLowerCase();
  return ENCODER_MODELS.find((model) => {
    const own = model.name.toLowerCase();
    return own === wanted || own.slice(own.indexOf("/") + 1) === wanted;
  });
}

/** Weights of the layers: 4 h² for attention and 2 h f for the feed-forward part. Embeddings are only looked up. */
export function encoderWeights({ layers, hidden, feedForward }: EncoderModel): number {
  return layers * (4 * hidden * hidden + 2 * hidden * feedForward);
}

/** FLOP of one text of so many tokens: 2 per weight and token, and 4 s² h per layer for attention. */
export function encoderFlops(model: EncoderModel, tokens: number): number {
  return 2 * encoderWeights(model) * tokens + 4 * tokens * tokens * model.hidden * model.layers;
}

function encoder(
  name: string,
  [layers, hidden, feedForward]: readonly [number, number, number],
  tokensMax: number,
): EncoderModel {
  const source = `${name} config.json`;
  return { name, layers, hidden, feedForward, dimensions: hidden, tokensMax, source };
}

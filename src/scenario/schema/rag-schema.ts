import { z } from "zod";

import { ENCODER_MODELS } from "../../performance/retrieval/encoder-model.js";
import { field, lineOfText, oneOf, wholeNumber } from "./field.js";
import { duration } from "./quantities.js";

/** What is taken where a scenario does not say it. */
export const RETRIEVAL_DEFAULTS = { questionTokens: 64, topK: 5, chunkTokens: 512 } as const;

const CORES_MAX = 1024;
const SERVERS_MAX = 10_000;

/** Fields of a stage: what it has, and its time where somebody measured it. */
function stageFields(what: string) {
  return {
    time: field(duration("above-zero"), {
      description: `Time of one ${what} as you measured it, in place of the model of it.`,
      example: "12ms",
    }).optional(),
    replicas: field(wholeNumber(1, SERVERS_MAX), {
      description: "How many there are, each with cores or a GPU of its own.",
      default: 1,
      example: 2,
    }).optional(),
    concurrency: field(wholeNumber(1, SERVERS_MAX), {
      description: "Requests that each of them works on at once. Only with `time`.",
      default: 1,
      example: 8,
    }).optional(),
  };
}

function coresField(description: string, isDefaultOne: boolean) {
  return field(wholeNumber(1, CORES_MAX), {
    description,
    ...(isDefaultOne ? { default: 1 } : {}),
    example: 4,
  }).optional();
}

function embeddingSchema() {
  return field(
    z.strictObject({
      model: field(lineOfText(200), {
        description: `Encoder, with or without its owner: ${ENCODER_MODELS.map(({ name }) => name).join(", ")}. Give it or \`time\`.`,
        example: "BAAI/bge-small-en-v1.5",
      }).optional(),
      cores: coresField("CPU cores of each replica; all of them work on one text. Give them or `gpu`.", false),
      gpu: field(lineOfText(100), {
        description: "GPU of each replica, by its name in the catalogue.",
        example: "L4",
      }).optional(),
      ...stageFields("embedding"),
    }),
    {
      description: "Makes a vector of the question. Left out, as the manifest says.",
      example: { model: "BAAI/bge-small-en-v1.5", cores: 4 },
    },
  );
}

function searchSchema() {
  return field(
    z.strictObject({
      vectors: field(wholeNumber(1, 100_000_000_000), {
        description: "Vectors that are searched. Give them or `time`.",
        example: 2_000_000,
      }).optional(),
      dimensions: field(wholeNumber(1, 100_000), {
        description: "Numbers of a vector. Left out, those that the encoder answers with.",
        example: 384,
      }).optional(),
      index: field(oneOf(["flat", "hnsw"]), {
        description: "How they are searched.",
        default: "flat",
        example: "hnsw",
        valueTexts: [
          "The question is compared with every vector, by all cores of a replica.",
          "A graph of near vectors is walked, one core per search.",
        ],
      }).optional(),
      cores: coresField("CPU cores of each replica.", true),
      ...stageFields("search"),
    }),
    { description: "Finds the nearest vectors.", example: { vectors: 2_000_000, index: "hnsw", cores: 8 } },
  );
}

/** Retrieval before generation: `workload.services[].rag`. */
export function ragSchema() {
  const { questionTokens, topK, chunkTokens } = RETRIEVAL_DEFAULTS;
  return field(
    z.strictObject({
      manifest: field(lineOfText(4_096), {
        description:
          "A KAITO manifest of one RAGEngine, relative to the folder of the file this is written in. It gives the encoder and, by its instance type, the GPU or the cores; fields of `embedding` take their place.",
        example: "kaito/rag-engine.yaml",
      }).optional(),
      embedding: embeddingSchema().optional(),
      search: searchSchema(),
      onCluster: field(z.boolean(), {
        description:
          "True has a pod for every replica of the stages on nodes of the cluster: they queue, take cores, memory and GPUs there, and are in its cost. Else the stages stand beside the cluster and take nothing of it.",
        default: false,
        example: true,
      }).optional(),
      questionTokens: field(wholeNumber(1, 1_000_000), {
        description: "Tokens that are embedded per request: the question without instructions and history.",
        default: questionTokens,
        example: 30,
      }).optional(),
      topK: field(wholeNumber(1, 10_000), {
        description: "Texts that are found and put into the prompt.",
        default: topK,
        example: 8,
      }).optional(),
      chunkTokens: field(wholeNumber(1, 100_000), {
        description: "Tokens of each of these texts.",
        default: chunkTokens,
        example: 256,
      }).optional(),
    }),
    {
      description:
        "Retrieval (RAG) before generation: each request is embedded, texts are searched for, and these are added to the prompt that the traffic gives. Users wait for all of it. The stages have cores and GPUs of their own, beside the cluster or on its nodes (`onCluster`).",
      example: {
        embedding: { model: "BAAI/bge-small-en-v1.5", cores: 4 },
        search: { vectors: 2_000_000, index: "hnsw", cores: 8 },
      },
    },
  ).optional();
}

/** Checked retrieval of a service. */
export type RagInput = NonNullable<z.output<ReturnType<typeof ragSchema>>>;

import { formatBytes, formatNumber } from "../../base/units.js";
import { findEncoder } from "../../performance/retrieval/encoder-model.js";
import { ASSUMED_HOST_RATES } from "../../performance/retrieval/host-rates.js";
import {
  HNSW_DEFAULTS,
  indexBytes,
  SCATTERED_SHARE,
  vectorSearchS,
} from "../../performance/retrieval/vector-search-time.js";
import type { RetrievalSpec } from "../../simulation/services/retrieval-stages.js";
import { InputError } from "../../diagnostics/problem.js";
import { settleRagEngine, type SettledRagEngine } from "./settle-rag-manifest.js";
import { problem, type ServiceQuestion } from "./service-question.js";
import { RETRIEVAL_DEFAULTS, type RagInput } from "../schema/rag-schema.js";
import {
  coreRates,
  coreWords,
  encoderGpu,
  encoderStage,
  type EncoderInput,
  figure,
  givenTime,
  type SettledStage,
  type StageAssumption,
} from "./encoder-stage.js";

/** Retrieval before generation, ready to be run. */
export interface SettledRetrieval extends RetrievalSpec {
  readonly stages: readonly SettledStage[];
  /** Replicas of the stages are pods on nodes of the cluster. */
  readonly isOnCluster: boolean;
  readonly assumptions: readonly StageAssumption[];
}

/**
 * Settles the retrieval of a service that passed the checks; undefined for one without.
 *
 * @param hasPrefixCache engines keep the beginnings of prompts
 * @throws InputError where the manifest is refused, or says too little
 */
export function settleRag(
  question: ServiceQuestion,
  hasPrefixCache: boolean,
): SettledRetrieval | undefined {
  const { rag } = question.input;
  if (rag === undefined) return undefined;
  const {
    questionTokens = RETRIEVAL_DEFAULTS.questionTokens,
    topK = RETRIEVAL_DEFAULTS.topK,
    chunkTokens = RETRIEVAL_DEFAULTS.chunkTokens,
  } = rag;
  const engine = engineOf(question);
  const encoder = encoderInput(question, rag, engine);
  const embedding = encoderStage("embedding", encoder, questionTokens);
  const search = searchStage(rag.search, encoder);
  const stages = [embedding, search];
  const promptTokensMore = topK * chunkTokens;
  const isOnCluster = rag.onCluster === true;
  const isGiven = rag.topK !== undefined && rag.chunkTokens !== undefined;
  const seen = new Set<string>();
  return {
    stages,
    isOnCluster,
    promptTokensMore,
    dropsConversations: hasPrefixCache,
    assumptions: [
      ...(engine === undefined ? [] : [engineLine(engine)]),
      ...stages.flatMap(({ assumptions }) => assumptions),
      {
        what: "Tokens found and added to every prompt",
        value: `${promptTokensMore}: ${topK} texts of ${chunkTokens} tokens`,
        provenance: isGiven ? ("given" as const) : ("assumed" as const),
        source: isGiven
          ? "the scenario"
          : "what the scenario leaves out of topK and chunkTokens is a usual choice, and nobody's measurement",
      },
      {
        what: "Cores and GPUs of embedding and search",
        value: holdWords(stages),
        provenance: "given" as const,
        source: isOnCluster
          ? "pods on nodes of the cluster"
          : "stand beside the cluster: they take no node of it and cost nothing in this result",
      },
    ].filter(({ what }) => !seen.has(what) && seen.add(what)),
  };
}

function engineOf({ texts }: ServiceQuestion): SettledRagEngine | undefined {
  return texts.rag === undefined ? undefined : settleRagEngine(texts.rag.path, texts.rag.text);
}

function engineLine({ what, model, gpu, cores, instanceType }: SettledRagEngine): StageAssumption {
  const place =
    gpu ?? (cores === undefined ? "a machine that is not in the catalogue" : coreWords(cores));
  return {
    what: "Embedding by the manifest",
    value: `${model ?? "an encoder that it does not name"} on ${place}${instanceType === undefined ? "" : ` (${instanceType})`}`,
    provenance: "given",
    source: `${what}; fields of embedding in the scenario take its place`,
  };
}

/**
 * The encoder as the scenario says, else as the manifest does.
 *
 * @throws InputError where neither says enough
 */
function encoderInput(
  question: ServiceQuestion,
  { embedding = {}, search }: RagInput,
  engine: SettledRagEngine | undefined,
): EncoderInput {
  const hasPlace = embedding.cores !== undefined || embedding.gpu !== undefined;
  const input: EncoderInput = {
    ...(hasPlace ? {} : { gpu: engine?.gpu, cores: engine?.cores }),
    ...(embedding.time === undefined ? { model: engine?.model } : {}),
    ...embedding,
  };
  const lacks = (message: string, help: string): InputError =>
    new InputError([
      problem(question, "rag", {
        ...{ rule: "missing-field", help },
        message: `service ${question.input.name}: ${message}`,
      }),
    ]);
  if (input.time === undefined && input.model === undefined)
    throw lacks("the RAGEngine names no encoder", "add embedding: { time: 12ms }, or its model");
  if (input.time === undefined && (input.cores ?? input.gpu) === undefined)
    throw lacks("the RAGEngine names no machine of the catalogue", "add embedding: { cores: 4 }");
  const gpu = input.gpu === undefined ? undefined : encoderGpu(input.gpu);
  if (input.time === undefined && gpu?.kind === "unknown")
    throw lacks(
      `embedding on the GPU of the RAGEngine: ${gpu.message}`,
      "add embedding: { time: 12ms }",
    );
  const dimensions = search.dimensions ?? findEncoder(input.model ?? "")?.dimensions;
  if (search.time === undefined && dimensions === undefined)
    throw lacks("no embedding model says the dimensions of vectors", "add search.dimensions: 384");
  return input;
}

/**
 * Tokens of the context that what was found leaves to questions and answers.
 *
 * @throws InputError where it leaves none
 */
export function contextLeft(
  question: ServiceQuestion,
  contextTokens: number,
  retrieval: SettledRetrieval | undefined,
): number {
  if (retrieval === undefined) return contextTokens;
  const left = contextTokens - retrieval.promptTokensMore;
  if (left > 1) return left;
  throw new InputError([
    problem(question, "rag", {
      rule: "out-of-range",
      message: `service ${question.input.name}: texts of ${retrieval.promptTokensMore} tokens leave no room in the model's context of ${contextTokens}`,
      help: "lower topK or chunkTokens",
    }),
  ]);
}

function holdWords(stages: readonly SettledStage[]): string {
  const sum = (of: (stage: SettledStage) => number): number =>
    stages.reduce((total, stage) => total + of(stage), 0);
  const gpus = sum((stage) => stage.gpus);
  const words = [
    coreWords(sum((stage) => stage.cpuCores)),
    `${gpus} ${gpus === 1 ? "GPU" : "GPUs"}`,
  ];
  const memoryBytes = sum((stage) => stage.memoryBytes);
  return [...words, ...(memoryBytes > 0 ? [`${formatBytes(memoryBytes)} of index`] : [])].join(
    ", ",
  );
}

function searchStage(search: RagInput["search"], encoder: EncoderInput): SettledStage {
  const { vectors, index = "flat", cores = 1, time, replicas = 1, concurrency = 1 } = search;
  const name = "search";
  if (time !== undefined) {
    const cpuCores = (search.cores ?? 0) * replicas;
    return {
      ...{
        name,
        servers: replicas * concurrency,
        secondsEach: time,
        cpuCores,
        gpus: 0,
        memoryBytes: 0,
        replicas,
      },
      what: cpuCores === 0 ? "as given" : `as given, on ${coreWords(cores)}`,
      assumptions: [givenTime(name, time)],
    };
  }
  const dimensions = search.dimensions ?? findEncoder(encoder.model ?? "")?.dimensions;
  if (dimensions === undefined || vectors === undefined)
    throw new Error("scenario: a search without vectors or dimensions passed the checks");
  const kind = index as "flat" | "hnsw";
  const asked = { vectors, dimensions, kind };
  const seconds = vectorSearchS(asked, cores);
  const { neighbours, candidates } = HNSW_DEFAULTS;
  return {
    ...{
      name,
      servers: replicas * searchesAtOnce(kind, cores),
      secondsEach: seconds,
      cpuCores: cores * replicas,
      gpus: 0,
      replicas,
    },
    memoryBytes: indexBytes(asked) * replicas,
    what: `${formatNumber(vectors)} vectors of ${dimensions}, ${kind}, on ${coreWords(cores)}`,
    assumptions: [
      {
        what: "Time of one search",
        value: `${formatNumber(seconds * 1000)} ms: ${vectors} vectors of ${dimensions} numbers, ${kind}`,
        provenance: "assumed",
        source: "computation or reading of vectors, the longer, by the figures below",
      },
      ...coreRates(),
      ...(kind === "flat"
        ? []
        : [
            figure("Reads from anywhere in memory over reads in a row", SCATTERED_SHARE, String),
            {
              what: "Graph that is searched",
              value: `${neighbours} neighbours of a vector, ${candidates} candidates kept`,
              provenance: "assumed" as const,
              source: "usual values of HNSW libraries",
            },
          ]),
    ],
  };
}

/** A flat search has all cores; searches of a graph have one each, as far as memory serves them. */
function searchesAtOnce(kind: "flat" | "hnsw", cores: number): number {
  if (kind === "flat") return 1;
  const { bytesPerS, bytesPerCoreS } = ASSUMED_HOST_RATES;
  return Math.min(cores, Math.floor(bytesPerS.value / bytesPerCoreS.value));
}

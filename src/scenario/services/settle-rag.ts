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
import { problem, type ServiceQuestion } from "./service-question.js";
import { RETRIEVAL_DEFAULTS, type RagInput } from "../schema/rag-schema.js";
import {
  coreRates,
  coreWords,
  encoderStage,
  figure,
  givenTime,
  type SettledStage,
  type StageAssumption,
} from "./encoder-stage.js";

/** Retrieval before generation, ready to be run. */
export interface SettledRetrieval extends RetrievalSpec {
  readonly stages: readonly SettledStage[];
  readonly assumptions: readonly StageAssumption[];
}

/**
 * Settles retrieval that passed the checks.
 *
 * @param hasPrefixCache engines keep the beginnings of prompts
 */
export function settleRag(rag: RagInput, hasPrefixCache: boolean): SettledRetrieval {
  const {
    questionTokens = RETRIEVAL_DEFAULTS.questionTokens,
    topK = RETRIEVAL_DEFAULTS.topK,
    chunkTokens = RETRIEVAL_DEFAULTS.chunkTokens,
  } = rag;
  const embedding = encoderStage("embedding", rag.embedding, questionTokens);
  const search = searchStage(rag);
  const stages = [embedding, search];
  const promptTokensMore = topK * chunkTokens;
  const isGiven = rag.topK !== undefined && rag.chunkTokens !== undefined;
  const seen = new Set<string>();
  return {
    stages,
    promptTokensMore,
    dropsConversations: hasPrefixCache,
    assumptions: [
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
        source: "stand beside the cluster: they take no node of it and cost nothing in this result",
      },
    ].filter(({ what }) => !seen.has(what) && seen.add(what)),
  };
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

function searchStage({ embedding, search }: RagInput): SettledStage {
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
      },
      what: cpuCores === 0 ? "as given" : `as given, on ${coreWords(cores)}`,
      assumptions: [givenTime(name, time)],
    };
  }
  const dimensions = search.dimensions ?? findEncoder(embedding.model ?? "")?.dimensions;
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

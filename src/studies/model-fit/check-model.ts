import { findEstimator } from "../../kaito/estimators.js";
import { KaitoRefusal } from "../../kaito/gpu-config.js";
import type { ModelSpec } from "../../kaito/model-spec.js";
import { parallelismOf } from "../../kaito/parallelism.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import {
  activeWeightsOf,
  cacheBytesPerToken,
  weightBytesOf,
} from "../../performance/llm/decoder-model.js";
import type { HardwareCatalogue } from "../../hardware/catalogue.js";
import { formatBytes } from "../../base/units.js";
import { rankAlternatives } from "./alternatives.js";
import type {
  CheckModelDocument,
  KaitoAnswer,
  LayoutAnswer,
  MachineAnswer,
  ServedAnswer,
} from "./check-document.js";
import {
  type FitQuestion,
  findLayouts,
  type Layout,
  type LayoutSearch,
  requestsPerSOf,
} from "./layouts.js";
import type { Machines } from "./machines.js";
import { remediesFor } from "./remedies.js";
import { confirmRate, peakTokensPerMinute } from "./simulate-engine.js";

/** A model as a person named it, with what is known of it. */
export interface AskedModel {
  readonly requested: string;
  /** KAITO's figures, for a preset. */
  readonly spec?: ModelSpec;
  /** Why there is no speed; absent where there is. */
  readonly noSpeedReason?: string;
}

/** Where a model fits, how fast it is there, what it costs, and what else would do. Same input, same bytes. */
export function checkModel(
  asked: AskedModel,
  question: FitQuestion,
  machines: readonly Machines[],
  catalogue: HardwareCatalogue,
): CheckModelDocument {
  const searches = machines.map((each) => ({
    each,
    search: searchOn(question, each),
  }));
  const answers = searches.map(({ each, search }) => answerOf(asked, question, each, search));
  const fits = answers.some((answer) => answer.fits);
  const served = answers.some(({ layout }) => layout !== null && layout.served !== null);
  const isTimed = answers.some(({ layout }) => layout !== null && layout.noSpeedReason === null);
  const isJudged = question.hasSpeed && isTimed && question.goals.length > 0;
  const meetsGoals = isJudged ? served : null;
  const alternatives = rankAlternatives(question, catalogue);
  const fitting = searches.flatMap(({ search }) => (search.kind === "fits" ? [search.best] : []));
  const { model } = question;
  return {
    schema: "headroom/check-model/v1",
    model: {
      requested: asked.requested,
      name: model.name,
      weightBytes: weightBytesOf(model),
      cacheBytesPerToken: cacheBytesPerToken(model, question.replica.cacheFormat === "fp8" ? 1 : 2),
      contextTokens: model.contextTokens ?? null,
      activeWeights: question.hasSpeed ? activeWeightsOf(model) : null,
      hasSpeed: question.hasSpeed,
      noSpeedReason: asked.noSpeedReason ?? null,
      source: model.source,
    },
    asked: {
      promptTokens: question.promptTokens,
      outputTokens: question.outputTokens,
      goals: question.goals,
      batchTokensMax: question.batchTokensMax,
      requestsMax: question.requestsMax,
      nodesMax: question.nodesMax,
    },
    fits,
    meetsGoals,
    reason: reasonOf(answers, meetsGoals),
    machines: answers,
    remedies:
      fits && meetsGoals !== false ? [] : remediesFor(question, machines, alternatives, fits),
    alternatives,
    assumptions: uniqueById(fitting.flatMap(({ plan }) => plan.assumptions)),
    warnings: [...new Set(fitting.flatMap(({ plan }) => plan.warnings))],
  };
}

/** With an inventory no more machines than there are. */
function searchOn(question: FitQuestion, { host, count }: Machines): LayoutSearch {
  const nodesMax = Math.min(question.nodesMax, count ?? question.nodesMax);
  return findLayouts({ ...question, nodesMax }, host);
}

function answerOf(
  asked: AskedModel,
  question: FitQuestion,
  { name, host, count, price, kaito }: Machines,
  search: LayoutSearch,
): MachineAnswer {
  const base = {
    name,
    gpu: host.gpu.name,
    gpusPerNode: host.gpusPerNode,
    available: count ?? null,
    price: price ?? null,
    kaito: asked.spec === undefined || kaito === undefined ? null : kaitoAnswer(asked.spec, kaito),
  };
  if (search.kind === "does-not-fit")
    return {
      ...base,
      fits: false,
      reason: whyNot(question, search, host.migProfile !== undefined),
      layout: null,
      otherLayouts: [],
    };
  const { best, others } = search;
  // Groups of an inventory hold as many copies as they have machines for.
  const copies = count === undefined ? 1 : Math.floor(count / best.nodes);
  return {
    ...base,
    fits: true,
    reason: null,
    layout: layoutAnswer(question, best, copies, price?.usdPerHour),
    otherLayouts: others.map((layout) => ({
      parallel: layout.plan.parallel,
      replicas: layout.replicas,
      concurrencyMax: layout.concurrencyMax,
      requestsPerS: layout.served === undefined ? null : requestsPerSOf(layout),
    })),
  };
}

function layoutAnswer(
  question: FitQuestion,
  layout: Layout,
  copies: number,
  usdPerNodeHour: number | undefined,
): LayoutAnswer {
  const { plan, alone, enginesPerReplica } = layout;
  const { memory } = plan;
  const replicas = layout.replicas * copies;
  const engines = replicas * enginesPerReplica;
  const served = servedAnswer(question, layout, engines);
  const hasSpeed = question.hasSpeed && layout.noSpeedReason === undefined;
  const peak = hasSpeed ? peakTokensPerMinute(question, plan) : undefined;
  const nodes = layout.nodes * copies;
  const usdPerHour = usdPerNodeHour === undefined ? null : usdPerNodeHour * nodes;
  const perMillion = (tokensPerS: number | undefined): number | null =>
    usdPerHour === null || tokensPerS === undefined
      ? null
      : (usdPerHour / (tokensPerS * 3600)) * 1e6;
  return {
    nodes,
    replicas,
    gpusPerReplica: plan.gpus,
    parallel: plan.parallel,
    memory: {
      weightBytesPerGpu: memory.weightBytes,
      cacheBytesPerTokenPerGpu: memory.cacheBytesPerToken,
      cacheRoomBytesPerGpu: plan.cacheRoomBytes ?? null,
      gpuBytes: plan.gpuBytes,
    },
    cacheTokens: layout.cacheTokens * copies,
    longestRequestTokens: Math.min(
      plan.cacheBlocks * TOKENS_PER_BLOCK,
      question.model.contextTokens ?? Number.POSITIVE_INFINITY,
    ),
    concurrencyMax: layout.concurrencyMax * copies,
    served: served ?? null,
    noSpeedReason: layout.noSpeedReason ?? null,
    alone: alone === undefined ? null : { ttftS: alone.ttftMeanS, tpotS: alone.tpotMeanS },
    peakTokensPerMinute: peak === undefined ? null : peak * engines,
    usdPerHour,
    usdPerMillionOutputTokens: perMillion(served?.outputTokensPerS),
    usdPerMillionTokens: perMillion(served?.tokensPerS),
  };
}

/** With goals the rate a simulation confirms; without, the closed form at a full cache. */
function servedAnswer(
  question: FitQuestion,
  { served, plan }: Layout,
  engines: number,
): ServedAnswer | undefined {
  if (served === undefined) return undefined;
  const { promptTokens, outputTokens, goals } = question;
  const { state, concurrency } = served;
  const of = (
    rate: number,
    inFlight: number,
    times: Pick<ServedAnswer, "ttftMeanS" | "ttftP95S" | "tpotMeanS" | "tpotP95S" | "by">,
  ): ServedAnswer => ({
    concurrency: inFlight * engines,
    requestsPerS: rate * engines,
    outputTokensPerS: rate * engines * outputTokens,
    tokensPerS: rate * engines * (promptTokens + outputTokens),
    ttftMeanS: times.ttftMeanS,
    ttftP95S: times.ttftP95S,
    tpotMeanS: times.tpotMeanS,
    tpotP95S: times.tpotP95S,
    by: times.by,
  });
  if (goals.length === 0)
    return of(state.requestsPerS, concurrency, { ...state, by: "closed-form" });
  const found = confirmRate(question, plan, state.requestsPerS, concurrency);
  if (found === undefined) return undefined;
  const inFlight = concurrency * (found.requestsPerS / state.requestsPerS);
  return of(found.requestsPerS, inFlight, { ...found, by: "simulation" });
}

function whyNot(
  { promptTokens, outputTokens, nodesMax }: FitQuestion,
  { refusals, short }: Extract<LayoutSearch, { kind: "does-not-fit" }>,
  isMig: boolean,
): string {
  if (short)
    return `the weights fit, and not the cache of one request of ${promptTokens} + ${outputTokens} tokens`;
  const other = refusals.find(({ rule }) => rule !== "does-not-fit");
  if (other !== undefined) return `${other.message}: ${other.help}`;
  const missing = Math.min(...refusals.map(({ missingBytes }) => missingBytes ?? Infinity));
  if (isMig && Number.isFinite(missing))
    return `an instance lacks at least ${formatBytes(missing)}`;
  const machines = nodesMax === 1 ? "one machine" : `up to ${nodesMax} machines`;
  return Number.isFinite(missing)
    ? `on ${machines} every GPU lacks at least ${formatBytes(missing)}`
    : `no parallelism of its heads uses the GPUs of ${machines}`;
}

function reasonOf(answers: readonly MachineAnswer[], meetsGoals: boolean | null): string {
  const [first] = answers;
  if (answers.length === 1 && first!.reason !== null) return `It does not fit: ${first!.reason}.`;
  if (!answers.some(({ fits }) => fits)) return "It fits on none of these machines.";
  if (meetsGoals === false) return "It fits, and does not keep the goals at any load.";
  return meetsGoals === true ? "It fits and keeps the goals." : "It fits.";
}

/** What KAITO v0.12.0 would choose there. */
function kaitoAnswer(spec: ModelSpec, gpu: NonNullable<Machines["kaito"]>): KaitoAnswer {
  try {
    const { nodes } = findEstimator("v0.12.0")!.estimate({
      model: spec,
      gpu,
      countRequested: undefined,
      contextTokens: undefined,
    });
    const spread = parallelismOf(spec, gpu, nodes);
    return {
      nodes,
      tensorParallel: spread.tensorParallel,
      pipelineParallel: spread.pipelineParallel,
      dataParallel: spread.dataParallel,
      refusal: null,
    };
  } catch (error) {
    if (!(error instanceof KaitoRefusal)) throw error;
    return {
      nodes: null,
      tensorParallel: null,
      pipelineParallel: null,
      dataParallel: null,
      refusal: error.message,
    };
  }
}

function uniqueById<
  Item extends { readonly id: string; readonly source: string; readonly what: string },
>(items: readonly Item[]): readonly Item[] {
  const known = new Map(items.map((item) => [`${item.id}/${item.what}/${item.source}`, item]));
  return [...known.values()];
}

import { gpuRatesOf, MissingFigureError } from "../compute/gpu-rates.js";
import { cacheBlocks, cacheRoomBytes, type CacheRule, CACHE_RULES } from "./cache-blocks.js";
import { type DecoderModel } from "./decoder-model.js";
import { createLayerTableModel } from "./layer-tables.js";
import { memoryShareOf } from "./memory-share.js";
import { createPipelined } from "./pipeline-step.js";
import type { ReplicaHost } from "./replica-host.js";
import { assumptionsOf } from "./replica-assumptions.js";
import { linksOfHost, linksOfPair, type ReplicaLinks } from "./replica-links.js";
import type {
  PlannedPipeline,
  RefusedReplica,
  ReplicaParallel,
  ReplicaPlan,
  ReplicaQuestion,
  StepModelName,
} from "./replica-plan.js";
import { createRoofline } from "./roofline.js";
import type { StepTimeModel } from "./step-time.js";
import { BLIS_COEFFICIENTS, createTrainedPhysics, type StepGpu } from "./trained-physics.js";

/**
 * One replica of a model on machines: step times, blocks of cache, GPUs, and what all of it rests on. Pure.
 *
 * The result goes into a simulation as `{ stepTime, cacheBlocks, batchTokensMax, requestsMax }`.
 */
export function planReplica(question: ReplicaQuestion): ReplicaPlan {
  const { model, host } = question;
  const parallel: ReplicaParallel = {
    tensor: 1,
    pipeline: 1,
    expertRanks: 1,
    ...question.parallel,
  };
  const refusal = checkParallel(model, host, parallel);
  if (refusal !== undefined) return refusal;
  const { tensor, pipeline, expertRanks } = parallel;
  const adapterWeights = adapterWeightsOf(question);
  const memory = memoryShareOf(model, {
    tensor,
    pipeline,
    expertGroup: tensor * expertRanks,
    cacheBytesPerElement: question.cacheFormat === "fp8" ? 1 : 2,
    adapterBytes: (2 * adapterWeights * (question.adapters?.count ?? 0)) / tensor / pipeline,
  });
  const rule = ruleOf(question);
  const memoryBytes = host.gpu.memoryReportedBytes ?? host.gpu.memoryBytes;
  const blocks = question.cacheBlocks ?? cacheBlocks(model, memoryBytes, memory, rule);
  const room = cacheRoomBytes(model, memoryBytes, memory, rule);
  if (blocks === 0) return doesNotFit(question, parallel, room, rule);
  const links =
    question.link === undefined
      ? linksOfHost(host, { tensor, pipeline, expertGroup: tensor * expertRanks })
      : linksOfPair(question.link, { tensor, pipeline, expertGroup: tensor * expertRanks });
  const stage =
    question.needsSpeed === false
      ? UNKNOWN_STEP_TIME
      : stageTimeOf(question, parallel, links, adapterWeights);
  if ("kind" in stage) return stage;
  const stepTime = createPipelined(stage, pipeline, model.hidden, (bytes) => links.sendS(bytes));
  const gpus = tensor * pipeline * expertRanks;
  return {
    kind: "planned",
    stepTime,
    ...(pipeline === 1 ? {} : { pipeline: pipelineOf(stage, pipeline, model.hidden, links) }),
    cacheBlocks: blocks,
    parallel,
    gpus,
    nodes: Math.ceil(gpus / host.gpusPerNode),
    memory,
    gpuBytes: memoryBytes,
    ...(question.cacheBlocks === undefined ? { cacheRoomBytes: room } : {}),
    assumptions: assumptionsOf(question, parallel, stepTime, links, rule),
    warnings: [...new Set(stepTime.warnings ?? model.caveats ?? [])],
  };
}

function ruleOf({ cacheRule = CACHE_RULES[0]!, memoryUtilization }: ReplicaQuestion): CacheRule {
  if (memoryUtilization === undefined) return cacheRule;
  return {
    ...cacheRule,
    utilization: memoryUtilization,
    source: `${cacheRule.source}; utilisation ${memoryUtilization} given`,
  };
}

/** Stands where only memory was asked. */
const UNKNOWN_STEP_TIME: StepTimeModel = {
  name: "unknown",
  source: "only memory was asked",
  stepS: () => Number.NaN,
  beforeS: Number.NaN,
  afterS: Number.NaN,
  perTokenS: Number.NaN,
};

/** Tensor-parallel degrees a model can have: they divide its heads, as vLLM demands. */
export function tensorDegrees({ heads, kvHeads, latent }: DecoderModel, most: number): number[] {
  return Array.from({ length: most }, (_, index) => index + 1).filter(
    (gpus) =>
      heads % gpus === 0 && (latent !== undefined || kvHeads % gpus === 0 || gpus % kvHeads === 0),
  );
}

function checkParallel(
  model: DecoderModel,
  host: ReplicaHost,
  { tensor, pipeline, expertRanks }: ReplicaParallel,
): RefusedReplica | undefined {
  const bad = (message: string, help: string): RefusedReplica => ({
    kind: "refused",
    rule: "bad-parallel",
    message,
    help,
  });
  const degrees = tensorDegrees(model, 64);
  if (!degrees.includes(tensor))
    return bad(
      `tensor parallel must divide the ${model.heads} heads of ${model.name}${model.latent === undefined ? ` and agree with its ${model.kvHeads} key-value heads` : ""}, got ${tensor}`,
      `one of ${degrees.join(", ")}`,
    );
  if (pipeline > model.layers)
    return bad(
      `${pipeline} pipeline stages cannot share ${model.layers} layers`,
      `at most ${model.layers}`,
    );
  if (expertRanks > 1 && model.experts === undefined)
    return bad(`${model.name} has no experts to share`, "leave expert ranks at 1");
  if (host.migProfile !== undefined && tensor * pipeline * expertRanks > 1)
    return bad(
      "instances of MIG have no links between them: a replica has one",
      "take a larger profile, or whole GPUs",
    );
  return undefined;
}

/** Weights of one adapter: rank · (in + out) of every linear layer outside of experts (LoRA, arXiv 2106.09685, 4.1). */
function adapterWeightsOf({ model, adapters }: ReplicaQuestion): number {
  if (adapters === undefined) return 0;
  const { layers, hidden, heads, kvHeads, headDim, feedForward, experts, isGated } = model;
  const queries = heads * headDim;
  const keys = kvHeads * headDim;
  const attention = 2 * (hidden + queries) + 2 * (hidden + keys);
  const denseLayers = layers - (experts?.layers ?? 0);
  const dense = (isGated === false ? 2 : 3) * (hidden + feedForward);
  return adapters.rank * (layers * attention + denseLayers * dense);
}

function pipelineOf(
  stepTime: StepTimeModel,
  stages: number,
  hidden: number,
  links: ReplicaLinks,
): PlannedPipeline {
  const bytesPerToken = 2 * hidden;
  const oneS = links.sendS(bytesPerToken);
  const manyS = links.sendS(2048 * bytesPerToken);
  const bytesPerS = (2047 * bytesPerToken) / (manyS - oneS);
  const latencyS = Math.max(0, oneS - bytesPerToken / bytesPerS);
  return { stages, stepTime, bytesPerToken, bytesPerS, latencyS };
}

function stageTimeOf(
  question: ReplicaQuestion,
  { tensor, expertRanks }: ReplicaParallel,
  links: ReplicaLinks,
  adapterWeights: number,
): StepTimeModel | RefusedReplica {
  const { model, host, layerTables, adapters } = question;
  const name = chosenModel(question);
  try {
    let stage: StepTimeModel;
    switch (name) {
      case "layer-tables":
        if (layerTables === undefined)
          return {
            kind: "refused",
            rule: "no-tables",
            message: "layer-tables need the measured tables of the model on this GPU",
            help: "give the tables, or choose trained-physics or roofline",
          };
        stage = createLayerTableModel(model, layerTables, tensor, links);
        break;
      case "trained-physics": {
        const rates = physicsRates(question);
        stage = createTrainedPhysics(model, rates, tensor, BLIS_COEFFICIENTS, {
          expertGroup: tensor * expertRanks,
          links,
        });
        break;
      }
      case "roofline":
        stage = createRoofline(model, host.gpu, {
          tensor,
          expertGroup: tensor * expertRanks,
          links,
          cacheBytesPerElement: question.cacheFormat === "fp8" ? 1 : 2,
          adapterWeights,
          adapters: adapters?.count ?? 0,
        });
    }
    return stage;
  } catch (error) {
    if (!(error instanceof MissingFigureError)) throw error;
    return {
      kind: "refused",
      rule: "missing-figure",
      message: `nobody published the ${error.figure} of ${error.gpu}, which step times need`,
      help: "add it in a catalogue file of your own (--file), or take another GPU",
    };
  }
}

/** The fit took the fp8 peak for fp8 weights. A bound has to be known: a rate nobody measured bounds nothing, the peak does. */
function physicsRates({ model, host }: ReplicaQuestion): StepGpu {
  const isFp8 = model.formats?.linear === "fp8" && host.gpu.fp8FlopPerS !== undefined;
  const { peakFlopPerS, matmulFlopPerS } = gpuRatesOf(host.gpu, isFp8 ? "fp8" : "bf16");
  return {
    flopPerS: isFp8 ? host.gpu.fp8FlopPerS! : peakFlopPerS.value,
    memoryBytesPerS: host.gpu.memoryBytesPerS!,
    ...(matmulFlopPerS.provenance === "assumed" ? {} : { bestFlopPerS: matmulFlopPerS.value }),
  };
}

/**
 * `auto`: trained-physics for what it was fitted to (dense decoders in bf16 or fp8 with a bf16 cache), the roofline
 * for everything else.
 */
function chosenModel(question: ReplicaQuestion): Exclude<StepModelName, "auto"> {
  const { model, stepModel = "auto", cacheFormat, adapters } = question;
  if (stepModel !== "auto") return stepModel;
  const { linear = "bf16" } = model.formats ?? {};
  const isPlain =
    model.experts === undefined &&
    model.latent === undefined &&
    model.recurrent === undefined &&
    (linear === "bf16" || linear === "fp8");
  return isPlain && cacheFormat !== "fp8" && adapters === undefined
    ? "trained-physics"
    : "roofline";
}

function doesNotFit(
  question: ReplicaQuestion,
  parallel: ReplicaParallel,
  room: number,
  rule: CacheRule,
): RefusedReplica {
  const { model, host } = question;
  const gpus = parallel.tensor * parallel.pipeline * parallel.expertRanks;
  const what = gpus === 1 ? `one ${host.gpu.name}` : `${gpus} × ${host.gpu.name}`;
  const enough =
    host.migProfile === undefined
      ? tensorDegrees(model, 64).find((tensor) => {
          const share = memoryShareOf(model, { tensor });
          const bytes = host.gpu.memoryReportedBytes ?? host.gpu.memoryBytes;
          return cacheBlocks(model, bytes, share, rule) > 0;
        })
      : undefined;
  return {
    kind: "refused",
    rule: "does-not-fit",
    message: `${model.name} leaves no room for a cache on ${what} by the rule ${rule.name}`,
    help:
      enough === undefined
        ? "take a GPU with more memory"
        : `the fewest GPUs that leave room: tensor parallel ${enough}`,
    missingBytes: Math.max(0, -room),
  };
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { findGpu } from "../../../hardware/find-gpu.js";
import type { GpuSpec } from "../../../hardware/gpu-spec.js";
import { decoderFromConfig } from "../../../performance/llm/decoder-from-config.js";
import type { DecoderModel } from "../../../performance/llm/decoder-model.js";
import { findDecoder } from "../../../performance/llm/known-decoders.js";
import {
  createLayerTableModel,
  type LayerTables,
  type TensorParallelLink,
} from "../../../performance/llm/layer-tables.js";
import { planReplica } from "../../../performance/llm/plan-replica.js";
import { hostOfGpus } from "../../../performance/llm/replica-host.js";
import { linksOfHost } from "../../../performance/llm/replica-links.js";
import type { StepTimeModel } from "../../../performance/llm/step-time.js";
import { simulateServing } from "../../../simulation/serving/simulate-serving.js";
import { boundedCheck, type Check } from "../check.js";
import {
  layerTablesOf,
  meanOf,
  readRecorded,
  type RecordedRequests,
  type RecordedRun,
  recordedRuns,
} from "./golden-run.js";

/** The pair that ships with the recorded run on two GPUs: given as input, so that row is no prediction. */
const SHEET_LINK: TensorParallelLink = { bytesPerS: 16e9, latencyS: 20e-6 };

/** A recorded run with what it ran on. */
interface KnownRun {
  readonly run: RecordedRun;
  readonly model: DecoderModel;
  readonly gpu: GpuSpec;
  /** Absent where nobody measured layers of this model on this GPU. */
  readonly tables: LayerTables | undefined;
}

/** One step-time model against one recorded run, with the largest error in percent of each mean, where there is a bar. */
interface GoldenCase {
  readonly how: string;
  readonly stepTime: (known: KnownRun) => StepTimeModel;
  readonly bars: {
    readonly ttft: number | null;
    readonly tpot: number | null;
    readonly e2e: number | null;
  };
}

const NO_BARS = { ttft: null, tpot: null, e2e: null };

/** A model without tables, on the card as the catalogue has it and its own links. */
function fromSheet(stepModel: "trained-physics" | "roofline"): GoldenCase["stepTime"] {
  return ({ run, model, gpu }) => {
    const plan = planOf(run, model, gpu, stepModel);
    if (plan.kind === "refused") throw new Error(plan.message);
    return plan.stepTime;
  };
}

function planOf(
  run: RecordedRun,
  model: DecoderModel,
  gpu: GpuSpec,
  stepModel: "trained-physics" | "roofline",
): ReturnType<typeof planReplica> {
  const { tensorParallel, dataParallel, sharesExperts, cacheFormat } = run;
  return planReplica({
    model,
    host: hostOfGpus(gpu, tensorParallel * dataParallel),
    parallel: { tensor: tensorParallel, expertRanks: sharesExperts ? dataParallel : 1 },
    stepModel,
    cacheFormat,
    ...(run.memoryUtilization === undefined ? {} : { memoryUtilization: run.memoryUtilization }),
    ...(run.cacheBlocks === undefined ? {} : { cacheBlocks: run.cacheBlocks }),
  });
}

/** Layer tables over one link. */
function overLink(link: TensorParallelLink | undefined): GoldenCase["stepTime"] {
  return ({ model, tables, run }) =>
    createLayerTableModel(model, tables!, run.tensorParallel, link);
}

/** Layer tables with the all-reduce of the machine's own links, which the recorded run had no part in. */
function overTimedLinks({ run, model, gpu, tables }: KnownRun): StepTimeModel {
  const { tensorParallel } = run;
  const gpus = { tensor: tensorParallel, pipeline: 1, expertGroup: tensorParallel };
  const links = linksOfHost(hostOfGpus(gpu, tensorParallel), gpus);
  return createLayerTableModel(model, tables!, tensorParallel, links);
}

/** The two runs that came with the bars, told in more ways than others. */
const CASES: readonly (GoldenCase & { readonly gpuFolder: string; readonly folder: string })[] = [
  {
    gpuFolder: "RTXPRO6000",
    folder: "Llama-3.1-8B",
    how: "data sheet and coefficients",
    stepTime: fromSheet("trained-physics"),
    bars: { ttft: 20, tpot: 10, e2e: 10 },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Llama-3.1-8B",
    how: "data sheet alone (roofline)",
    stepTime: fromSheet("roofline"),
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Llama-3.1-8B",
    how: "layer tables",
    stepTime: overLink(undefined),
    bars: { ttft: null, tpot: null, e2e: 5 },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Qwen3-32B",
    how: "layer tables, link as recorded with the run (given)",
    stepTime: overLink(SHEET_LINK),
    bars: { ttft: null, tpot: null, e2e: 5 },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Qwen3-32B",
    how: "layer tables, PCIe Gen5 x16 by its data sheet",
    stepTime: overLink({ bytesPerS: 64e9, latencyS: 10e-6 }),
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Qwen3-32B",
    how: "layer tables, all-reduce as timed on this card elsewhere",
    stepTime: overTimedLinks,
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Qwen3-32B",
    how: "data sheet and coefficients, the catalogue's PCIe",
    stepTime: fromSheet("trained-physics"),
    bars: { ttft: null, tpot: null, e2e: null },
  },
  {
    gpuFolder: "RTXPRO6000",
    folder: "Qwen3-32B",
    how: "data sheet alone (roofline), the catalogue's PCIe",
    stepTime: fromSheet("roofline"),
    bars: { ttft: null, tpot: null, e2e: null },
  },
];

/**
 * Recorded runs of vLLM against simulated ones: means of TTFT, TPOT and end-to-end latency. Whatever runs the data
 * holds are compared.
 */
export async function goldenChecks(dataFolder: string): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const run of await recordedRuns(dataFolder)) {
    const known = await knownRun(run, dataFolder);
    if (typeof known === "string") {
      checks.push(notCompared(run, known));
      continue;
    }
    const recorded = await readRecorded(run.folder);
    checks.push(...casesOf(known).flatMap((one) => checksOf(one, known, recorded)));
  }
  return checks;
}

/** Model, GPU and tables of a run; in words why it cannot be simulated. */
async function knownRun(run: RecordedRun, dataFolder: string): Promise<KnownRun | string> {
  const gpu = findGpu(run.gpuFolder);
  if (gpu.kind !== "found") return `the catalogue has no one GPU "${run.gpuFolder}"`;
  const config = join(run.folder, "config.json");
  const found = existsSync(config) ? undefined : findDecoder(run.model);
  if (found !== undefined && found.kind !== "found")
    return `no shape of ${run.model} is known: put its config.json into the run's folder`;
  const model =
    found?.model ??
    decoderFromConfig(run.model, JSON.parse(await readFile(config, "utf8")) as unknown);
  const plan = planOf(run, model, gpu.gpu, "roofline");
  if (plan.kind === "refused") return plan.message;
  const tables = await layerTablesOf(dataFolder, run);
  return { run, model, gpu: gpu.gpu, tables };
}

/**
 * What a run is compared with: bars hold for dense models on one GPU, of which every figure is known. On several links
 * decide, which no run tells; of experts nobody knows how evenly they are chosen.
 */
function casesOf({ run, model, tables }: KnownRun): readonly GoldenCase[] {
  const listed = CASES.filter(
    ({ gpuFolder, folder }) => gpuFolder === run.gpuFolder && folder === run.modelFolder,
  );
  if (listed.length > 0) return listed;
  const isDense = model.experts === undefined && model.latent === undefined;
  const isOne = run.tensorParallel * run.dataParallel === 1;
  const links = isOne ? "" : ", the links of the catalogue";
  const roofline = {
    how: `data sheet alone (roofline)${links}`,
    stepTime: fromSheet("roofline"),
    bars: NO_BARS,
  };
  // The coefficients were fitted to dense models.
  if (!isDense) return [roofline];
  const others: readonly GoldenCase[] = [
    {
      how: `data sheet and coefficients${links}`,
      stepTime: fromSheet("trained-physics"),
      bars: isOne ? { ttft: 20, tpot: 10, e2e: 10 } : NO_BARS,
    },
    roofline,
  ];
  if (tables === undefined || run.dataParallel > 1) return others;
  return [
    ...others,
    {
      how: `layer tables${links}`,
      stepTime: isOne ? overLink(undefined) : overTimedLinks,
      bars: isOne ? { ...NO_BARS, e2e: 5 } : NO_BARS,
    },
  ];
}

function checksOf(one: GoldenCase, known: KnownRun, recorded: RecordedRequests): readonly Check[] {
  const { run, model, gpu } = known;
  const { requestsMax, batchTokensMax, dataParallel, sharesExperts, tensorParallel } = run;
  const plan = planOf(run, model, gpu, "roofline");
  if (plan.kind === "refused") throw new Error(plan.message);
  const simulatedRun = simulateServing({
    requests: recorded.requests,
    replica: {
      batchTokensMax,
      requestsMax,
      stepTime: one.stepTime(known),
      cacheBlocks: plan.cacheBlocks,
      ...(dataParallel === 1
        ? {}
        : { dataParallel: { engines: dataParallel, isLockstep: sharesExperts } }),
    },
    replicas: 1,
    router: "round-robin",
  });
  const simulated = {
    ttft: meanOf(simulatedRun.ttftS),
    tpot: meanOf(simulatedRun.tpotS),
    e2e: meanOf(simulatedRun.e2eS),
  };
  const gpus = tensorParallel * dataParallel;
  return (["ttft", "tpot", "e2e"] as const).map((metric) => {
    const [expected, actual] = [recorded.means[metric], simulated[metric]];
    const bar = one.bars[metric];
    const check = {
      id: `${idOf(run)}/${one.how.replaceAll(/[^a-z0-9]+/gi, "-")}/${metric}`,
      topic: "serving",
      what: `mean ${METRIC_WORDS[metric]}, ${run.modelFolder} on ${gpus} × ${gpuWords(gpu)}, ${one.how}`,
      source: `vLLM ${run.vllmVersion}, ${recorded.requests.count} ShareGPT requests (casys-kaist/LLMServingSim bench/examples)`,
      expected,
      actual,
      error: 100 * Math.abs(actual / expected - 1),
      unit: "s, error %",
    };
    return bar === null ? { ...check, bar: null, pass: null } : boundedCheck({ ...check, bar });
  });
}

function notCompared(run: RecordedRun, why: string): Check {
  return {
    id: `${idOf(run)}/not-compared`,
    topic: "serving",
    what: `recorded run ${run.gpuFolder}/${run.modelFolder} is not compared: ${why}`,
    source: `vLLM ${run.vllmVersion}`,
    expected: "a simulation",
    actual: "none",
    error: null,
    unit: "",
    bar: null,
    pass: null,
  };
}

/** Runs of the first GPU have the ids they always had. */
function idOf({ gpuFolder, modelFolder }: RecordedRun): string {
  const folder = gpuFolder === "RTXPRO6000" ? modelFolder : `${gpuFolder}/${modelFolder}`;
  return `serving/golden/${folder}`;
}

function gpuWords({ name }: GpuSpec): string {
  return name.replace(" Blackwell Server", "");
}

const METRIC_WORDS = {
  ttft: "time to first token",
  tpot: "time per output token",
  e2e: "end-to-end latency",
} as const;

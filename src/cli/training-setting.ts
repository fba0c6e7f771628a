import { didYouMean } from "../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../diagnostics/problem.js";
import { createCatalogue } from "../hardware/catalogue.js";
import { findNodeSku, NODE_SKUS } from "../hardware/find-node-sku.js";
import type { GpuSpec } from "../hardware/gpu-spec.js";
import type { NodeSku } from "../hardware/node-sku.js";
import {
  gpuRatesOf,
  MissingFigureError,
  type MatmulPrecision,
} from "../performance/compute/gpu-rates.js";
import { adapterTraining } from "../performance/training/adapter-training.js";
import { findTrainingModel, TRAINING_MODELS } from "../performance/training/model-presets.js";
import { parallelismFaults, type Parallelism } from "../performance/training/parallelism.js";
import type { TrainingModel } from "../performance/training/training-model.js";
import { findNodeLinks, type KnownLinks } from "../scenario/node-links.js";
import type { TrainingSetting } from "../studies/training/training-setting.js";
import { namedGpu } from "./named-gpu.js";

/** What the command line gives, as written. */
export interface TrainingOptions {
  readonly on: string;
  readonly gpu?: string;
  readonly nodes: string;
  readonly parallel?: string;
  readonly batch?: string;
  readonly microBatch: string;
  readonly sequence?: string;
  readonly zero: string;
  readonly recompute: string;
  readonly precision: string;
  readonly adapters?: string;
  readonly rank?: string;
}

const COMMAND = "headroom training";
const KEYS = {
  tp: "tensor",
  pp: "pipeline",
  dp: "data",
  ep: "expert",
  vp: "virtualStages",
} as const;
const OPTION_OF: Readonly<Record<keyof Parallelism, string>> = {
  tensor: "--parallel tp",
  pipeline: "--parallel pp",
  data: "--parallel dp",
  expert: "--parallel ep",
  virtualStages: "--parallel vp",
  microBatch: "--micro-batch",
  globalBatch: "--batch",
  sequence: "--sequence",
  zeroStage: "--zero",
  recomputation: "--recompute",
  flashAttention: "--recompute",
  sequenceParallel: "--parallel",
  adapter: "--rank",
};

/**
 * Reads a command line into a setting.
 *
 * @throws InputError with every value that is wrong, and what is allowed
 */
export function trainingSettingOf(name: string, options: TrainingOptions): TrainingSetting {
  const problems: Problem[] = [];
  const model = modelNamed(name, problems);
  const sku = machineNamed(options.on, problems);
  const nodes = wholeNumber("--nodes", options.nodes, problems);
  const precision = oneOf<MatmulPrecision>(
    "--precision",
    options.precision,
    ["bf16", "fp8"],
    problems,
  );
  if (problems.length > 0 || model === undefined || sku === undefined)
    throw new InputError(problems);
  const gpu = gpuOf(sku, options);
  const known = linksOf(sku, gpu, nodes);
  checkFigures(gpu, precision);
  const parallelism = parallelismOf(model, nodes * sku.gpuCount, options);
  return { model, machine: sku.name, gpu, known, nodes, parallelism, precision };
}

function modelNamed(name: string, problems: Problem[]): TrainingModel | undefined {
  const model = findTrainingModel(name);
  if (model === undefined) {
    const names = TRAINING_MODELS.map((one) => one.name);
    problems.push(unknown("unknown-model", `there is no model "${name}"`, name, names));
  }
  return model;
}

function machineNamed(name: string, problems: Problem[]): NodeSku | undefined {
  const sku = findNodeSku(name);
  const withGpus = NODE_SKUS.filter(({ gpuCount }) => gpuCount > 0).map((one) => one.name);
  if (sku === undefined || sku.gpuCount === 0) {
    const what =
      sku === undefined ? `the catalogue has no machine "${name}"` : `${sku.name} has no GPUs`;
    problems.push(unknown("unknown-sku", `--on: ${what}`, name, withGpus));
    return undefined;
  }
  return sku;
}

function unknown(rule: string, message: string, given: string, names: readonly string[]): Problem {
  const suggestion = didYouMean(given, names);
  return {
    file: COMMAND,
    rule,
    message,
    allowed: names,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function gpuOf(sku: NodeSku, { gpu }: TrainingOptions): GpuSpec {
  const name = gpu ?? sku.gpuModel;
  if (name !== undefined)
    return namedGpu(`${COMMAND} --gpu`, name, { catalogue: createCatalogue() });
  throw new InputError([
    {
      file: COMMAND,
      rule: "missing-figure",
      message: `${sku.name} is sold with several GPUs`,
      ...(sku.note === undefined ? {} : { help: `${sku.note} Use --gpu.` }),
    },
  ]);
}

function linksOf(sku: NodeSku, gpu: GpuSpec, nodes: number): KnownLinks {
  const known = findNodeLinks({
    gpuModel: gpu.name,
    gpuCount: sku.gpuCount,
    machine: sku.name,
    hasAdaptersGiven: false,
  });
  const hasAdapters = (known?.links.topology.nics?.length ?? 0) > 0;
  if (known !== undefined && (nodes === 1 || hasAdapters)) return known;
  const message =
    known === undefined
      ? `the links between the GPUs of ${sku.name} are not known`
      : `the network adapters of ${sku.name} are not known: one machine can be estimated, ${nodes} cannot`;
  throw new InputError([{ file: COMMAND, rule: "missing-figure", message }]);
}

function checkFigures(gpu: GpuSpec, precision: MatmulPrecision): void {
  try {
    gpuRatesOf(gpu, precision);
  } catch (error) {
    if (!(error instanceof MissingFigureError)) throw error;
    throw new InputError([{ file: COMMAND, rule: "missing-figure", message: error.message }]);
  }
}

/** What is trained: everything, unless adapters are asked for. */
function adapterOf(
  { adapters, rank }: TrainingOptions,
  problems: Problem[],
): Pick<Parallelism, "adapter"> {
  if (adapters === undefined) {
    if (rank !== undefined) {
      problems.push({
        file: COMMAND,
        rule: "conflicting-fields",
        message: `--rank ${rank} is the rank of adapters, and --adapters is not given`,
        help: "add --adapters lora or --adapters qlora",
      });
    }
    return {};
  }
  const method = oneOf("--adapters", adapters, ["lora", "qlora"], problems) as "lora" | "qlora";
  const width = rank === undefined ? undefined : wholeNumber("--rank", rank, problems);
  return { adapter: adapterTraining(method, width) };
}

/** Everything written, and for what is not: tensor groups within a node, copies over what is left. */
function parallelismOf(model: TrainingModel, gpus: number, options: TrainingOptions): Parallelism {
  const problems: Problem[] = [];
  const written = parallelWritten(options.parallel, problems);
  const microBatch = wholeNumber("--micro-batch", options.microBatch, problems);
  const { tensor = 1, pipeline = 1, expert = 1, virtualStages = 1 } = written;
  const data = written.data ?? gpus / (tensor * pipeline);
  if (problems.length === 0 && (!Number.isInteger(data) || tensor * pipeline * data > gpus)) {
    problems.push({
      file: COMMAND,
      rule: "conflicting-fields",
      message: `--parallel: tp=${tensor} × pp=${pipeline}${written.data === undefined ? "" : ` × dp=${data}`} does not divide ${gpus} GPUs, or needs more`,
      help: "give tp, pp and dp whose product is at most the GPUs of all nodes",
    });
  }
  const zero = oneOf("--zero", options.zero, ["0", "1", "2", "3"], problems);
  const recomputation = oneOf<Parallelism["recomputation"]>(
    "--recompute",
    options.recompute,
    ["none", "selective", "full"],
    problems,
  );
  const parallelism: Parallelism = {
    tensor,
    pipeline,
    data,
    expert,
    virtualStages,
    microBatch,
    globalBatch:
      options.batch === undefined
        ? 8 * pipeline * microBatch * data
        : wholeNumber("--batch", options.batch, problems),
    sequence:
      options.sequence === undefined
        ? model.sequence
        : wholeNumber("--sequence", options.sequence, problems),
    zeroStage: Number(zero) as Parallelism["zeroStage"],
    recomputation,
    flashAttention: true,
    sequenceParallel: true,
    ...adapterOf(options, problems),
  };
  if (problems.length === 0) {
    for (const { field, message } of parallelismFaults(model, parallelism)) {
      problems.push({
        file: COMMAND,
        rule: "conflicting-fields",
        message: `${OPTION_OF[field]}: ${message}`,
      });
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return parallelism;
}

type Written = Partial<Record<(typeof KEYS)[keyof typeof KEYS], number>>;

function parallelWritten(list: string | undefined, problems: Problem[]): Written {
  const written: Written = {};
  for (const entry of (list ?? "").split(",").filter((part) => part.trim() !== "")) {
    const [key = "", value = ""] = entry.split("=").map((part) => part.trim());
    if (!Object.hasOwn(KEYS, key)) {
      const message = `--parallel: "${entry.trim()}" is none of tp=…, pp=…, dp=…, ep=…, vp=…`;
      problems.push(unknown("unknown-name", message, key, Object.keys(KEYS)));
      continue;
    }
    const field = KEYS[key as keyof typeof KEYS];
    if (written[field] !== undefined) {
      problems.push({
        file: COMMAND,
        rule: "duplicate-name",
        message: `--parallel: ${key} is given twice`,
      });
    }
    written[field] = wholeNumber(`--parallel ${key}`, value, problems);
  }
  return written;
}

function wholeNumber(option: string, text: string, problems: Problem[]): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) {
    problems.push({
      file: COMMAND,
      rule: "out-of-range",
      message: `${option}: must be a whole number from 1 on, got "${text}"`,
    });
  }
  return Math.max(1, value);
}

function oneOf<Name extends string>(
  option: string,
  text: string,
  names: readonly Name[],
  problems: Problem[],
): Name {
  const found = names.find((name) => name === text);
  if (found === undefined)
    problems.push(unknown("unknown-name", `${option}: unknown "${text}"`, text, names));
  return found ?? names[0]!;
}

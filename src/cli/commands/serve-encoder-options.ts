import { parseBytes } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { embeddingS, ENCODER_OVERHEAD_S } from "../../performance/retrieval/embedding-time.js";
import { ENCODER_MODELS, findEncoder } from "../../performance/retrieval/encoder-model.js";
import { hostSeconds } from "../../performance/retrieval/host-rates.js";
import {
  coreRates,
  coreWords,
  encoderGpu,
  encoderStage,
  figure,
  placeOf,
} from "../../scenario/services/encoder-stage.js";
import type { EncoderService } from "../../studies/serve/run-encoder.js";
import { duration, optionError, positiveNumber, wholeNumber } from "./serve-options.js";

/** What the command line says of an encoder, as written. */
export interface EncoderOptions {
  readonly model?: string;
  readonly gflop?: string;
  readonly bytes?: string;
  readonly time?: string;
  readonly cores?: string;
  readonly gpu?: string;
  readonly replicas: string;
  readonly concurrency?: string;
}

const SERVERS_MAX = 10_000;
const CORES_MAX = 1024;

/**
 * The encoder the command line asks for.
 *
 * @param meanTokens of the texts, for the line of the ledger that tells a time
 * @throws InputError naming the option
 */
export function encoderOf(options: EncoderOptions, meanTokens: number): EncoderService {
  const { model, gflop, time, gpu, concurrency } = options;
  const replicas = wholeNumber("--replicas", options.replicas, SERVERS_MAX);
  const cores =
    options.cores === undefined ? undefined : wholeNumber("--cores", options.cores, CORES_MAX);
  checkKinds(options);
  if (gpu !== undefined) {
    const found = encoderGpu(gpu);
    if (found.kind === "unknown") throw unknownName("--gpu", found.message, gpu, found.names);
  }
  if (time === undefined && cores === undefined && gpu === undefined)
    throw optionError("--cores", "what it runs on is not said", "give --cores 4, or --gpu L4");
  if (time === undefined && concurrency !== undefined)
    throw optionError("--concurrency", "is for a --time as measured", "use --replicas");
  if (gflop !== undefined) return ownModel(options, replicas, cores);
  const stage = encoderStage(
    "request",
    {
      ...{ model, cores, gpu, replicas },
      time: time === undefined ? undefined : duration("--time", time),
      concurrency:
        concurrency === undefined
          ? undefined
          : wholeNumber("--concurrency", concurrency, SERVERS_MAX),
    },
    meanTokens,
  );
  const { what, servers, cpuCores, gpus, secondsEach, assumptions } = stage;
  const encoder = findEncoder(model ?? "");
  const place = time === undefined ? placeOf(gpu, cores ?? 0) : undefined;
  return {
    ...{ what, servers, replicas, cpuCores, gpus, assumptions },
    secondsOf: (tokens) =>
      encoder === undefined || place === undefined
        ? secondsEach
        : embeddingS(encoder, tokens, place),
  };
}

/** One of a model by name, its work, and a measured time. */
function checkKinds({ model, gflop, bytes, time, cores, gpu }: EncoderOptions): void {
  const given = Object.entries({ "--model": model, "--gflop": gflop, "--time": time }).filter(
    ([, value]) => value !== undefined,
  );
  const [first, second] = given;
  if (first === undefined)
    throw optionError(
      "--model",
      "which model it is is not said",
      "give --model bge-base-en-v1.5, or the work of your own: --gflop 5 --bytes 340MB, or --time 12ms",
    );
  if (second !== undefined)
    throw optionError(second[0], `stands beside ${first[0]}: give one of them`);
  if ((gflop === undefined) !== (bytes === undefined))
    throw optionError(
      gflop === undefined ? "--gflop" : "--bytes",
      "is missing: --gflop and --bytes belong together",
    );
  if (cores !== undefined && gpu !== undefined)
    throw optionError("--gpu", "stands beside --cores: give one of them");
  if (gflop !== undefined && gpu !== undefined)
    throw optionError("--gpu", "a model by its work runs on --cores", "or give its --time");
  if (model !== undefined && findEncoder(model) === undefined) {
    const names = ENCODER_MODELS.flatMap(({ name }) => [name, name.slice(name.indexOf("/") + 1)]);
    const allowed = ENCODER_MODELS.map(({ name }) => name);
    throw unknownName("--model", `there is no encoder "${model}"`, model, names, allowed);
  }
}

function unknownName(
  file: string,
  message: string,
  given: string,
  names: readonly string[],
  allowed?: readonly string[],
): InputError {
  const suggestion = didYouMean(given, names);
  return new InputError([
    {
      ...{ file, rule: "unknown-name", message },
      ...(allowed === undefined ? {} : { allowed }),
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

/** A model by the work of one request, such as one exported to ONNX. */
function ownModel(
  { gflop = "", bytes = "" }: EncoderOptions,
  replicas: number,
  cores = 1,
): EncoderService {
  const flops = 1e9 * positiveNumber("--gflop", gflop, "above 0");
  const parsed = parseBytes(bytes);
  if (!parsed.ok) throw optionError("--bytes", `${parsed.message} (such as 340MB, 1.2GiB)`);
  const secondsEach = hostSeconds({ flops, bytes: parsed.value }, cores) + ENCODER_OVERHEAD_S.value;
  return {
    what: `${gflop} GFLOP and ${bytes} read per request, on ${coreWords(cores)}`,
    ...{ servers: replicas, replicas, cpuCores: cores * replicas, gpus: 0 },
    secondsOf: () => secondsEach,
    assumptions: [
      ...coreRates(),
      figure("Overhead of one request", ENCODER_OVERHEAD_S, (value) => `${value * 1000} ms`),
    ],
  };
}

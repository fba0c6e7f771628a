import { formatNumber } from "../../base/units.js";
import { findGpu, gpuNames } from "../../hardware/find-gpu.js";
import {
  gpuRatesOf,
  MissingFigureError,
  type GpuRates,
} from "../../performance/compute/gpu-rates.js";
import {
  embeddingS,
  ENCODER_KERNEL_SHARE,
  ENCODER_OVERHEAD_S,
  type EncoderPlace,
} from "../../performance/retrieval/embedding-time.js";
import { findEncoder } from "../../performance/retrieval/encoder-model.js";
import { ASSUMED_HOST_RATES } from "../../performance/retrieval/host-rates.js";
import type { Sourced } from "../../performance/virtualization/hosting-profile.js";
import type { RetrievalStage } from "../../simulation/services/retrieval-stages.js";
import type { Assumption } from "../resolved.js";

/** A figure that a stage rests on; its service gives it its id. */
export type StageAssumption = Omit<Assumption, "id">;

/** A stage with what it holds, for reports. */
export interface SettledStage extends RetrievalStage {
  /** What it is, in words. */
  readonly what: string;
  /** CPU cores and GPUs of all replicas together. */
  readonly cpuCores: number;
  readonly gpus: number;
  /** Memory of what it searches, over all replicas; 0 where nobody said. Bytes. */
  readonly memoryBytes: number;
  /** Its replicas, each a pod where they stand on the cluster. */
  readonly replicas: number;
  /** GPU of each replica, by its name in the catalogue; absent without one. */
  readonly gpu?: string;
  readonly assumptions: readonly StageAssumption[];
}

/** An encoder as a scenario gives it: `model` with `cores` or `gpu`, or `time`. */
export interface EncoderInput {
  readonly model?: string | undefined;
  readonly cores?: number | undefined;
  readonly gpu?: string | undefined;
  /** Seconds. */
  readonly time?: number | undefined;
  readonly replicas?: number | undefined;
  readonly concurrency?: number | undefined;
}

/** Rates of a GPU for an encoder, or why there are none. */
export type EncoderGpu =
  | { readonly kind: "known"; readonly gpu: GpuRates }
  | { readonly kind: "unknown"; readonly message: string; readonly names: readonly string[] };

/** Looks up the GPU of an encoder. */
export function encoderGpu(name: string): EncoderGpu {
  const found = findGpu(name);
  if (found.kind === "ambiguous")
    return {
      kind: "unknown",
      message: `"${name}" fits several GPU models: ${found.names.join(", ")}`,
      names: found.names,
    };
  if (found.kind === "unknown")
    return { kind: "unknown", message: `unknown GPU model "${name}"`, names: gpuNames() };
  try {
    return { kind: "known", gpu: gpuRatesOf(found.gpu) };
  } catch (error) {
    if (!(error instanceof MissingFigureError)) throw error;
    return { kind: "unknown", message: error.message, names: [] };
  }
}

/** The stage of an encoder that passed the checks. */
export function encoderStage(name: string, input: EncoderInput, tokens: number): SettledStage {
  const { model, cores = 0, gpu, time, replicas = 1, concurrency = 1 } = input;
  const holds = {
    cpuCores: cores * replicas,
    gpus: gpu === undefined ? 0 : replicas,
    memoryBytes: 0,
    replicas,
    ...(gpu === undefined ? {} : { gpu }),
  };
  const on = gpu ?? (cores === 0 ? "" : coreWords(cores));
  if (time !== undefined) {
    return {
      ...{ name, servers: replicas * concurrency, secondsEach: time, ...holds },
      what: on === "" ? "as given" : `as given, on ${on}`,
      assumptions: [givenTime(name, time)],
    };
  }
  const encoder = findEncoder(model ?? "");
  if (encoder === undefined) throw new Error(`scenario: the encoder ${model} passed the checks`);
  const place = placeOf(gpu, cores);
  const seconds = embeddingS(encoder, tokens, place);
  return {
    ...{ name, servers: replicas, secondsEach: seconds, ...holds },
    what: `${encoder.name} on ${on}`,
    assumptions: [
      {
        what: `Time of one ${name}`,
        value: `${formatNumber(seconds * 1000)} ms: ${Math.min(tokens, encoder.tokensMax)} tokens, ${encoder.name} on ${on}`,
        provenance: "assumed",
        source: `computation or reading of weights, the longer, by the figures below; ${encoder.source}`,
      },
      figure(`Overhead of one ${name}`, ENCODER_OVERHEAD_S, (value) => `${value * 1000} ms`),
      ...(place.kind === "cpu"
        ? coreRates()
        : [
            figure(
              `Rate of ${name} kernels over the best of the GPU`,
              ENCODER_KERNEL_SHARE,
              String,
            ),
            figure("Best rate of multiplications", place.gpu.bf16FlopPerS, teraflops),
            figure("Memory bandwidth", place.gpu.streamBytesPerS, gigabytes),
          ]),
    ],
  };
}

/** Where an encoder that passed the checks runs. */
export function placeOf(gpu: string | undefined, cores: number): EncoderPlace {
  if (gpu === undefined) return { kind: "cpu", cores };
  const found = encoderGpu(gpu);
  if (found.kind === "unknown") throw new Error(`scenario: ${found.message} passed the checks`);
  return { kind: "gpu", gpu: found.gpu };
}

/** Rates of CPU cores that nobody measured. */
export function coreRates(): readonly StageAssumption[] {
  const { flopPerCoreS, bytesPerCoreS, bytesPerS } = ASSUMED_HOST_RATES;
  return [
    figure("Computation of a CPU core", flopPerCoreS, gigaflops),
    figure("Memory reads of a CPU core", bytesPerCoreS, gigabytes),
    figure("Memory reads of all cores of a pod", bytesPerS, gigabytes),
  ];
}

/** A time that the scenario gives. */
export function givenTime(name: string, seconds: number): StageAssumption {
  return {
    what: `Time of one ${name}`,
    value: `${formatNumber(seconds * 1000)} ms`,
    provenance: "given",
    source: "the scenario",
  };
}

/** A figure with its source as a line of the ledger. */
export function figure(
  what: string,
  { value, provenance, source }: Sourced<number>,
  format: (value: number) => string,
): StageAssumption {
  return { what, value: format(value), provenance, source };
}

/** Cores in words. */
export function coreWords(cores: number): string {
  return cores === 1 ? "1 CPU core" : `${cores} CPU cores`;
}

const gigabytes = (value: number): string => `${formatNumber(value / 1e9)} GB/s`;
const gigaflops = (value: number): string => `${formatNumber(value / 1e9)} GFLOP/s`;
const teraflops = (value: number): string => `${formatNumber(value / 1e12)} TFLOP/s`;

import { InputError } from "../diagnostics/problem.js";
import { readBenchmarkResult } from "../benchmark/regression/read-result.js";
import { findGpu } from "../hardware/find-gpu.js";
import type { GpuSpec } from "../hardware/gpu-spec.js";
import {
  CALIBRATION_SCHEMA,
  type CalibrationFile,
} from "../performance/calibrated/calibration-file.js";
import { EMPTY_PART, partOfBenchmark, type CalibrationPart } from "./fit-benchmark-result.js";
import { fitMatmuls } from "./fit-matmuls.js";
import { fitLine } from "./fit-line.js";
import { readAiconfiguratorTable } from "./importers/aiconfigurator-parquet.js";
import {
  collectiveName,
  isNcclJson,
  partOfNcclJson,
  partOfNcclText,
} from "./importers/nccl-tests.js";
import { isNvbandwidthJson, partOfNvbandwidth } from "./importers/nvbandwidth.js";
import {
  isInferencePerfJson,
  isVllmJson,
  partOfInferencePerf,
  partOfVllm,
} from "./importers/serving-benchmarks.js";

/** A file of measurements. */
export interface CalibrationInput {
  /** As written on the command line. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** How a calibration is made. */
export interface CalibrateOptions {
  /** Version of Headroom, for the file. */
  readonly version: string;
  /** GPU of the catalogue the figures are for; found by the device's name when absent. */
  readonly gpu?: GpuSpec;
}

/** Formats that can be calibrated from, for help texts. */
export const CALIBRATION_INPUTS = [
  "results of headroom bench run",
  "nccl-tests (text, or JSON of -J)",
  "nvbandwidth -j",
  "vllm bench serve --save-result",
  "summaries of inference-perf",
  "gemm_perf and nccl_perf Parquet tables of aiconfigurator",
] as const;

/**
 * Fits everything the files hold into one calibration of one kind of device.
 *
 * @throws InputError when a file is of no known format, was measured on software, or the files are of different devices
 */
export async function calibrate(
  inputs: readonly CalibrationInput[],
  options: CalibrateOptions,
): Promise<CalibrationFile> {
  const parts: {
    readonly input: CalibrationInput;
    readonly kind: string;
    readonly part: CalibrationPart;
  }[] = [];
  for (const input of inputs) parts.push({ input, ...(await readPart(input)) });
  const device = deviceOf(parts);
  const found = options.gpu ?? gpuOf(device);
  const all = <Key extends keyof CalibrationPart>(key: Key) =>
    parts.flatMap(({ part }) => part[key] as readonly unknown[]) as unknown as CalibrationPart[Key];
  const matmuls = fitMatmuls(all("matmuls"), found);
  const calibration: CalibrationFile = {
    schema: CALIBRATION_SCHEMA,
    version: options.version,
    device: {
      name: device ?? found?.name ?? "unknown",
      ...(found === undefined ? {} : { gpu: found.name }),
      versions: Object.assign({}, ...parts.map(({ part }) => part.versions)) as Record<
        string,
        string
      >,
    },
    sources: parts.map(({ input, kind }) => ({ file: input.file, sha256: input.sha256, kind })),
    matmul: matmuls.surfaces,
    bandwidth: [...all("bandwidth"), ...matmuls.bandwidth],
    costs: all("costs"),
    transfers: all("transfers"),
    collectives: all("collectives"),
    contention: all("contention"),
    serving: all("serving"),
    warnings: [
      ...all("warnings"),
      ...matmuls.warnings,
      ...(found === undefined
        ? [
            `"${device ?? "the device"}" is not in the catalogue: no GPU of a scenario takes these figures. Name one with --gpu.`,
          ]
        : []),
    ],
  };
  checkHoldsSomething(inputs, calibration);
  return calibration;
}

async function readPart(
  input: CalibrationInput,
): Promise<{ readonly kind: string; readonly part: CalibrationPart }> {
  const { file, bytes } = input;
  if (bytes.length === 0) throw unknownFormat(file, "is empty");
  // Parquet files begin and end with PAR1.
  if (String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1")
    return { kind: "aiconfigurator", part: await partOfTable(file, bytes) };
  const text = new TextDecoder().decode(bytes);
  if (!/^\s*[[{]/.test(text)) {
    if (/^#.*nThread|^#\s+size\s+count/m.test(text) || /^#\s+Rank\s+\d+/m.test(text))
      return { kind: "nccl-tests", part: partOfNcclText(file, text) };
    throw unknownFormat(file, "is of no format that can be calibrated from");
  }
  let document: unknown;
  try {
    document = JSON.parse(text) as unknown;
  } catch {
    // Its own reader knows what to say about NaN and other accidents.
    return { kind: "headroom", part: partOfBenchmark(file, readBenchmarkResult(file, text)) };
  }
  if (isNcclJson(document)) return { kind: "nccl-tests", part: partOfNcclJson(file, document) };
  if (isNvbandwidthJson(document))
    return { kind: "nvbandwidth", part: partOfNvbandwidth(file, document) };
  if (isVllmJson(document)) return { kind: "vllm", part: partOfVllm(file, document) };
  if (isInferencePerfJson(document))
    return { kind: "inference-perf", part: partOfInferencePerf(file, document) };
  if (typeof (document as { readonly schema?: unknown }).schema !== "string")
    throw unknownFormat(file, "is JSON of no format that can be calibrated from");
  return { kind: "headroom", part: partOfBenchmark(file, readBenchmarkResult(file, text)) };
}

async function partOfTable(file: string, bytes: Uint8Array): Promise<CalibrationPart> {
  const { device, versions, matmuls, collectives } = await readAiconfiguratorTable(file, bytes);
  const groups = new Map<string, (typeof collectives)[number][]>();
  for (const row of collectives) {
    const key = `${row.op} ${row.dtype} ${row.gpus}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return {
    ...EMPTY_PART,
    ...(device === "unknown" ? {} : { device }),
    versions,
    matmuls,
    collectives: [...groups.values()]
      .filter(([first]) => first!.gpus >= 2)
      .map((rows) => {
        const points = rows
          .map(({ bytes: size, timeS }) => ({ bytes: size, timeS }))
          .toSorted((left, right) => left.bytes - right.bytes);
        const { op, dtype, gpus } = rows[0]!;
        return { op: collectiveName(op), dtype, gpus, points, ...fitLine(points) };
      }),
  };
}

/** One calibration is of one kind of device: names are compared, and two different ones refused. */
function deviceOf(
  parts: readonly { readonly input: CalibrationInput; readonly part: CalibrationPart }[],
): string | undefined {
  const named = parts.filter(({ part }) => part.device !== undefined);
  const [first] = named;
  const other = named.find(({ part }) => part.device !== first!.part.device);
  if (first !== undefined && other !== undefined) {
    throw new InputError([
      {
        file: other.input.file,
        rule: "two-devices",
        message: `was measured on "${other.part.device}", and ${first.input.file} on "${first.part.device}"`,
        help: "make one calibration per kind of device",
      },
    ]);
  }
  return first?.part.device;
}

/** The GPU a driver's name stands for: as it is, or without the words around the model. */
function gpuOf(device: string | undefined): GpuSpec | undefined {
  if (device === undefined) return undefined;
  const found = findGpu(device);
  return found.kind === "found" ? found.gpu : undefined;
}

function checkHoldsSomething(
  inputs: readonly CalibrationInput[],
  calibration: CalibrationFile,
): void {
  const { matmul, bandwidth, costs, transfers, collectives, contention, serving } = calibration;
  const groups = [matmul, bandwidth, costs, transfers, collectives, contention, serving];
  if (groups.some((group) => group.length > 0)) return;
  throw new InputError([
    {
      file: inputs[0]!.file,
      rule: "nothing-to-fit",
      message: `holds nothing that can be fitted${calibration.warnings.length === 0 ? "" : `: ${calibration.warnings.join(" ")}`}`,
      help: "measure more shapes: headroom bench run --suite calibration",
    },
  ]);
}

function unknownFormat(file: string, message: string): InputError {
  return new InputError([
    {
      file,
      rule: "unknown-format",
      message,
      allowed: [...CALIBRATION_INPUTS],
      help: `it reads ${CALIBRATION_INPUTS.join("; ")}`,
    },
  ]);
}

import { dtypeFacts } from "../benchmark/kernels/dtype.js";
import {
  processTimeS,
  type BenchmarkCase,
  type BenchmarkResult,
} from "../benchmark/result-document.js";
import { exp, log } from "../base/elementary.js";
import { InputError } from "../diagnostics/problem.js";
import type { CalibrationFile } from "../performance/calibrated/calibration-file.js";
import { replicationInterval } from "../stats/confidence-interval.js";
import { quantile } from "../stats/quantile.js";
import { bandwidthCurve } from "./fit-bandwidth.js";
import { fitLine, type SizedTime } from "./fit-line.js";
import type { MeasuredMatmulOfType } from "./importers/aiconfigurator-parquet.js";

/** What one input contributes to a calibration. */
export interface CalibrationPart {
  /** Name of the device as its driver tells it; absent when the tool does not say. */
  readonly device?: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Products of all inputs are fitted together. */
  readonly matmuls: readonly MeasuredMatmulOfType[];
  readonly bandwidth: CalibrationFile["bandwidth"];
  readonly costs: CalibrationFile["costs"];
  readonly transfers: CalibrationFile["transfers"];
  readonly collectives: CalibrationFile["collectives"];
  readonly contention: CalibrationFile["contention"];
  readonly serving: CalibrationFile["serving"];
  readonly warnings: readonly string[];
}

/** A part with nothing in it, to add to. */
export const EMPTY_PART: CalibrationPart = {
  versions: {},
  matmuls: [],
  bandwidth: [],
  costs: [],
  transfers: [],
  collectives: [],
  contention: [],
  serving: [],
  warnings: [],
};

const CONFIDENCE = 0.95;
const STREAM_KERNELS: readonly string[] = ["copy", "scale", "add", "triad"];

/**
 * What a result of `headroom bench run` tells about its device. Only cases of one backend and device are used: the
 * one with the most measured cases.
 *
 * @throws InputError when the result is of a software adapter: its speed says nothing about a GPU
 */
export function partOfBenchmark(file: string, result: BenchmarkResult): CalibrationPart {
  const measured = result.cases.filter(
    ({ status, runs }) => status === "measured" && runs.length > 0,
  );
  const hardware = measured.filter(({ label }) => label === "hardware");
  if (hardware.length === 0) throw refusal(file, result, measured);
  const [own, others] = oneDevice(hardware);
  const planted = own.filter(({ plantedWork }) => plantedWork !== undefined);
  const cases = own.filter(({ plantedWork }) => plantedWork === undefined);
  const alone = cases.filter(({ tenants }) => tenants === 1);
  const first = cases[0] ?? own[0]!;
  return {
    ...EMPTY_PART,
    device: first.deviceName,
    versions: versionsOf(result, first),
    matmuls: alone.filter(({ kernel }) => kernel === "matmul").map(matmulOf),
    bandwidth: streams(alone),
    costs: alone.filter(isLaunch).map(costOf),
    transfers: transfersOf(alone),
    collectives: collectivesOf(alone),
    contention: contentionOf(cases),
    warnings: [
      ...(measured.length > hardware.length
        ? [
            `${file}: ${measured.length - hardware.length} cases of software adapters were left out.`,
          ]
        : []),
      ...(others > 0
        ? [`${file}: ${others} cases of other backends or devices were left out.`]
        : []),
      ...(planted.length > 0
        ? [`${file}: ${planted.length} cases with planted work were left out.`]
        : []),
    ],
  };
}

function refusal(
  file: string,
  result: BenchmarkResult,
  measured: readonly BenchmarkCase[],
): InputError {
  const [one] = measured;
  const message =
    one === undefined
      ? "holds no measured case"
      : `was measured on software (${one.backend} on ${one.deviceName}): its speed says nothing about a GPU`;
  return new InputError([
    {
      file,
      rule: one === undefined ? "nothing-measured" : "software-result",
      path: "label",
      message,
      help: `run headroom bench run --suite ${result.suite.name} on the GPU, or use headroom bench bundle to take it there`,
    },
  ]);
}

function oneDevice(
  cases: readonly BenchmarkCase[],
): readonly [own: readonly BenchmarkCase[], others: number] {
  const groups = new Map<string, BenchmarkCase[]>();
  for (const item of cases) {
    const key = `${item.backend} ${item.deviceIndex} ${item.deviceName}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const [most] = [...groups.values()].toSorted((left, right) => right.length - left.length);
  return [most!, cases.length - most!.length];
}

function versionsOf(result: BenchmarkResult, first: BenchmarkCase): Record<string, string> {
  const prefix = `${first.backend}.version.`;
  const versions: Record<string, string> = { headroom: result.version, backend: first.backend };
  for (const [name, value] of Object.entries(result.environment.fields)) {
    if (name.startsWith(prefix)) versions[name.slice(prefix.length)] = value;
  }
  return versions;
}

function timesOf(item: BenchmarkCase): readonly number[] {
  return item.runs.map(processTimeS);
}

function medianS(item: BenchmarkCase): number {
  return quantile(timesOf(item), 0.5)!;
}

function matmulOf(item: BenchmarkCase): MeasuredMatmulOfType {
  const { m, n, k } = item.shape;
  return { dtype: item.dtype, m: m!, n: n!, k: k!, timeS: medianS(item) };
}

function streams(cases: readonly BenchmarkCase[]): CalibrationFile["bandwidth"] {
  const groups = groupBy(
    cases.filter(({ kernel, bytes }) => STREAM_KERNELS.includes(kernel) && bytes > 0),
    ({ kernel, dtype }) => `${kernel} ${dtype}`,
  );
  return groups.map((group) =>
    bandwidthCurve(
      { kernel: group[0]!.kernel, dtype: group[0]!.dtype },
      group.map((item) => ({
        bytes: item.bytes,
        bytesPerS: item.bytes / medianS(item),
        ...rateInterval(item),
      })),
    ),
  );
}

function rateInterval(item: BenchmarkCase): { readonly interval?: readonly [number, number] } {
  const interval = timeInterval(timesOf(item));
  return interval === undefined
    ? {}
    : { interval: [item.bytes / interval[1], item.bytes / interval[0]] };
}

/** 95 % interval of the geometric mean of processes' times; undefined with fewer than two. */
function timeInterval(times: readonly number[]): readonly [number, number] | undefined {
  if (times.length < 2) return undefined;
  const { mean, halfWidth } = replicationInterval(times.map(log), CONFIDENCE);
  return [exp(mean - halfWidth), exp(mean + halfWidth)];
}

function isLaunch({ kernel }: BenchmarkCase): boolean {
  return kernel === "launch-latency" || kernel === "empty-dispatch";
}

function costOf(item: BenchmarkCase): CalibrationFile["costs"][number] {
  const interval = timeInterval(timesOf(item));
  return {
    kind: item.kernel as "launch-latency" | "empty-dispatch",
    backend: item.backend,
    timeS: medianS(item),
    ...(interval === undefined ? {} : { interval }),
  };
}

function transfersOf(cases: readonly BenchmarkCase[]): CalibrationFile["transfers"] {
  const groups = groupBy(
    cases.filter(({ kernel }) => kernel === "host-to-device" || kernel === "device-to-host"),
    ({ kernel, hostMemory }) => `${kernel} ${hostMemory ?? "pageable"}`,
  );
  return groups.map((group) => {
    const points = group.map((item): SizedTime => ({
      bytes: item.shape["bytes"] ?? item.bytes,
      timeS: medianS(item),
      processTimesS: timesOf(item),
    }));
    return {
      direction: group[0]!.kernel as "host-to-device" | "device-to-host",
      memory: group[0]!.hostMemory ?? "pageable",
      ...fitLine(points),
      sizes: points.length,
    };
  });
}

/** All-reduces by the bytes of the array on one GPU, as nccl-tests count them. */
function collectivesOf(cases: readonly BenchmarkCase[]): CalibrationFile["collectives"] {
  const reductions = cases.filter(({ kernel }) => kernel === "all-reduce");
  const groups = groupBy(reductions, ({ dtype, shape }) => JSON.stringify([dtype, shape["gpus"]]));
  return groups.map((group) => {
    const { dtype, shape } = group[0]!;
    const points = group
      .map((item): SizedTime => ({
        bytes: dtypeFacts(dtype).bytes * item.shape["elements"]!,
        timeS: medianS(item),
        processTimesS: timesOf(item),
      }))
      .toSorted((left, right) => left.bytes - right.bytes);
    return {
      op: "all-reduce",
      dtype,
      gpus: shape["gpus"]!,
      points: points.map(({ bytes, timeS }) => ({ bytes, timeS })),
      ...fitLine(points),
    };
  });
}

function contentionOf(cases: readonly BenchmarkCase[]): CalibrationFile["contention"] {
  const groups = groupBy(cases, ({ kernel, dtype, shape, hostMemory }) =>
    JSON.stringify([kernel, dtype, shape, hostMemory]),
  );
  return groups.flatMap((group) => {
    const alone = group.find(({ tenants }) => tenants === 1);
    const several = group.filter(({ tenants }) => tenants > 1);
    // Processes are what containers on one GPU are; threads of one process stand in where they were not measured.
    const processes = several.filter(({ tenantsAs }) => tenantsAs === "processes");
    const shared = processes.length > 0 ? processes : several;
    if (alone === undefined || shared.length === 0) return [];
    const aloneS = medianS(alone);
    const points = shared
      .toSorted((left, right) => left.tenants - right.tenants)
      .map((item) => {
        const beyond = (timeS: number): number => Math.max(1, timeS / aloneS / item.tenants);
        const interval = timeInterval(timesOf(item));
        return {
          processes: item.tenants,
          slowdown: beyond(medianS(item)),
          ...(interval === undefined
            ? {}
            : { interval: [beyond(interval[0]), beyond(interval[1])] as const }),
          timeRatio: medianS(item) / aloneS,
        };
      });
    return [{ kernel: alone.kernel, dtype: alone.dtype, points }];
  });
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

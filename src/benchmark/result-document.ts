import type { BackendName, BackendProbe, DeviceLabel, DeviceState } from "./backend.js";
import type { Dtype, HostMemory, KernelName } from "./kernels/kernel-spec.js";

/** Identifies the format. Fields may be added within v1; none is taken away or changes its meaning. */
export const BENCHMARK_RESULT_SCHEMA = "headroom/benchmark-result/v1";

/**
 * What one `headroom bench run` measured, with every raw sample.
 *
 * The unit of inference is a process run (`ProcessRun`): launches of one process are not independent.
 */
export interface BenchmarkResult {
  readonly schema: typeof BENCHMARK_RESULT_SCHEMA;
  /** Version of Headroom that measured. */
  readonly version: string;
  readonly suite: SuiteIdentity;
  /** `hardware` only when every measured case ran on a GPU. */
  readonly label: DeviceLabel;
  /** Seed of the input data. Every process run draws data of its own from it. */
  readonly seed: number;
  /** Local clock of the host, ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** True when Ctrl-C or a signal ended the session before it was done. */
  readonly interrupted: boolean;
  /** Why the session stopped: every case was precise enough, the time was up, the most processes were run, or a signal. */
  readonly stopReason: "precise" | "budget" | "processes" | "interrupted";
  readonly session: MeasuringSession;
  readonly environment: EnvironmentFingerprint;
  readonly backends: Readonly<Partial<Record<BackendName, BackendProbe>>>;
  readonly cases: readonly BenchmarkCase[];
  /** Times of the same kernels by other tools on the same machine, handed over with `--reference`. */
  readonly references?: readonly IndependentTool[];
  readonly warnings: readonly BenchmarkWarning[];
}

/** What another tool measured. */
export interface IndependentTool {
  /** Name and version, such as `PyTorch 2.11.0, CUDA 13.0`. */
  readonly tool: string;
  /** The device by its name for it. */
  readonly device: string;
  /** sha256 of its file. */
  readonly sha256: string;
  /** By id of the case; seconds per launch. */
  readonly cases: Readonly<Record<string, { readonly timeS: number }>>;
}

/** Which suite was run. */
export interface SuiteIdentity {
  readonly name: string;
  /** As written on the command line; absent for suites that come with Headroom. */
  readonly file?: string;
  /** sha256 of the suite's text. */
  readonly sha256: string;
}

/**
 * The session in which processes took turns. Documents with the same `id` come from one `--against` run:
 * their process runs with the same `pair` were measured next to each other and may be paired.
 */
export interface MeasuringSession {
  readonly id: string;
  /** Which of the two builds this document is; `only` without `--against`. */
  readonly build: "base" | "new" | "only";
  /** What the build is: version and, where known, the folder's commit or digest. */
  readonly buildDescription: string;
  /** `ABBA` with two builds, else `A`. */
  readonly order: "ABBA" | "A";
  readonly samplesPerProcess: number;
  readonly warmUpSamples: number;
}

/** What must be equal for two results to be comparable. */
export interface EnvironmentFingerprint {
  /** sha256 over `fields` in order of their names. */
  readonly id: string;
  /**
   * Stable facts, name and value, such as `host.cpu`, `host.cores`, `host.os`, `node.version`,
   * `cuda.device.0.name`, `cuda.version.driver`, `cuda.device.0.clocks.locked`.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** Facts that do not make results incomparable: host name's digest, load average at the start, governor. */
  readonly notes: Readonly<Record<string, string>>;
}

/** One kernel of one backend in one size: the thing that can become slower. */
export interface BenchmarkCase {
  /** Unique in the document and the same in every run of the suite, such as `webgpu/matmul/fp32/m512-n512-k512`. */
  readonly id: string;
  readonly backend: BackendName;
  readonly deviceIndex: number;
  readonly deviceName: string;
  readonly kernel: KernelName;
  readonly dtype: Dtype;
  readonly shape: Readonly<Record<string, number>>;
  readonly hostMemory?: HostMemory;
  /** How many tenants ran it at once on the device. */
  readonly tenants: number;
  /** `processes` when each of several tenants was a process of its own; threads of one process when absent. */
  readonly tenantsAs?: "processes";
  /** Labels of the suite, such as `llama-3-8b`. */
  readonly labels: readonly string[];
  readonly label: DeviceLabel;
  /** What really ran (kernel class, library call). */
  readonly implementation: string;
  /** Floating-point operations of one launch by the textbook algorithm; 0 where it has none. */
  readonly flops: number;
  /** Bytes one launch has to move at least, each input read once and each output written once. */
  readonly bytes: number;
  readonly status: "measured" | "skipped" | "failed";
  /** Why it was skipped or failed. */
  readonly reason?: string;
  /** Which clock `samplesS` come from. */
  readonly timer: "device" | "host";
  /** Result of the check against the float64 reference; absent when the kernel was not run. */
  readonly check?: CheckRecord;
  /** In order of `position`; empty when not measured. */
  readonly runs: readonly ProcessRun[];
  /** Derived from `runs`; absent with fewer than one run. */
  readonly summary?: CaseSummary;
  /** Least time by the GPU's data sheet; absent when the GPU is not in the catalogue or has no figure for it. */
  readonly roofline?: Roofline;
  /** A slowdown that was planted on purpose to try a gate: the factor of extra work, such as 1.1. */
  readonly plantedWork?: number;
  readonly warnings: readonly BenchmarkWarning[];
}

/** Samples of one case from one process: one observation for statistics. */
export interface ProcessRun {
  /** Place in the session's order of processes, from 0, counted over both builds. */
  readonly position: number;
  /** Number of the pair this run belongs to, from 0. With two builds, one base and one new run share it. */
  readonly pair: number;
  /** Seconds since the session began when this case's samples began. */
  readonly startedS: number;
  /** Launches in one sample. */
  readonly launchesPerSample: number;
  /** One entry per tenant; times are seconds per launch, in the order measured. None is left out. */
  readonly tenants: readonly TenantSamples[];
  readonly stateBefore?: DeviceState;
  readonly stateAfter?: DeviceState;
}

/** Samples of one tenant of one process run. */
export interface TenantSamples {
  /** Seconds per launch by the clock that the case's `timer` names. */
  readonly samplesS: readonly number[];
  /** The same launches by the host's clock, when `timer` is `device`. */
  readonly hostSamplesS?: readonly number[];
}

/** What the check against the float64 reference found, over all process runs. */
export interface CheckRecord {
  readonly passed: boolean;
  readonly outputs: number;
  /** Outputs compared one by one in each process; all are looked at for NaN and infinity. */
  readonly outputsCompared: number;
  /** Largest error over the error that is allowed there; above 1 fails. */
  readonly worstErrorShare: number;
  /** The rule of the allowed error, in words and figures. */
  readonly tolerance: string;
  /** What was wrong, with place, value and expected value. */
  readonly failure?: string;
}

/** Figures of a case that follow from its samples. Times are per launch. */
export interface CaseSummary {
  /** Median over process runs of each run's median. */
  readonly timeS: number;
  /** 95 % interval of it by Student's t on the logarithms of the runs' medians; absent with fewer than 2 runs. */
  readonly intervalS?: readonly [number, number];
  readonly processes: number;
  readonly samples: number;
  readonly flopPerS?: number;
  readonly bytesPerS?: number;
  /** Least time by the data sheet over `timeS`: 1 is the roofline. */
  readonly rooflineShare?: number;
}

/** The least time that the data sheet allows for one launch. */
export interface Roofline {
  readonly gpu: string;
  readonly leastTimeS: number;
  readonly limit: "compute" | "memory" | "nvlink" | "pcie";
  /** Figures it rests on, in words. */
  readonly basis: string;
}

/** Kinds of warnings. */
export type BenchmarkWarningKind =
  | "outliers"
  | "clock-drift"
  | "throttling"
  | "timer-saturation"
  | "timer-resolution"
  | "timer-disagreement"
  | "autocorrelation"
  | "few-processes"
  | "imprecise"
  | "busy-host"
  | "planted"
  | "other";

/** Something a reader of the figures must know. */
export interface BenchmarkWarning {
  readonly kind: BenchmarkWarningKind;
  readonly message: string;
}

/**
 * The one figure of a process run: the median of its samples, over all tenants. Seconds per launch.
 *
 * @throws RangeError when the run holds no samples
 */
export function processTimeS(run: ProcessRun): number {
  const samples = run.tenants.flatMap((tenant) => [...tenant.samplesS]).sort((a, b) => a - b);
  const middle = samples.length >> 1;
  if (samples.length === 0) throw new RangeError("benchmark: a process run without samples");
  return samples.length % 2 === 1
    ? samples[middle]!
    : (samples[middle - 1]! + samples[middle]!) / 2;
}

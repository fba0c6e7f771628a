import type { Dtype, HostTensor, KernelSpec } from "./kernels/kernel-spec.js";

/** Names of the backends. */
export const BACKEND_NAMES = ["cuda", "webgpu", "gpujs", "tfjs"] as const;

/** Name of a backend. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/**
 * `hardware`: kernels ran on a real GPU. `software`: on a CPU, be it a software adapter that looks like a
 * GPU. What is not known to be a GPU is `software`.
 */
export type DeviceLabel = "hardware" | "software";

/** One device a backend can open. */
export interface DeviceDescription {
  /** Position among the backend's devices, from 0. */
  readonly index: number;
  /** Name as its driver tells it, such as `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  readonly label: DeviceLabel;
  /** Why it has this label, such as `the adapter says it is a fallback adapter`. */
  readonly labelReason: string;
  /** How kernels reach it, such as `Vulkan through Dawn` or `WebAssembly`. */
  readonly api: string;
  readonly vendor?: string;
  readonly driver?: string;
  readonly memoryBytes?: number;
  /** `device` when the device can time its own work. */
  readonly timer: "device" | "host";
  readonly dtypes: readonly Dtype[];
  readonly inventory?: GpuInventory;
}

/** What a management library (NVML) says of one GPU. */
export interface GpuInventory {
  readonly uuid?: string;
  readonly pciBusId?: string;
  readonly computeCapability?: string;
  readonly multiprocessors?: number;
  readonly mig?: {
    readonly mode: "enabled" | "disabled" | "not-supported";
    readonly instances: readonly { readonly profile: string; readonly uuid?: string }[];
  };
  readonly clocks?: {
    readonly smHz?: number;
    readonly smMaxHz?: number;
    readonly memoryHz?: number;
    readonly memoryMaxHz?: number;
    /** True when the clock is locked or an application clock is set. */
    readonly locked?: boolean;
  };
  readonly powerLimitW?: number;
  readonly eccEnabled?: boolean;
  readonly computeMode?: string;
  readonly virtualization?: string;
  /** Anything else worth a line, name and value. */
  readonly more?: Readonly<Record<string, string>>;
}

/** How two devices of a host are joined. */
export interface DeviceLink {
  readonly from: number;
  readonly to: number;
  /** Such as `nvlink`, `pcie-switch`, `pcie-host-bridge`, `numa-node`, `system`. */
  readonly kind: string;
  readonly links?: number;
}

/** What a backend found. An absent device is a normal state with a reason. */
export type BackendProbe =
  | {
      readonly available: true;
      readonly devices: readonly DeviceDescription[];
      /** Versions that figures depend on, such as `{ driver: "570.86", cublas: "12.8" }`. */
      readonly versions: Readonly<Record<string, string>>;
      readonly links?: readonly DeviceLink[];
      readonly notes?: readonly string[];
    }
  | {
      readonly available: false;
      /** Such as `libcuda.so.1 is not installed`. */
      readonly reason: string;
      /** What to do to get it. */
      readonly help?: string;
      readonly notes?: readonly string[];
    };

/** A family of devices and the way to run kernels on them. Made by a `createX` function; importing it loads nothing big. */
export interface Backend {
  readonly name: BackendName;
  /** One line: what it is. */
  readonly summary: string;
  /** Looks for devices and lets go of them. Never throws for a device, driver or package that is not there. */
  probe(): Promise<BackendProbe>;
  /**
   * Opens one device. Each tenant opens its own, in a worker thread or process of its own.
   *
   * @throws BackendError `unavailable` when there is no such device
   */
  open(deviceIndex: number, options?: OpenOptions): Promise<BackendSession>;
}

/** How a device is opened. */
export interface OpenOptions {
  /** True when other threads of this process open it too: each then has to get a context of its own. */
  readonly sharesProcess?: boolean;
}

/** An open device. One thread uses it. */
export interface BackendSession {
  readonly device: DeviceDescription;
  /** True when `prepare` takes this kernel, dtype and size; else why not, as words after "cannot run: ". */
  supports(spec: KernelSpec): true | string;
  /**
   * Makes buffers, uploads the inputs (in the order of `KernelShapes`) and compiles the kernel.
   *
   * @throws BackendError `out-of-memory`, `launch-failed` or `device-lost`
   */
  prepare(spec: KernelSpec, inputs: readonly HostTensor[]): Promise<PreparedKernel>;
  /** Clocks, temperature and reasons for throttling now; absent where nothing tells them. */
  readState?(): DeviceState | Promise<DeviceState>;
  /** Frees everything. Harmless when called again or after the device was lost. */
  dispose(): Promise<void>;
}

/** A kernel that is ready to run. */
export interface PreparedKernel {
  /**
   * What really ran, such as `WebGPUKernel`, `cublasLtMatmul` or `WGSL tile 64x64`; recorded with the results.
   */
  readonly implementation: string;
  /** Overrides the device's label where this kernel ran elsewhere, such as gpu.js falling back to WebAssembly. */
  readonly label?: DeviceLabel;
  /**
   * Runs the kernel `launches` times back to back and returns when all are done. Uploading, compiling
   * and reading back are not part of it (but for the transfers, where they are the kernel).
   *
   * @throws BackendError
   */
  run(launches: number): Promise<Timing>;
  /** The output of the last run. @throws BackendError */
  read(): Promise<HostTensor>;
  dispose(): Promise<void>;
}

/** Time of all launches of one `run`. */
export interface Timing {
  /** From before the first submission until the host knows that all is done. */
  readonly hostS: number;
  /** Time on the device from its own clock, where it has one. */
  readonly deviceS?: number;
}

/** State of a device at one moment. */
export interface DeviceState {
  readonly smClockHz?: number;
  readonly memoryClockHz?: number;
  readonly temperatureC?: number;
  readonly powerW?: number;
  /** Reasons that hold the clock down now, such as `power-cap`, `thermal`; empty when none. */
  readonly throttleReasons?: readonly string[];
}

/** Why a backend failed. `unavailable`: no device, driver or package; the others speak of a kernel that was tried. */
export type BackendFault =
  "unavailable" | "unsupported" | "out-of-memory" | "launch-failed" | "device-lost";

/** A failure of a device or driver: not a defect of Headroom. The message says what failed, in words. */
export class BackendError extends Error {
  constructor(
    readonly fault: BackendFault,
    message: string,
    readonly help?: string,
  ) {
    super(message);
    this.name = "BackendError";
  }
}

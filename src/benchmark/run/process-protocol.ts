import type {
  BackendFault,
  BackendName,
  BackendProbe,
  DeviceLabel,
  DeviceState,
} from "../backend.js";
import type { KernelSpec } from "../kernels/kernel-spec.js";
import type { OutputCheck } from "../kernels/check-output.js";
import type { TenantSamples } from "../result-document.js";

/** Version of the messages between the session and its measuring processes, which may be another build's. */
export const PROTOCOL = 2;

/** How samples are taken in one process. */
export interface Sampling {
  /** Samples of one case. */
  readonly samples: number;
  /** Samples taken before and thrown away. */
  readonly warmUpSamples: number;
  /** A sample lasts at least so long: launches are gathered until it does. */
  readonly sampleS: number;
  /** Once a case took so long, it ends with the samples it has, five at least. */
  readonly caseS: number;
}

/** One case to be measured. */
export interface CaseJob {
  readonly id: string;
  readonly spec: KernelSpec;
  readonly tenants: number;
  /** `processes` when each of several tenants is a process of its own; threads of one when absent. */
  readonly tenantsAs?: "processes";
  /** Factor of extra work per sample, to try a gate; 1 in the base build of such a pair, absent for honest measurements. */
  readonly plantedWork?: number;
}

/** What a measuring process is told. */
export type ProcessJob =
  | { readonly protocol: number; readonly task: "probe"; readonly backend: BackendName }
  | {
      readonly protocol: number;
      readonly task: "measure";
      readonly backend: BackendName;
      readonly deviceIndex: number;
      /** Seed of this process's input data. */
      readonly seed: number;
      readonly sampling: Sampling;
      readonly cases: readonly CaseJob[];
    };

/** What a measuring process says. */
export type ProcessMessage =
  /** Listening: send the job. */
  | { readonly kind: "listening"; readonly protocol: number }
  | { readonly kind: "probe"; readonly probe: BackendProbe }
  /** The case has begun: what follows may take a while. */
  | { readonly kind: "begin"; readonly id: string }
  | { readonly kind: "case"; readonly id: string; readonly outcome: CaseOutcome }
  /** The device cannot be opened: nothing was measured. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly help?: string }
  | { readonly kind: "done" };

/** What became of one case in one process. */
export type CaseOutcome = MeasuredCase | UnmeasuredCase;

/** Samples were taken. */
export interface MeasuredCase {
  readonly status: "measured";
  readonly implementation: string;
  readonly label: DeviceLabel;
  readonly timer: "device" | "host";
  /** Smallest step of the clock that was seen, in seconds. */
  readonly resolutionS: number;
  readonly launchesPerSample: number;
  /** Wall clock when the samples began, milliseconds since 1970. */
  readonly startedMs: number;
  readonly tenants: readonly TenantSamples[];
  readonly check: OutputCheck;
  readonly stateBefore?: DeviceState;
  readonly stateAfter?: DeviceState;
}

/** No samples: the backend cannot run the kernel (`skipped`), or it went wrong (`failed`). */
export interface UnmeasuredCase {
  readonly status: "skipped" | "failed";
  readonly reason: string;
  readonly fault?: BackendFault | "wrong-result";
  readonly check?: OutputCheck;
  readonly implementation?: string;
}
